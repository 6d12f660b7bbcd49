/// The protobuf side of ``OTLPReader``. Field numbers are those of opentelemetry-proto.
extension OTLPReader {
    mutating func protobufLog(_ bytes: RawSpan, _ range: ByteRange) throws(ProtobufError) -> OTLPLog {
        var log = OTLPLog()
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (1, .fixed64): log.time = field.bits
            case (2, .varint): log.severityNumber = field.signed
            case (3, .bytes): log.severityText = repaired(field.range, bytes)
            case (5, .bytes): log.body = try protobufValue(bytes, field.range)
            case (6, .bytes): try protobufAttribute(bytes, field.range)
            case (7, .varint): log.droppedAttributes = field.bits
            case (8, .fixed32): log.flags = field.bits
            case (9, .bytes): log.traceID = hex(field.range, bytes)
            case (10, .bytes): log.spanID = hex(field.range, bytes)
            case (11, .fixed64): log.observedTime = field.bits
            case (12, .bytes): log.eventName = repaired(field.range, bytes)
            default: continue
            }
        }
        return log
    }

    mutating func protobufOrigin(
        _ bytes: RawSpan, _ range: ByteRange, isScope: Bool
    ) throws(ProtobufError) -> OTLPOrigin {
        var origin = OTLPOrigin()
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (1, .bytes) where isScope: origin.name = repaired(field.range, bytes)
            case (2, .bytes) where isScope: origin.version = repaired(field.range, bytes)
            case (3, .bytes) where isScope: try protobufAttribute(bytes, field.range)
            case (1, .bytes): try protobufAttribute(bytes, field.range)
            default: continue
            }
        }
        return origin
    }

    /// A KeyValue, added to ``attributes``.
    mutating func protobufAttribute(_ bytes: RawSpan, _ range: ByteRange) throws(ProtobufError) {
        if let attribute = shortAttribute(bytes, range) { return attributes.append(attribute) }
        var key = OTLPText.empty
        var value = OTLPValue.empty
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (1, .bytes): key = repaired(field.range, bytes)
            case (2, .bytes): value = try protobufValue(bytes, field.range)
            default: continue
            }
        }
        attributes.append(OTLPAttribute(key: key, value: value))
    }

    /// A KeyValue as nearly all are: a key, then a string, each shorter than 128 bytes.
    ///
    /// - Returns: `nil` for every other shape.
    @inline(__always) private mutating func shortAttribute(_ bytes: RawSpan, _ range: ByteRange) -> OTLPAttribute? {
        guard range.count >= 6, range.end <= bytes.byteCount else { return nil }
        let start = range.start
        func byte(_ place: Int) -> Int {
            Int(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self))
        }
        let keyCount = byte(start &+ 1)
        let middle = start &+ 2 &+ keyCount
        // Both tags are checked, and that both messages end where the attribute ends.
        guard byte(start) == 0x0A, keyCount < 0x80, middle &+ 4 <= range.end, byte(middle) == 0x12,
            byte(middle &+ 1) < 0x80, middle &+ 2 &+ byte(middle &+ 1) == range.end, byte(middle &+ 2) == 0x0A,
            byte(middle &+ 3) < 0x80, middle &+ 4 &+ byte(middle &+ 3) == range.end
        else { return nil }
        let key = ByteRange(start: start &+ 2, count: keyCount)
        let text = ByteRange(start: middle &+ 4, count: range.end &- middle &- 4)
        return OTLPAttribute(
            key: repaired(key, bytes), value: OTLPValue(.string, text: repaired(text, bytes)))
    }

    /// An AnyValue. Of several members the last counts, as protobuf has it.
    mutating func protobufValue(_ bytes: RawSpan, _ range: ByteRange) throws(ProtobufError) -> OTLPValue {
        var value = OTLPValue.empty
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (1, .bytes): value = OTLPValue(.string, text: repaired(field.range, bytes))
            case (2, .varint): value = OTLPValue(.boolean, bits: field.bits != 0 ? 1 : 0)
            case (3, .varint): value = OTLPValue(.integer, bits: field.bits)
            case (4, .fixed64): value = OTLPValue(.double, bits: field.bits)
            case (5, .bytes): value = OTLPValue(.array, text: OTLPText(field.range))
            case (6, .bytes): value = OTLPValue(.object, text: OTLPText(field.range))
            case (7, .bytes): value = OTLPValue(.bytes, text: OTLPText(field.range))
            default: continue
            }
        }
        return value
    }

    /// Text in place when it is well-formed, a repaired copy when not.
    mutating func repaired(_ range: ByteRange, _ bytes: RawSpan) -> OTLPText {
        guard UTF8Text.needsRepair(bytes[range]) else { return OTLPText(range) }
        let start = memory.count
        UTF8Text.appendRepaired(bytes[range], to: &memory)
        return OTLPText(ByteRange(start: start, count: memory.count - start), isCopied: true)
    }

    mutating func hex(_ range: ByteRange, _ bytes: RawSpan) -> OTLPText {
        guard !range.isEmpty else { return .empty }
        let start = memory.count
        memory.append(hex: bytes[range])
        return OTLPText(ByteRange(start: start, count: memory.count - start), isCopied: true)
    }
}
