import Codecs
import Events
import Pipeline

/// User agents.
///
/// - Must hold: any of them becomes a document of JSON; what is remembered is what was read.
final class UserAgentTarget: FuzzTarget {
    private let enrichments = [Enrichment(mode: .full), Enrichment(mode: .conformance)]
    private var document = Document()
    private var writer = DocumentWriter()
    private var out = ByteBuffer()

    func run(_ input: RawSpan) throws(Violation) {
        for enrichment in enrichments {
            let first = text(input, enrichment)
            try Violation.unless((try? JSONValue(parsing: first)) != nil, "a document is no JSON")
            try Violation.unless(text(input, enrichment) == first, "what is remembered is not what was read")
        }
    }

    private func text(_ input: RawSpan, _ enrichment: Enrichment) -> [UInt8] {
        document.removeAll()
        enrichment.addAgent(input, to: &document)
        out.removeAll()
        writer.write(document, to: &out)
        return out.array
    }
}
