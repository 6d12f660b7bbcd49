/// Values as Python prints them (`repr`), read into the JSON that says the same.
///
/// Texts, numbers, `None`, `True`, `False`, dictionaries, lists and tuples; a call with one text, such as
/// `UUID('…')`, is that text. JSON itself is read too.
///
/// An apostrophe inside of an apostrophe's text may stand unescaped, as some programs print it: a quote ends a text
/// only where something can follow that the value around it allows. Whoever chooses a text can then write what looks
/// like further members. That cannot be told from real ones, except that it repeats the name of one: so a name that
/// stands twice is an error and not a choice.
///
/// - Cost: one pass, and a bounded look behind each quote; nesting is bounded by ``depthLimit``.
public struct PythonLiteral: ~Copyable {
    /// Lists and dictionaries within one another.
    public static let depthLimit = 16

    /// What a value stands in, which says what may follow it.
    private enum Place { case alone, key, member, element, argument }

    private var place = 0
    private var text = ByteBuffer(capacity: 64)

    private init() {}

    public static func parse(_ bytes: RawSpan) throws(PythonLiteralError) -> JSONValue {
        var literal = PythonLiteral()
        let value = try literal.value(bytes, .alone, depth: 0)
        literal.skipSpace(bytes)
        guard literal.place == bytes.byteCount else { throw PythonLiteralError(.unexpected, at: literal.place) }
        return value
    }

    // MARK: Values

