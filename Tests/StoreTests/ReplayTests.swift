import Events
import Foundation
import Platform
import Query
import TestKit
import Testing

@testable import Store

@Suite struct ReplayTests {
    /// Records of two streams, some sent twice, with a field that a mapping fills.
    private func journal(_ mapping: String, _ dice: inout Dice) -> [SampleStore.Record] {
        (0..<260).map { number in
            let id = dice.roll(6) == 0 ? dice.roll(number + 1) : number
            let time = Timestamp(nanoseconds: 1_791_447_318_000_000_000 + Int64(id))
            let document = SampleDocument(id: "id-\(id)", time: time, [("event.reason", .text(mapping))])
            let stream: StreamName = id % 3 == 0 && mapping == "new" ? .audit : .codeEvents
            return SampleStore.Record(document, stream: stream)
        }
    }

    private func reasons(_ sample: SampleStore) throws -> [String: Int] {
        let texts = try sample.search().hits.map { String(decoding: $0.document, as: UTF8.self) }
        return [
            "old": texts.filter { $0.contains("\"old\"") }.count, "new": texts.filter { $0.contains("\"new\"") }.count,
        ]
    }

    private func replay(_ sample: SampleStore, _ records: [SampleStore.Record], _ range: Range<Int>) throws
        -> StoreReplay
    {
        let sequences = SequenceSet(range.map(UInt64.init))
        let replay = try StoreReplay(sample.writer, tenant: .default, sequences: sequences)
        for number in range {
            let batch = JournaledBatch(
                batch: RecordBatch(tenant: .default, source: "test"), firstSequence: UInt64(number),
                accepted: SampleStore.accepted, position: SampleStore.position(number),
                end: SampleStore.position(number + 1))
            for (stream, sample) in records[number].documents {
                var document = Document()
                sample.fill(&document)
                try replay.append(document, stream: stream, of: batch, sequence: UInt64(number))
            }
        }
        return replay
    }

    @Test(arguments: 0..<6) func `documents of a stretch are those of today's mapping, each once`(seed: Int) throws {
        var limits = StoreLimits()
        limits.segmentRows = 50
        let sample = try SampleStore(limits: limits)
        var dice = Dice(seed: UInt64(seed))
        sample.journal = journal("old", &dice)
        try sample.index(upTo: 260, publishEvery: 40)
        let ids = try sample.search().hits.map(\.id)
        var again = Dice(seed: UInt64(seed))
        let new = journal("new", &again)
        let range = 20..<20 + 10 + dice.roll(220)
        let expected = Set(ids).count
        for turn in 1...2 {
            let result = try replay(sample, new, range).finish()
            #expect(result.added == result.removed && result.added > 0, "turn \(turn)")
            #expect(try sample.search().hits.map(\.id) == ids)
            #expect(try reasons(sample) == ["new": result.added, "old": expected - result.added])
        }
        #expect(try sample.writer.removeReplaced())
        try sample.reopen()
        try sample.index(upTo: 260)
        #expect(try sample.search().hits.map(\.id) == ids)
    }

    @Test func `until it is finished, and after an end before, everything is as it was`() throws {
        let sample = try SampleStore()
        var dice = Dice(seed: 1)
        sample.journal = journal("old", &dice)
        try sample.index(upTo: 260)
        let before = try reasons(sample)
        _ = try replay(sample, sample.journal, 0..<260)
        #expect(try reasons(sample) == before)
        try sample.reopen()
        try sample.index(upTo: 260)
        #expect(try reasons(sample) == before)
    }
}
