import Events
import Platform
import Query
import TestKit
import Testing

/// Bounds of a search in EQL, and what it says of them.
@Suite struct `A search in EQL` {
    private static let schema = FieldSchema(.standard)

    private static func search(
        _ text: String, count: Int, limits: EQLSearchLimits = EQLSearchLimits(), limit: Int = 10,
        wantsLast: Bool = true,
        endsEarly: Bool = false
    ) throws -> EQLAnswer {
        try EQLSearch(Stream(count: count, endsEarly: endsEarly), schema: schema, clock: TestClock(), limits: limits)
            .search(EQLRequest(tenant: "default", text: text, limit: limit, wantsLast: wantsLast))
    }

    private static func ids(_ answer: EQLAnswer) -> [String] {
        switch answer.found {
        case .events(let hits): hits.map(\.id)
        case .sequences(let sequences): sequences.map { $0.events.map { $0?.id ?? "-" }.joined(separator: "+") }
        }
    }

    @Test func `Keeps no more than it gives`() throws {
        let answer = try Self.search("any where true", count: 20_000, limit: 3)
        #expect(Self.ids(answer) == ["19997", "19998", "19999"])
        #expect(answer.examined == 20_000)
        #expect(!answer.isPartial)
    }

    @Test func `Stops where nothing behind it counts`() throws {
        #expect(try Self.search("any where true | head 5", count: 20_000).examined == 5)
        #expect(try Self.search("any where true", count: 20_000, limit: 7, wantsLast: false).examined == 7)
        let pairs = try Self.search("sequence [any where true] [any where true] | head 2", count: 20_000)
        #expect(Self.ids(pairs) == ["0+1", "1+2"])
        #expect(pairs.examined == 3)
        // One that waits might become the first.
        let alone = try Self.search(
            "sequence with maxspan=1h [any where user.name == \"1\"] ![any where false] | head 1", count: 20_000)
        #expect(Self.ids(alone) == ["1+-"])
    }

    @Test func `Looks at so many events and says so`() throws {
        var limits = EQLSearchLimits()
        limits.events = 100
        let answer = try Self.search("any where true", count: 500, limits: limits, limit: 1)
        #expect(Self.ids(answer) == ["99"])
        #expect(answer.isPartial)
        #expect(answer.warnings == ["only the first 100 events were looked at, until 2026-10-08T08:01:39.000Z"])
        let exact = try Self.search("any where true", count: 100, limits: limits, limit: 1)
        #expect(!exact.isPartial)
    }

    @Test func `Keeps a bound, whatever the pipes want`() throws {
        var limits = EQLSearchLimits()
        limits.results = 50
        let head = try Self.search("any where true | head 9223372036854775807", count: 500, limits: limits, limit: 2)
        #expect(Self.ids(head) == ["48", "49"])
        #expect(head.isPartial)
        let tail = try Self.search("any where true | tail 9223372036854775807", count: 5_000, limits: limits, limit: 2)
        #expect(Self.ids(tail) == ["4998", "4999"])
        #expect(tail.warnings == ["only the last 50 results were kept"])
        let enough = try Self.search("any where true | tail 9223372036854775807", count: 40, limits: limits, limit: 2)
        #expect(Self.ids(enough) == ["38", "39"])
        #expect(!enough.isPartial)
    }

    /// What may still come is not said to have stayed away.
    @Test func `An answer that was cut says nothing of events behind the cut`() throws {
        let text = "sequence with maxspan=5s [any where event.id == \"98\"] ![any where event.id == \"200\"]"
        #expect(Self.ids(try Self.search(text, count: 100)) == ["98+-"])
        let cut = try Self.search(text, count: 100, endsEarly: true)
        #expect(Self.ids(cut).isEmpty)
        #expect(cut.isPartial)
    }

    @Test func `Time that ran out leaves what was found`() throws {
        let answer = try Self.search("any where true", count: 50, limit: 2, endsEarly: true)
        #expect(Self.ids(answer) == ["48", "49"])
        #expect(answer.isPartial)
        #expect(throws: SearchError.timeLimit) { try Self.search("any where true", count: 0, endsEarly: true) }
    }

    @Test func `Join keys that found no room are told`() throws {
        var limits = EQLSearchLimits()
        limits.machine.keys = 8
        let sequence = try Self.search(
            "sequence by event.id [any where true] [any where true]", count: 40, limits: limits)
        #expect(sequence.isPartial)
        #expect(sequence.warnings.count == 1)
        let sample = try Self.search("sample by event.id [any where true] [any where true]", count: 40, limits: limits)
        #expect(sample.isPartial)
    }

    @Test func `A query that is none is told with its place`() {
        #expect(throws: SearchError.self) { try Self.search("any where", count: 1) }
    }

    @Test(arguments: [
        ("event.id == \"a*\"", "`*` is no wildcard for `==`"),
        ("event.duration != \"x\"", "`event.duration` is a number, which `\"x\"` is not"),
    ])
    func `What is doubtful is told`(_ condition: String, _ warning: String) throws {
        let answer = try Self.search("any where \(condition)", count: 1)
        #expect(answer.warnings == [warning])
        #expect(!answer.isPartial)
    }

    @Test func `A filter that holds for nothing is not asked`() throws {
        let answer = try Self.search("any where user.name == \"a\" and false", count: 10)
        #expect(answer.examined == 0)
        #expect(try Self.search("any where true | head 0", count: 10).examined == 0)
    }
}

/// As many events as wanted, one a second.
private struct Stream: EventReader {
    let count: Int
    /// Whether the time runs out behind the last of them.
    let endsEarly: Bool

    func read(_ request: EventReadRequest, _ body: (SearchHit) -> Bool) throws(SearchError) {
        for number in 0..<count {
            guard body(hit(number)) else { return }
        }
        if endsEarly { throw .timeLimit }
    }

    func events(
        at places: [SearchPlace], tenant: String, cancellation: Cancellation?
    ) throws(SearchError) -> [SearchHit] {
        places.compactMap { Int($0.id).map(hit) }
    }

    private func hit(_ number: Int) -> SearchHit {
        SearchHit(
            id: "\(number)", time: Timestamp(milliseconds: 1_791_446_400_000 + Int64(number) * 1_000), stream: "",
            document: Array("{\"event.id\":\"\(number)\",\"user.name\":\"\(number)\"}".utf8))
    }
}
