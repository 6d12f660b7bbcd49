import Codecs
import Integrity

/// Functions that encode, decode and digest texts.
enum ESQLEncodingFunctions {
    static let all: [ESQLFunction] = [
        ESQLFunction("TO_BASE64", .string, gives: .keyword) { value in
            var out = ByteBuffer()
            Codecs.Base64.append(Array(value.string.utf8).rawBytes, to: &out)
            return .text(out.text)
        },
        ESQLFunction("FROM_BASE64", .string, gives: .keyword) { value throws(ESQLProblem) in
            guard let bytes = Codecs.Base64.bytes(of: Array(value.string.utf8).rawBytes) else {
                throw ESQLProblem("Illegal base64 [\(value.string.prefix(64))]")
            }
            return .text(String(decoding: bytes, as: UTF8.self))
        },
        ESQLFunction("URL_ENCODE", .string, gives: .keyword) { .text(PercentText.encoded($0.string, space: "+")) },
        ESQLFunction("URL_ENCODE_COMPONENT", .string, gives: .keyword) {
            .text(PercentText.encoded($0.string, space: "%20"))
        },
        ESQLFunction("URL_DECODE", .string, gives: .keyword) { value throws(ESQLProblem) in
            guard let text = PercentText.decoded(value.string) else {
                throw ESQLProblem("Illegal hex characters in escape (%) pattern")
            }
            return .text(text)
        },
        digest("MD5"), digest("SHA1"), digest("SHA256"),
        ESQLFunction("HASH") { arguments throws(QueryError) in
            try arguments.count(2...2)
            let name = try arguments.term(0, .string)
            if let constant = name.constant, LibraryDigest.hexadecimal(of: "", constant.string) == nil {
                throw arguments.error(
                    "invalid algorithm [\(constant.string)]", at: name.span,
                    hint: "there are \"md5\", \"sha-1\", \"sha-256\" and \"sha-512\"")
            }
            return arguments.call(
                .keyword, .single,
                .two { (name, text) throws(ESQLProblem) in
                    guard let digest = LibraryDigest.hexadecimal(of: text.string, name.string) else {
                        throw ESQLProblem("\(name.string) MessageDigest not available")
                    }
                    return .text(digest)
                }, [name, try arguments.term(1, .string)])
        },
        extracting("JSON_EXTRACT", { (path) throws(ESQLProblem) in try JSONPath(path) }) {
            path, json throws(ESQLProblem) in try path.value(in: json)
        },
        extracting("FIELD_EXTRACT", { name in NamePattern(name: "f." + name) }) { pattern, json in
            var values: [ESQLValue] = []
            var leaves = LeafReader()
            let bytes = Array(json.utf8)
            let prefix = Array("f".utf8)
            leaves.read(bytes.rawBytes, name: prefix.rawBytes, where: pattern) { leaf in
                values.append(.text(leaf.text))
            }
            return ESQLValue(values)
        },
    ]

    /// A function of a JSON text and of a way into it.
    private static func extracting<Way: Sendable>(
        _ name: String, _ read: @escaping @Sendable (String) throws(ESQLProblem) -> Way,
        _ extract: @escaping @Sendable (Way, String) throws(ESQLProblem) -> ESQLValue
    ) -> ESQLFunction {
        ESQLFunction(name) { arguments throws(QueryError) in
            try arguments.count(2...2)
            let json = try arguments.term(0, .string)
            let way = try arguments.term(1, .string)
            let reading = way.read(read)
            return arguments.call(
                .keyword, .single,
                .two { (json, way) throws(ESQLProblem) in try extract(try reading(way), json.string) }, [json, way],
                givesMany: true)
        }
    }

    private static func digest(_ name: String) -> ESQLFunction {
        ESQLFunction(name, .string, gives: .keyword) { value throws(ESQLProblem) in
            guard let digest = LibraryDigest.hexadecimal(of: value.string, name) else {
                throw ESQLProblem("\(name) is not available")
            }
            return .text(digest)
        }
    }
}

/// Texts in the encoding of forms and addresses.
enum PercentText {
    static func encoded(_ text: String, space: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "~") where space != "+": out += "~"
            case UInt8(ascii: "*") where space == "+": out += "*"
            case UInt8(ascii: " "): out += space
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return out
    }

    /// - Returns: `nil` for a `%` without two digits behind it.
    static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2)
                guard digits.count == 2, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
                    let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A way into JSON: `$.tool.input[0].path`, `tool['input']`.
struct JSONPath {
    private enum Part {
        case member([UInt8])
        case element(Int)
    }

    private var parts: [Part] = []
    private let written: String

    init(_ text: String) throws(ESQLProblem) {
        written = text
        let problem = ESQLProblem("Invalid JSON path [\(text)]")
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "$") { rest = rest.dropFirst() }
        while let byte = rest.first {
            if byte == UInt8(ascii: "[") {
                guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { throw problem }
                var inner = rest[(rest.startIndex + 1)..<end]
                rest = rest[(end + 1)...]
                if let quote = inner.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
                    guard inner.count >= 2, inner.last == quote else { throw problem }
                    inner = inner.dropFirst().dropLast()
                    parts.append(.member(Array(inner)))
                } else {
                    guard let place = Int(String(decoding: inner, as: UTF8.self)), place >= 0 else { throw problem }
                    parts.append(.element(place))
                }
            } else {
                if byte == UInt8(ascii: ".") { rest = rest.dropFirst() }
                let name = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
                guard !name.isEmpty else { throw problem }
                parts.append(.member(Array(name)))
                rest = rest.dropFirst(name.count)
            }
        }
    }

    /// The value there: a text as it is, a number or boolean as its text, an object or list as its JSON.
    func value(in json: String) throws(ESQLProblem) -> ESQLValue {
        let bytes = Array(json.utf8)
        do throws(JSONError) {
            var cursor = JSONCursor(bytes.rawBytes)
            var isThere = true
            for part in parts where isThere { isThere = try enter(part, &cursor, bytes.rawBytes) }
            if isThere { return try read(&cursor, bytes.rawBytes) }
        } catch {
            throw ESQLProblem("invalid JSON input")
        }
        throw ESQLProblem("path [\(written)] does not exist")
    }

    private func enter(_ part: Part, _ cursor: inout JSONCursor, _ bytes: RawSpan) throws(JSONError) -> Bool {
        var isFirst = true
        switch (part, try cursor.kind(in: bytes)) {
        case (.member(let name), .object):
            try cursor.enterObject(in: bytes)
            while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
                if Self.text(key, bytes).elementsEqual(name) { return true }
                try cursor.skip(in: bytes)
            }
        case (.element(let place), .array):
            try cursor.enterArray(in: bytes)
            var at = 0
            while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
                if at == place { return true }
                try cursor.skip(in: bytes)
                at += 1
            }
        default: break
        }
        return false
    }

    private func read(_ cursor: inout JSONCursor, _ bytes: RawSpan) throws(JSONError) -> ESQLValue {
        switch try cursor.kind(in: bytes) {
        case .null: return .null
        case .string: return .text(String(decoding: Self.text(try cursor.string(in: bytes), bytes), as: UTF8.self))
        default:
            let range = try cursor.skip(in: bytes)
            return .text(bytes[range].text)
        }
    }

    private static func text(_ text: JSONCursor.Text, _ bytes: RawSpan) -> [UInt8] {
        var buffer = ByteBuffer()
        text.isEscaped ? JSONText.appendUnescaped(bytes[text.range], to: &buffer) : buffer.append(bytes[text.range])
        return buffer.array
    }
}
