/// A term made ready to be computed, row by row. One class for each form of a term.
class ESQLNode {
    func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue { .null }

    /// True, false or null; several values are null with a warning.
    static func make(_ term: ESQLTerm, _ warnings: ESQLWarnings) -> ESQLNode {
        switch term.form {
        case .constant(let value): Constant(value)
        case .column(let number): Column(number)
        case .call(let call): Call.make(call, term.span, warnings)
        case .all(let parts): Junction(parts.map { make($0, warnings) }, parts, warnings, decides: false)
        case .any(let parts): Junction(parts.map { make($0, warnings) }, parts, warnings, decides: true)
        case .not(let part): Not(make(part, warnings), part.span, warnings)
        case .isNull(let part): IsNull(make(part, warnings))
        case .isIn(let part, let list):
            IsIn(make(part, warnings), list.map { make($0, warnings) }, term.span, warnings)
        // Nothing is known of it yet.
        case .isInQuery: Constant(.null)
        case .choose(let branches, let otherwise):
            Choose(
                branches.map { (make($0.condition, warnings), make($0.value, warnings)) },
                otherwise: make(otherwise, warnings), term.span, warnings)
        case .firstPresent(let parts): FirstPresent(parts.map { make($0, warnings) })
        }
    }
}

private final class Constant: ESQLNode {
    private let constant: ESQLValue
    init(_ constant: ESQLValue) { self.constant = constant }
    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue { constant }
}

private final class Column: ESQLNode {
    private let number: Int
    init(_ number: Int) { self.number = number }
    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        let column = batch.columns[number]
        return column.isEmpty ? .null : column[row]
    }
}

/// `AND`, which a false decides, and `OR`, which a true decides; else a null makes it null.
private final class Junction: ESQLNode {
    private let parts: [(node: ESQLNode, span: SourceSpan)]
    private let decides: Bool
    private let warnings: ESQLWarnings

    init(_ nodes: [ESQLNode], _ terms: [ESQLTerm], _ warnings: ESQLWarnings, decides: Bool) {
        parts = zip(nodes, terms).map { ($0, $1.span) }
        self.decides = decides
        self.warnings = warnings
    }

    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        var hasNull = false
        for part in parts {
            switch part.node.value(row, of: batch) {
            case .boolean(let flag): if flag == decides { return .boolean(decides) }
            case .many:
                warnings.add(.severalValues, at: part.span)
                hasNull = true
            default: hasNull = true
            }
        }
        return hasNull ? .null : .boolean(!decides)
    }
}

private final class Not: ESQLNode {
    private let part: ESQLNode
    private let span: SourceSpan
    private let warnings: ESQLWarnings

    init(_ part: ESQLNode, _ span: SourceSpan, _ warnings: ESQLWarnings) {
        self.part = part
        self.span = span
        self.warnings = warnings
    }

    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        switch part.value(row, of: batch) {
        case .boolean(let flag): return .boolean(!flag)
        case .many:
            warnings.add(.severalValues, at: span)
            return .null
        default: return .null
        }
    }
}

private final class IsNull: ESQLNode {
    private let part: ESQLNode
    init(_ part: ESQLNode) { self.part = part }
    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        .boolean(part.value(row, of: batch).isNull)
    }
}

private final class IsIn: ESQLNode {
    private let part: ESQLNode
    private let constants: Set<ESQLValue>
    private let hasNull: Bool
    private let others: [ESQLNode]
    private let span: SourceSpan
    private let warnings: ESQLWarnings

    init(_ part: ESQLNode, _ list: [ESQLNode], _ span: SourceSpan, _ warnings: ESQLWarnings) {
        self.part = part
        self.span = span
        self.warnings = warnings
        var constants: Set<ESQLValue> = []
        var others: [ESQLNode] = []
        var hasNull = false
        for node in list {
            guard node is Constant else {
                others.append(node)
                continue
            }
            let value = node.value(0, of: ESQLBatch(count: 0, columns: []))
            if value.isNull { hasNull = true } else { constants.insert(value) }
        }
        self.constants = constants
        self.hasNull = hasNull
        self.others = others
    }

    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        let value = part.value(row, of: batch)
        switch value {
        case .null: return .null
        case .many:
            warnings.add(.severalValues, at: span)
            return .null
        default: break
        }
        if constants.contains(value) { return .boolean(true) }
        var hasNull = hasNull
        for node in others {
            let other = node.value(row, of: batch)
            if other.isMany { warnings.add(.severalValues, at: span) }
            if other.isNull || other.isMany { hasNull = true } else if other == value { return .boolean(true) }
        }
        return hasNull ? .null : .boolean(false)
    }
}

private final class Choose: ESQLNode {
    private let branches: [(condition: ESQLNode, value: ESQLNode)]
    private let otherwise: ESQLNode
    private let span: SourceSpan
    private let warnings: ESQLWarnings

    init(
        _ branches: [(condition: ESQLNode, value: ESQLNode)], otherwise: ESQLNode, _ span: SourceSpan,
        _ warnings: ESQLWarnings
    ) {
        self.branches = branches
        self.otherwise = otherwise
        self.span = span
        self.warnings = warnings
    }

    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        for branch in branches {
            switch branch.condition.value(row, of: batch) {
            case .boolean(true): return branch.value.value(row, of: batch)
            case .many: warnings.add(.severalValues, at: span, result: "false")
            default: continue
            }
        }
        return otherwise.value(row, of: batch)
    }
}

