import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Ledger

extension SampleLedger {
    /// Appends records that were accepted in a minute, and has them signed.
    func publish(_ first: UInt64, _ count: Int, minute: Int64, to ledger: Ledger) throws(LedgerError) {
        let all = batch(first, count)
        let batch = JournaledBatch(
            batch: all.batch, firstSequence: first, accepted: Timestamp(nanoseconds: minute * 60_000_000_000),
            position: all.position, end: all.end)
        try append(batch, to: ledger)
        try ledger.publish(upTo: JournalPosition(segment: 1, offset: first + UInt64(count)))
    }

    /// What a look at the disk finds wrong with the log, without its records.
    func findings() throws(LedgerError) -> [LedgerFinding] {
        var verifier = LedgerVerifier(try LedgerView(disk: disk))
        for log in try LedgerView(disk: disk).logs {
            try verifier.verifyTree(of: log, keys: [SampleSigner.secret.publicKey])
        }
        return verifier.findings
    }

    /// The sizes of the checkpoints that are kept, and of the last one.
    func sizes() throws -> [UInt64] {
        let view = try LedgerView(disk: disk)
        return try view.checkpoints(of: view.logs[0]).map { try #require(Checkpoint(text: $0.text)).size }
    }
}

/// Checkpoints that were signed and are not the last any more.
struct HistoryTests {
    @Test func `of each minute with records the last checkpoint is kept, also over a start`() throws {
        let sample = try SampleLedger(seed: 20)
        var ledger = try sample.open()
        for (number, minute) in [1, 1, 2, 2, 2, 5].enumerated() {
            try sample.publish(UInt64(number), 1, minute: Int64(minute), to: ledger)
            if number == 3 { ledger = try sample.open() }
        }
        #expect(try sample.sizes() == [2, 5, 6])
        #expect(try sample.findings() == [])
    }

    @Test func `a file of checkpoints that is full is followed by the next`() throws {
        let sample = try SampleLedger(seed: 21)
        let ledger = try sample.open()
        for minute in 0..<1_030 { try sample.publish(UInt64(minute), 1, minute: Int64(minute), to: ledger) }
        #expect(try sample.sizes() == Array(1...1_030))
        #expect(try sample.disk.names().contains("acme.checkpoints.0001"))
        #expect(try sample.findings() == [])
        // And it goes on there.
        try sample.publish(1_030, 1, minute: 1_030, to: try sample.open())
        #expect(try sample.sizes().count == 1_031)
    }

    @Test func `while no signer answers, no checkpoint is kept twice`() throws {
        let sample = try SampleLedger(seed: 22)
        try sample.publish(0, 2, minute: 0, to: try sample.open())
        let ledger = try Ledger(
            disk: sample.disk, instance: KeyName("docket.example.com")!, signer: NoSigner(),
            metrics: LedgerMetrics(MetricList()), log: Log("ledger", write: { _ in }))
        for minute in 1..<4 { try sample.publish(UInt64(minute + 1), 1, minute: Int64(minute), to: ledger) }
        #expect(try sample.sizes() == [2])
        #expect(try sample.findings() == [])
        try sample.publish(5, 1, minute: 9, to: try sample.open())
        #expect(try sample.sizes() == [2, 6])
        #expect(try sample.findings() == [])
    }

    @Test(arguments: 0..<40)
    func `whatever a loss of power interrupts, what is kept is verified`(seed: Int) throws {
        let sample = try SampleLedger(seed: 3_000 + UInt64(seed))
        var dice = Dice(seed: UInt64(seed))
        var signed: UInt64 = 0
        for _ in 0..<6 {
            sample.disk.powerOff(at: sample.disk.operations + 1 + dice.roll(200))
            do throws(LedgerError) {
                let ledger = try sample.open()
                for _ in 0..<12 {
                    let next = ledger.position.offset
                    try sample.publish(next, 1 + dice.roll(30), minute: Int64(next / 40), to: ledger)
                }
            } catch {
                guard case .disk = error else { throw error }
            }
            sample.disk.restart(after: .powerLoss)
            // Nothing may have been signed yet, and nothing else may be wrong; nor may a start be needed for that.
            signed = sample.signer.signed.withLock { $0.last?.size ?? 0 }
            guard signed > 0, try sample.disk.names().contains("acme.checkpoint") else { continue }
            #expect(try sample.findings() == [])
        }
        let ledger = try sample.open()
        try sample.publish(ledger.position.offset, 1, minute: 1_000_000, to: ledger)
        let sizes = try sample.sizes()
        #expect(sizes == Array(Set(sizes)).sorted())
        #expect(try sample.findings() == [])
    }
}

private struct NoSigner: CheckpointSigner {
    func keys() throws(SignerUnreachable) -> KeyChain { throw SignerUnreachable("nobody is there") }

