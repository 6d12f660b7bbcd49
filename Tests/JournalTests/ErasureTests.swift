import Codecs
import Events
import Foundation
import Platform
import TestKit
import Testing

@testable import Journal

/// Records taken out of finished segments.
@Suite struct ErasureTests {
    /// What each tenant has, and a journal of several segments that holds it.
    private struct Sample {
        let disk = SimulatedDisk(seed: 3)
        let clock = TestClock()
        var logs: [TenantName: [String]] = [:]
        var journal: SteppedJournal

        /// - Parameter seed: of sizes, tenants, and how well the texts compress.
        init(seed: UInt64, batches: Int = 24) throws {
            var dice = Dice(seed: seed)
            var limits = JournalLimits()
            limits.segmentSize = 3_000
            journal = try SteppedJournal(disk, clock: clock, limits: limits)
            for number in 0..<batches {
                let tenant = dice.roll(3) == 0 ? "umbra" : "acme"
                let texts = (0..<1 + dice.roll(6)).map { place in
                    Self.text(&dice, "\(tenant)-\(number)-\(place)")
                }
                journal.write(.sample(texts, tenant: tenant, bookmark: "\(number)"))
                logs[TenantName(tenant)!, default: []] += texts
            }
            #expect(journal.journal.end.segment > 2)
        }

        private static func text(_ dice: inout Dice, _ name: String) -> String {
            switch dice.roll(4) {
            case 0: ""
            case 1: name
            case 2: name + String(repeating: " words", count: dice.roll(200))
            default: name + (0..<dice.roll(300)).map { _ in String(dice.next(), radix: 36) }.joined()
            }
        }

        func chosen(_ dice: inout Dice, of sides: Int) -> [TenantName: SequenceSet] {
            logs.mapValues { log in SequenceSet(log.indices.map(UInt64.init).filter { _ in dice.roll(sides) == 0 }) }
        }

        /// Writes the segments anew without a thread.
        func prepare(_ records: [TenantName: SequenceSet]) throws -> Journal.PreparedErasure {
            journal.journal.shared.update { $0.isToFinishSegment = true }
            journal.commit()
            let last = journal.journal.end.segment
            return try #require(try journal.journal.prepareErasure(of: records, before: last))
        }

        /// What is wrong with what a reader of this journal gets.
        func problems(_ journal: SteppedJournal, without erased: [TenantName: SequenceSet]) throws -> [String] {
            var problems: [String] = []
            var seen: [TenantName: Int] = [:]
            for batch in try journal.everything() {
                let tenant = batch.batch.tenant
                for (place, entry) in batch.batch.entries.enumerated() {
                    let sequence = batch.firstSequence + UInt64(place)
                    let isErased = erased[tenant]?.contains(sequence) ?? false
                    let text = String(decoding: batch.batch.storage[entry.range.range], as: UTF8.self)
                    let context = batch.batch.contexts[Int(entry.context)]
                    if (entry.encoding == .erased) != isErased { problems.append("\(tenant) \(sequence): \(entry)") }
                    if text != (isErased ? "" : logs[tenant]![Int(sequence)]) {
                        problems.append("\(sequence): \(text)")
                    }
                    if !isErased, context.peer != "192.0.2.7" { problems.append("\(tenant) \(sequence): no context") }
                    seen[tenant, default: 0] += 1
                }
            }
            if seen != logs.mapValues(\.count) { problems.append("\(seen)") }
            return problems
        }
    }

