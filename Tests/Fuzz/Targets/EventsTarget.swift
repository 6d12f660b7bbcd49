import Codecs
import Events
import Network
import Pipeline
import Platform

@testable import Intake

/// Events of other systems from the body of a request to their documents.
///
/// - Must hold: what is taken lies in the body, one event behind the other; it can be redacted and mapped; each event
///   is one document, which is JSON, and says nothing in the name of Docket or of Anthropic.
final class EventsTarget: FuzzTarget {
    private var normalizer = Normalizer(digest: DocumentText.digest)
    private var group = DocumentGroup()
    private var writer = DocumentWriter()
    private var out = ByteBuffer()

    /// - Parameter input: an odd selector makes it a request in Elasticsearch's bulk format.
    func run(_ input: RawSpan) throws(Violation) {
        let body = input.payload
        let bytes = unsafe body.span.bytes
        let events = input.selector & 1 == 1 ? try bulk(body) : EventList(bytes).events
        var end = 0
        for event in events {
            try Violation.unless(event.start >= end && event.end <= body.count, "events overlap")
            end = event.end
        }
        let batch = RecordBatch(
            tenant: .default, source: "fuzz", storage: body, contexts: [RecordBatch.Context()],
            entries: events.map { RecordBatch.Entry(kind: .event, encoding: .json, context: 0, range: $0) })
        var found = 0
        var flaw: Violation?
        normalizer.mapAll(of: batch, into: &group) { _, _, document in
            found += 1
            out.removeAll()
            writer.write(document, to: &out)
            flaw = flaw ?? Self.flaw(of: out.text)
        }
        if let flaw { throw flaw }
        try Violation.unless(found == events.count, "\(events.count) events became \(found) documents")
    }

    private func bulk(_ body: [UInt8]) throws(Violation) -> [ByteRange] {
        let bytes = unsafe body.span.bytes
        let list: BulkList
        do throws(IntakeRefusal) {
            list = try BulkList(bytes)
        } catch {
            return []
        }
        let answer = EventsAnswer.bulk(list, index: nil, in: bytes)
        try Violation.unless(unsafe DocumentText.isJSON(answer.body.span.bytes), "the answer is not JSON")
        return list.items.filter { $0.refusal == nil }.map(\.source)
    }

    private static func flaw(of text: String) -> Violation? {
        guard let document = try? JSONValue(parsing: text) else { return Violation("a document is not JSON: \(text)") }
        guard document["docket"]?["tenant"] == "default", document["data_stream"]?["namespace"] == "default",
            document["anthropic"] == nil, document["claude_code"] == nil, document["claude_cowork"] == nil
        else { return Violation("an event speaks for others: \(text)") }
        let stream = document["data_stream"]?["dataset"]?.string ?? ""
        return stream.hasPrefix("docket.") || stream.hasPrefix("anthropic.")
            ? Violation("an event is of a stream that is not the sender's: \(text)") : nil
    }
}
