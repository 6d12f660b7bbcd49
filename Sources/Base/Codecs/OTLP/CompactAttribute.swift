/// A KeyValue as exporters write nearly all of them: without white space, the key first, then text or a whole number.
///
///     {"key":"…","value":{"stringValue":"…"}}
///     {"key":"…","value":{"intValue":…}}
///
/// Names are compared eight bytes at a time, which takes a fraction of what reading member by member takes.
@frozen public struct CompactAttribute {
    @frozen public enum Value {
        case text(JSONCursor.Text)
        /// A number, bare; whether it is a whole one was not looked at.
        case number(ByteRange)
    }

    public let key: JSONCursor.Text
    public let value: Value

    /// Reads what stands at a cursor, which moves behind it.
    ///
    /// - Returns: `nil` for every other shape, with the cursor where it was.
    public init?(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) {
        var moved = cursor
        func word(_ offset: Int) -> UInt64 {
            unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: moved.position &+ offset, as: UInt64.self)
        }
        // The longest run of names is 25 bytes; every attribute in a list of them has more behind it.
        guard moved.end <= bytes.byteCount, moved.end &- moved.position > 64, word(0) == CompactNames.key else {
            return nil
        }
        moved.position &+= 7
        key = try moved.string(in: bytes)
        guard moved.end &- moved.position > 40, word(0) == CompactNames.value else { return nil }
        if word(8) == CompactNames.stringStart, word(16) == CompactNames.stringEnd {
            moved.position &+= 24
            guard moved.byte(in: bytes) == UInt8(ascii: "\"") else { return nil }
            value = .text(try moved.string(in: bytes))
        } else if word(8) == CompactNames.integerStart, word(16) & 0xFF_FFFF_FFFF == CompactNames.integerEnd {
            moved.position &+= 21
            guard moved.byte(in: bytes) != UInt8(ascii: "\"") else { return nil }
            value = .number(try moved.number(in: bytes))
        } else {
            return nil
        }
        guard moved.end &- moved.position >= 2, bytes[moved.position] == UInt8(ascii: "}"),
            bytes[moved.position &+ 1] == UInt8(ascii: "}")
        else { return nil }
        moved.position &+= 2
        cursor = moved
    }
}

/// Pieces of a KeyValue without white space, as little-endian words.
private enum CompactNames {
    static var key: UInt64 { word("{\"key\":\"") }
    static var value: UInt64 { word(",\"value\"") }
    static var stringStart: UInt64 { word(":{\"strin") }
    static var stringEnd: UInt64 { word("gValue\":") }
    static var integerStart: UInt64 { word(":{\"intVa") }
    /// Five bytes.
    static var integerEnd: UInt64 { word("lue\":") }

    @inline(__always) private static func word(_ text: StaticString) -> UInt64 {
        var word: UInt64 = 0
        for place in (0..<text.utf8CodeUnitCount).reversed() {
            word = word << 8 | UInt64(unsafe text.utf8Start[place])
        }
        return word
    }
}