    func sign(_ wishes: [SigningWish]) throws(SignerUnreachable) -> [SigningAnswer] {
        throw SignerUnreachable("nobody is there")
    }
}

/// What somebody with a hand on the disk can do to a log, and a disk that does it alone.
struct LedgerDamageTests {
    /// Ten checkpoints over a hundred records, nine of them kept.
    private func sample() throws -> SampleLedger {
        let sample = try SampleLedger(seed: 30)
        let ledger = try sample.open()
        for minute in 0..<10 { try sample.publish(UInt64(minute) * 10, 10, minute: Int64(minute), to: ledger) }
        #expect(try sample.findings() == [])
        return sample
    }

    private func notes(_ sample: SampleLedger) throws -> [String] {
        let view = try LedgerView(disk: sample.disk)
        return try view.checkpoints(of: view.logs[0]).map { $0.whole + "\n" }
    }

    private func put(_ notes: [String], in sample: SampleLedger) {
        sample.disk.put("acme.checkpoints.0000", notes.flatMap { Array($0.utf8) })
    }

    @Test func `checkpoints that were dropped, swapped, doubled or cut off are named`() throws {
        let sample = try sample()
        let kept = Array(try notes(sample).dropLast())
        #expect(kept.count == 9)
        func found(_ notes: [String]) throws -> [UInt64?] {
            put(notes, in: sample)
            return try sample.findings().map(\.checkpoint)
        }
        for place in kept.indices {
            var dropped = kept
            dropped.remove(at: place)
            // They are counted, so that it is the last number that is missing.
            #expect(try found(dropped) == [8])
        }
        var swapped = kept
        swapped.swapAt(3, 4)
        #expect(try found(swapped) == [4])
        #expect(try found(kept[..<6] + [kept[5]] + kept[6...]) == [6, 9])
        var cut = kept
        cut[8].removeLast(30)
        #expect(try found(cut) == [8])
        cut[8] += "what somebody wrote"
        #expect(try found(cut) == [8])
        #expect(try found(kept + ["what somebody wrote"]) == [9])
        sample.disk.discard("acme.checkpoints.0000")
        #expect(try sample.findings().map(\.checkpoint) == [0])
        #expect(try found(kept) == [])
    }

    @Test func `an old checkpoint in place of the last one is found`() throws {
        let sample = try sample()
        let all = try notes(sample)
        for old in all.dropLast(2) {
            sample.disk.put("acme.checkpoint", Array(old.dropLast().utf8))
            #expect(try sample.findings().contains { $0.what == .checkpointOrder || $0.what == .checkpointUnknown })
        }
        sample.disk.discard("acme.checkpoint")
        #expect(try sample.findings().map(\.what) == [.checkpointMissing])
    }

    @Test func `leaves that were dropped, swapped, doubled or cut off are named`() throws {
        let sample = try sample()
        let name = "acme.leaves.0000"
        let whole = try sample.disk.contents(of: name)
        let rows = stride(from: 0, to: whole.count, by: Leaf.size).map { Array(whole[$0..<$0 + Leaf.size]) }
        func found(_ rows: [[UInt8]]) throws -> LedgerFinding? {
            sample.disk.put(name, rows.flatMap { $0 })
            return try sample.findings().first
        }
        for place in rows.indices.dropLast() {
            var dropped = rows
            dropped.remove(at: place)
            let first = try #require(try found(dropped))
            // The first that is not where it belongs, or the stretch that is too short.
            #expect(first.sequence.map { $0 / 10 == UInt64(place / 10) } ?? false, "\(place): \(first)")
        }
        var swapped = rows
        swapped.swapAt(41, 42)
        #expect(try found(swapped)?.sequence == 41)
        #expect(try found(rows[..<50] + [rows[49]] + rows[50...])?.sequence == 50)
        #expect(try found(rows.dropLast())?.what == .leafMissing)
        sample.disk.discard(name)
        #expect(try sample.findings().map(\.what).contains(.leafMissing))
        #expect(try found(rows) == nil)
    }

    /// The mutation of the tests with power losses: with such a disk they must fail, and the ledger must not go on.
    @Test func `a disk that lies about syncs is noticed, and the log that was signed does not go on`() throws {
        var noticed = 0
        for seed in 0..<60 {
            let sample = try SampleLedger(seed: UInt64(seed), lies: [.sync, .syncNames])
            let ledger = try sample.open()
            for minute in 0..<8 { try sample.publish(UInt64(minute) * 10, 10, minute: Int64(minute), to: ledger) }
            sample.disk.restart(after: .powerLoss)
            do throws(LedgerError) {
                let again = try sample.open()
                let isWhole = again.position.offset == 80
                try sample.publish(again.position.offset, 1, minute: 9, to: again)
                let story = sample.signer.signed.withLock { $0 }
                // Where all is lost, its name is lost as well, and another log begins.
                let isOther = story.last?.origin != story.first?.origin
                // The signer has a disk of its own, and remembers how long the log was.
                #expect(again.refusals.isEmpty == (isWhole || isOther))
                if !again.refusals.isEmpty { noticed += 1 }
            } catch {
                // The state is there, and what it speaks of is not.
                if case .disk = error { throw error }
                noticed += 1
            }
        }
        #expect(noticed > 20)
    }
}