    private mutating func value(_ bytes: RawSpan, _ around: Place, depth: Int) throws(PythonLiteralError) -> JSONValue {
        skipSpace(bytes)
        guard place < bytes.byteCount else { throw PythonLiteralError(.truncated, at: place) }
        switch bytes[place] {
        case UInt8(ascii: "{"): return try dictionary(bytes, depth: depth + 1)
        case UInt8(ascii: "["): return try list(bytes, until: UInt8(ascii: "]"), depth: depth + 1)
        case UInt8(ascii: "("): return try list(bytes, until: UInt8(ascii: ")"), depth: depth + 1)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string(bytes, around))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(bytes)
        default: return try word(bytes)
        }
    }

    private mutating func dictionary(_ bytes: RawSpan, depth: Int) throws(PythonLiteralError) -> JSONValue {
        try enter(depth)
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        while try !leaves(bytes, UInt8(ascii: "}"), isFirst: members.isEmpty) {
            let start = place
            let name: String
            switch try value(bytes, .key, depth: depth) {
            case .string(let text): name = text
            case .integer(let number): name = String(number)
            default: throw PythonLiteralError(.unexpected, at: start)
            }
            guard names.insert(name).inserted else { throw PythonLiteralError(.repeatedName, at: start) }
            try take(bytes, UInt8(ascii: ":"))
            members.append(JSONValue.Member(name, try value(bytes, .member, depth: depth)))
        }
        return .object(members)
    }

    private mutating func list(
        _ bytes: RawSpan, until close: UInt8, depth: Int
    ) throws(PythonLiteralError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        while try !leaves(bytes, close, isFirst: elements.isEmpty) {
            elements.append(try value(bytes, .element, depth: depth))
        }
        return .array(elements)
    }

    private mutating func enter(_ depth: Int) throws(PythonLiteralError) {
        guard depth <= Self.depthLimit else { throw PythonLiteralError(.tooDeep, at: place) }
        place += 1
    }

    /// Moves over the closing, or over the comma in front of what comes next. A comma may stand before the closing.
    private mutating func leaves(
        _ bytes: RawSpan, _ close: UInt8, isFirst: Bool
    ) throws(PythonLiteralError) -> Bool {
        skipSpace(bytes)
        if byte(bytes, place) == close {
            place += 1
            return true
        }
        if isFirst { return false }
        try take(bytes, UInt8(ascii: ","))
        skipSpace(bytes)
        guard byte(bytes, place) == close else { return false }
        place += 1
        return true
    }

    private mutating func number(_ bytes: RawSpan) throws(PythonLiteralError) -> JSONValue {
        let start = place
        if bytes.extracting(start..<bytes.byteCount).starts(with: "-inf") {
            place += 4
            return "-inf"
        }
        do {
            var cursor = JSONCursor(ByteRange(start..<bytes.byteCount))
            let range = try cursor.number(in: bytes)
            place = range.end
            if let whole = JSONNumber.int64(bytes[range]) { return .integer(whole) }
            // More digits than a number holds are kept as they are.
            guard let number = JSONNumber.double(bytes[range]), number.isFinite, range.count <= 24 else {
                return .string(bytes[range].text)
            }
            return .double(number)
        } catch {
            throw PythonLiteralError(.unexpected, at: start)
        }
    }

    private mutating func word(_ bytes: RawSpan) throws(PythonLiteralError) -> JSONValue {
        let start = place
        while isLetter(byte(bytes, place)) { place += 1 }
        let word = bytes.extracting(start..<place)
        if word.isEqual(to: "None") || word.isEqual(to: "null") { return .null }
        if word.isEqual(to: "True") || word.isEqual(to: "true") { return true }
        if word.isEqual(to: "False") || word.isEqual(to: "false") { return false }
        if word.isEqual(to: "inf") || word.isEqual(to: "nan") { return .string(word.text) }
        guard !word.isEmpty, byte(bytes, place) == UInt8(ascii: "(") else {
            throw PythonLiteralError(.unexpected, at: start)
        }
        place += 1
        skipSpace(bytes)
        guard [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(byte(bytes, place)) else {
            throw PythonLiteralError(.unexpected, at: place)
        }
        let argument = try string(bytes, .argument)
        try take(bytes, UInt8(ascii: ")"))
        return .string(argument)
    }

    // MARK: Texts

    private mutating func string(_ bytes: RawSpan, _ around: Place) throws(PythonLiteralError) -> String {
        let quote = bytes[place]
        place += 1
        text.removeAll()
        while place < bytes.byteCount {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\\") {
                try escape(bytes)
                continue
            }
            place += 1
            if byte == quote, canEnd(bytes, around) { return text.text }
            text.append(byte)
        }
        throw PythonLiteralError(.truncated, at: place)
    }

    /// Whether what stands behind a quote can stand behind a text.
    private func canEnd(_ bytes: RawSpan, _ around: Place) -> Bool {
        let next = spaceEnd(bytes, place)
        switch (around, byte(bytes, next)) {
        case (_, 0): return next >= bytes.byteCount
        case (.key, UInt8(ascii: ":")), (.argument, UInt8(ascii: ")")): return true
        case (.member, UInt8(ascii: ",")):
            let name = spaceEnd(bytes, next + 1)
            return [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "}")].contains(byte(bytes, name))
                || isDigit(byte(bytes, name))
        case (.element, UInt8(ascii: ",")): return startsValue(bytes, spaceEnd(bytes, next + 1))
        case (.member, UInt8(ascii: "}")), (.element, UInt8(ascii: "]")), (.element, UInt8(ascii: ")")):
            let behind = spaceEnd(bytes, next + 1)
            let closings = [UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")")]
            return behind >= bytes.byteCount || closings.contains(byte(bytes, behind))
        default: return false
        }
    }

    private func startsValue(_ bytes: RawSpan, _ place: Int) -> Bool {
        switch byte(bytes, place) {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("),
            UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "-"):
            true
        case let digit where isDigit(digit): true
        default:
            place < bytes.byteCount
                && ["None", "True", "False"].contains { bytes.extracting(place..<bytes.byteCount).starts(with: $0) }
        }
    }

    private mutating func escape(_ bytes: RawSpan) throws(PythonLiteralError) {
        guard place + 1 < bytes.byteCount else { throw PythonLiteralError(.truncated, at: place) }
        let letter = bytes[place + 1]
        place += 2
        switch letter {
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "x"): try scalar(bytes, digits: 2)
        case UInt8(ascii: "u"): try scalar(bytes, digits: 4)
        case UInt8(ascii: "U"): try scalar(bytes, digits: 8)
        default:
            // Python leaves a backslash that escapes nothing.
            text.append(UInt8(ascii: "\\"))
            text.append(letter)
        }
    }

    /// Half of a surrogate pair, and what is no scalar at all, becomes U+FFFD.
    private mutating func scalar(_ bytes: RawSpan, digits: Int) throws(PythonLiteralError) {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = JSONText.hexValue(byte(bytes, place)) else {
                throw PythonLiteralError(.badEscape, at: place)
            }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        text.append(text: String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")))
    }

    // MARK: Bytes

    /// 0 behind the end.
    private func byte(_ bytes: RawSpan, _ place: Int) -> UInt8 { place < bytes.byteCount ? bytes[place] : 0 }

    private func spaceEnd(_ bytes: RawSpan, _ start: Int) -> Int {
        var place = start
        while [0x20, 0x09, 0x0A, 0x0D].contains(byte(bytes, place)) { place += 1 }
        return place
    }

    private mutating func skipSpace(_ bytes: RawSpan) { place = spaceEnd(bytes, place) }

    private mutating func take(_ bytes: RawSpan, _ expected: UInt8) throws(PythonLiteralError) {
        skipSpace(bytes)
        guard place < bytes.byteCount else { throw PythonLiteralError(.truncated, at: place) }
        guard bytes[place] == expected else { throw PythonLiteralError(.unexpected, at: place) }
        place += 1
    }

    private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }
}

/// Why some bytes are no literal.
public struct PythonLiteralError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case truncated = "it ends too early"
        case unexpected = "an unexpected character"
        case badEscape = "a bad escape"
        case tooDeep = "it is nested too deeply"
        case repeatedName = "a name stands in it twice"
        case noDictionary = "it is no dictionary"
    }
    public let code: Code
    /// Byte offset from its start.
    public let place: Int

    public init(_ code: Code, at place: Int) {
        self.code = code
        self.place = place
    }

    public var description: String { "\(code.rawValue) (byte \(place))" }
}
