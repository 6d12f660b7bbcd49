import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Ledger

/// The log of all logs on disk: what is found in it, and what is found wrong with it.
struct LogOfLogsTests {
    private let sample: SampleLedger

    /// Twelve checkpoints of one tenant, all of them entries.
    init() throws {
        sample = try SampleLedger(seed: 40)
        let ledger = try sample.open()
        for first in stride(from: 0, to: 120, by: 10) {
            try sample.append(sample.batch(UInt64(first), 10), to: ledger)
            try ledger.publish(upTo: JournalPosition(segment: 1, offset: UInt64(first) + 10))
        }
        try ledger.publish(upTo: ledger.position)
    }

    private func findings() throws -> [LedgerFinding] {
        let all = try LogOfLogsView(disk: sample.disk)
        var verifier = LedgerVerifier(try LedgerView(disk: sample.disk))
        try verifier.verifyAll(all, keys: [SampleSigner.secret.publicKey])
        return verifier.findings
    }

    /// What is found after a file was changed; it is as before then.
    private func found(_ name: String, _ change: (inout [UInt8]) -> Void) throws -> Set<LedgerFinding.What> {
        let before = try sample.disk.contents(of: name)
        var bytes = before
        change(&bytes)
        try sample.disk.replace(name, with: bytes)
        let what = Set(try findings().map(\.what))
        try sample.disk.replace(name, with: before)
        return what
    }

    @Test func `nothing is wrong with what nobody touched`() throws {
        #expect(try findings() == [])
        #expect(try LogOfLogsView(disk: sample.disk).head.size == 12)
    }

    @Test func `a record is covered by the first checkpoint that is longer`() throws {
        let all = try LogOfLogsView(disk: sample.disk)
        let log = try #require(try LedgerView(disk: sample.disk).log(of: sample.tenant))
        let note = try #require(all.checkpoint)
        let checkpoint = try #require(Checkpoint(text: note.text))
        for sequence: UInt64 in 0..<120 {
            let entry = try #require(try all.entry(covering: sequence, of: log))
            #expect(entry.checkpoint.checkpoint.size == (sequence / 10 + 1) * 10)
            let proof = try #require(try all.inclusion(of: entry.index, in: checkpoint.size))
            #expect(proof.proves(entry.checkpoint.leaf, in: checkpoint.root))
        }
        #expect(try all.entry(covering: 120, of: log) == nil)
    }

    @Test func `every size of it continues every smaller one`() throws {
        let all = try LogOfLogsView(disk: sample.disk)
        for new: UInt64 in 0...12 {
            for old in 0...new {
                let proof = try #require(try all.consistency(from: old, to: new))
                #expect(proof.proves(try all.root(at: new), continues: try all.root(at: old)))
            }
        }
    }

    @Test func `what was changed in its files is named`() throws {
        for row in [0, 5, 11] {
            #expect(try found("ALL.entries.0000") { $0[row * 32 + 3] ^= 1 }.contains(.tree))
            #expect(try found("ALL.hashes-0.0000") { $0[row * 32 + 3] ^= 1 }.contains(.tree))
            // Index, size, root, blinding.
            for place in [0, 8, 20, 60] {
                #expect(try found("acme.entries.0000") { $0[row * 80 + place] ^= 1 } == [.entry], "\(row) \(place)")
            }
        }
        #expect(try found("ALL.entries.0000") { $0.removeLast(32) } == [.entryMissing])
        let swapped = try found("acme.entries.0000") { bytes in
            let (one, other) = (Array(bytes[80..<160]), Array(bytes[160..<240]))
            bytes.replaceSubrange(80..<240, with: other + one)
        }
        #expect(swapped == [.entry])
        #expect(try found("ALL.checkpoint") { $0 = Array("nothing\n".utf8) } == [.checkpointMissing])
        #expect(try found("ALL.checkpoint") { $0[$0.count - 10] ^= 1 }.isSubset(of: [.checkpoint, .checkpointMissing]))
        // An entry that no tenant has any more.
        let less = try found("state") { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            bytes = Array(text.replacing(" 12\n", with: " 11\n").utf8)
        }
        #expect(less == [.entryMissing])
    }
}
