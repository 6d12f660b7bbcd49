/// A function that a query may call: its names, and how a call of it is checked and made.
struct ESQLFunction: Sendable {
    typealias Make = @Sendable (ESQLArguments) throws(QueryError) -> ESQLTerm

    /// In capitals, as the documentation has it.
    let name: String
    let aliases: [String]
    let make: Make

    init(_ name: String, aliases: [String] = [], make: @escaping Make) {
        self.name = name
        self.aliases = aliases
        self.make = make
    }

    /// One argument.
    init(
        _ name: String, aliases: [String] = [], _ types: ESQLTypes, gives type: ESQLType,
        _ reach: ESQLCall.Reach = .single, _ kernel: @escaping ESQLKernel.One
    ) {
        self.init(name, aliases: aliases) { arguments throws(QueryError) in
            try arguments.count(1...1)
            return arguments.call(type, reach, .one(kernel), [try arguments.term(0, types)])
        }
    }

    /// One argument, whose type decides what is given.
    init(
        _ name: String, aliases: [String] = [], _ types: ESQLTypes, _ reach: ESQLCall.Reach = .single,
        _ choose: @escaping @Sendable (ESQLType) -> (ESQLType, ESQLKernel.One)
    ) {
        self.init(name, aliases: aliases) { arguments throws(QueryError) in
            try arguments.count(1...1)
            let term = try arguments.term(0, types)
            let (type, kernel) = choose(term.type)
            return arguments.call(type, reach, .one(kernel), [term])
        }
    }

    /// Two arguments.
    init(
        _ name: String, aliases: [String] = [], _ first: ESQLTypes, _ second: ESQLTypes, gives type: ESQLType,
        _ reach: ESQLCall.Reach = .single, _ kernel: @escaping ESQLKernel.Two
    ) {
        self.init(name, aliases: aliases) { arguments throws(QueryError) in
            try arguments.count(2...2)
            return arguments.call(
                type, reach, .two(kernel), [try arguments.term(0, first), try arguments.term(1, second)])
        }
    }
}

/// The arguments of a call while it is checked.
struct ESQLArguments {
    /// As it was written.
    let name: ESQLName
    let span: SourceSpan
    let terms: [ESQLTerm]
    let options: [ESQLOption]
    let context: ESQLContext

    private static let ordinals = ["first", "second", "third", "fourth", "fifth"]

    func error(_ message: String, at span: SourceSpan? = nil, hint: String? = nil) -> QueryError {
        QueryError(message, at: span ?? self.span, in: context.source, hint: hint)
    }

    func count(_ range: ClosedRange<Int>) throws(QueryError) {
        guard !range.contains(terms.count) else { return }
        let name = name.text.lowercased()
        let expected =
            range.count == 1
            ? "exactly \(Self.words(range.lowerBound))"
            : range.upperBound == .max
                ? "at least \(Self.words(range.lowerBound))" : "\(range.lowerBound) to \(range.upperBound) arguments"
        throw error("function [\(name)] expects \(expected), it received \(terms.count)")
    }

    private static func words(_ count: Int) -> String {
        switch count {
        case 0: "no arguments"
        case 1: "one argument"
        case 2: "two arguments"
        case 3: "three arguments"
        default: "\(count) arguments"
        }
    }

    /// An argument, which must be of one of the types. A constant text becomes what is wanted, if it can.
    func term(_ place: Int, _ types: ESQLTypes) throws(QueryError) -> ESQLTerm {
        let term = terms[place]
        if types.holds(term.type) { return term }
        if let converted = try context.converted(term, to: types) { return converted }
        let which = terms.count == 1 ? "" : (place < 5 ? Self.ordinals[place] : "\(place + 1)th") + " "
        let kind = term.type.messageName
        throw error(
            "\(which)argument of [\(context.source.text(span))] must be [\(types.names)], found value "
                + "[\(context.source.text(term.span))] type [\(kind)]",
            hint: context.castHint(term.type, types))
    }

    func term(_ place: Int, _ types: ESQLTypes, default value: ESQLValue, _ type: ESQLType) throws(QueryError)
        -> ESQLTerm
    {
        place < terms.count ? try term(place, types) : ESQLTerm(.constant(value), type, at: span)
    }

    /// An argument that must be the same for all rows.
    func constant(_ place: Int, _ types: ESQLTypes) throws(QueryError) -> ESQLValue {
        let term = try term(place, types)
        guard let value = term.constant else {
            throw error(
                "\(Self.ordinals[min(place, 4)]) argument of [\(context.source.text(span))] must be a constant, "
                    + "received [\(context.source.text(term.span))]")
        }
        return value
    }

