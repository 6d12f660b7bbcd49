import Events

/// Values.
extension EQLResolver {
    mutating func node(_ expression: EQLExpression) throws(QueryError) -> (node: EQLNode, kind: EQLKind) {
        switch expression.form {
        case .literal(let literal):
            let value = literal.value
            return (.constant(value), EQLKind(value))
        case .field(let name, let isOptional): return try field(name, isOptional: isOptional, expression.span)
        case .call(let name, let isCaseless, let arguments):
            return try call(name, isCaseless: isCaseless, arguments, expression.span)
        case .negative(let inner):
            let node = try number(inner)
            return (Self.folded(.negative(node)), .number)
        case .arithmetic(let sign, let left, let right):
            let (left, right) = (try number(left), try number(right))
            return (Self.folded(.arithmetic(sign, left, right)), .number)
        case .comparison, .isIn, .matches, .all, .any, .not:
            let test = try test(expression)
            if case .constant(let answer) = test { return (.constant(answer.map { .boolean($0) }), .boolean) }
            return (.test(test), .boolean)
        }
    }

    private mutating func number(_ expression: EQLExpression) throws(QueryError) -> EQLNode {
        let (node, kind) = try node(expression)
        guard kind.suits(.number) else {
            throw error("`\(expression)` is a \(kind.rawValue) and no number", at: expression.span)
        }
        return node
    }

    private mutating func field(
        _ name: String, isOptional: Bool, _ span: SourceSpan
    ) throws(QueryError) -> (EQLNode, EQLKind) {
        if let known = schema.reference(to: name) { return (.field(known.reference), EQLKind(known.type)) }
        // An attribute that no catalog knows may be there all the same.
        if isOptional { return (.field(.attribute(name)), .any) }
        let near = schema.nearestName(to: name).map { "did you mean `\($0)`?" }
        throw error(
            "no field is called `\(name)`", at: span, hint: near ?? "if events may have it, write `?\(name)`")
    }

    private mutating func call(
        _ name: String, isCaseless: Bool, _ arguments: [EQLExpression], _ span: SourceSpan
    ) throws(QueryError) -> (EQLNode, EQLKind) {
        guard let function = EQLFunction(named: name) else { throw unknown(name, span) }
        if isCaseless, !function.comparesLetters {
            throw error("`\(function.rawValue)` compares no letters, so it has no `~`", at: span)
        }
        let (kinds, least, repeats) = function.arguments
        guard arguments.count >= least, repeats || arguments.count <= kinds.count else {
            let most = repeats ? " or more" : kinds.count > least ? " to \(kinds.count)" : ""
            throw error(
                "`\(function.rawValue)` has \(least)\(most) arguments; here \(arguments.count == 1 ? "is" : "are") "
                    + "\(arguments.count)", at: span)
        }
        var nodes: [EQLNode] = []
        for (place, argument) in arguments.enumerated() {
            let (node, kind) = try node(argument)
            let wanted = kinds[min(place, kinds.count - 1)]
            guard kind.suits(wanted) else {
                throw error(
                    "`\(function.rawValue)` wants a \(wanted.rawValue) here, and `\(argument)` is a \(kind.rawValue)",
                    at: argument.span, hint: wanted == .text ? "write `string(\(argument))`" : nil)
            }
            if function == .cidrMatch, place > 0, case .constant(let value?) = node, IPNetwork(value.text) == nil {
                throw error(
                    "`\(value.text)` is no network", at: argument.span, hint: "write `192.0.2.0/24` or `2001:db8::/32`")
            }
            nodes.append(node)
        }
        let letters: LetterCase = isCaseless ? .ignored : options.letters
        return (Self.folded(.call(function, letters, nodes)), function.result)
    }

    private func unknown(_ name: String, _ span: SourceSpan) -> QueryError {
        let place = SourceSpan(span.lower, span.lower + name.utf8.count)
        let known: [String: String] = [
            "wildcard": "use `like` or `:`", "match": "use `regex`", "matchlite": "use `regex`",
            "arraycontains": "a test holds if it holds for one value: write `field == value`",
            "arraysearch": "a test holds if it holds for one value: write `field == value`",
            "arraycount": "use ES|QL's `MV_COUNT`",
        ]
        let near = Nearness.nearest(to: name, among: EQLFunction.allCases.map(\.rawValue))
        return error(
            "there is no function `\(name)`", at: place,
            hint: known[name.lowercased()] ?? near.map { "did you mean `\($0)`?" })
    }

    /// An expression of constants is worked out at once.
    private static func folded(_ node: EQLNode) -> EQLNode {
        switch node {
        case .negative(.constant(let value)): .constant(Arithmetic.subtract.value(.integer(0), value))
        case .arithmetic(let sign, .constant(let left), .constant(let right)): .constant(sign.value(left, right))
        case .call(let function, let letters, let arguments):
            arguments.allSatisfy({ $0.constant != nil })
                ? .constant(function.value(letters, arguments.map { $0.constant ?? nil })) : node
        default: node
        }
    }
}

extension EQLLiteral {
    var value: FieldValue? {
        switch self {
        case .null: nil
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .double(let number): .double(number)
        case .string(let text): .text(text)
        }
    }
}
