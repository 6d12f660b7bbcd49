import Events
import Platform

/// One value as another type: what `TO_…` and `::` do.
enum ESQLConversion {
    static func value(_ value: ESQLValue, _ type: ESQLType, to target: ESQLType) throws(ESQLProblem) -> ESQLValue {
        switch target {
        case .keyword, .text: return .text(text(value, type))
        case .boolean: return .boolean(try boolean(value))
        case .integer: return .integer(try integer(value, type))
        case .long: return .integer(try long(value, type))
        case .unsignedLong: return .unsigned(try unsigned(value, type))
        case .double: return .double(try double(value))
        case .date: return .integer(try date(value, type))
        case .dateNanos: return .integer(try nanoseconds(value, type))
        case .ip: return .address(try address(value))
        case .version: return .text(value.string)
        case .geoPoint: return try point(value)
        case .datePeriod, .timeDuration: return .span(try span(value, target))
        case .null: return .null
        }
    }

    /// The value as `TO_STRING` writes it.
    static func text(_ value: ESQLValue, _ type: ESQLType) -> String {
        switch value {
        case .null: ""
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number):
            switch type {
            case .date: ESQLDateText.text(milliseconds: number)
            case .dateNanos: ESQLDateText.text(nanoseconds: number)
            default: String(number)
            }
        case .unsigned(let number): String(number)
        case .double(let number): text(number)
        case .text(let text): text
        case .address(let address): address.description
        case .point(let x, let y): "POINT (\(text(x)) \(text(y)))"
        case .span(let span): text(span)
        case .many(let values): "[" + values.map { text($0, type) }.joined(separator: ", ") + "]"
        }
    }

    /// As Java writes a double: with a point always, and an exponent below a thousandth and from ten million on.
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        if number == 0 { return number.sign == .minus ? "-0.0" : "0.0" }
        let magnitude = number.magnitude
        let (digits, exponent) = shortest(magnitude)
        let sign = number < 0 ? "-" : ""
        if magnitude >= 1e-3, magnitude < 1e7 {
            if exponent >= digits.count - 1 {
                return sign + digits + String(repeating: "0", count: exponent - digits.count + 1) + ".0"
            }
            if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
            return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
        }
        let fraction = digits.count > 1 ? String(digits.dropFirst()) : "0"
        return "\(sign)\(digits.prefix(1)).\(fraction)E\(exponent)"
    }

    /// The fewest digits that say this number, and the power of ten of the first.
    private static func shortest(_ number: Double) -> (String, Int) {
        let text = number.description.lowercased()
        let parts = text.split(separator: "e")
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = String(halves[0]) + (halves.count > 1 ? String(halves[1]) : "")
        exponent += halves[0].count - 1
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        return (digits, exponent)
    }

    private static func text(_ span: ESQLSpan) -> String {
        var parts: [String] = []
        if span.months != 0 { parts.append("\(span.months) months") }
        if span.days != 0 { parts.append("\(span.days) days") }
        if span.milliseconds != 0 || parts.isEmpty { parts.append("\(span.milliseconds) milliseconds") }
        return parts.joined(separator: " ")
    }

    // MARK: To numbers

    private static func notFor(_ text: String, _ kind: String) -> ESQLProblem {
        ESQLProblem("Cannot parse \(kind) [\(text)]")
    }

    private static func boolean(_ value: ESQLValue) throws(ESQLProblem) -> Bool {
        switch value {
        case .boolean(let flag): flag
        case .text(let text): text.lowercased() == "true"
        case .unsigned(let number): number != 0
        default: value.number != 0
        }
    }

    private static func integer(_ value: ESQLValue, _ type: ESQLType) throws(ESQLProblem) -> Int64 {
        let number: Int64
        switch value {
        case .text(let text):
            guard let double = decimal(text) else { throw notFor(text, "number") }
            guard let exact = Int64(text) ?? Int64(exactly: nearest(double)) else {
                throw outOfRange(text, "integer")
            }
            number = exact
        default: number = try long(value, type)
        }
        guard let small = Int32(exactly: number) else { throw outOfRange(text(value, type), "integer") }
        return Int64(small)
    }

    private static func outOfRange(_ text: String, _ type: String) -> ESQLProblem {
        ESQLProblem("[\(text)] out of [\(type)] range")
    }

    /// The whole number that is nearest, and of two the greater one: -2.5 becomes -2.
    private static func nearest(_ number: Double) -> Double {
        let below = number.rounded(.down)
        return number - below >= 0.5 ? below + 1 : below
    }

    private static func long(_ value: ESQLValue, _ type: ESQLType) throws(ESQLProblem) -> Int64 {
        switch value {
        case .boolean(let flag): return flag ? 1 : 0
        case .integer(let number): return number
        case .unsigned(let number):
            guard let exact = Int64(exactly: number) else { throw outOfRange(String(number), "long") }
            return exact
        case .double(let number):
            guard let exact = Int64(exactly: nearest(number)) else {
                throw outOfRange(text(number), "long")
            }
            return exact
        case .text(let text):
            if let exact = Int64(text) { return exact }
            guard let number = decimal(text) else { throw notFor(text, "number") }
            guard let exact = Int64(exactly: nearest(number)) else {
                throw outOfRange(text, "long")
            }
            return exact
        default: return 0
        }
    }

    private static func unsigned(_ value: ESQLValue, _ type: ESQLType) throws(ESQLProblem) -> UInt64 {
        switch value {
        case .unsigned(let number): return number
        case .boolean(let flag): return flag ? 1 : 0
        case .text(let text):
            if let exact = UInt64(text) { return exact }
            guard let number = decimal(text) else { throw notFor(text, "number") }
            guard let exact = UInt64(exactly: number.rounded(.towardZero)) else {
                throw outOfRange(text, "unsigned_long")
            }
            return exact
        case .double(let number):
            guard let exact = UInt64(exactly: number.rounded(.toNearestOrAwayFromZero)) else {
                throw outOfRange(text(number), "unsigned_long")
            }
            return exact
        default:
            guard let exact = UInt64(exactly: value.whole) else {
                throw outOfRange(String(value.whole), "unsigned_long")
            }
            return exact
        }
    }

    private static func double(_ value: ESQLValue) throws(ESQLProblem) -> Double {
        switch value {
        case .boolean(let flag): return flag ? 1 : 0
        case .text(let text):
            guard let number = decimal(text) else { throw notFor(text, "number") }
            return number
        default: return value.number
        }
    }

    /// A number as people write it; not `inf`, `nan` and `0x1p3`.
    static func decimal(_ text: String) -> Double? {
        let text = text.hasPrefix("+") ? String(text.dropFirst()) : text
        if let number = Numeral.double(text) { return number.isFinite ? number : nil }
        // `.5` and `5.`
        if text.hasPrefix("."), let number = Numeral.double("0" + text) { return number }
        if text.hasPrefix("-."), let number = Numeral.double("-0" + text.dropFirst()) { return number }
        if text.hasSuffix("."), let number = Numeral.double(text + "0") { return number }
        return nil
    }

    // MARK: To dates

    private static func date(_ value: ESQLValue, _ type: ESQLType) throws(ESQLProblem) -> Int64 {
        switch value {
        case .text(let text):
            guard let moment = ESQLDateText.milliseconds(text) else {
                throw ESQLProblem(
                    "failed to parse date field [\(text)] with format [yyyy-MM-dd'T'HH:mm:ss.SSS'Z']")
            }
            return moment
        case .integer(let number) where type == .dateNanos: return number.flooredDivision(by: 1_000_000)
        default: return try long(value, type)
        }
    }

    private static func nanoseconds(_ value: ESQLValue, _ type: ESQLType) throws(ESQLProblem) -> Int64 {
        switch value {
        case .text(let text):
            guard let moment = ESQLDateText.nanoseconds(text) else {
                throw ESQLProblem("failed to parse date field [\(text)] with format [strict_date_optional_time_nanos]")
            }
            guard moment >= 0 else { throw ESQLProblem("Nanosecond dates before 1970 are not supported.") }
            return moment
        case .integer(let number) where type == .date:
            let (product, overflow) = number.multipliedReportingOverflow(by: 1_000_000)
            if overflow || number < 0 {
                throw ESQLProblem("milliSeconds [\(number)] are out of range and can't be converted to nanoseconds")
            }
            return product
        default:
            let moment = try long(value, type)
            guard moment >= 0 else { throw ESQLProblem("Nanosecond dates before 1970 are not supported.") }
            return moment
        }
    }

    private static func address(_ value: ESQLValue) throws(ESQLProblem) -> IPAddress {
        if case .address(let address) = value { return address }
        guard let address = IPAddress(value.string) else {
            throw ESQLProblem("'\(value.string)' is not an IP string literal.")
        }
        return address
    }

    /// - Parameter value: `POINT(13.4 52.5)`.
    private static func point(_ value: ESQLValue) throws(ESQLProblem) -> ESQLValue {
        if case .point = value { return value }
        let text = value.string
        let trimmed = text.uppercased().replacing("POINT", with: "").filter { $0 != "(" && $0 != ")" }
        let parts = trimmed.split(whereSeparator: \.isWhitespace)
        guard text.uppercased().hasPrefix("POINT"), parts.count == 2, let x = Double(parts[0]), let y = Double(parts[1])
        else { throw ESQLProblem("Failed to parse WKT: [\(text)]") }
        return .point(x, y)
    }

    // MARK: To a length of time

    /// - Parameter value: `3 days`.
    private static func span(_ value: ESQLValue, _ target: ESQLType) throws(ESQLProblem) -> ESQLSpan {
        if case .span(let span) = value { return span }
        let text = value.string
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "-") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let count = Int64(digits), let unit = ESQLTimeUnit(String(unit)), let span = ESQLSpan(count, unit) else {
            throw ESQLProblem("Cannot parse time span [\(text)]")
        }
        return span
    }
}

extension ESQLValue {
    /// The value as text, each type in its own form; null is `null`.
    public func text(_ type: ESQLType) -> String { isNull ? "null" : ESQLConversion.text(self, type) }

    /// A value of a type, read from its text. What cannot be one gives `nil`.
    public init?(text: String, _ type: ESQLType) {
        guard let value = try? ESQLConversion.value(.text(text), .keyword, to: type) else { return nil }
        self = value
    }
}
