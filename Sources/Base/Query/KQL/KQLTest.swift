import Events
import Platform

/// What one value of KQL asks of a field, which depends on the type of the field.
struct KQLTest {
    enum Question: Equatable {
        case match
        case compare(KQLComparison)
    }

    enum Answer {
        /// Holds for every value of the field, or for none.
        case always(Bool)
        case anyOf([FieldTest])
    }

    /// Why the value does not suit the field.
    enum Problem: Error {
        case isNo(String, text: String, hint: String)
        case takesNoWildcard(FieldType)
        case takesOnlyPresence(FieldType)
        case takesNoRange(FieldType)

        func message(field: String) -> String {
            switch self {
            case .isNo(let kind, let text, _): "`\(text)` is no \(kind), as `\(field)` holds"
            case .takesNoWildcard(let type): "`\(field)` is of type \(type.rawValue), which has no wildcards"
            case .takesOnlyPresence: "`\(field)` is a place; only `\(field): *` can be asked of it"
            case .takesNoRange(let type): "`\(field)` is of type \(type.rawValue), which has no order"
            }
        }

        var hint: String? {
            if case .isNo(_, _, let hint) = self { hint } else { nil }
        }
    }

    /// - Shape: `nil` for an open attribute, which is compared as a keyword, and in ranges as a number if the
    ///   query names one.
    let type: FieldType?
    let question: Question
    let value: KQLLiteral
    let options: KQLOptions
    let now: Timestamp

    func resolved() -> Result<Answer, Problem> {
        do throws(Problem) {
            return .success(try answer())
        } catch {
            return .failure(error)
        }
    }

    private func answer() throws(Problem) -> Answer {
        switch question {
        case .match:
            guard case .pattern(let pattern) = value.form else { return try match() }
            return pattern.isEverything ? .always(true) : try match(pattern)
        case .compare(let comparison): return try compare(comparison)
        }
    }

    private func match() throws(Problem) -> Answer {
        let text = value.text
        switch type {
        case .keyword, .flattened, nil: return .anyOf([.equals([.text(text)], options.letters)])
        case .text: return words(text)
        case .long:
            guard let number = try integer() else { return .always(false) }
            return .anyOf([.equals([.integer(number)], .exact)])
        case .double: return .anyOf([.equals([.double(try number())], .exact)])
        case .boolean: return .anyOf([.equals([.boolean(try boolean())], .exact)])
        case .date:
            return .anyOf([.isWithin(.from(.date(try date(.start)), through: .date(try date(.end))))])
        case .ip:
            if text.contains("/"), let network = IPNetwork(text) { return .anyOf([.isInNetwork(network)]) }
            return .anyOf([.equals([.ip(try address())], .exact)])
        case .geoPoint: throw .takesOnlyPresence(.geoPoint)
        }
    }

    private func words(_ text: String) -> Answer {
        if case .quoted = value.form {
            let words = Words.split(text)
            return words.isEmpty ? .always(false) : .anyOf([.text(.phrase(words))])
        }
        let terms = Words.terms(text)
        return terms.isEmpty ? .always(false) : .anyOf(terms.map { .text(.phrase($0)) })
    }

    private func match(_ pattern: Wildcard) throws(Problem) -> Answer {
        switch type {
        case .keyword, .flattened, nil: .anyOf([.text(.glob(pattern, options.letters))])
        case .ip: .anyOf([.text(.glob(pattern.lowercased, .exact))])
        case .text: .anyOf(pattern.textTests.map(FieldTest.text))
        case .long, .double, .boolean, .date: throw .takesNoWildcard(type ?? .keyword)
        case .geoPoint: throw .takesOnlyPresence(.geoPoint)
        }
    }

    private func compare(_ comparison: KQLComparison) throws(Problem) -> Answer {
        let range: ValueRange
        switch type {
        case .keyword, .flattened, .text: range = comparison.range(.text(value.text))
        case nil: range = comparison.range(Numeral.double(value.text).map { .double($0) } ?? .text(value.text))
        case .long: return try compareInteger(comparison)
        case .double: range = comparison.range(.double(try number()))
        case .date: range = comparison.range(.date(try date(comparison.edge)))
        case .ip: range = comparison.range(.ip(try address()))
        case .boolean: throw .takesNoRange(.boolean)
        case .geoPoint: throw .takesOnlyPresence(.geoPoint)
        }
        return .anyOf([.isWithin(range)])
    }

