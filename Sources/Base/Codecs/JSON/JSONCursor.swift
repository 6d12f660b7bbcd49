/// A place in JSON text that moves value by value.
///
/// Like ``ProtobufCursor`` it holds no bytes and builds nothing: it says where a value stands, checks the
/// grammar on the way, and the caller reads the values it wants. That is what lets a record be kept byte
/// for byte as it was received, which parsers that build trees cannot do.
///
/// - Guarantee: every byte it passes was checked against RFC 8259, but for what ``JSONText`` says of text.
/// - Cost: allocates nothing; nesting is bounded by ``JSONCursor/depthLimit``.
@frozen public struct JSONCursor: Sendable {
    /// Arrays and objects within one another.
    public static let depthLimit = 64

    /// Byte offset of what comes next.
    @inlinable public var place: Int { position }
    @usableFromInline var position: Int
    @usableFromInline let end: Int

    @inlinable public init(_ range: ByteRange) {
        position = range.start
        end = range.end
    }

    @inlinable public init(_ bytes: RawSpan) { self.init(ByteRange(start: 0, count: bytes.byteCount)) }

    /// What a value is, told by its first byte.
    @frozen public enum Kind: UInt8, Sendable { case object, array, string, number, `true`, `false`, null }

    /// A string's bytes between the quotes.
    @frozen public struct Text: Sendable {
        public let range: ByteRange
        /// Whether there is a backslash, so that the text differs from its bytes.
        public let isEscaped: Bool
        @inlinable init(range: ByteRange, isEscaped: Bool) {
            self.range = range
            self.isEscaped = isEscaped
        }
    }

    // MARK: Looking

    /// The kind of the value that comes next. Moves over white space only.
    @inlinable public mutating func kind(in bytes: RawSpan) throws(JSONError) -> Kind {
        switch skipSpace(in: bytes) {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"): return .true
        case UInt8(ascii: "f"): return .false
        case UInt8(ascii: "n"): return .null
        case 0 where position >= end: throw JSONError(.truncated, at: position)
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    /// Nothing but white space is left.
    @inlinable public mutating func finish(in bytes: RawSpan) throws(JSONError) {
        _ = skipSpace(in: bytes)
        guard position == end else { throw JSONError(.unexpectedByte, at: position) }
    }

    /// Whether nothing but white space is left.
    @inlinable public mutating func isAtEnd(in bytes: RawSpan) -> Bool {
        _ = skipSpace(in: bytes)
        return position == end
    }

    // MARK: Going in

    /// Steps into an object; follow with ``nextMember(in:isFirst:)``.
    @inlinable public mutating func enterObject(in bytes: RawSpan) throws(JSONError) {
        try take(UInt8(ascii: "{"), in: bytes)
    }

    /// Steps into an array; follow with ``nextElement(in:isFirst:)``.
    @inlinable public mutating func enterArray(in bytes: RawSpan) throws(JSONError) {
        try take(UInt8(ascii: "["), in: bytes)
    }

    /// The key of the next member; the cursor then stands before its value. `nil` behind the last one.
    ///
    /// - Parameter isFirst: set it to true before the first call and hand in the same variable each time.
    @inlinable public mutating func nextMember(in bytes: RawSpan, isFirst: inout Bool) throws(JSONError) -> Text? {
        guard try step(to: UInt8(ascii: "}"), in: bytes, isFirst: &isFirst) else { return nil }
        let key = try string(in: bytes)
        try take(UInt8(ascii: ":"), in: bytes)
        return key
    }

    /// Whether there is another element; the cursor then stands before it.
    @inlinable public mutating func nextElement(in bytes: RawSpan, isFirst: inout Bool) throws(JSONError) -> Bool {
        try step(to: UInt8(ascii: "]"), in: bytes, isFirst: &isFirst)
    }

    // MARK: Values

    @inlinable public mutating func string(in bytes: RawSpan) throws(JSONError) -> Text {
        try take(UInt8(ascii: "\""), in: bytes)
        let start = position
        var isEscaped = false
        while true {
            // Eight bytes at a time: stop at a quote, a backslash or a control character.
            while end &- position >= 8 {
                let word = UInt64(
                    littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self))
                let stops = Self.stops(in: word)
                if stops == 0 {
                    position &+= 8
                } else {
                    position &+= stops.trailingZeroBitCount / 8
                    break
                }
            }
            guard position < end else { throw JSONError(.truncated, at: position) }
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
            if byte == UInt8(ascii: "\"") {
                let text = Text(range: ByteRange(start: start, count: position &- start), isEscaped: isEscaped)
                position &+= 1
                return text
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try escape(in: bytes)
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter, at: position)
            } else {
                position &+= 1
            }
        }
    }