private final class FirstPresent: ESQLNode {
    private let parts: [ESQLNode]
    init(_ parts: [ESQLNode]) { self.parts = parts }
    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        for part in parts {
            let value = part.value(row, of: batch)
            if !value.isNull { return value }
        }
        return .null
    }
}

/// Functions and operators.
private class Call: ESQLNode {
    fileprivate let reach: ESQLCall.Reach
    private let span: SourceSpan
    private let warnings: ESQLWarnings

    init(_ reach: ESQLCall.Reach, _ span: SourceSpan, _ warnings: ESQLWarnings) {
        self.reach = reach
        self.span = span
        self.warnings = warnings
    }

    static func make(_ call: ESQLCall, _ span: SourceSpan, _ warnings: ESQLWarnings) -> ESQLNode {
        let nodes = call.arguments.map { ESQLNode.make($0, warnings) }
        switch call.kernel {
        case .one(let kernel): return CallOne(kernel, nodes[0], call.reach, span, warnings)
        case .two(let kernel): return CallTwo(kernel, nodes, call.reach, span, warnings)
        case .three(let kernel):
            return CallSeveral(
                { (values) throws(ESQLProblem) in try kernel(values[0], values[1], values[2]) },
                nodes, call.reach, span, warnings)
        case .several(let kernel): return CallSeveral(kernel, nodes, call.reach, span, warnings)
        }
    }

    /// Whether an argument may be given to the kernel.
    final func passes(_ value: ESQLValue, first: Bool) -> Bool {
        switch value {
        case .null: return reach == .raw
        case .many:
            if reach == .raw || (first && reach != .single) { return true }
            warnings.add(.severalValues, at: span)
            return false
        default: return true
        }
    }

    /// Runs a kernel; its problem becomes a warning and null.
    final func guarded(_ body: () throws(ESQLProblem) -> ESQLValue) -> ESQLValue {
        do throws(ESQLProblem) {
            return try body()
        } catch {
            warnings.add(error, at: span)
            return .null
        }
    }

    /// The kernel for the value, or, where it reaches each, for each of its values.
    final func spread(_ value: ESQLValue, _ body: (ESQLValue) throws(ESQLProblem) -> ESQLValue) -> ESQLValue {
        guard reach == .each, value.isMany else { return guarded { () throws(ESQLProblem) in try body(value) } }
        return value.mapped { element in guarded { () throws(ESQLProblem) in try body(element) } }
    }
}

private final class CallOne: Call {
    private let kernel: ESQLKernel.One
    private let argument: ESQLNode

    init(
        _ kernel: @escaping ESQLKernel.One, _ argument: ESQLNode, _ reach: ESQLCall.Reach, _ span: SourceSpan,
        _ warnings: ESQLWarnings
    ) {
        self.kernel = kernel
        self.argument = argument
        super.init(reach, span, warnings)
    }

    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        let value = argument.value(row, of: batch)
        guard passes(value, first: true) else { return .null }
        return spread(value, kernel)
    }
}

private final class CallTwo: Call {
    private let kernel: ESQLKernel.Two
    private let first: ESQLNode
    private let second: ESQLNode

    init(
        _ kernel: @escaping ESQLKernel.Two, _ arguments: [ESQLNode], _ reach: ESQLCall.Reach, _ span: SourceSpan,
        _ warnings: ESQLWarnings
    ) {
        self.kernel = kernel
        (first, second) = (arguments[0], arguments[1])
        super.init(reach, span, warnings)
    }

    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        let left = first.value(row, of: batch)
        let right = second.value(row, of: batch)
        let (leftPasses, rightPasses) = (passes(left, first: true), passes(right, first: false))
        guard leftPasses, rightPasses else { return .null }
        return spread(left) { (value) throws(ESQLProblem) in try kernel(value, right) }
    }
}

private final class CallSeveral: Call {
    private let kernel: ESQLKernel.Several
    private let arguments: [ESQLNode]

    init(
        _ kernel: @escaping ESQLKernel.Several, _ arguments: [ESQLNode], _ reach: ESQLCall.Reach, _ span: SourceSpan,
        _ warnings: ESQLWarnings
    ) {
        self.kernel = kernel
        self.arguments = arguments
        super.init(reach, span, warnings)
    }

    override func value(_ row: Int, of batch: borrowing ESQLBatch) -> ESQLValue {
        var values: [ESQLValue] = []
        values.reserveCapacity(arguments.count)
        var allPass = true
        for (place, argument) in arguments.enumerated() {
            let value = argument.value(row, of: batch)
            if !passes(value, first: place == 0) { allPass = false }
            values.append(value)
        }
        guard allPass else { return .null }
        guard reach == .each, !values.isEmpty else { return guarded { () throws(ESQLProblem) in try kernel(values) } }
        let first = values[0]
        return spread(first) { (value) throws(ESQLProblem) in
            values[0] = value
            return try kernel(values)
        }
    }
}
