/// Spans, with their events and links.
extension OTLPReader {
    public mutating func readSpan(
        _ bytes: RawSpan, _ range: ByteRange, _ encoding: OTLPEncoding
    ) throws(OTLPError) -> OTLPSpan {
        self.encoding = encoding
        parts.removeAll(keepingCapacity: true)
        let first = attributes.count
        var span: OTLPSpan
        switch encoding {
        case .protobuf:
            do {
                span = try protobufSpan(bytes, range)
                span.attributes = OTLPAttributes(start: first, count: attributes.count - first)
                // The attributes of one owner must stand together, so events and links come after.
                for place in parts.indices { try protobufPart(bytes, place) }
            } catch { throw .protobuf(error) }
        case .json:
            do {
                span = try jsonSpan(bytes, range)
                span.attributes = OTLPAttributes(start: first, count: attributes.count - first)
                for place in parts.indices { try jsonPart(bytes, place) }
            } catch { throw .json(error) }
        }
        return span
    }

    // MARK: Protobuf

    private mutating func protobufSpan(_ bytes: RawSpan, _ range: ByteRange) throws(ProtobufError) -> OTLPSpan {
        var span = OTLPSpan()
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (1, .bytes): span.traceID = hex(field.range, bytes)
            case (2, .bytes): span.spanID = hex(field.range, bytes)
            case (3, .bytes): span.traceState = repaired(field.range, bytes)
            case (4, .bytes): span.parentSpanID = hex(field.range, bytes)
            case (5, .bytes): span.name = repaired(field.range, bytes)
            case (6, .varint): span.kind = field.signed
            case (7, .fixed64): span.start = field.bits
            case (8, .fixed64): span.end = field.bits
            case (9, .bytes): try protobufAttribute(bytes, field.range)
            case (11, .bytes), (13, .bytes):
                var part = OTLPSpanPart()
                part.isLink = field.number == 13
                part.range = field.range
                parts.append(part)
            case (15, .bytes):
                var status = ProtobufCursor(field.range)
                while let field = try status.next(in: bytes) {
                    if field.number == 2, field.wire == .bytes { span.statusMessage = repaired(field.range, bytes) }
                    if field.number == 3, field.wire == .varint { span.statusCode = field.signed }
                }
            case (16, .fixed32): span.flags = field.bits
            default: continue
            }
        }
        return span
    }

    private mutating func protobufPart(_ bytes: RawSpan, _ place: Int) throws(ProtobufError) {
        var part = parts[place]
        let first = attributes.count
        var cursor = ProtobufCursor(part.range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire, part.isLink) {
            case (1, .fixed64, false): part.time = field.bits
            case (2, .bytes, false): part.name = repaired(field.range, bytes)
            case (3, .bytes, false), (4, .bytes, true): try protobufAttribute(bytes, field.range)
            case (1, .bytes, true): part.traceID = hex(field.range, bytes)
            case (2, .bytes, true): part.spanID = hex(field.range, bytes)
            case (6, .fixed32, true): part.flags = field.bits
            default: continue
            }
        }
        part.attributes = OTLPAttributes(start: first, count: attributes.count - first)
        parts[place] = part
    }

    // MARK: JSON

    private mutating func jsonSpan(_ bytes: RawSpan, _ range: ByteRange) throws(JSONError) -> OTLPSpan {
        var span = OTLPSpan()
        var cursor = JSONCursor(range)
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            switch Self.spanNames.first(where: { bytes[key.range].isEqual(to: $0.0) })?.1 {
            case .traceID: span.traceID = try jsonID(bytes, &cursor)
            case .spanID: span.spanID = try jsonID(bytes, &cursor)
            case .parentSpanID: span.parentSpanID = try jsonID(bytes, &cursor)
            case .traceState: span.traceState = try jsonText(bytes, &cursor)
            case .name: span.name = try jsonText(bytes, &cursor)
            case .kind: span.kind = try jsonEnumeration(bytes, &cursor)
            case .start: span.start = try jsonUnsigned(bytes, &cursor)
            case .end: span.end = try jsonUnsigned(bytes, &cursor)
            case .flags: span.flags = try jsonUnsigned(bytes, &cursor)
            case .attributes: try jsonAttributes(bytes, &cursor)
            case .events: try collect(bytes, &cursor, isLink: false)
            case .links: try collect(bytes, &cursor, isLink: true)
            case .status: try jsonStatus(bytes, &cursor, &span)
            default: try cursor.skip(in: bytes)
            }
        }
        return span
    }

    private mutating func jsonStatus(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ span: inout OTLPSpan
    ) throws(JSONError) {
        if try isNull(bytes, &cursor) { return }
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            if bytes[key.range].isEqual(to: "code") {
                span.statusCode = try jsonEnumeration(bytes, &cursor)
            } else if bytes[key.range].isEqual(to: "message") {
                span.statusMessage = try jsonText(bytes, &cursor)
            } else {
                try cursor.skip(in: bytes)
            }
        }
    }

    private mutating func collect(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, isLink: Bool
    ) throws(JSONError) {
        if try isNull(bytes, &cursor) { return }
        try cursor.enterArray(in: bytes)
        var isFirst = true
        while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
            var part = OTLPSpanPart()
            part.isLink = isLink
            part.range = try cursor.skip(in: bytes)
            parts.append(part)
        }
    }

    private mutating func jsonPart(_ bytes: RawSpan, _ place: Int) throws(JSONError) {
        var part = parts[place]
        let first = attributes.count
        var cursor = JSONCursor(part.range)
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            switch Self.spanNames.first(where: { bytes[key.range].isEqual(to: $0.0) })?.1 {
            case .traceID: part.traceID = try jsonID(bytes, &cursor)
            case .spanID: part.spanID = try jsonID(bytes, &cursor)
            case .name: part.name = try jsonText(bytes, &cursor)
            case .time: part.time = try jsonUnsigned(bytes, &cursor)
            case .flags: part.flags = try jsonUnsigned(bytes, &cursor)
            case .attributes: try jsonAttributes(bytes, &cursor)
            default: try cursor.skip(in: bytes)
            }
        }
        part.attributes = OTLPAttributes(start: first, count: attributes.count - first)
        parts[place] = part
    }

    private enum SpanName {
        case traceID, spanID, parentSpanID, traceState, name, kind, start, end, time, flags, attributes, events, links
        case status
    }

    private static let spanNames: [(StaticString, SpanName)] = [
        ("attributes", .attributes), ("traceId", .traceID), ("spanId", .spanID), ("parentSpanId", .parentSpanID),
        ("name", .name), ("kind", .kind), ("startTimeUnixNano", .start), ("endTimeUnixNano", .end),
        ("timeUnixNano", .time), ("events", .events), ("links", .links), ("status", .status), ("flags", .flags),
        ("traceState", .traceState), ("trace_id", .traceID), ("span_id", .spanID), ("parent_span_id", .parentSpanID),
        ("start_time_unix_nano", .start), ("end_time_unix_nano", .end), ("time_unix_nano", .time),
        ("trace_state", .traceState),
    ]
}
