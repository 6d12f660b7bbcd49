import Events
import Foundation
import Platform
import Query
import TestKit
import Testing

@testable import Store

/// Documents that come again with other figures: the newest holds, wherever the others are.
@Suite struct RevisionTests {
    private static let start = Timestamp(nanoseconds: 1_791_400_000_000_000_000)

    private static func record(_ id: Int, _ figure: Int64, stream: StreamName = .cost) -> SampleStore.Record {
        let document = SampleDocument(
            id: "row-\(id)", time: start + .days(Int64(id % 5)), [("anthropic.cost.amount_billionths", .long(figure))])
        return SampleStore.Record(document, stream: stream)
    }

    private static func figures(_ sample: SampleStore, _ text: String = "") throws -> [String: Int] {
        let answer = try StoreSearch(sample.store, clock: sample.clock).search(
            SearchRequest(tenant: "default", text: text, limit: 10_000))
        #expect(answer.total == answer.hits.count)
        var figures: [String: Int] = [:]
        for hit in answer.hits {
            let document = String(decoding: hit.document, as: UTF8.self)
            let digits = document.split(separator: "\"amount_billionths\":").last?.prefix { $0.isNumber } ?? ""
            #expect(figures.updateValue(Int(digits) ?? -1, forKey: hit.id) == nil, "\(hit.id) is there twice")
        }
        return figures
    }

    /// Some rows come again and again, and the store is sealed, or opened again, in between.
    @Test(arguments: 0..<6) func `the newest figures hold, once`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        var limits = StoreLimits()
        limits.segmentRows = 20 + dice.roll(60)
        let sample = try SampleStore(limits: limits)
        var truth: [String: Int] = [:]
        for step in 0..<300 {
            let id = dice.roll(60)
            truth["row-\(id)"] = step
            sample.journal.append(Self.record(id, Int64(step)))
            guard dice.roll(12) == 0 else { continue }
            try sample.index(upTo: sample.journal.count, publishEvery: 1 + dice.roll(9))
            switch dice.roll(4) {
            case 0: try sample.writer.sealAll()
            case 1: try sample.reopen()
            default: break
            }
            if sample.reached < sample.journal.count { try sample.index(upTo: sample.journal.count) }
            #expect(try Self.figures(sample) == truth)
        }
        try sample.index(upTo: sample.journal.count)
        #expect(try Self.figures(sample) == truth)
        try sample.writer.sealAll()
        #expect(try Self.figures(sample) == truth)
        let sealed = sample.writer.manifest.segments.reduce(0) { $0 + $1.rows }
        #expect(sealed == truth.count, "files hold no document that does not count any more")
        #expect(try sample.writer.removeReplaced())
        let files = try FileManager.default.subpathsOfDirectory(atPath: sample.folder.file("store"))
        #expect(Set(files.filter { $0.hasSuffix(".parquet") }) == Set(sample.writer.manifest.segments.map(\.file)))
    }

    /// Rows of a unit, all of one batch.
    private static func read(_ unit: Int, _ rows: [String: Int], in sample: SampleStore) {
        let first = sample.journal.count
        for (id, figure) in rows.sorted(by: { $0.key < $1.key }) {
            let document = SampleDocument(
                id: id, time: start + .days(Int64(unit / 2)) + .hours(Int64(id.utf8.last ?? 0) % 24),
                [
                    ("anthropic.cost.amount_billionths", .long(Int64(figure))),
                    ("docket.report.unit", .text("unit \(unit)")),
                ])
            var record = SampleStore.Record(document, stream: .cost)
            record.batch = first
            sample.journal.append(record)
        }
    }

    /// Units are read again with more rows, fewer, or none, and rows move from one to another, as between pages of a day.
    @Test(arguments: 0..<6) func `of a unit the newest reading holds, and no row of an older one`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        var limits = StoreLimits()
        limits.segmentRows = 20 + dice.roll(60)
        let sample = try SampleStore(limits: limits)
        var truth: [Int: [String: Int]] = [:]
        for step in 0..<150 {
            let unit = dice.roll(8)
            var rows: [String: Int] = [:]
            // Two neighbors share their ids.
            for _ in 0..<dice.roll(6) { rows["row-\(unit / 2)-\(dice.roll(9))"] = step }
            if rows.isEmpty { rows["none-\(unit)"] = step }
            for other in truth.keys { for id in rows.keys { truth[other]?[id] = nil } }
            truth[unit] = rows
            Self.read(unit, rows, in: sample)
            guard dice.roll(6) == 0 else { continue }
            try sample.index(upTo: sample.journal.count)
            switch dice.roll(3) {
            case 0: try sample.writer.sealAll()
            case 1: try sample.reopen()
            default: break
            }
            try sample.index(upTo: sample.journal.count)
            #expect(try Self.figures(sample) == truth.values.reduce(into: [:]) { $0.merge($1) { one, _ in one } })
        }
        try sample.index(upTo: sample.journal.count)
        let whole = truth.values.reduce(into: [:]) { $0.merge($1) { one, _ in one } }
        #expect(try Self.figures(sample) == whole)
        try sample.writer.sealAll()
        #expect(try Self.figures(sample) == whole)
        #expect(sample.writer.manifest.segments.reduce(0) { $0 + $1.rows } == whole.count)
        let anew = try SampleStore(limits: limits)
        anew.journal = sample.journal
        try anew.index(upTo: anew.journal.count)
        #expect(try Self.figures(anew) == whole, "the journal alone says the same")
    }

    @Test func `an old figure is found by no query`() throws {
        let sample = try SampleStore()
        sample.journal = [Self.record(1, 5), Self.record(2, 6)]
        try sample.index(upTo: 2)
        try sample.writer.sealAll()
        sample.journal.append(Self.record(1, 7))
        try sample.index(upTo: 3)
        #expect(try Self.figures(sample, "anthropic.cost.amount_billionths: 5").isEmpty)
        #expect(try Self.figures(sample, "anthropic.cost.amount_billionths >= 6") == ["row-1": 7, "row-2": 6])
    }

    @Test func `in other streams the first one holds, as what is sent twice is the same`() throws {
        let sample = try SampleStore()
        sample.journal = [Self.record(1, 5, stream: .audit), Self.record(1, 7, stream: .audit)]
        try sample.index(upTo: 2)
        #expect(try Self.figures(sample) == ["row-1": 5])
    }
}
