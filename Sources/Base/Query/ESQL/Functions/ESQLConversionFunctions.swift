/// `TO_…` and `::`, which take each of several values.
enum ESQLConversionFunctions {
    static let all: [ESQLFunction] =
        targets.map { type, name, aliases in
            ESQLFunction(name, aliases: aliases) { arguments throws(QueryError) in
                try arguments.count(1...1)
                return type == .ip ? try address(arguments) : try term(arguments, to: type)
            }
        }
        + [
            // A text that a query computes is a keyword.
            ESQLFunction("TO_TEXT") { arguments throws(QueryError) in
                try arguments.count(1...1)
                return try term(arguments, to: .keyword)
            },
            ESQLFunction("TO_DEGREES", .number, gives: .double, .each) { .double($0.number * 180 / .pi) },
            ESQLFunction("TO_RADIANS", .number, gives: .double, .each) { .double($0.number * .pi / 180) },
        ]

    private static let targets: [(ESQLType, String, [String])] = [
        (.keyword, "TO_STRING", ["TO_STR"]), (.boolean, "TO_BOOLEAN", ["TO_BOOL"]),
        (.integer, "TO_INTEGER", ["TO_INT"]),
        (.long, "TO_LONG", []), (.unsignedLong, "TO_UNSIGNED_LONG", ["TO_UL", "TO_ULONG"]),
        (.double, "TO_DOUBLE", ["TO_DBL"]), (.date, "TO_DATETIME", ["TO_DT"]),
        (.dateNanos, "TO_DATE_NANOS", ["TO_DATENANOS"]),
        (.ip, "TO_IP", []), (.version, "TO_VERSION", ["TO_VER"]), (.geoPoint, "TO_GEOPOINT", []),
        (.datePeriod, "TO_DATEPERIOD", []), (.timeDuration, "TO_TIMEDURATION", []),
    ]

    static func name(of type: ESQLType) -> String {
        targets.first { $0.0 == (type == .text ? .keyword : type) }?.1 ?? "TO_STRING"
    }

    /// What can become a type.
    private static func sources(of type: ESQLType) -> ESQLTypes {
        switch type {
        case .keyword, .text: .anything
        case .boolean: [.boolean, .string, .number]
        case .integer, .long, .unsignedLong: [.boolean, .string, .number, .date]
        case .double: [.boolean, .string, .number, .date]
        case .date, .dateNanos: [.date, .string, .integer, .long, .unsignedLong, .double]
        case .ip: [.ip, .string]
        case .version: [.version, .string]
        case .geoPoint: [.point, .string]
        case .datePeriod, .timeDuration: [.string, .span]
        case .null: []
        }
    }

    /// `TO_IP`, which may be told what a zero in front of a number means.
    private static func address(_ arguments: ESQLArguments) throws(QueryError) -> ESQLTerm {
        var radix: Int?
        for option in arguments.options {
            switch (option.name, option.value) {
            case ("leading_zeros", .string("reject")): radix = nil
            case ("leading_zeros", .string("octal")): radix = 8
            case ("leading_zeros", .string("decimal")): radix = 10
            default:
                throw arguments.error(
                    "option [\(option.name)] of TO_IP is not known with this value",
                    hint: "there is {\"leading_zeros\": \"reject\"}, or \"octal\", or \"decimal\"")
            }
        }
        guard let radix, arguments.terms[0].type.isText else { return try term(arguments, to: .ip) }
        return arguments.call(
            .ip, .each,
            .one { (value) throws(ESQLProblem) in
                let parts = value.string.split(separator: ".", omittingEmptySubsequences: false).map { part in
                    part.hasPrefix("0") ? Int(part, radix: radix).map(String.init) ?? String(part) : String(part)
                }
                guard let address = IPAddress(parts.joined(separator: ".")) else {
                    throw ESQLProblem("'\(value.string)' is not an IP string literal.")
                }
                return .address(address)
            }, [arguments.terms[0]])
    }

    static func term(_ arguments: ESQLArguments, to type: ESQLType) throws(QueryError) -> ESQLTerm {
        let term = arguments.terms[0]
        let target: ESQLType = type == .text ? .keyword : type
        guard sources(of: target).holds(term.type) else {
            throw arguments.error(
                "argument of [\(arguments.context.source.text(arguments.span))] must be [\(sources(of: target).names)], "
                    + "found value [\(arguments.context.source.text(term.span))] type [\(term.type.messageName)]")
        }
        if term.type == target {
            return ESQLTerm(term.form, target, mayBeMany: term.mayBeMany, at: arguments.span)
        }
        if target.isSpan {
            guard let value = arguments.context.settled(term).constant else {
                throw arguments.error("a length of time is a constant", at: term.span)
            }
            if value.isNull { return ESQLTerm(.constant(.null), target, at: arguments.span) }
            do throws(ESQLProblem) {
                return ESQLTerm(
                    .constant(try ESQLConversion.value(value, term.type, to: target)), target, at: arguments.span)
            } catch {
                throw arguments.error(error.message, at: term.span)
            }
        }
        let from = term.type
        return arguments.call(
            target, .each,
            .one { (value) throws(ESQLProblem) in try ESQLConversion.value(value, from, to: target) }, [term])
    }
}
