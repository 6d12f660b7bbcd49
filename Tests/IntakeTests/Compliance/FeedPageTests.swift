import Codecs
import Platform
import Testing

@testable import Intake

struct FeedPageTests {
    static let text = """
        {"data":[ {"id":"activity_1","created_at":"2026-10-08T08:09:10Z","type":"x", "deep":[{"id":"no"}]},
          {"type":"compliance_api_accessed","id":"activity_2","created_at":"2026-10-08T08:09:10.812446Z"}, 7 ],
         "has_more":true,"first_id":"c\\u0031","last_id":null,"more":{}}
        """

    @Test func `activities are found in the body and not taken out of it`() throws {
        let body = Array(Self.text.utf8)
        let page = try FeedPage(body)
        #expect(page.rows.count == 2)
        #expect(page.hasMore && page.firstID == "c1" && page.lastID == nil && page.refused == 1)
        let first = String(decoding: body[page.rows[0].range.range], as: UTF8.self)
        #expect(
            first == #"{"id":"activity_1","created_at":"2026-10-08T08:09:10Z","type":"x", "deep":[{"id":"no"}]}"#)
        #expect(page.rows[0].identity == IdentityDigest.of("activity_1".utf8))
        #expect(page.rows[1].created == Timestamp(nanoseconds: 1_791_446_950_812_446_000))
        #expect(page.rows.map(\.isSelfNoise) == [false, true])
    }

    static let bad: [String] = [
        "", "[]", "{}", #"{"data":{}}"#, #"{"data":[{"id":"a"}"#, #"{"data":[]} x"#, "<html>", "\u{0}",
    ]

    @Test(arguments: bad)
    func `what is no page is refused`(text: String) {
        #expect(throws: JSONError.self) { try FeedPage(Array(text.utf8)) }
    }

    @Test func `an activity without id is known by its bytes`() throws {
        let page = try FeedPage(Array(#"{"data":[{"type":"x"},{"type":"y"},{"type":"x"}]}"#.utf8))
        #expect(page.rows[0].identity == page.rows[2].identity)
        #expect(page.rows[0].identity != page.rows[1].identity)
    }
}
