import Platform

/// What a comparison with a constant asks of a value, which depends on what is known of the value.
struct EQLComparer {
    /// Why the constant does not suit.
    enum Problem: Error {
        case isNo(EQLKind, text: String, hint: String)
        case hasNoOrder

        func message(_ name: String) -> String {
            switch self {
            case .isNo(let kind, let text, _): "`\(text)` is no \(kind.rawValue), as `\(name)` is"
            case .hasNoOrder: "`\(name)` is true or false, which has no order"
            }
        }

        var hint: String? { if case .isNo(_, _, let hint) = self { hint } else { nil } }
    }

    let kind: EQLKind
    let now: Timestamp
    let options: EQLOptions

    /// - Returns: the question whether they are equal, for ``EQLComparison/notEqual`` too; `nil` if no value of this
    ///   kind can ever pass.
    func test(_ comparison: EQLComparison, _ constant: FieldValue) throws(Problem) -> FieldTest? {
        switch kind {
        case .date: return try dates(comparison, constant)
        case .address: return try addresses(comparison, constant)
        case .boolean:
            guard comparison == .equal || comparison == .notEqual else { throw .hasNoOrder }
            let flag = constant == .text("true") ? true : constant == .text("false") ? false : nil
            return (flag.map { .boolean($0) } ?? constant).flag.map { .equals([.boolean($0)], .exact) }
        case .number:
            guard let number = constant.numeric else { return nil }
            return Self.test(comparison, number, .exact)
        case .text: return Self.test(comparison, .text(constant.text), options.letters)
        case .any:
            if case .text = constant { return Self.test(comparison, constant, options.letters) }
            return Self.test(comparison, constant, .exact)
        }
    }

    func order(_ comparison: EQLComparison, _ value: FieldValue) -> FieldTest { Self.test(comparison, value, .exact) }

    private static func test(_ comparison: EQLComparison, _ value: FieldValue, _ letters: LetterCase) -> FieldTest {
        switch comparison {
        case .equal, .notEqual: .equals([value], letters)
        case .less: .isWithin(.below(value, inclusive: false))
        case .atMost: .isWithin(.below(value, inclusive: true))
        case .greater: .isWithin(.above(value, inclusive: false))
        case .atLeast: .isWithin(.above(value, inclusive: true))
        }
    }

    /// A date without its end is a stretch of time, as in KQL: behind `2026-10` begins November.
    private func dates(_ comparison: EQLComparison, _ constant: FieldValue) throws(Problem) -> FieldTest {
        func moment(_ edge: DateMath.Edge) throws(Problem) -> FieldValue {
            let math = DateMath(now: now, secondsFromUTC: options.secondsFromUTC)
            guard let moment = math.moment(constant.text, edge) else {
                throw .isNo(.date, text: constant.text, hint: "write \"2026-10-08T08:15:00Z\" or \"now-15m\"")
            }
            return .date(moment)
        }
        switch comparison {
        case .equal, .notEqual: return .isWithin(.from(try moment(.start), through: try moment(.end)))
        case .less, .atLeast: return Self.test(comparison, try moment(.start), .exact)
        case .greater, .atMost: return Self.test(comparison, try moment(.end), .exact)
        }
    }

    private func addresses(_ comparison: EQLComparison, _ constant: FieldValue) throws(Problem) -> FieldTest {
        if comparison == .equal || comparison == .notEqual, let network = IPNetwork(constant.text) {
            return .isInNetwork(network)
        }
        guard let address = IPAddress(constant.text) else {
            throw .isNo(.address, text: constant.text, hint: "write \"192.0.2.1\" or \"2001:db8::1\"")
        }
        return Self.test(comparison, .ip(address), .exact)
    }
}
