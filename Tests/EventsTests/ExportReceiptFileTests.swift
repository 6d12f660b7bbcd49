import Codecs
import Events
import Testing

struct ExportReceiptFileTests {
    private let text =
        #"{"receipt":"docket-export/v1","id":"export_1","time":"2026-10-08T08:15:18.000000000Z","record":7,"user":"a@example.com","#
        + #""query":"event.action: x","filter":"not b: c","rows":2,"bytes":9,"sha256":"00ff","cut":true,"#
        + #""checkpoint":{"origin":"docket.example.com/t/00","size":5,"root":"r"}}"#

    @Test func `a receipt says what it is of`() throws {
        let receipt = try #require(ExportReceiptFile(Array(text.utf8)))
        #expect(receipt.id == "export_1" && receipt.record == 7 && receipt.bytes == 9 && receipt.digest == "00ff")
        #expect(
            receipt.facts == [
                "Taken at 2026-10-08T08:15:18.000000000Z by a@example.com.", "Query: event.action: x; filter: not b: c",
                "Time: the beginning to the end", "2 rows, 9 bytes.",
                "There was more than an export may have, or something could not be looked at.",
                "The last checkpoint then: 5 records of docket.example.com/t/00.",
            ])
    }

    @Test func `what is no receipt of a whole file is none`() {
        let others = [
            "", "{}", "[]", text.replacing("v1", with: "v2"), text.replacing("\"sha256\":\"00ff\",", with: ""),
            String(text.dropLast()), " " + text, text.replacing("\"bytes\":9", with: "\"bytes\":\"9\""),
        ]
        for other in others { #expect(ExportReceiptFile(Array(other.utf8)) == nil, "\(other)") }
        #expect(ExportReceiptFile(Array(text.replacing("\"record\":7", with: "\"record\":-7").utf8))?.record == nil)
    }
}
