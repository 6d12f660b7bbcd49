import Codecs
import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Ledger

/// A signer with a disk of its own, and a list of what left it.
final class SampleSigner: CheckpointSigner {
    static let secret = Ed25519.SecretKey(seed: [UInt8](repeating: 7, count: 32))!
    private let signer: LocalSigner
    let signed = Locked<[Checkpoint]>([])

    init() throws {
        let name = KeyName("docket-signer")!
        let chain = KeyChain(first: VerifierKey(name: name, kind: .note, key: Self.secret.publicKey))
        signer = LocalSigner(
            SignerKeys(secrets: [Self.secret], chain: chain), book: try SigningBook(disk: SimulatedDisk(seed: 0)))
    }

    func keys() -> KeyChain { signer.keys() }

    func sign(_ wishes: [SigningWish]) throws(SignerUnreachable) -> [SigningAnswer] {
        let answers = try signer.sign(wishes)
        for (wish, answer) in zip(wishes, answers) {
            if case .signed = answer { signed.withLock { $0.append(wish.checkpoint) } }
        }
        return answers
    }
}

/// A ledger on a disk that can lose its power.
struct SampleLedger {
    let disk: SimulatedDisk
    let signer: SampleSigner
    let tenant = TenantName("acme")!

    init(seed: UInt64, lies: SimulatedDisk.Lies = []) throws {
        disk = SimulatedDisk(seed: seed, lies: lies)
        disk.put(Ledger.instanceName, Array("docket.example.com\n".utf8))
        signer = try SampleSigner()
    }

    func open() throws(LedgerError) -> Ledger {
        try Ledger(
            disk: disk, instance: KeyName("docket.example.com")!, signer: signer,
            metrics: LedgerMetrics(MetricList()), log: Log("ledger", write: { _ in }))
    }

    /// A batch of the journal, always the same for the same sequence.
    func batch(_ first: UInt64, _ count: Int) -> JournaledBatch {
        var batch = RecordBatch(tenant: tenant, source: "test", contexts: [.init()])
        for index in 0..<UInt64(count) {
            let text = Array("record \(first + index)".utf8)
            batch.entries.append(
                .init(
                    kind: .activity, encoding: .json, context: 0,
                    range: .init(start: batch.storage.count, count: text.count)))
            batch.storage += text
        }
        return JournaledBatch(
            batch: batch, firstSequence: first, accepted: Timestamp(nanoseconds: 1_000 + Int64(first)),
            position: JournalPosition(segment: 1, offset: first),
            end: JournalPosition(segment: 1, offset: first + UInt64(count)))
    }

    /// What the tenant knows of its checkpoints in the log of all logs.
    func entries() throws -> [TenantEntry] {
        let state = try #require(LedgerState(kept: try disk.contents(of: "state")))
        let origin = try #require(signer.signed.withLock { $0 }.first?.origin)
        let bytes = try disk.contents(of: "acme.entries.0000")
        return try (0..<Int(state.logs[tenant]?.entries ?? 0)).map { number in
            let start = number * TenantEntry.rowSize
            let row = unsafe bytes.span.bytes.extracting(start..<start + TenantEntry.rowSize)
            let entry = TenantEntry(row: row, origin: origin)
            return try #require(entry)
        }
    }

    func append(_ batch: JournaledBatch, to ledger: Ledger) throws(LedgerError) {
        let bytes = unsafe batch.batch.storage.span.bytes
        try ledger.append(batch) { index, add in
            let range = batch.batch.entries[index].range.range
            let content = LeafContent(
                happened: 5, source: 1, schema: 1, id: bytes.extracting(range), bytes: bytes,
                ranges: [0..<0, 0..<0, 0..<0, 0..<0, range, 0..<0, 0..<0])
            add(content)
        }
    }
}

