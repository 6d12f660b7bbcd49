public import Platform

/// One value of a field, in a document or in a query.
public enum FieldValue: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case date(Timestamp)
    case ip(IPAddress)

    /// The value as the text that a keyword would hold.
    public var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .double(let number): String(number)
        case .boolean(let flag): String(flag)
        case .date(let moment): RFC3339.text(moment, digits: 9)
        case .ip(let address): address.description
        }
    }

    /// How this value of a document stands to a value of a query, which says how to compare.
    ///
    /// - Returns: -1, 0 or 1; `nil` if the two cannot be compared, so no test on them holds.
    func order(against other: FieldValue) -> Int? {
        switch other {
        case .text(let right): Self.order(of: text.utf8, against: right.utf8)
        case .integer(let right): order(against: right)
        case .double(let right): number.map { Self.order(of: $0, against: right) }
        case .boolean(let right): flag.map { $0 == right ? 0 : $0 ? 1 : -1 }
        case .date(let right): date.map { Self.order(of: $0, against: right) }
        case .ip(let right): address.map { Self.order(of: $0, against: right) }
        }
    }

    private func order(against right: Int64) -> Int? {
        if case .integer(let left) = self { return Self.order(of: left, against: right) }
        return number.map { Self.order(of: $0, against: Double(right)) }
    }

    private var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .double(let number): number
        case .text(let text): Numeral.double(text)
        default: nil
        }
    }

    var flag: Bool? {
        switch self {
        case .boolean(let flag): flag
        case .text("true"): true
        case .text("false"): false
        default: nil
        }
    }

    private var date: Timestamp? {
        switch self {
        case .date(let moment): moment
        case .text(let text): RFC3339.parse(text.utf8)
        default: nil
        }
    }

    var address: IPAddress? {
        switch self {
        case .ip(let address): address
        case .text(let text): IPAddress(text)
        default: nil
        }
    }

    private static func order<Value: Comparable>(of left: Value, against right: Value) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    /// By bytes, as Lucene and SQL compare: Swift's own order of strings follows Unicode equivalence.
    private static func order(of left: String.UTF8View, against right: String.UTF8View) -> Int {
        left.elementsEqual(right) ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }
}

/// Numbers as JSON writes them. Swift alone would also take `0x1p3`, `inf` and `nan`.
enum Numeral {
    static func double(_ text: String) -> Double? { isNumeral(text) ? Double(text) : nil }

    /// Whether the text is `-`? digits, then perhaps a fraction, then perhaps an exponent. Leading zeros pass.
    static func isNumeral(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func digits() -> Bool {
            let before = rest.count
            rest = rest.drop { (48...57).contains($0) }
            return rest.count < before
        }
        func take(_ bytes: UInt8...) -> Bool {
            guard let first = rest.first, bytes.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take(45)
        guard digits() else { return false }
        if take(46), !digits() { return false }
        if take(69, 101) {
            _ = take(43, 45)
            guard digits() else { return false }
        }
        return rest.isEmpty
    }
}
