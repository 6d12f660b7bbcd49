import Events
import Platform
import Query
import TestKit
import Testing

@testable import Store

/// Which fields there are values of, and tables of the events that a filter holds for.
struct FieldsInUseTests {
    private static let start = Timestamp(nanoseconds: 1_791_447_318_000_000_000)

    private static func filled() throws -> SampleStore {
        let sample = try SampleStore()
        for number in 0..<4 {
            let field = number < 2 ? "user.name" : "host.name"
            let document = SampleDocument(
                id: "id-\(number)", time: start + .days(Int64(number)), [(field, .text("x\(number)"))])
            sample.journal.append(.init(document))
        }
        return sample
    }

    private static func used(_ sample: SampleStore, from: Int64?, to: Int64?, tenant: String = "default") throws
        -> Set<String>
    {
        try StoreSearch(sample.store, clock: sample.clock).fieldsInUse(
            tenant: tenant, from: from.map { start + .days($0) }, to: to.map { start + .days($0) }
        ).intersection(["user.name", "host.name", "event.id"])
    }

    @Test func `fields in use are those of the time and the tenant`() throws {
        let sample = try Self.filled()
        try sample.index(upTo: 4)
        #expect(try Self.used(sample, from: nil, to: nil) == ["user.name", "host.name", "event.id"])
        #expect(try Self.used(sample, from: nil, to: nil, tenant: "other") == [])
        try sample.writer.sealAll()
        #expect(try Self.used(sample, from: nil, to: nil) == ["user.name", "host.name", "event.id"])
        #expect(try Self.used(sample, from: 4, to: nil) == [])
    }

    @Test func `a filter beside a query holds for its events, in memory and in files`() throws {
        let sample = try Self.filled()
        try sample.index(upTo: 4)
        for _ in 0..<2 {
            let search = StoreSearch(sample.store, clock: sample.clock)
            func count(_ text: String, _ filter: String) throws -> [[ESQLValue]] {
                try search.table(TableRequest(tenant: "default", text: text, filter: filter)).rows
            }
            #expect(try count("FROM events | STATS COUNT(*)", "") == [[.integer(4)]])
            #expect(try count("FROM events | STATS COUNT(*)", "user.name: *") == [[.integer(2)]])
            #expect(
                try count("FROM events | KEEP event.id | SORT event.id", "not user.name: x1 and not host.name: *") == [
                    [.text("id-0")]
                ])
            #expect(
                try count("FROM events | STATS n = COUNT(*) BY user.name", "user.name: x1") == [
                    [.integer(1), .text("x1")]
                ])
            // Of each part of a union, and of nothing that is no event.
            #expect(
                try count("FROM events, (FROM events | WHERE true) | STATS COUNT(*)", "user.name: x1") == [
                    [.integer(2)]
                ])
            #expect(try count("ROW a = 1", "user.name: x1") == [[.integer(1)]])
            #expect(throws: SearchError.self) { try count("FROM events", "a and") }
            try sample.writer.sealAll()
        }
    }
}
