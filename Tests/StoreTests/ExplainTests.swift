import Events
import Platform
import Query
import TestKit
import Testing

@testable import Store

/// What the store says of how it answers.
struct ExplainTests {
    private static let start = Timestamp(nanoseconds: 1_791_447_318_000_000_000)

    /// Three files of ten events each, a day apart, and five events in memory behind them.
    private func filled() throws -> SampleStore {
        let sample = try SampleStore()
        for number in 0..<35 {
            let day = number < 30 ? Int64(number / 10) : 3
            let document = SampleDocument(
                id: "id-\(number)", time: Self.start + .days(day) + .seconds(Int64(number)),
                [(number < 30 ? "user.name" : "host.name", .text("x\(number % 2)"))])
            sample.journal.append(.init(document))
        }
        for end in [10, 20, 30] {
            try sample.index(upTo: end)
            try sample.writer.sealAll()
        }
        try sample.index(upTo: 35)
        return sample
    }

    private func search(_ sample: SampleStore) -> StoreSearch { StoreSearch(sample.store, clock: sample.clock) }

    @Test func `rows, files and what is passed over are told for each table`() throws {
        let sample = try filled()
        let request = SearchRequest(tenant: "default", text: "user.name: x1", from: Self.start + .days(1))
        let explanation = try #require(try search(sample).explain(request))
        #expect(explanation.steps.first?.detail == "user.name is \"x1\"")
        let sources = explanation.sources
        #expect(sources.map(\.isInMemory) == [true, false])
        #expect(sources.map(\.rows) == [5, 20])
        #expect(sources[1].files == 2 && sources[1].filesPassedOver == 1 && sources[1].bytes > 0)
        // What is in memory has no such field, so it is not asked.
        #expect(sources[0].sql == nil && sources[0].found == nil)
        #expect(sources[1].found == 10 && sources[1].sql?.contains("\"user.name\"") == true)
        #expect(sources[1].sql?.contains("x1") == false, "values are bound")
        let answer = try search(sample).search(request)
        #expect(answer.total == sources.reduce(0) { $0 + ($1.found ?? 0) })
    }

    @Test func `each tenant is told of its own tables`() throws {
        let sample = try filled()
        #expect(try search(sample).explain(SearchRequest(tenant: "other"))?.sources == [])
        #expect(throws: SearchError.self) { try search(sample).explain(SearchRequest(tenant: "default", text: "(")) }
    }

    static let queries: [(text: String, filter: String, tables: [String], server: [String])] = [
        (
            "FROM events | WHERE user.name == \"x1\" | STATS n = COUNT(*) BY user.name", "",
            ["test every condition", "compute `STATS`"], ["does what is left of the commands"]
        ),
        (
            "FROM events | SORT @timestamp | LIMIT 3", "user.name: x1",
            [
                "look at the events of the filter beside the query", "test every condition",
                "give the first 3 rows in the order of the query",
            ],
            ["does what is left of the commands"]
        ),
        ("ROW a = 1", "", [], ["does all of it, in the order of the commands"]),
    ]

    @Test(arguments: queries) func `a query in ES|QL is shared out as it is run`(
        text: String, filter: String, tables: [String], server: [String]
    ) throws {
        let sample = try filled()
        let explanation = try #require(
            try search(sample).explain(TableRequest(tenant: "default", text: text, filter: filter)))
        #expect(explanation.steps.filter { $0.place == .tables }.map(\.what) == tables)
        #expect(explanation.steps.filter { $0.place == .server }.map(\.what) == server)
        #expect(explanation.sources.reduce(0) { $0 + $1.rows } == (tables.isEmpty ? 0 : 35))
    }
}
