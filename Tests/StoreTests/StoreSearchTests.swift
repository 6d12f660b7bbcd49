import Codecs
import Events
import Platform
import Query
import TestKit
import Testing

@testable import Store

struct StoreSearchTests {
    /// Where the rows are when a query is asked.
    enum Place: String, CaseIterable { case hot, sealed, mixed }

    /// Documents in a store, by the id under which it knows them.
    private struct Filled {
        let sample: SampleStore
        var answers: [String: SampleAnswers] = [:]
        var texts: [String: String] = [:]
    }

    private func filled(_ place: Place, seed: Int, count: Int) throws -> Filled {
        var dice = Dice(seed: UInt64(seed))
        var filled = Filled(sample: try SampleStore())
        for number in 0..<count {
            let document = dice.sample(number)
            filled.sample.journal.append(.init(document, stream: dice.pick([.codeEvents, .audit])))
            let ids = document.entries.filter { $0.name == "event.id" }
            var id = "rec_\(number)"
            if ids.count == 1, case .text(let text) = ids[0].value { id = text }
            filled.answers[id] = SampleAnswers(document, sequence: number, id: id)
            filled.texts[id] = document.json(sequence: number, id: id)
        }
        switch place {
        case .hot: try filled.sample.index(upTo: count, publishEvery: 7)
        case .sealed:
            try filled.sample.index(upTo: count)
            try filled.sample.writer.sealAll()
        case .mixed:
            try filled.sample.index(upTo: count / 3)
            try filled.sample.writer.sealAll()
            try filled.sample.index(upTo: count * 2 / 3)
            try filled.sample.writer.sealAll()
            try filled.sample.index(upTo: count, publishEvery: 5)
        }
        return filled
    }

    @Test(arguments: Place.allCases) func `documents come back as they were appended`(_ place: Place) throws {
        let filled = try filled(place, seed: 1, count: 1_500)
        let answer = try filled.sample.search()
        #expect(answer.total == 1_500)
        var found: [String: String] = [:]
        for hit in answer.hits { found[hit.id] = String(decoding: hit.document, as: UTF8.self) }
        for (id, text) in filled.texts where found[id] != text {
            Issue.record("\(id): \(found[id] ?? "is missing") instead of \(text)")
        }
    }

    @Test(arguments: Place.allCases) func `a query finds what its filter holds for`(_ place: Place) throws {
        let filled = try filled(place, seed: 2, count: 200)
        var dice = Dice(seed: 3)
        var found = 0
        for number in 0..<250 {
            let query = dice.query(depth: 2)
            let filter = try KQL.filter(query, schema: FieldSchema(.standard), now: filled.sample.clock.now()).filter
            let expected = Set(filled.answers.filter { filter.matches($0.value) }.keys)
            let answer = try filled.sample.search(query)
            let ids = Set(answer.hits.map(\.id))
            found += ids.count
            guard ids != expected || answer.total != expected.count else { continue }
            for id in ids.symmetricDifference(expected).sorted().prefix(1) {
                let text = filled.texts[id] ?? ""
                Issue.record("\(number), \(query): \(ids.contains(id) ? "found" : "did not find") \(id) \(text)")
            }
        }
        #expect(found > 5_000)
    }

    // MARK: Pages and bounds

    private static let pages: [(Int, Bool)] = [(1, true), (7, false), (7, true), (50, true), (1_000, false)]

    @Test(arguments: pages) func `pages together are everything once, in order`(_ limit: Int, _ newest: Bool) throws {
        let filled = try filled(.mixed, seed: 4, count: limit == 1 ? 60 : 300)
        let all = try filled.sample.search(newestFirst: newest).hits
        let ordered = all.sorted { left, right in
            let (one, other) = newest ? (right, left) : (left, right)
            return one.time == other.time ? one.id.utf8.lexicographicallyPrecedes(other.id.utf8) : one.time < other.time
        }
        #expect(all.map(\.id) == ordered.map(\.id))
        var paged: [SearchHit] = []
        while true {
            let page = try filled.sample.search(limit: limit, newestFirst: newest, behind: paged.last?.place)
            #expect(page.total == all.count)
            #expect(page.hits.count <= limit)
            if page.hits.isEmpty { break }
            paged += page.hits
        }
        #expect(paged == all)
    }

