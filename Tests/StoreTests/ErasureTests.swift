import Events
import Foundation
import Platform
import Query
import TestKit
import Testing

@testable import Store

@Suite struct ErasureTests {
    private func sample(_ count: Int) throws -> SampleStore {
        var limits = StoreLimits()
        limits.segmentRows = 40
        let sample = try SampleStore(limits: limits)
        for number in 0..<count {
            let time = Timestamp(nanoseconds: 1_791_447_318_000_000_000 + Int64(number))
            let stream: StreamName = number % 3 == 0 ? .audit : .codeEvents
            let tenant: TenantName = number % 5 == 0 ? TenantName("umbra")! : .default
            let document = SampleDocument(id: "id-\(number)", time: time)
            sample.journal.append(SampleStore.Record(document, stream: stream, tenant: tenant))
        }
        try sample.index(upTo: count, publishEvery: 30)
        return sample
    }

    private func ids(_ sample: SampleStore, _ tenant: TenantName = .default) throws -> Set<String> {
        Set(
            try StoreSearch(sample.store, clock: sample.clock).search(
                SearchRequest(tenant: tenant.text, limit: 10_000)
            ).hits.map(\.id))
    }

    private func parquet(_ sample: SampleStore) throws -> Set<String> {
        let files = try FileManager.default.subpathsOfDirectory(atPath: sample.folder.file("store"))
        return Set(files.filter { $0.hasSuffix(".parquet") })
    }

    @Test(arguments: 0..<8) func `documents of erased records are gone, and no others`(seed: Int) throws {
        let sample = try sample(300)
        var dice = Dice(seed: UInt64(seed))
        let erased = SequenceSet((0..<300).filter { _ in dice.roll(2 + seed) == 0 })
        let expected = Set((0..<300).filter { $0 % 5 != 0 && !erased.contains(UInt64($0)) }.map { "id-\($0)" })
        let others = try ids(sample, TenantName("umbra")!)
        let count = try sample.writer.erase(erased, of: .default)
        #expect(count == 240 - expected.count)
        #expect(try ids(sample) == expected)
        #expect(try ids(sample, TenantName("umbra")!) == others)
        #expect(try sample.writer.removeReplaced())
        #expect(try parquet(sample) == Set(sample.writer.manifest.segments.map(\.file)))
        try sample.reopen()
        try sample.index(upTo: 300)
        #expect(try ids(sample) == expected, "what was erased does not come back from the journal")
    }

    @Test func `a file is there as long as a search may read it`() throws {
        let sample = try sample(200)
        try sample.writer.sealAll()
        let before = try parquet(sample)
        var view: EventStore.View? = sample.store.view.withLock { $0 }
        _ = try sample.writer.erase(SequenceSet([1, 2]), of: .default)
        #expect(try !sample.writer.removeReplaced())
        #expect(try parquet(sample).isSuperset(of: before))
        #expect(view != nil)
        view = nil
        #expect(try sample.writer.removeReplaced())
        #expect(try !parquet(sample).isSuperset(of: before))
    }

    @Test func `a file without rows is no file`() throws {
        let sample = try sample(100)
        _ = try sample.writer.erase(SequenceSet(0..<100), of: .default)
        #expect(try sample.writer.removeReplaced())
        #expect(try ids(sample) == [])
        #expect(sample.writer.manifest.segments.allSatisfy { $0.shelf.tenant != .default })
    }
}
