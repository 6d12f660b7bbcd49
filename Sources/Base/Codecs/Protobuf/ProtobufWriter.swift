/// Writes protobuf messages. Nested messages are written first into a buffer of their own.
public struct ProtobufWriter: ~Copyable {
    public private(set) var out: ByteBuffer

    public init(capacity: Int = 256) { out = ByteBuffer(capacity: capacity) }

    public mutating func varint(_ number: Int, _ value: UInt64) {
        raw(UInt64(number) << 3)
        raw(value)
    }

    public mutating func fixed64(_ number: Int, _ value: UInt64) {
        raw(UInt64(number) << 3 | 1)
        out.append(littleEndian: value)
    }

    public mutating func bytes(_ number: Int, _ value: RawSpan) {
        raw(UInt64(number) << 3 | 2)
        raw(UInt64(value.byteCount))
        out.append(value)
    }

    public mutating func bytes(_ number: Int, _ value: [UInt8]) { unsafe bytes(number, value.span.bytes) }

    public mutating func text(_ number: Int, _ value: String) { bytes(number, Array(value.utf8)) }

    public mutating func message(_ number: Int, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        bytes(number, inner.out.bytes)
    }

    private mutating func raw(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }

    public var array: [UInt8] { out.array }
}
