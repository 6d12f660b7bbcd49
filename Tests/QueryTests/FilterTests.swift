import Platform
import Query
import TestKit
import Testing

struct FilterTests {
    @Test(arguments: 0..<400)
    func `a filter and its opposite never agree, and groups mean what they say`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let texts = [dice.query(depth: 3), dice.query(depth: 3)]
        let document = dice.document()
        func holds(_ text: String) throws -> Bool {
            try KQL.filter(text, schema: .sample, now: .sample).filter.matches(document)
        }
        let (one, other) = (try holds(texts[0]), try holds(texts[1]))
        #expect(try holds("not (\(texts[0]))") == !one, "seed \(seed): \(texts[0])")
        #expect(try holds("(\(texts[0])) and (\(texts[1]))") == (one && other), "seed \(seed): \(texts)")
        #expect(try holds("(\(texts[0])) or (\(texts[1]))") == (one || other), "seed \(seed): \(texts)")
        #expect(
            try holds("not ((\(texts[0])) and (\(texts[1])))") == holds("not (\(texts[0])) or not (\(texts[1]))"),
            "seed \(seed): \(texts)")
    }

    static let documents: [SampleDocument] = [
        SampleDocument([
            "@timestamp": [.date(.sample)], "event.action": [.text("tool_result")], "user.name": [.text("")],
            "tags": [.text("red"), .text("green")], "message": [.text("Disk sda1 is full, see example.com.")],
            "http.response.status_code": [.integer(200)], "sizes": [.integer(0), .integer(9)],
            "cost.usd": [.double(0.25)], "source.ip": [.text("10.1.2.3")], "user.is_admin": [.boolean(true)],
            "vendor.count": [.text("7")], "vendor.color": [.text("blue"), .text("teal")],
        ]),
        SampleDocument([
            "event.action": [.text("Tool_Result")], "message": [.text("full disk")],
            "source.ip": [.text("2001:db8::1")], "anthropic.audit.metadata.role": [.text("admin")],
            "vendor.count": [.text("10")],
        ]),
        SampleDocument([:]),
    ]

    /// Which of the three documents a query finds.
    private static let findings: [(query: String, found: [Int])] = [
        ("", [0, 1, 2]), ("*", [0, 1, 2]), ("event.action: tool_result", [0]), ("event.action: TOOL*", []),
        ("event.action: *_*", [0, 1]), ("not event.action: tool_result", [1, 2]), ("user.name: *", [0]),
        ("user.name: \"\"", [0]), ("tags: (red and green)", [0]), ("tags: (red and not green)", []),
        ("not tags: red", [1, 2]), ("sizes > 1 and sizes < 5", [0]), ("sizes: 5", []), ("sizes >= 9.0", [0]),
        ("message: \"disk full\"", []), ("message: \"full disk\"", [1]), ("message: disk empty", [0, 1]),
        ("message: ful*", [0, 1]), ("message: f*see", []), ("message: s*1", [0]), ("message: example.com", [0]),
        ("message: *le.co*", [0]), ("cost.usd: 0.25", [0]), ("cost.usd < 1", [0]), ("user.is_admin: true", [0]),
        ("user.is_admin: false", []), ("not user.is_admin: true", [1, 2]), ("source.ip: 10.0.0.0/8", [0]),
        ("source.ip: \"2001:db8::/32\"", [1]), ("source.ip > 10.1.2.3", [1]), ("source.ip: 10.1.*", [0]),
        ("vendor.count > 8", [1]), ("vendor.count: 7", [0]), ("vendor.color: te*", [0]), ("vendor.*: blue", [0]),
        ("anthropic.audit.metadata: *", [1]), ("anthropic.audit.metadata: admin", [1]),
        ("anthropic.audit.metadata.role: admin", [1]), ("DISK", [0, 1]), ("\"disk sda1\"", [0]), ("blue", [0]),
        ("tool_result", [0, 1]), ("200", []), ("*: admin", [1]), ("@timestamp: 2026-10-08", [0]),
        ("@timestamp > 2026-10-08", []), ("@timestamp: now", [0]), ("@timestamp: \"2026-10-08T08:15:18.137Z\"", [0]),
        ("event.action < a", [1]), ("a:{ b: c }", []), ("not a:{ b: c }", [0, 1, 2]),
    ]

    @Test(arguments: findings)
    func `a query finds`(_ text: String, _ expected: [Int]) throws {
        let filter = try KQL.filter(text, schema: .sample, now: .sample).filter
        #expect(Self.documents.indices.filter { filter.matches(Self.documents[$0]) } == expected, "\(text)")
    }

    @Test func `groups are said in the shortest way`() {
        let one = Filter.anywhere(.phrase(["one"]))
        #expect(Filter.allOf([]) == .everything)
        #expect(Filter.anyOf([]) == .nothing)
        #expect(Filter.allOf([.everything, one]) == one)
        #expect(Filter.anyOf([.nothing, one]) == one)
        #expect(Filter.allOf([one, .nothing]) == .nothing)
        #expect(Filter.anyOf([one, .everything]) == .everything)
        #expect(Filter.notOf(.notOf(one)) == one)
    }
}
