import CContent
import Codecs
import Pipeline
import Testing

@Suite struct `Categories of activities` {
    private static func rows(_ content: docket_content) -> [[Substring]] {
        let bytes = unsafe Array(UnsafeBufferPointer(start: content.start, count: content.count))
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
    }

    private func list(_ cell: Substring) -> JSONValue? {
        cell.isEmpty ? nil : .array(cell.split(separator: ";").map { .string(String($0)) })
    }

    @Test func `Every type of the table has its category, type and outcome`() {
        let rows = unsafe Self.rows(docket_content_activity_categories()).dropLast()
        #expect(rows.count == 305)
        for row in rows where row[0] != "compliance_api_accessed" && row[0] != "org_join_proposal_decided" {
            for mode in [Normalizer.Mode.full, .conformance] {
                let document = Mapped(activity: #"{"type":"\#(row[0])"}"#, mode).document
                #expect(document.at("event.category") == list(row[1]), "\(row[0])")
                #expect(document.at("event.type") == list(row[2]), "\(row[0])")
                #expect(document.at("event.outcome")?.string == String(row[3]), "\(row[0])")
                #expect(document.at("event.kind") == "event")
                #expect(document.at("tags") == nil)
            }
        }
    }

    @Test func `Every rule by beginning or end is used in full mode and in no other`() {
        for row in unsafe Self.rows(docket_content_activity_prefix_rules()) where row[2] == "prefix" {
            let type = "\(row[1])zzz"
            let full = Mapped(activity: #"{"type":"\#(type)"}"#).document
            #expect(full.at("event.outcome")?.string == String(row[5]), "\(type)")
            #expect(full.at("tags") == ["unknown_event"])
            let conformance = Mapped(activity: #"{"type":"\#(type)"}"#, .conformance).document
            #expect(conformance.at("event.category") == nil)
            #expect(conformance.at("event.type") == ["info"])
            #expect(conformance.at("event.outcome") == "unknown")
        }
    }
}
