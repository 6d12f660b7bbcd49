import Codecs
import Events
import Platform

/// The shape that an attribute of another schema has, and how values come into it.
enum Form: Sendable {
    case string
    /// A list of texts: every value, from every row.
    case strings
    case integer
    /// A moment, as milliseconds since 1970.
    case milliseconds
    /// Nanoseconds, as milliseconds.
    case span
    case address
    case mail
    /// A number or word for each value; what stands behind `*` is for all others.
    case map(NameTable, [Labels.Label], isNumber: Bool, other: Labels.Label?)

    init?(_ text: String, _ labels: inout Labels) {
        switch text {
        case "string": self = .string
        case "strings": self = .strings
        case "integer": self = .integer
        case "milliseconds": self = .milliseconds
        case "span": self = .span
        case "ip": self = .address
        case "email": self = .mail
        default:
            guard text.hasPrefix("map:") else { return nil }
            let pairs = text.dropFirst(4).split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
            guard pairs.allSatisfy({ $0.count == 2 }) else { return nil }
            let named = pairs.filter { $0[0] != "*" }
            self = .map(
                NameTable(named.map { String($0[0]) }), named.map { labels.label(String($0[1])) },
                isNumber: pairs.allSatisfy { Int64($0[1]) != nil },
                other: pairs.first { $0[0] == "*" }.map { labels.label(String($0[1])) })
        }
    }

    /// How the attribute lies in the catalog of its schema.
    var type: FieldType {
        switch self {
        case .string, .strings, .mail: .keyword
        case .address: .ip
        case .integer, .milliseconds, .span: .long
        case .map(_, _, let isNumber, _): isNumber ? .long : .keyword
        }
    }

    var isStrings: Bool { if case .strings = self { true } else { false } }

    /// A value in the form that was asked for.
    enum Value {
        /// The text of the entry itself.
        case same
        case long(Int64)
        /// A number that does not say all that the entry says.
        case rounded(Int64)
        /// Written by ``DocumentWriter``, without quotes.
        case written
        /// - Parameter isAll: whether it says all that the entry says.
        case label(Labels.Label, isNumber: Bool, isAll: Bool)
    }

    /// - Returns: `nil` when the value has no such form; then it is kept as it is, elsewhere.
    func value(of entry: Document.Entry, _ bytes: RawSpan) -> Value? {
        switch self {
        case .string, .strings:
            switch entry.kind {
            case .text: .same
            case .json: nil
            default: .written
            }
        case .integer:
            switch entry.kind {
            case .long: .long(entry.long)
            case .text: JSONNumber.int64(bytes[entry.value]).map { .long($0) }
            default: nil
            }
        case .milliseconds: entry.kind == .date ? .long(Self.floor(entry.long)) : nil
        case .span:
            if entry.kind != .long {
                nil
            } else if entry.long % 1_000_000 == 0 {
                .long(entry.long / 1_000_000)
            } else {
                .rounded(Self.floor(entry.long))
            }
        case .address: entry.kind == .text && IPAddress.isValid(bytes[entry.value]) ? .same : nil
        case .mail: entry.kind == .text && MailAddress.isValid(bytes[entry.value]) ? .same : nil
        case .map(let names, let labels, let isNumber, let other):
            switch entry.kind {
            case .text: Self.mapped(names.index(of: bytes[entry.value]), labels, isNumber, other)
            case .boolean:
                Self.mapped(
                    names.index(of: Literal.bytes(entry.boolean ? "true" : "false")), labels, isNumber, other)
            default: other.map { .label($0, isNumber: isNumber, isAll: false) }
            }
        }
    }

    private static func mapped(
        _ index: Int, _ labels: [Labels.Label], _ isNumber: Bool, _ other: Labels.Label?
    ) -> Value? {
        if index >= 0 { return .label(labels[index], isNumber: isNumber, isAll: true) }
        return other.map { .label($0, isNumber: isNumber, isAll: false) }
    }

    private static func floor(_ nanoseconds: Int64) -> Int64 {
        nanoseconds >= 0 ? nanoseconds / 1_000_000 : (nanoseconds - 999_999) / 1_000_000
    }
}

/// Texts that are mail addresses, as OCSF's type `email_t` has them.
enum MailAddress {
    static func isValid(_ text: RawSpan) -> Bool {
        var at = -1
        var hasDot = false
        for place in 0..<text.byteCount {
            switch text[place] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                continue
            case UInt8(ascii: "@"):
                guard at < 0, place > 0 else { return false }
                at = place
            case UInt8(ascii: "."):
                // The first label of the domain may not be empty.
                if at >= 0, !hasDot {
                    guard place > at + 1 else { return false }
                    hasDot = true
                }
            case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
                UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^")...UInt8(ascii: "`"),
                UInt8(ascii: "{")...UInt8(ascii: "~"):
                guard at < 0 else { return false }
            default: return false
            }
        }
        return hasDot && text[text.byteCount - 1] != UInt8(ascii: ".")
    }
}