    /// The bytes of a number.
    @inlinable public mutating func number(in bytes: RawSpan) throws(JSONError) -> ByteRange {
        _ = skipSpace(in: bytes)
        let start = position
        if byte(in: bytes) == UInt8(ascii: "-") { position &+= 1 }
        if byte(in: bytes) == UInt8(ascii: "0") {
            position &+= 1
        } else {
            try digits(in: bytes)
        }
        if byte(in: bytes) == UInt8(ascii: ".") {
            position &+= 1
            try digits(in: bytes)
        }
        if byte(in: bytes) | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            let sign = byte(in: bytes)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position &+= 1 }
            try digits(in: bytes)
        }
        return ByteRange(start: start, count: position &- start)
    }

    /// `true`, `false` or `null`.
    @inlinable public mutating func word(in bytes: RawSpan) throws(JSONError) -> Kind {
        let found = try kind(in: bytes)
        let letters: StaticString
        switch found {
        case .true: letters = "true"
        case .false: letters = "false"
        case .null: letters = "null"
        default: throw JSONError(.unexpectedByte, at: position)
        }
        let count = letters.utf8CodeUnitCount
        guard end &- position >= count, bytes.extracting(position..<position &+ count).isEqual(to: letters) else {
            throw JSONError(.unexpectedByte, at: position)
        }
        position &+= count
        return found
    }

    /// Checks one whole value of any kind and moves behind it.
    ///
    /// - Parameter levels: arrays and objects around the value that count towards the limit of depth.
    /// - Returns: the bytes of the value, without white space around it.
    @inlinable @discardableResult
    public mutating func skip(in bytes: RawSpan, below levels: Int = 0) throws(JSONError) -> ByteRange {
        let first = try kind(in: bytes)
        let start = position
        switch first {
        case .string: _ = try string(in: bytes)
        case .number: _ = try number(in: bytes)
        case .true, .false, .null: _ = try word(in: bytes)
        case .object, .array: try skipNested(in: bytes, below: levels)
        }
        return ByteRange(start: start, count: position &- start)
    }

    // MARK: Inside

    /// Objects and arrays without recursion: one bit for each level says which of the two it is.
    @usableFromInline mutating func skipNested(in bytes: RawSpan, below levels: Int) throws(JSONError) {
        var isObject: UInt64 = 0
        var depth = 0
        var isFirst = true
        repeat {
            // Standing before a value.
            switch try kind(in: bytes) {
            case .object, .array:
                guard depth < Self.depthLimit &- levels else { throw JSONError(.tooDeep, at: position) }
                let opensObject = byte(in: bytes) == UInt8(ascii: "{")
                position &+= 1
                isObject = isObject << 1 | (opensObject ? 1 : 0)
                depth += 1
                isFirst = true
            case .string: _ = try string(in: bytes)
            case .number: _ = try number(in: bytes)
            case .true, .false, .null: _ = try word(in: bytes)
            }
            // Standing behind a value or an opening: close what ends here, then stop before the next value.
            while depth > 0 {
                if isObject & 1 == 1 {
                    if try nextMember(in: bytes, isFirst: &isFirst) != nil { break }
                } else {
                    if try nextElement(in: bytes, isFirst: &isFirst) { break }
                }
                isObject >>= 1
                depth -= 1
                isFirst = false
            }
        } while depth > 0
    }

    @inlinable func byte(in bytes: RawSpan) -> UInt8 {
        position < end ? unsafe bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self) : 0
    }

    /// - Returns: the byte behind the white space, or 0 at the end.
    @inlinable mutating func skipSpace(in bytes: RawSpan) -> UInt8 {
        precondition(end <= bytes.byteCount)
        while position < end {
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position &+= 1
        }
        return 0
    }

    @inlinable mutating func take(_ expected: UInt8, in bytes: RawSpan) throws(JSONError) {
        let found = skipSpace(in: bytes)
        guard found == expected, position < end else {
            throw JSONError(position < end ? .unexpectedByte : .truncated, at: position)
        }
        position &+= 1
    }

    @inlinable mutating func step(to close: UInt8, in bytes: RawSpan, isFirst: inout Bool) throws(JSONError) -> Bool {
        let found = skipSpace(in: bytes)
        guard position < end else { throw JSONError(.truncated, at: position) }
        if found == close {
            position &+= 1
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard found == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
        position &+= 1
        return true
    }

    @inlinable mutating func digits(in bytes: RawSpan) throws(JSONError) {
        let start = position
        while case UInt8(ascii: "0")...UInt8(ascii: "9") = byte(in: bytes) { position &+= 1 }
        guard position > start else { throw JSONError(position < end ? .unexpectedByte : .truncated, at: position) }
    }

    @usableFromInline mutating func escape(in bytes: RawSpan) throws(JSONError) {
        guard end &- position >= 2 else { throw JSONError(.truncated, at: position) }
        switch bytes[position &+ 1] {
        case UInt8(ascii: "u"):
            guard end &- position >= 6 else { throw JSONError(.truncated, at: position) }
            for offset in 2..<6 where JSONText.hexValue(bytes[position &+ offset]) == nil {
                throw JSONError(.badEscape, at: position)
            }
            position &+= 6
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 2
        default: throw JSONError(.badEscape, at: position)
        }
    }

    /// High bits set in the bytes of `word` that end a run of plain string bytes. Bits behind the first
    /// one may be wrong (borrows), so only the lowest counts.
    @inlinable static func stops(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let controls = (word &- (ones &* 0x20)) & ~word
        let zeros = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        return (zeros | controls) & highs
    }
}

/// Why some bytes are not JSON.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case truncated = "the JSON text ends too early"
        case unexpectedByte = "unexpected character in JSON"
        case controlCharacter = "a control character inside a JSON string"
        case badEscape = "a bad escape in a JSON string"
        case tooDeep = "JSON is nested too deeply"
        case badUTF8 = "the JSON text is not UTF-8"
        case wrongKind = "a JSON value has the wrong type"
    }
    public let code: Code
    /// Byte offset in the decompressed body.
    public let place: Int

    public init(_ code: Code, at place: Int) {
        self.code = code
        self.place = place
    }

    public var description: String { "\(code.rawValue) (byte \(place))" }
}
