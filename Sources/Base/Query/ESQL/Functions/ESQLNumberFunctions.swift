import Glibc

/// Functions on numbers.
enum ESQLNumberFunctions {
    private static let decimal: ESQLTypes = [.integer, .long, .double, .unsignedLong]

    static let all: [ESQLFunction] =
        [
            ESQLFunction("ABS", .number) { type in
                (
                    type,
                    { (value) throws(ESQLProblem) in
                        switch value {
                        case .double(let number): return .double(number.magnitude)
                        case .integer(let number):
                            guard number != .min, !(type == .integer && number == Int64(Int32.min)) else {
                                throw ESQLProblem("\(type.rawValue) overflow")
                            }
                            return .integer(abs(number))
                        default: return value
                        }
                    }
                )
            },
            rounding("CEIL", .up), rounding("FLOOR", .down),
            ESQLFunction("SIGNUM", .number, gives: .double) { value in
                let number = value.number
                return .double(number > 0 ? 1 : number < 0 ? -1 : number)
            },
            ESQLFunction("SQRT", .number, gives: .double) { value throws(ESQLProblem) in
                guard value.number >= 0 else { throw ESQLProblem("Square root of negative") }
                return .double(value.number.squareRoot())
            },
            real("CBRT", cbrt), real("EXP", exp), real("SIN", sin), real("COS", cos), real("TAN", tan),
            real("ATAN", atan),
            real("SINH", sinh), real("COSH", cosh), real("TANH", tanh),
            ESQLFunction("ACOS", .number, gives: .double) { value throws(ESQLProblem) in
                guard value.number.magnitude <= 1 else { throw ESQLProblem("Acos input out of range") }
                return .double(acos(value.number))
            },
            ESQLFunction("ASIN", .number, gives: .double) { value throws(ESQLProblem) in
                guard value.number.magnitude <= 1 else { throw ESQLProblem("Asin input out of range") }
                return .double(asin(value.number))
            },
            ESQLFunction("LOG10", .number, gives: .double) { value throws(ESQLProblem) in
                guard value.number > 0 else { throw ESQLProblem("Log of non-positive number") }
                return .double(log10(value.number))
            },
            ESQLFunction("ATAN2", .number, .number, gives: .double) { .double(atan2($0.number, $1.number)) },
            ESQLFunction("HYPOT", .number, .number, gives: .double) { .double(hypot($0.number, $1.number)) },
            ESQLFunction("POW", .number, .number, gives: .double) { base, exponent throws(ESQLProblem) in
                let result = pow(base.number, exponent.number)
                guard result.isFinite else {
                    throw ESQLProblem("not a finite double number: \(ESQLConversion.text(result))")
                }
                return .double(result)
            },
            ESQLFunction("LOG") { arguments throws(QueryError) in
                try arguments.count(1...2)
                if arguments.terms.count == 1 {
                    return arguments.call(
                        .double, .single,
                        .one { (value) throws(ESQLProblem) in
                            guard value.number > 0 else { throw ESQLProblem("Log of non-positive number") }
                            return .double(log(value.number))
                        }, [try arguments.term(0, .number)])
                }
                return arguments.call(
                    .double, .single,
                    .two { (base, value) throws(ESQLProblem) in
                        guard value.number > 0, base.number > 0 else { throw ESQLProblem("Log of non-positive number") }
                        guard base.number != 1 else { throw ESQLProblem("Log of base 1") }
                        return .double(log(value.number) / log(base.number))
                    }, [try arguments.term(0, .number), try arguments.term(1, .number)])
            },
            ESQLFunction("ROUND") { arguments throws(QueryError) in
                try arguments.count(1...2)
                let term = try arguments.term(0, .number)
                let digits = try arguments.term(1, .whole, default: .integer(0), .integer)
                return arguments.call(
                    term.type, .single,
                    .two { (value, digits) throws(ESQLProblem) in try .init(rounding: value, digits: digits.whole) },
                    [term, digits])
            },
            ESQLFunction("COPY_SIGN", .number, .number, gives: .double) { number, sign in
                let magnitude = number.number.magnitude
                return .double(sign.number.sign == .minus ? -magnitude : magnitude)
            },
            ESQLFunction("SCALB", .double, [.integer, .long], gives: .double) { number, power throws(ESQLProblem) in
                let result = number.number * pow(2, Double(power.whole))
                guard result.isFinite else {
                    throw ESQLProblem("not a finite double number: \(ESQLConversion.text(result))")
                }
                return .double(result)
            },
            ESQLFunction("ROUND_TO") { arguments throws(QueryError) in try roundedTo(arguments) },
            constant("PI", .pi), constant("E", M_E), constant("TAU", .pi * 2),
        ]