    /// Bounds between or beyond the whole numbers become whole ones, so the column is compared as it is.
    private func compareInteger(_ comparison: KQLComparison) throws(Problem) -> Answer {
        if let exact = try integer() { return .anyOf([.isWithin(comparison.range(.integer(exact)))]) }
        let number = try number()
        if number.magnitude >= 0x1p63 { return .always((number < 0) == comparison.isUpward) }
        let bound: Int64 = Int64(number.rounded(comparison.isUpward ? .up : .down))
        return .anyOf([.isWithin((comparison.isUpward ? KQLComparison.atLeast : .atMost).range(.integer(bound)))])
    }

    // MARK: Values

    /// - Returns: `nil` for a number that is not whole or too large.
    private func integer() throws(Problem) -> Int64? {
        let number = try number()
        return Int64(value.text) ?? Int64(exactly: number)
    }

    private func number() throws(Problem) -> Double {
        guard let number = Numeral.double(value.text) else {
            throw .isNo("number", text: value.text, hint: "write a number such as `200` or `1.5`")
        }
        return number
    }

    private func boolean() throws(Problem) -> Bool {
        switch value.text {
        case "true": return true
        case "false": return false
        default: throw .isNo("boolean", text: value.text, hint: "write `true` or `false`")
        }
    }

    private func date(_ edge: DateMath.Edge) throws(Problem) -> Timestamp {
        let math = DateMath(now: now, secondsFromUTC: options.secondsFromUTC)
        guard let moment = math.moment(value.text, edge) else {
            throw .isNo("date", text: value.text, hint: "write `2026-10-08`, `\"2026-10-08T08:15\"` or `now-15m`")
        }
        return moment
    }

    private func address() throws(Problem) -> IPAddress {
        guard let address = IPAddress(value.text) else {
            throw .isNo("IP address", text: value.text, hint: "write `192.0.2.1`, `\"2001:db8::1\"` or `192.0.2.0/24`")
        }
        return address
    }
}

extension KQLComparison {
    fileprivate var isUpward: Bool { self == .greater || self == .atLeast }

    /// Which end of `2026-10` is meant: after it, and up to it, is its last moment.
    fileprivate var edge: DateMath.Edge { self == .greater || self == .atMost ? .end : .start }

    fileprivate func range(_ value: FieldValue) -> ValueRange {
        switch self {
        case .less: .below(value, inclusive: false)
        case .atMost: .below(value, inclusive: true)
        case .greater: .above(value, inclusive: false)
        case .atLeast: .above(value, inclusive: true)
        }
    }
}

extension Wildcard {
    /// The pattern as tests of text, one for each part between spaces; one of them must hold. A part with
    /// punctuation fits no word, so it is looked for inside the whole value.
    var textTests: [TextTest] {
        parts.compactMap { pieces -> TextTest? in
            guard pieces.count > 1 else {
                let words = Words.split(pieces[0])
                return words.isEmpty ? nil : .phrase(words)
            }
            let part = Wildcard(pieces)
            let isWordly = part.pieces.allSatisfy { $0.unicodeScalars.allSatisfy(Words.isPart) }
            return isWordly ? .word(part.lowercased) : .glob(part.anywhere, .ignored)
        }
    }

    /// The pieces of each part between spaces. A part without a star has one piece, which is a plain word.
    private var parts: [[String]] {
        var parts: [[String]] = [[""]]
        for (place, piece) in pieces.enumerated() {
            if place > 0 { parts[parts.count - 1].append("") }
            for (word, text) in piece.split(omittingEmptySubsequences: false, whereSeparator: \.isWhitespace)
                .enumerated()
            {
                if word > 0 { parts.append([""]) }
                parts[parts.count - 1][parts[parts.count - 1].count - 1] += text
            }
        }
        return parts.filter { $0 != [""] }
    }
}
