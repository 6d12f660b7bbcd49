/// A place in a protobuf message that moves field by field.
///
/// It holds no bytes: each call is given them. So it is a plain value, a nested message is one more
/// cursor, and nothing is built that nobody asked for.
///
/// - Guarantee: never reads outside its range, always ends, and allocates nothing.
/// - Source: *Encoding*, <https://protobuf.dev/programming-guides/encoding/>.
@frozen public struct ProtobufCursor: Sendable {
    /// Byte offset of the field that comes next.
    @inlinable public var position: Int { place }
    @usableFromInline var place: Int
    @usableFromInline let end: Int

    @inlinable public init(_ range: ByteRange) {
        place = range.start
        end = range.end
    }

    /// One field as it stands on the wire.
    @frozen public struct Field: Sendable {
        public let number: UInt32
        public let wire: WireType
        /// The number of a varint, fixed32 or fixed64 field, as bits.
        public let bits: UInt64
        /// The bytes of a length-delimited field.
        public let range: ByteRange

        @inlinable init(
            number: UInt32, wire: WireType, bits: UInt64 = 0, range: ByteRange = ByteRange(start: 0, count: 0)
        ) {
            self.number = number
            self.wire = wire
            self.bits = bits
            self.range = range
        }

        @inlinable public var double: Double { Double(bitPattern: bits) }
        @inlinable public var signed: Int64 { Int64(bitPattern: bits) }
    }

    @frozen public enum WireType: UInt8, Sendable {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case fixed32 = 5
    }

    /// The next field, or `nil` at the end. Deprecated groups are refused: OTLP never had any.
    @inlinable public mutating func next(in bytes: RawSpan) throws(ProtobufError) -> Field? {
        guard place < end else { return nil }
        let key = try varint(in: bytes)
        let number = key >> 3
        guard number > 0, number < 1 << 29 else { throw ProtobufError(.badFieldNumber, at: place) }
        let field = UInt32(truncatingIfNeeded: number)
        switch key & 7 {
        case 0:
            return Field(number: field, wire: .varint, bits: try varint(in: bytes))
        case 1:
            guard end &- place >= 8 else { throw ProtobufError(.truncated, at: place) }
            let bits = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            place &+= 8
            return Field(number: field, wire: .fixed64, bits: UInt64(littleEndian: bits))
        case 2:
            let length = try varint(in: bytes)
            guard length <= UInt64(end &- place) else { throw ProtobufError(.truncated, at: place) }
            let range = ByteRange(start: place, count: Int(length))
            place &+= range.count
            return Field(number: field, wire: .bytes, range: range)
        case 5:
            guard end &- place >= 4 else { throw ProtobufError(.truncated, at: place) }
            let bits = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt32.self)
            place &+= 4
            return Field(number: field, wire: .fixed32, bits: UInt64(UInt32(littleEndian: bits)))
        default:
            throw ProtobufError(.badWireType, at: place)
        }
    }

    @inlinable mutating func varint(in bytes: RawSpan) throws(ProtobufError) -> UInt64 {
        // `end` never lies outside: it came from a range of these bytes, checked here once more.
        guard place < end, end <= bytes.byteCount else { throw ProtobufError(.truncated, at: place) }
        let first = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
        place &+= 1
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while true {
            guard place < end else { throw ProtobufError(.truncated, at: place) }
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            place &+= 1
            guard shift < 63 || (shift == 63 && byte <= 1) else { throw ProtobufError(.badVarint, at: place) }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }
}

/// Why some bytes are no protobuf message.
public struct ProtobufError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case truncated = "a field ends outside its message"
        case badVarint = "a varint is longer than 64 bits"
        case badFieldNumber = "a field number is out of range"
        case badWireType = "a wire type is not known"
        case badUTF8 = "a string is not UTF-8"
        case tooDeep = "messages are nested too deeply"
        case wrongWireType = "a field has the wrong wire type"
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
