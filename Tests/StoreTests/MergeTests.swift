import Codecs
import Events
import Foundation
import Platform
import Query
import TestKit
import Testing

@testable import Store

/// Files become fewer and larger, and nobody sees a difference.
@Suite struct MergeTests {
    private static let day: Int64 = 86_400_000_000_000
    private static let start: Int64 = 20_758 * day

    private func limits(worthy: Int = 20) -> StoreLimits {
        var limits = StoreLimits()
        limits.segmentRows = 30
        limits.worthyRows = worthy
        limits.merging.fan = 3
        return limits
    }

    private func record(_ dice: inout Dice, _ number: Int) -> SampleStore.Record {
        let late = dice.roll(10) == 0 ? Int64(dice.roll(5)) : 0
        let time = Self.start + Int64(number / 60) * Self.day + Int64(number % 60) * 1_000_000 - late * Self.day
        var document = dice.sample(number)
        document.entries.removeAll { ["@timestamp", "event.id"].contains($0.name) }
        document.entries += [
            .init(name: "@timestamp", value: .date(Timestamp(nanoseconds: time))),
            .init(name: "event.id", value: .text("id-\(number)")),
        ]
        return .init(document, stream: dice.roll(5) == 0 ? .audit : .codeEvents)
    }

    private func documents(_ sample: SampleStore) throws -> [String: String] {
        var found: [String: String] = [:]
        for hit in try sample.search().hits {
            #expect(found.updateValue(String(decoding: hit.document, as: UTF8.self), forKey: hit.id) == nil)
        }
        return found
    }

    /// - Returns: how many merges there were.
    @discardableResult
    private func merge(_ sample: SampleStore) throws -> Int {
        var merges = 0
        let merger = SegmentMerger(sample.store)
        while let merge = sample.writer.nextMerge() {
            merges += 1
            try #require(merges < 1_000, "merging does not end")
            #expect(try sample.writer.finish(try merger.run(merge)))
        }
        return merges
    }