struct LedgerTests {
    @Test func `every record has a leaf, and the checkpoint is signed over all of them`() throws {
        let sample = try SampleLedger(seed: 1)
        let ledger = try sample.open()
        try sample.append(sample.batch(0, 700), to: ledger)
        try sample.append(sample.batch(700, 3), to: ledger)
        try ledger.publish(upTo: JournalPosition(segment: 1, offset: 703))

        let text = String(decoding: try sample.disk.contents(of: "acme.checkpoint"), as: UTF8.self)
        let note = try SignedNote(parsing: text)
        let checkpoint = try #require(Checkpoint(text: note.text))
        let name = try #require(KeyName(checkpoint.origin))
        let key = VerifierKey(name: name, kind: .note, key: SampleSigner.secret.publicKey)
        #expect(try note.verify(with: [key]).count == 1)
        #expect(checkpoint.size == 703)
        // The root again, from the stored leaves alone.
        let leaves = try sample.disk.contents(of: "acme.leaves.0000")
        var tree = MemoryTree()
        for start in stride(from: 0, to: leaves.count, by: Leaf.size) {
            let leaf = try #require(unsafe Leaf(bytes: leaves.span.bytes.extracting(start..<start + Leaf.size)))
            #expect(leaf.sequence == UInt64(start / Leaf.size))
            tree.append([leaf.hash])
        }
        #expect(tree.root == checkpoint.root)
    }

    @Test func `what was added before is passed over, and what the journal lost has a leaf that says so`() throws {
        let sample = try SampleLedger(seed: 2)
        let ledger = try sample.open()
        try sample.append(sample.batch(0, 10), to: ledger)
        try sample.append(sample.batch(5, 10), to: ledger)
        try sample.append(sample.batch(20, 1), to: ledger)
        try ledger.publish(upTo: .start)
        let leaves = try sample.disk.contents(of: "acme.leaves.0000")
        let kinds = stride(from: 0, to: leaves.count, by: Leaf.size).map { start in
            unsafe Leaf(bytes: leaves.span.bytes.extracting(start..<start + Leaf.size))!
        }
        #expect(kinds.map(\.sequence) == Array(0..<21))
        #expect(kinds.map { $0.source == Leaf.ownSource } == (0..<21).map { (15..<20).contains($0) })
    }

