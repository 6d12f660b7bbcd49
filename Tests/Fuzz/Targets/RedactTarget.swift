import Codecs
import Detect
import Events
import Pipeline
import Platform

/// Texts and records that secrets and personal data are looked for in.
///
/// - Must hold: what is found is inside of the text, in order, and nothing over another; no text costs more steps than
///   its bytes allow; an object of JSON stays one, and a message of protobuf can be read when all of it could before.
final class RedactTarget: FuzzTarget {
    private var scanner = TextScanner(.standard)!
    private let sink = RedactingSink(
        Nowhere(), policy: RedactionPolicy(), keys: nil, metrics: RedactionMetrics(MetricList()),
        clock: SystemClock(), log: Log("fuzz", least: .error, write: { _ in }))

    private struct Nowhere: RecordSink {
        func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
            done(.success(()))
        }
        func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? { nil }
    }

    func run(_ input: RawSpan) throws(Violation) {
        let payload = input.payload
        switch input.selector % 4 {
        case 0: try text(payload)
        case 1: try record(.otlpLog, .protobuf, payload)
        case 2: try record(.activity, .json, payload)
        default: try record(.otlpSpan, .json, payload)
        }
    }

    private func text(_ text: [UInt8]) throws(Violation) {
        let outcome = unsafe scanner.scan(text.span.bytes)
        try Violation.unless(outcome != .failed, "the literals failed")
        try Violation.unless(
            scanner.steps <= (1 << 18) + 256 * text.count, "\(scanner.steps) steps of \(text.count) bytes")
        var end = 0
        for finding in scanner.findings {
            try Violation.unless(
                finding.range.start >= end && !finding.range.isEmpty && finding.range.end <= text.count,
                "\(finding.range) behind \(end) of \(text.count)")
            end = finding.range.end
        }
    }

    private func record(_ kind: RecordKind, _ encoding: RecordEncoding, _ record: [UInt8]) throws(Violation) {
        let batch = RecordBatch(
            tenant: .default, source: "fuzz", storage: record, contexts: [.init()],
            entries: [
                .init(kind: kind, encoding: encoding, context: 0, range: ByteRange(start: 0, count: record.count))
            ])
        let redacted = sink.redacted(batch)
        guard redacted.storage != record else { return }
        let out = Array(redacted.storage[redacted.entries[0].range.range])
        let couldBeRead = encoding == .json ? Self.isJSON(record) : Self.isProtobuf(record)
        let canBeRead = encoding == .json ? Self.isJSON(out) : Self.isProtobuf(out)
        try Violation.unless(!couldBeRead || canBeRead, "what could be read cannot be read any more")
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        do throws(JSONError) {
            let span = unsafe bytes.span.bytes
            var cursor = JSONCursor(span)
            try cursor.skip(in: span)
            try cursor.finish(in: span)
            return true
        } catch {
            return false
        }
    }

    /// As far down as texts are: what cannot be read there comes from no sender, since it is not taken in.
    private static func isProtobuf(_ bytes: [UInt8]) -> Bool {
        let span = unsafe bytes.span.bytes
        return (try? check(span, ByteRange(start: 0, count: span.byteCount), .log, depth: 0)) != nil
    }

    private enum Message {
        case log, keyValue, value, list, map

        func inner(_ number: UInt32) -> Message? {
            switch (self, number) {
            case (.log, 6), (.map, 1): .keyValue
            case (.log, 5), (.keyValue, 2), (.list, 1): .value
            case (.value, 5): .list
            case (.value, 6): .map
            default: nil
            }
        }
    }

    private static func check(
        _ bytes: RawSpan, _ range: ByteRange, _ message: Message, depth: Int
    ) throws(ProtobufError) {
        guard depth < 100 else { return }
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            guard field.wire == .bytes, let inner = message.inner(field.number) else { continue }
            try check(bytes, field.range, inner, depth: depth + 1)
        }
    }
}