    /// The largest of some points that is not above the value; the smallest of all where none is.
    private static func roundedTo(_ arguments: ESQLArguments) throws(QueryError) -> ESQLTerm {
        try arguments.count(2...Int.max)
        let value = try arguments.term(0, [.integer, .long, .double, .date])
        var points: [ESQLValue] = []
        for place in 1..<arguments.terms.count {
            points.append(
                try arguments.constant(place, ESQLTypes(value.type).union(value.type.isNumber ? .number : [])))
        }
        let type = arguments.terms.dropFirst().reduce(value.type) { $0.joined(with: $1.type) ?? $0 }
        let sorted = points.map { type == .double ? .double($0.number) : $0 }.sorted { $0.order(against: $1) < 0 }
        return arguments.call(
            type, .single, .one { value in sorted.last { $0.order(against: value) <= 0 } ?? sorted[0] },
            [arguments.context.widened(value, to: type)])
    }

    private static func rounding(_ name: String, _ rule: FloatingPointRoundingRule) -> ESQLFunction {
        ESQLFunction(name, .number) { type in
            (type, { value in if case .double(let number) = value { .double(number.rounded(rule)) } else { value } })
        }
    }

    private static func real(_ name: String, _ body: @escaping @Sendable (Double) -> Double) -> ESQLFunction {
        ESQLFunction(name, .number, gives: .double) { value throws(ESQLProblem) in
            let result = body(value.number)
            guard result.isFinite else {
                throw ESQLProblem("\(name.lowercased()) overflow")
            }
            return .double(result)
        }
    }

    private static func constant(_ name: String, _ value: Double) -> ESQLFunction {
        ESQLFunction(name) { arguments throws(QueryError) in
            try arguments.count(0...0)
            return ESQLTerm(.constant(.double(value)), .double, at: arguments.span)
        }
    }
}

extension ESQLValue {
    /// Half away from zero. Digits below zero round to tens and hundreds.
    fileprivate init(rounding value: ESQLValue, digits: Int64) throws(ESQLProblem) {
        switch value {
        case .double(let number):
            guard digits != 0 else {
                self = .double(number.rounded(.toNearestOrAwayFromZero))
                return
            }
            guard digits.magnitude < 300 else {
                self = digits > 0 ? value : .double(0)
                return
            }
            let scale = pow(10, Double(digits.magnitude))
            let scaled = digits > 0 ? number * scale : number / scale
            let rounded = scaled.rounded(.toNearestOrAwayFromZero)
            let result = digits > 0 ? rounded / scale : rounded * scale
            self = .double(result.isFinite ? result : number)
        case .integer(let number) where digits < 0:
            guard digits > -19 else {
                self = .integer(0)
                return
            }
            var scale: Int64 = 1
            for _ in 0..<(-digits) { scale *= 10 }
            let rest = number % scale
            let (result, overflow) = (number - rest).addingReportingOverflow(
                rest.magnitude >= UInt64(scale) / 2 + UInt64(scale) % 2 ? (number < 0 ? -scale : scale) : 0)
            self = overflow ? value : .integer(result)
        case .unsigned(let number) where digits < 0:
            guard digits > -20 else {
                self = .unsigned(0)
                return
            }
            var scale: UInt64 = 1
            for _ in 0..<(-digits) { scale *= 10 }
            let rest = number % scale
            let (result, overflow) = (number - rest).addingReportingOverflow(rest >= scale / 2 ? scale : 0)
            if overflow { throw ESQLProblem("unsigned_long overflow") }
            self = .unsigned(result)
        default: self = value
        }
    }
}
