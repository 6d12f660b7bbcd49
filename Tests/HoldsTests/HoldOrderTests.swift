import Codecs
import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Holds

/// Who may do what with an order, and what the record says of it.
struct HoldOrderTests {
    static let now = Timestamp(milliseconds: 1_791_446_400_000)

    static let wish: JSONValue = [
        "reason": "Case 7 of 2026", "expires": "2026-12-01T00:00:00Z",
        "scope": [
            "people": ["user_1", "a@example.com"], "from": "2026-10-01T00:00:00Z", "until": "2026-10-08T00:00:00Z",
            "content": ["chats", "files"],
        ],
    ]

    static func order(_ wish: JSONValue = wish) throws -> HoldOrder {
        try HoldOrder(
            wish: wish, id: "hold-0123456789abcdef", tenant: .default, by: .init(credential: "ann", time: now))
    }

    static func act(_ credential: String, _ time: Timestamp = now) -> HoldOrder.Act {
        .init(credential: credential, time: time)
    }

    static func approved() throws -> HoldOrder {
        var order = try order()
        try order.approve(act("ben"))
        try order.approve(act("cleo"))
        return order
    }

    @Test func `two others must approve, each once, and not after the end`() throws {
        var order = try Self.order()
        #expect(throws: HoldRefusal.ownOrder) { try order.approve(Self.act("ann")) }
        try order.approve(Self.act("ben"))
        #expect(order.state == .requested)
        #expect(throws: HoldRefusal.twice) { try order.approve(Self.act("ben")) }
        #expect(throws: HoldRefusal.expired) { try order.approve(Self.act("cleo", order.expires)) }
        try order.approve(Self.act("cleo"))
        #expect(order.state == .approved && order.approved.map(\.credential) == ["ben", "cleo"])
        #expect(throws: HoldRefusal.state(.approved, "approved")) { try order.approve(Self.act("dora")) }
    }

    @Test(arguments: HoldOrder.State.allCases)
    func `each state allows what it allows, and no more`(state: HoldOrder.State) throws {
        var order = try Self.approved()
        switch state {
        case .requested: order = try Self.order()
        case .approved: break
        case .refused: try order.refuse(Self.act("ben"))
        case .collecting: order.begin()
        case .complete: order.complete(.init(), manifest: "00")
        case .failed: order.fail("why")
        case .released:
            order.begin()
            try order.release(Self.act("ben"))
        }
        func allows(_ body: (inout HoldOrder) throws -> Void) -> Bool {
            var copy = order
            return (try? body(&copy)) != nil
        }
        let allowed = [
            allows { try $0.approve(Self.act("dora")) }, allows { try $0.refuse(Self.act("dora")) },
            allows { try $0.resume(Self.act("dora")) }, allows { try $0.release(Self.act("dora")) },
        ]
        let expected: [HoldOrder.State: [Bool]] = [
            .requested: [true, true, false, false], .approved: [false, true, false, false],
            .refused: [false, false, false, false], .collecting: [false, false, false, true],
            .complete: [false, false, false, true], .failed: [false, false, true, true],
            .released: [false, false, false, false],
        ]
        #expect(allowed == expected[state])
        #expect(try HoldOrder(Array(order.value.text.utf8)) == order)
    }

    @Test(
        arguments: [
            ("\"reason\":\"ok then\"", "\"reason\":\"\""), ("\"reason\":\"ok then\"", "\"reason\":7"),
            ("\"reason\":\"ok then\"", "\"reason\":\"ok then\",\"why\":1"),
            ("2026-12-01T00:00:00Z", "2026-10-01T00:00:00Z"), ("2026-12-01T00:00:00Z", "soon"),
            ("[\"user_1\"]", "[]"), ("[\"user_1\"]", "[\"somebody\"]"), ("[\"user_1\"]", "[\"user_1\",\"user_1\"]"),
            ("[\"user_1\"]", "[7]"), ("[\"chats\"]", "[\"mail\"]"), ("[\"chats\"]", "[]"),
            ("\"until\":\"2026-10-08T00:00:00Z\"", "\"until\":\"2026-09-08T00:00:00Z\""),
            ("\"until\":\"2026-10-08T00:00:00Z\"", "\"to\":\"2026-10-08T00:00:00Z\""),
        ])
    func `a wish that is not exact is refused, in words that quote nothing long`(from: String, to: String) throws {
        let text = """
            {"reason":"ok then","expires":"2026-12-01T00:00:00Z","scope":{"people":["user_1"],\
            "from":"2026-10-01T00:00:00Z","until":"2026-10-08T00:00:00Z","content":["chats"]}}
            """
        _ = try Self.order(JSONValue(parsing: text))
        let wrong = try JSONValue(parsing: text.replacing(from, with: to))
        #expect(throws: HoldFlaw.self) { try Self.order(wrong) }
    }

    @Test func `a file with something more, or from another version, is no order`() throws {
        let text = try Self.order().value.text
        for (from, to) in [("\"version\":1", "\"version\":2"), ("{\"version\"", "{\"more\":1,\"version\"")] {
            #expect(throws: HoldFlaw.self) { try HoldOrder(Array(text.replacing(from, with: to).utf8)) }
        }
    }

    @Test func `the record says who, why and how much, and nothing of whom`() throws {
        var order = try Self.approved()
        order.begin()
        var tally = HoldOrder.Tally()
        (tally.objects, tally.bytes, tally.missing) = (3, 4_000, 1)
        order.complete(tally, manifest: "ab")
        let record = order.record(.completed, by: nil, at: Self.now)
        #expect(record.kind == .hold)
        let document = try JSONValue(parsing: record.document)
        #expect(document["event"]?["action"] == "hold-completed" && document["event"]?["reason"] == "Case 7 of 2026")
        let hold = document["docket"]?["content_hold"]
        #expect(hold?["approvers"] == ["ben", "cleo"] && hold?["manifest"] == "ab" && hold?["objects"] == 3)
        #expect(hold?["bytes"] == 4_000 && hold?["missing"] == 1 && hold?["credential"] == nil)
        #expect(!String(decoding: record.document, as: UTF8.self).contains("a@example.com"))
        let requested = try JSONValue(parsing: Self.order().record(.requested, by: "ann", at: Self.now).document)
        let again = try Self.order().record(.requested, by: "ann", at: Self.now + .milliseconds(1))
        #expect(try JSONValue(parsing: again.document) != requested, "what happens twice is two events")
        #expect(requested["docket"]?["content_hold"]?["credential"] == "ann")
    }
}