    @Test(arguments: 0..<60) func `what is erased is gone, and everything else is as it was`(seed: Int) throws {
        let sample = try Sample(seed: UInt64(seed))
        var dice = Dice(seed: UInt64(seed) + 1_000)
        let records = sample.chosen(&dice, of: 2 + dice.roll(4))
        let sizes = sample.disk.fileNames.map { sample.disk.bytes(of: $0)!.count }
        let prepared = try sample.prepare(records)
        #expect(try sample.problems(sample.journal, without: [:]) == [])
        try sample.journal.journal.carryOut(prepared)
        #expect(try sample.problems(sample.journal, without: records) == [])
        // Every frame is where it was.
        #expect(zip(sizes, sample.disk.fileNames).allSatisfy { $0 <= sample.disk.bytes(of: $1)!.count })

        let reopened = try SteppedJournal(sample.disk, clock: sample.clock, salt: 8)
        #expect(reopened.findings == [])
        #expect(try sample.problems(reopened, without: records) == [])
        let end = reopened.journal.end
        #expect(
            try JournalCheck.findings(sample.disk, upTo: end, erased: Set(prepared.segments)) == [])
        let unsaid = try JournalCheck.findings(sample.disk, upTo: end).map { "\($0)" }
        #expect(unsaid.count == prepared.segments.count && unsaid.allSatisfy { $0.contains("no record says so") })
    }

    @Test func `what is erased is nowhere in the files`() throws {
        let sample = try Sample(seed: 5)
        let records = [TenantName("acme")!: SequenceSet(0..<UInt64(sample.logs[TenantName("acme")!]!.count))]
        try sample.journal.journal.carryOut(try sample.prepare(records))
        let journal = try SteppedJournal(sample.disk, clock: sample.clock, salt: 8)
        for batch in try journal.everything() where batch.batch.tenant.text == "acme" {
            #expect(String(decoding: batch.batch.storage, as: UTF8.self).contains("acme-") == false)
            #expect(batch.batch.contexts.allSatisfy { $0.peer.isEmpty && $0.credential.isEmpty })
        }
        for name in sample.disk.fileNames {
            #expect(String(decoding: sample.disk.bytes(of: name)!, as: UTF8.self).contains("acme-") == false)
        }
    }

    @Test func `what was erased in two turns is told of in two records`() throws {
        let sample = try Sample(seed: 6)
        var dice = Dice(seed: 60)
        var all: [TenantName: SequenceSet] = [:]
        var told: Set<ErasureRecord.Segment> = []
        for _ in 0..<2 {
            let records = sample.chosen(&dice, of: 4)
            let prepared = try sample.prepare(records)
            try sample.journal.journal.carryOut(prepared)
            told.formUnion(prepared.segments)
            for (tenant, sequences) in records { all[tenant, default: SequenceSet()].formUnion(sequences) }
        }
        let end = sample.journal.journal.end
        #expect(try sample.problems(sample.journal, without: all) == [])
        #expect(try JournalCheck.findings(sample.disk, upTo: end, erased: told) == [])
    }

    @Test(arguments: 0..<60) func `a loss of power leaves the old segments or the new ones`(seed: Int) throws {
        let sample = try Sample(seed: 7, batches: 14)
        var dice = Dice(seed: UInt64(seed))
        let records = sample.chosen(&dice, of: 3)
        sample.disk.powerOff(at: sample.disk.operations + 1 + dice.roll(60))
        do {
            try sample.journal.journal.carryOut(try sample.prepare(records))
        } catch is JournalError {
            // The power went off.
        } catch is ExpectationFailedError {
            // The journal could not be asked any more.
        }
        sample.disk.restart(after: .powerLoss)
        let journal = try SteppedJournal(sample.disk, clock: sample.clock, salt: 8)
        #expect(journal.findings.filter(\.isLoss) == [])
        #expect(sample.disk.fileNames.allSatisfy { !$0.hasSuffix(SegmentEraser.suffix) })
        // Each segment is the one or the other; both have every record that is not erased.
        let problems = try sample.problems(journal, without: records).filter { !$0.contains("-") }
        let old = try sample.problems(journal, without: [:])
        #expect(problems.isEmpty || old.isEmpty || Set(problems).isDisjoint(with: old), "seed \(seed)")
        // And again, to the end.
        journal.journal.shared.update { $0.isToFinishSegment = true }
        journal.commit()
        let prepared = try #require(
            try journal.journal.prepareErasure(of: records, before: journal.journal.end.segment))
        try journal.journal.carryOut(prepared)
        #expect(try sample.problems(journal, without: records) == [])
    }

    @Test func `a damaged frame of the records is emptied, and stays damage`() throws {
        let sample = try Sample(seed: 8)
        sample.journal.journal.shared.update { $0.isToFinishSegment = true }
        sample.journal.commit()
        let text = Array("acme-".utf8)
        let name = try #require(
            sample.disk.fileNames.first {
                String(decoding: sample.disk.bytes(of: $0)!, as: UTF8.self).contains("acme-")
            })
        var bytes = sample.disk.bytes(of: name)!
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: text) })
        bytes[place + 1] ^= 1
        sample.disk.put(name, bytes)
        let all = sample.logs.mapValues { SequenceSet(0..<UInt64($0.count)) }
        try sample.journal.journal.carryOut(try sample.prepare(all))
        let left = String(decoding: sample.disk.bytes(of: name)!, as: UTF8.self)
        #expect(!left.contains("acme-") && !left.contains("abme-") && !left.contains("bcme-"))
    }
}
