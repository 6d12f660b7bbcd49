import Codecs
import Events

/// Which fields of a message of OpenTelemetry are texts, and which are messages that hold some.
///
/// - Source: opentelemetry-proto v1.
enum MessageShape {
    enum Field {
        case text(StaticString)
        case message(MessageShape)
    }

    case resource, scope, log, span, metric
    case keyValue, value, list, map
    case spanEvent, link, status
    case points(attributes: UInt32, exemplars: UInt32)
    case point(attributes: UInt32, exemplars: UInt32)
    case exemplar

    init?(_ kind: RecordKind) {
        switch kind {
        case .otlpLog: self = .log
        case .otlpSpan: self = .span
        case .otlpMetric: self = .metric
        default: return nil
        }
    }

    func field(_ number: UInt32) -> Field? {
        switch (self, number) {
        case (.resource, 1), (.scope, 3), (.log, 6), (.span, 9), (.spanEvent, 3), (.link, 4), (.metric, 12),
            (.exemplar, 7), (.map, 1):
            .message(.keyValue)
        case (.scope, 1), (.span, 5), (.metric, 1), (.spanEvent, 2): .text("otlp.name")
        case (.scope, 2): .text("otlp.version")
        case (.log, 3): .text("otlp.severityText")
        case (.log, 5): .message(.value)
        case (.log, 12): .text("otlp.eventName")
        case (.span, 3), (.link, 3): .text("otlp.traceState")
        case (.span, 11): .message(.spanEvent)
        case (.span, 13): .message(.link)
        case (.span, 15): .message(.status)
        case (.status, 2): .text("otlp.message")
        case (.metric, 2): .text("otlp.description")
        case (.metric, 3): .text("otlp.unit")
        case (.metric, 5), (.metric, 7): .message(.points(attributes: 7, exemplars: 5))
        case (.metric, 9): .message(.points(attributes: 9, exemplars: 8))
        case (.metric, 10): .message(.points(attributes: 1, exemplars: 11))
        case (.metric, 11): .message(.points(attributes: 7, exemplars: 0))
        case (.points(let attributes, let exemplars), 1): .message(.point(attributes: attributes, exemplars: exemplars))
        case (.point(let attributes, _), _) where number == attributes: .message(.keyValue)
        case (.point(_, let exemplars), _) where number == exemplars: .message(.exemplar)
        case (.value, 5): .message(.list)
        case (.value, 6): .message(.map)
        case (.list, 1): .message(.value)
        default: nil
        }
    }
}

extension RecordRedactor {
    mutating func walkProtobuf(
        _ bytes: RawSpan, _ range: ByteRange, _ message: MessageShape, depth: Int
    ) throws(ProtobufError) {
        guard depth < Self.depthLimit else { throw ProtobufError(.tooDeep, at: range.start) }
        switch message {
        case .keyValue: return try walkKeyValue(bytes, range, depth: depth)
        case .value: return try walkValue(bytes, range, depth: depth)
        default: break
        }
        let outer = path.count
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            guard field.wire == .bytes, let known = message.field(field.number) else { continue }
            switch known {
            case .message(let inner):
                if case .value = inner, case .log = message { path.append("otlp.body" as StaticString) }
                try walkProtobuf(bytes, field.range, inner, depth: depth + 1)
            case .text(let name):
                path.append(name)
                leaf(bytes[field.range], field.range, .plain)
            }
            path.truncate(to: outer)
        }
    }

    /// The name may stand behind the value, and the last one counts.
    private mutating func walkKeyValue(_ bytes: RawSpan, _ range: ByteRange, depth: Int) throws(ProtobufError) {
        let outer = path.count
        var cursor = ProtobufCursor(range)
        var (name, value) = (ByteRange(start: 0, count: 0), ByteRange(start: 0, count: 0))
        var valueCount = 0
        while let field = try cursor.next(in: bytes) {
            guard field.wire == .bytes else { continue }
            if field.number == 1 { name = field.range }
            guard field.number == 2 else { continue }
            value = field.range
            valueCount += 1
        }
        if outer > 0 { path.append(UInt8(ascii: ".")) }
        path.append(bytes[name])
        if valueCount == 1 {
            try walkValue(bytes, value, depth: depth + 1)
        } else if valueCount > 1 {
            cursor = ProtobufCursor(range)
            while let field = try cursor.next(in: bytes) {
                guard field.number == 2, field.wire == .bytes else { continue }
                try walkValue(bytes, field.range, depth: depth + 1)
            }
        }
        path.truncate(to: outer)
    }

    private mutating func walkValue(_ bytes: RawSpan, _ range: ByteRange, depth: Int) throws(ProtobufError) {
        guard depth < Self.depthLimit else { throw ProtobufError(.tooDeep, at: range.start) }
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            guard field.wire == .bytes else { continue }
            switch field.number {
            // A text, or bytes that may be one.
            case 1, 7: leaf(bytes[field.range], field.range, .plain)
            case 5: try walkProtobuf(bytes, field.range, .list, depth: depth + 1)
            case 6: try walkProtobuf(bytes, field.range, .map, depth: depth + 1)
            default: break
            }
        }
    }
}

/// Writes messages anew around values that are replaced: with other lengths on all levels.
enum ProtobufSplice {
    /// - Parameter next: the first edit that lies in the message; moves behind its last.
    static func write(
        _ bytes: RawSpan, _ range: ByteRange, _ edits: [RecordRedactor.Edit], _ next: inout Int,
        _ replacements: RawSpan, to out: inout ByteBuffer
    ) {
        var cursor = ProtobufCursor(range)
        var place = range.start
        // The message was read once already.
        while let field = try? cursor.next(in: bytes) {
            let end = cursor.position
            guard field.wire == .bytes, next < edits.count, edits[next].range.start >= field.range.start,
                edits[next].range.end <= end
            else {
                out.append(bytes.extracting(place..<end))
                place = end
                continue
            }
            append(UInt64(field.number) << 3 | 2, to: &out)
            if edits[next].range == field.range {
                append(UInt64(edits[next].text.count), to: &out)
                out.append(replacements[edits[next].text])
                next += 1
            } else {
                var inner = ByteBuffer(capacity: field.range.count)
                write(bytes, field.range, edits, &next, replacements, to: &inner)
                append(UInt64(inner.count), to: &out)
                out.append(inner.bytes)
            }
            place = end
        }
    }

    private static func append(_ value: UInt64, to out: inout ByteBuffer) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }
}
