import Codecs
import Events
import Pipeline
import Platform

@testable import Intake

/// An export request from its bytes to its documents.
///
/// - Must hold: what the splitter keeps is inside the request, can be read to its end, and becomes one
///   document, or as many as the metric has points; each document is JSON.
final class TelemetryTarget: FuzzTarget {
    private let encoding: RecordEncoding
    private var reader = OTLPReader()
    private var normalizer = Normalizer(digest: DocumentText.digest)
    private var group = DocumentGroup()
    private var writer = DocumentWriter()
    private var out = ByteBuffer()

    init(_ encoding: RecordEncoding) { self.encoding = encoding }

    /// - Parameter input: the selector chooses the signal.
    func run(_ input: RawSpan) throws(Violation) {
        let signal = OTLPSignal.allCases[Int(input.selector) % OTLPSignal.allCases.count]
        let body = input.payload
        guard let request = try? split(body, signal) else { return }
        try Violation.unless((request.firstReason == nil) == (request.refused == 0), "a refusal without a reason")
        var expected: [Int] = []
        for entry in request.entries {
            try Violation.unless(entry.range.end <= body.count, "a record outside the request")
            try Violation.unless(Int(entry.context) < request.contexts.count, "a record without its context")
            expected.append(try documents(of: entry, body))
        }
        try map(request, body, expected)
    }

    private func split(_ body: [UInt8], _ signal: OTLPSignal) throws -> OTLPRequest {
        let bytes = unsafe body.span.bytes
        return try encoding == .json ? JSONSplitter.split(bytes, signal) : ProtobufSplitter.split(bytes, signal)
    }

    /// How many documents a record shall become, as the readers see it.
    private func documents(of entry: RecordBatch.Entry, _ body: [UInt8]) throws(Violation) -> Int {
        let bytes = unsafe body.span.bytes
        let wire: OTLPEncoding = encoding == .json ? .json : .protobuf
        reader.reset()
        do {
            switch entry.kind {
            case .otlpLog: _ = try reader.readLog(bytes, entry.range, wire)
            case .otlpSpan: _ = try reader.readSpan(bytes, entry.range, wire)
            case .otlpMetric:
                _ = try reader.readMetric(bytes, entry.range, wire)
                // A metric without points is told, too.
                return max(1, reader.points.count)
            default: throw Violation("a record of another kind")
            }
        } catch {
            // The shape of JSON values is the readers' matter: such a record becomes one document that says so.
            try Violation.unless(encoding == .json, "a record was kept that cannot be read: \(error)")
        }
        return 1
    }

    private func map(_ request: OTLPRequest, _ body: [UInt8], _ expected: [Int]) throws(Violation) {
        let batch = RecordBatch(
            tenant: .default, source: "fuzz", storage: body, contexts: request.contexts, entries: request.entries)
        let journaled = JournaledBatch(
            batch: batch, firstSequence: 1, accepted: Timestamp(nanoseconds: 1_790_000_000_000_000_000),
            position: .start, end: .start)
        var found = [Int](repeating: 0, count: expected.count)
        var flaw: Violation?
        normalizer.mapAll(of: journaled, into: &group) { index, _, document in
            found[index] += 1
            out.removeAll()
            writer.write(document, to: &out)
            if flaw == nil, !DocumentText.isJSON(out.bytes) { flaw = Violation("a document is not JSON: \(out.text)") }
        }
        if let flaw { throw flaw }
        try Violation.unless(found == expected, "\(expected) documents were expected, \(found) came")
    }
}
