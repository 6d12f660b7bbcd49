import Codecs
import TestKit
import Testing

@testable import Events

struct SequenceSetTests {
    @Test(arguments: 0..<50) func `it holds what a set of numbers holds`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var plain: Set<UInt64> = []
        var set = SequenceSet()
        var other = SequenceSet()
        for _ in 0..<200 {
            let number = UInt64(dice.roll(300))
            plain.insert(number)
            if dice.roll(2) == 0 { set.insert(number) } else { other.insert(number) }
        }
        set.formUnion(other)
        #expect(set.count == plain.count)
        #expect((0..<301).allSatisfy { set.contains($0) == plain.contains($0) })
        #expect(set == SequenceSet(plain))
        #expect(zip(set.ranges, set.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        let span = UInt64(dice.roll(300))..<UInt64(300 + dice.roll(20))
        #expect(set.overlaps(span) == plain.contains { span.contains($0) })
        #expect(SequenceSet(texts: set.texts) == set)
        var joined = SequenceSet()
        for chunk in set.chunks(of: 7) { joined.formUnion(chunk) }
        #expect(joined == set)
    }

    @Test(arguments: [["1-"], ["-1"], ["5-3"], ["3", "3"], ["3", "4"], ["4", "2"], ["x"], [""]])
    func `what no set would write is none`(texts: [String]) {
        #expect(SequenceSet(texts: texts) == nil)
    }
}

struct ErasureRecordTests {
    private let record = ErasureRecord(
        order: "00ff", reason: "Art. 17 \"GDPR\"", requester: "uid 0", sequences: SequenceSet([1, 2, 3, 9]),
        segments: [.init(number: 4, before: "aa", after: "bb")], destinations: ["siem"])

    @Test func `what was written is read`() {
        #expect(ErasureRecord(document: record.own.document) == record)
        #expect(record.own.kind == .erasure)
    }

    @Test func `half of one is none`() {
        #expect(ErasureRecord(document: Array("{}".utf8)) == nil)
        let text = String(decoding: record.own.document, as: UTF8.self)
        #expect(ErasureRecord(document: Array(text.replacing("4 aa bb", with: "4 aa").utf8)) == nil)
        #expect(ErasureRecord(document: Array(text.replacing("\"1-3\"", with: "\"3-1\"").utf8)) == nil)
    }

    @Test func `it goes into a batch beside other records`() {
        var batch = RecordBatch(tenant: .default, source: "feed", storage: [1, 2], contexts: [.init(credential: "c")])
        OwnRecord.heartbeat.append(to: &batch)
        #expect(batch.entries.count == 1 && batch.entries[0].context == 1 && batch.contexts[1].credential == "")
        #expect(Array(batch.storage[batch.entries[0].range.range]) == OwnRecord.heartbeat.document)
        #expect(!batch.entries[0].hasDocuments)
    }
}