    @Test(arguments: 0..<60)
    func `after any loss of power the log continues what was signed`(seed: Int) throws {
        let sample = try SampleLedger(seed: UInt64(seed))
        var dice = Dice(seed: UInt64(seed) &+ 1_000)
        for _ in 0..<6 {
            sample.disk.powerOff(at: sample.disk.operations + 1 + dice.roll(160))
            do throws(LedgerError) {
                let ledger = try sample.open()
                var next = ledger.position.offset
                for _ in 0..<8 {
                    let count = 1 + dice.roll(400)
                    try sample.append(sample.batch(next, count), to: ledger)
                    next += UInt64(count)
                    if dice.roll(2) == 0 { try ledger.publish(upTo: JournalPosition(segment: 1, offset: next)) }
                    // A signer that refuses has seen two stories.
                    let refused = ledger.refusals.count
                    #expect(refused == 0)
                }
            } catch {
                // The power went off; nothing else may have happened.
                guard case .disk = error else { throw error }
            }
            sample.disk.restart(after: .powerLoss)
        }
        let ledger = try sample.open()
        try sample.append(sample.batch(ledger.position.offset, 3), to: ledger)
        try ledger.publish(upTo: JournalPosition(segment: 1, offset: ledger.position.offset + 3))
        try ledger.publish(upTo: ledger.position)
        #expect(ledger.refusals.isEmpty && !ledger.hasUnsigned)
        let story = sample.signer.signed.withLock { $0 }
        let ofTenant = story.filter { $0.origin != "docket.example.com/all" }
        #expect(ofTenant.last?.size == ledger.position.offset)
        // Each of them is in the log of all logs once, whatever ended the program when.
        let entries = try sample.entries()
        #expect(
            entries.map(\.checkpoint.checkpoint.size)
                == ofTenant.map(\.size).reduce(into: []) { sizes, size in
                    if sizes.last != size { sizes.append(size) }
                })
        #expect(Set(entries.map(\.checkpoint.checkpoint.root)) == Set(ofTenant.map(\.root)))
        let all = story.last { $0.origin == "docket.example.com/all" }
        #expect(all?.size == UInt64(entries.count))
        var tree = MemoryTree()
        for (index, entry) in entries.enumerated() {
            #expect(entry.index == UInt64(index))
            tree.append([entry.checkpoint.leaf])
        }
        #expect(all?.root == tree.root)
    }

    @Test func `a log that was changed on disk is not opened`() throws {
        for (name, place) in [("acme.hashes-0.0000", 32 * 699), ("acme.hashes-1.0000", 33)] {
            let sample = try SampleLedger(seed: 3)
            let ledger = try sample.open()
            try sample.append(sample.batch(0, 700), to: ledger)
            try ledger.publish(upTo: JournalPosition(segment: 1, offset: 700))
            let file = try sample.disk.open(name)
            try unsafe file.write([UInt8(0xFF)].span.bytes, at: place)
            #expect(throws: LedgerError.self) { try sample.open() }
        }
    }

    @Test func `a log from an old copy is not signed`() throws {
        let sample = try SampleLedger(seed: 4)
        let old = try sample.open()
        try sample.append(sample.batch(0, 5), to: old)
        try old.publish(upTo: JournalPosition(segment: 1, offset: 5))
        let copy = try sample.disk.names().map { ($0, try sample.disk.contents(of: $0)) }
        try sample.append(sample.batch(5, 5), to: old)
        try old.publish(upTo: JournalPosition(segment: 1, offset: 10))
        for (name, bytes) in copy { try sample.disk.replace(name, with: bytes) }
        let ledger = try sample.open()
        try sample.append(sample.batch(5, 1), to: ledger)
        try ledger.publish(upTo: JournalPosition(segment: 1, offset: 6))
        #expect(ledger.refusals.count == 1)
    }
}

/// Seeds that are taken away.
struct ForgettingTests {
    @Test(arguments: 0..<20) func `the seeds of what is erased are gone, also after a loss of power, and no other`(
        seed: Int
    ) throws {
        let sample = try SampleLedger(seed: UInt64(seed))
        var dice = Dice(seed: UInt64(seed) + 500)
        _ = try Ledger.instance(disk: sample.disk, wish: KeyName("docket.example.com")!)
        let ledger = try sample.open()
        try sample.append(sample.batch(0, 300), to: ledger)
        try ledger.publish(upTo: JournalPosition(segment: 1, offset: 300))
        let log = try #require(try LedgerView(disk: sample.disk).log(of: sample.tenant))
        let before = try LedgerView(disk: sample.disk).seeds(0..<300, of: log)
        let erased = SequenceSet((0..<300).filter { _ in dice.roll(3) == 0 })
        try ledger.forget(erased, of: sample.tenant)
        // The log goes on with seeds that were not touched.
        try sample.append(sample.batch(300, 5), to: ledger)
        try ledger.publish(upTo: JournalPosition(segment: 1, offset: 305))
        sample.disk.powerOff(at: sample.disk.operations + 1)
        sample.disk.restart(after: .powerLoss)
        let view = try LedgerView(disk: sample.disk)
        let after = try view.seeds(0..<305, of: try #require(view.log(of: sample.tenant)))
        for sequence in 0..<300 {
            let isKept = after[sequence] != nil
            #expect(isKept == !erased.contains(UInt64(sequence)))
            if isKept { #expect(after[sequence]?.salt(of: .who) == before[sequence]?.salt(of: .who)) }
        }
        #expect(after[300...].allSatisfy { $0 != nil })
    }
}