    @Test func `a stretch of time begins with its first moment and ends before its last`() throws {
        let sample = try SampleStore()
        let start = Timestamp(nanoseconds: 1_791_447_318_000_000_000)
        func moment(_ number: Int64) -> Timestamp { start + Timestamp.Span(nanoseconds: number) }
        sample.journal = (0..<10).map { .init(SampleDocument(id: "id-\($0)", time: moment(Int64($0)))) }
        for isSealed in [false, true] {
            if isSealed { try sample.writer.sealAll() } else { try sample.index(upTo: 10) }
            #expect(try sample.search(from: moment(3), to: moment(6)).hits.map(\.id) == ["id-5", "id-4", "id-3"])
            #expect(try sample.search(from: moment(9)).total == 1)
            #expect(try sample.search(to: moment(0)).total == 0)
            #expect(try sample.search(from: moment(10)).total == 0)
            #expect(try sample.search(from: moment(4), to: moment(4)).total == 0)
        }
    }

    @Test func `the counts over time are the counts of the search`() throws {
        let filled = try filled(.mixed, seed: 5, count: 300)
        let search = StoreSearch(filled.sample.store, clock: filled.sample.clock)
        for query in ["", "event.action: *", "not tags: *", "nothing.at.all: x"] {
            let total = try filled.sample.search(query).total
            let histogram = try search.histogram(SearchRequest(tenant: "default", text: query), buckets: 30)
            #expect(histogram.buckets.reduce(0) { $0 + $1.count } == total)
            #expect(histogram.buckets.count <= 31)
        }
        let from = Timestamp(nanoseconds: 1_791_447_318_000_000_000 + 10 * 3_600_000_000_000)
        let request = SearchRequest(tenant: "default", from: from, to: from + .hours(5))
        let histogram = try search.histogram(request, buckets: 5)
        #expect(histogram.buckets.reduce(0) { $0 + $1.count } == (try search.search(request).total))
    }

    @Test func `a tenant sees its own events alone`() throws {
        let sample = try SampleStore()
        let (one, other) = (try #require(TenantName("one")), try #require(TenantName("other")))
        let time = Timestamp(nanoseconds: 1_791_447_318_000_000_000)
        for number in 0..<40 {
            // The same id for both: an id is a tenant's own.
            sample.journal.append(
                .init(SampleDocument(id: "id-\(number / 2)", time: time), tenant: number % 2 == 0 ? one : other))
        }
        try sample.index(upTo: 20)
        try sample.writer.sealAll()
        try sample.index(upTo: 40)
        let search = StoreSearch(sample.store, clock: sample.clock)
        for tenant in [one, other] {
            #expect(try sample.search(tenant: tenant).total == 20)
            #expect(try sample.search("event.id: \"id-3\"", tenant: tenant).total == 1)
            #expect(try search.event(id: "id-3", tenant: tenant.text) != nil)
        }
        #expect(try search.event(id: "id-3", tenant: "third") == nil)
        #expect(try sample.search(tenant: .default).total == 0)
        for tenant in ["", "on", "one/../other", "one' OR 'a'='a", "%"] {
            #expect(try search.search(SearchRequest(tenant: tenant)).total == 0)
        }
    }

    @Test func `an event is found by its id, also by one that was given to it`() throws {
        let sample = try SampleStore()
        sample.journal = [
            .init(SampleDocument([("user.name", .text("a"))])), .init(SampleDocument([("event.id", .long(7))])),
            .init([(.audit, SampleDocument([])), (.audit, SampleDocument([])), (.codeEvents, SampleDocument([]))]),
        ]
        try sample.index(upTo: 3)
        let search = StoreSearch(sample.store, clock: sample.clock)
        for id in ["rec_0", "rec_1", "rec_2", "rec_2_1", "rec_2_2"] {
            #expect(try search.event(id: id, tenant: "default")?.id == id)
        }
        #expect(try search.event(id: "rec_3", tenant: "default") == nil)
        #expect(try sample.search("event.id: 7").hits.map(\.id) == ["rec_1"])
        #expect(try sample.search().total == 5)
    }

    @Test func `a cancelled search ends, and so does one over its time`() throws {
        let filled = try filled(.sealed, seed: 6, count: 100)
        let cancellation = Cancellation()
        cancellation.cancel()
        let search = StoreSearch(filled.sample.store, clock: filled.sample.clock)
        #expect(throws: SearchError.cancelled) {
            try search.search(SearchRequest(tenant: "default", cancellation: cancellation))
        }
    }
}