    /// - Returns: a constant null, if one argument is null and the function gives null for it.
    func call(
        _ type: ESQLType, _ reach: ESQLCall.Reach = .single, _ kernel: ESQLKernel, _ arguments: [ESQLTerm],
        givesMany: Bool? = nil
    ) -> ESQLTerm {
        let many = givesMany ?? (reach == .each && arguments.first?.mayBeMany == true)
        let call = ESQLCall(name: name.text, reach: reach, kernel: kernel, arguments: arguments)
        return context.folded(ESQLTerm(.call(call), type, mayBeMany: many, at: span))
    }
}

extension ESQLTerm {
    /// What reads the texts of an argument. One that is the same for all rows is read now, and not for each of them.
    func read<Value: Sendable>(
        _ read: @escaping @Sendable (String) throws(ESQLProblem) -> Value
    ) -> @Sendable (ESQLValue) throws(ESQLProblem) -> Value {
        guard let constant, !constant.isNull else { return { (value) throws(ESQLProblem) in try read(value.string) } }
        let result: Result<Value, ESQLProblem>
        do throws(ESQLProblem) {
            result = .success(try read(constant.string))
        } catch {
            result = .failure(error)
        }
        return { (_) throws(ESQLProblem) in try result.get() }
    }
}

/// What is the same for all of a query while its terms are made.
struct ESQLContext {
    let source: SourceText
    /// Milliseconds since 1970 that `NOW()` is.
    let now: Int64
    /// Where days begin.
    var zone = TimeZone.utc
    /// Columns that hold the same in all rows.
    var constants: [Int: ESQLValue] = [:]

    /// The term with what its columns hold, where that is the same in all rows.
    func settled(_ term: ESQLTerm) -> ESQLTerm {
        switch term.form {
        case .column(let number):
            guard let value = constants[number] else { return term }
            return ESQLTerm(.constant(value), term.type, mayBeMany: value.isMany, at: term.span)
        case .call(let call):
            let call = ESQLCall(
                name: call.name, reach: call.reach, kernel: call.kernel, arguments: call.arguments.map(settled))
            return folded(ESQLTerm(.call(call), term.type, mayBeMany: term.mayBeMany, at: term.span))
        default: return term
        }
    }

    /// The term, or its value where no row can change it.
    func folded(_ term: ESQLTerm) -> ESQLTerm {
        guard term.constant == nil, term.columns.isEmpty, !term.hasQuery else { return term }
        let warnings = ESQLWarnings(source)
        let value = ESQLNode.make(term, warnings).value(0, of: ESQLBatch(count: 1, columns: []))
        guard warnings.isEmpty else { return term }
        return ESQLTerm(.constant(value), term.type, mayBeMany: value.isMany, at: term.span)
    }

    /// A constant text as a date, an address, a version, a boolean or a length of time.
    ///
    /// - Returns: `nil` if it is no constant text, or none of these is wanted.
    func converted(_ term: ESQLTerm, to types: ESQLTypes) throws(QueryError) -> ESQLTerm? {
        guard term.type == .keyword, let value = term.constant, !value.isNull else { return nil }
        let targets: [ESQLType] = [.date, .dateNanos, .ip, .version, .boolean, .timeDuration]
        guard let target = targets.first(where: { types.contains(ESQLTypes($0)) }) else { return nil }
        var problem: ESQLProblem?
        var target2 = target
        let result = value.mapped { element in
            do throws(ESQLProblem) {
                let converted = try ESQLConversion.value(element, .keyword, to: target)
                if case .span(let span) = converted, span.isPeriod { target2 = .datePeriod }
                return converted
            } catch {
                problem = error
                return .null
            }
        }
        if problem != nil {
            let kind = target == .date ? "DATETIME" : target.rawValue.uppercased()
            throw QueryError("Cannot convert string [\(value.string)] to [\(kind)]", at: term.span, in: source)
        }
        return ESQLTerm(.constant(result), target2, mayBeMany: result.isMany, at: term.span)
    }

    func castHint(_ type: ESQLType, _ types: ESQLTypes) -> String? {
        if types == .string, type != .null { return "convert it with `TO_STRING`" }
        if types == .number, type.isText { return "convert it with `TO_LONG` or `TO_DOUBLE`" }
        if types == .ip, type.isText { return "convert it with `TO_IP`" }
        if types == .date, type.isText || type == .long { return "convert it with `TO_DATETIME`" }
        return nil
    }
}