    @Test(arguments: 0..<4) func `documents are the same before and after`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let sample = try SampleStore(limits: limits(worthy: 1 + dice.roll(40)))
        sample.clock.advance(.days(200))
        sample.journal = (0..<600).map { record(&dice, $0) }
        try sample.index(upTo: 600, publishEvery: 25)
        try sample.writer.sealAll()
        let before = try documents(sample)
        #expect(before.count == 600)
        let files = sample.writer.manifest.segments.count
        #expect(try merge(sample) > 0)
        #expect(sample.writer.manifest.segments.count < files)
        #expect(try documents(sample) == before)
        #expect(sample.writer.manifest.segments.reduce(0) { $0 + $1.rows } == 600)
        try sample.reopen()
        #expect(try documents(sample) == before)
        for number in [0, 17, 599] {
            let hit = try StoreSearch(sample.store, clock: sample.clock).event(id: "id-\(number)", tenant: "default")
            #expect(hit?.id == "id-\(number)")
        }
        #expect(try StoreSearch(sample.store, clock: sample.clock).event(id: "id-600", tenant: "default") == nil)
    }

    @Test func `row groups are in order of time, and days are apart`() throws {
        var dice = Dice(seed: 5)
        var limits = limits(worthy: 10)
        limits.merging.smallMonthRows = 0
        let sample = try SampleStore(limits: limits)
        sample.clock.advance(.days(200))
        sample.journal = (0..<600).map { record(&dice, $0) }
        try sample.index(upTo: 600, publishEvery: 25)
        try sample.writer.sealAll()
        try merge(sample)
        let days = sample.writer.manifest.segments.filter { $0.rows > 30 && $0.shelf.stream == .codeEvents }
        #expect(days.count > 3)
        for segment in days { #expect(Stretch(segment) != .more) }
    }

    @Test func `searches that run keep their files, and those are gone afterwards`() throws {
        let sample = try merged()
        let connection = try Connection(to: sample.store.database)
        var view: EventStore.View? = sample.store.view.withLock { $0 }
        let files = view?.segments.map { "\(sample.folder.path)/store/\($0.file)" } ?? []
        #expect(try merge(sample) > 0)
        #expect(try !sample.writer.removeReplaced())
        var rows = try connection.query("SELECT count(*) FROM \(SegmentFile.rows(of: files))")
        while let chunk = try rows.next() { #expect(chunk.column(0).integer(0) == 300) }
        view = nil
        #expect(try sample.writer.removeReplaced())
        let left = try FileManager.default.subpathsOfDirectory(atPath: "\(sample.folder.path)/store").filter {
            $0.contains(".parquet")
        }
        #expect(
            Set(left) == Set(sample.writer.manifest.segments.flatMap { [$0.file, $0.file + ".ids"] }))
    }

    private func merged() throws -> SampleStore {
        var dice = Dice(seed: 6)
        let sample = try SampleStore(limits: limits())
        sample.clock.advance(.days(200))
        sample.journal = (0..<300).map { record(&dice, $0) }
        try sample.index(upTo: 300, publishEvery: 30)
        try sample.writer.sealAll()
        return sample
    }

    @Test func `what was erased while it was merged does not come back`() throws {
        let sample = try merged()
        let merge = try #require(sample.writer.nextMerge())
        let result = try SegmentMerger(sample.store).run(merge)
        #expect(try sample.writer.erase(SequenceSet(0..<300), of: .default) == 300)
        #expect(try !sample.writer.finish(result))
        #expect(try documents(sample).isEmpty)
        // As long as the merge may read them, files stay; nothing of the merge does.
        _ = try? sample.writer.removeReplaced()
        let left = try FileManager.default.subpathsOfDirectory(atPath: "\(sample.folder.path)/store")
        #expect(!left.contains { $0.contains("merged-") })
    }

    @Test func `a merge that was cancelled leaves nothing`() throws {
        let sample = try merged()
        let before = try documents(sample)
        let merge = try #require(sample.writer.nextMerge())
        let merger = SegmentMerger(sample.store)
        merger.cancel()
        let fault = #expect(throws: Fault.self) { try merger.run(merge) }
        #expect(fault?.code == .stopping)
        let left = try FileManager.default.subpathsOfDirectory(atPath: "\(sample.folder.path)/store")
        #expect(!left.contains { $0.contains("merged-") && $0.hasSuffix(".parquet") })
        #expect(try documents(sample) == before)
    }

    /// How far a merge had come when the power failed.
    enum Step: CaseIterable { case writing, written, manifestWritten }

    @Test(arguments: Step.allCases) func `a kill at any step of merging loses nothing and doubles nothing`(
        _ step: Step
    ) throws {
        let sample = try merged()
        let before = try documents(sample)
        let manifest = sample.folder.file("store/manifest.json")
        let old = try Data(contentsOf: URL(fileURLWithPath: manifest))
        let merge = try #require(sample.writer.nextMerge())
        let result = try SegmentMerger(sample.store).run(merge)
        if step == .writing {
            let file = sample.folder.file("store/\(result.segments[0].file)")
            try FileManager.default.moveItem(atPath: file, toPath: file + ".new")
        }
        if step == .manifestWritten {
            #expect(try sample.writer.finish(result))
        } else {
            #expect(try Data(contentsOf: URL(fileURLWithPath: manifest)) == old)
        }
        try sample.reopen()
        #expect(try documents(sample) == before)
        let names = Set(sample.writer.manifest.segments.flatMap { [$0.file, $0.file + ".ids"] })
        let left = try FileManager.default.subpathsOfDirectory(atPath: "\(sample.folder.path)/store").filter {
            $0.contains(".parquet")
        }
        #expect(Set(left) == names)
    }

    @Test func `what was sent twice is dropped also when its file was merged and the server began anew`() throws {
        let sample = try merged()
        try merge(sample)
        try sample.reopen()
        let count = sample.journal.count
        sample.journal += [sample.journal[count - 1], sample.journal[0]]
        try sample.index(upTo: count + 2)
        #expect(try documents(sample).count == count)
    }

    // MARK: Ids

    @Test func `a filter denies nothing that is there, and most of what is not`() throws {
        let folder = try TemporaryFolder()
        var filter = IDFilter(groupRows: 1_000)
        for number in 0..<10_000 {
            let id = Array("id-\(number)".utf8)
            unsafe filter.add(id.span.bytes, Timestamp(nanoseconds: Int64(number)))
        }
        let disk = FolderDisk(folder: folder.path)
        try disk.replace("x.ids", with: filter.bytes)
        let file = try disk.open("x.ids")
        var (stretches, strange) = (0, 0)
        for number in 0..<10_000 {
            let found = try #require(try IDFilter.stretches(holding: "id-\(number)", in: file))
            let isFound = found.contains { $0.contains(Timestamp(nanoseconds: Int64(number))) }
            if !isFound { Issue.record("id-\(number) is denied") }
            stretches += found.count
            strange += try IDFilter.stretches(holding: "other-\(number)", in: file)?.count ?? 10
        }
        #expect(stretches < 10_600)
        #expect(strange < 600)
        #expect(filter.bytes.count < 10_000 * 2)
        // One that was cut off or is none says nothing.
        try disk.replace("y.ids", with: Array(filter.bytes.dropLast()))
        #expect(try IDFilter.stretches(holding: "id-1", in: try disk.open("y.ids")) == nil)
        try disk.replace("z.ids", with: Array("DKTIDF01".utf8) + [255, 255, 255, 255])
        #expect(try IDFilter.stretches(holding: "id-1", in: try disk.open("z.ids")) == nil)
    }

    @Test func `an event is found by its id also where filters are missing`() throws {
        let sample = try merged()
        for segment in sample.writer.manifest.segments {
            try FileManager.default.removeItem(atPath: sample.folder.file("store/\(segment.file).ids"))
        }
        let search = StoreSearch(sample.store, clock: sample.clock)
        #expect(try search.event(id: "id-150", tenant: "default")?.id == "id-150")
        #expect(try search.event(id: "id-150", tenant: "other") == nil)
    }
}
