import Codecs
import Events

/// Finds the records in a protobuf export request.
///
/// - Source: opentelemetry-proto v1, `logs/v1/logs.proto`, `trace/v1/trace.proto`, `metrics/v1/metrics.proto`:
///   in all three, field 1 of a group is what its records share and field 2 are the records.
struct ProtobufSplitter {
    private let signal: OTLPSignal
    private var request = OTLPRequest()

    static func split(_ body: RawSpan, _ signal: OTLPSignal) throws(OTLPError) -> OTLPRequest {
        var splitter = ProtobufSplitter(signal: signal)
        do throws(ProtobufError) {
            try splitter.resources(body)
        } catch {
            throw OTLPError("malformed protobuf: \(error)")
        }
        return try splitter.request.withinLimits()
    }

    private init(signal: OTLPSignal) { self.signal = signal }

    private mutating func resources(_ body: RawSpan) throws(ProtobufError) {
        var cursor = ProtobufCursor(ByteRange(start: 0, count: body.byteCount))
        while let field = try cursor.next(in: body) {
            guard field.number == 1 else { continue }
            try Self.expectBytes(field)
            var resource = ByteRange.empty
            // Two passes: the resource may stand behind what it describes.
            var group = ProtobufCursor(field.range)
            while let part = try group.next(in: body) {
                guard part.number == 1 else { continue }
                try Self.expectBytes(part)
                resource = part.range
            }
            let isGood = OTLPCheck.attributesMessage(body, resource, attributes: 1)
            group = ProtobufCursor(field.range)
            while let part = try group.next(in: body) {
                guard part.number == 2 else { continue }
                try Self.expectBytes(part)
                try scope(body, part.range, resource, isGood ? nil : "a resource is malformed")
            }
        }
    }

    private mutating func scope(
        _ body: RawSpan, _ range: ByteRange, _ resource: ByteRange, _ flaw: String?
    ) throws(ProtobufError) {
        guard request.hasRoomForContext else { return }
        var scope = ByteRange.empty
        var cursor = ProtobufCursor(range)
        while let part = try cursor.next(in: body) {
            guard part.number == 1 else { continue }
            try Self.expectBytes(part)
            scope = part.range
        }
        let flaw = flaw ?? (OTLPCheck.attributesMessage(body, scope, attributes: 3) ? nil : "a scope is malformed")
        let context = UInt32(request.contexts.count)
        request.contexts.append(RecordBatch.Context(resource: resource, scope: scope))
        cursor = ProtobufCursor(range)
        while let part = try cursor.next(in: body) {
            guard part.number == 2 else { continue }
            try Self.expectBytes(part)
            guard request.hasRoomForRecord else { return }
            if let reason = flaw ?? OTLPCheck.record(body, part.range, signal).map({ "a record is malformed: \($0)" }) {
                let isMetric = signal == .metrics
                request.refuse(reason, rejected: isMetric ? OTLPPoints.count(body, part.range, isJSON: false) : 1)
            } else {
                request.entries.append(
                    RecordBatch.Entry(kind: signal.kind, encoding: .protobuf, context: context, range: part.range))
            }
        }
    }

    private static func expectBytes(_ field: ProtobufCursor.Field) throws(ProtobufError) {
        guard field.wire == .bytes else { throw ProtobufError(.wrongWireType, at: 0) }
    }
}
