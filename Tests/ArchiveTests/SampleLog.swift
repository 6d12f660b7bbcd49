import Archive
import ArchiveFormat
import Codecs
import Events
import Integrity
import Platform
import TestKit

/// A log in memory: leaves, seeds and checkpoints of records that are always the same.
final class SampleLog: LogSource {
    static let secret = Ed25519.SecretKey(seed: [UInt8](repeating: 7, count: 32))!
    let tenant: TenantName
    let id: ShortID
    private(set) var leaves: [Leaf] = []
    private var seeds: [ContentSeed?] = []
    private var tree = MemoryTree()
    /// How many records the last checkpoint covers; `nil` for all.
    var signed: UInt64?

    init(_ tenant: String = "acme") {
        self.tenant = TenantName(tenant)!
        id = ShortID(Digest(of: Array(tenant.utf8).rawBytes))
    }

    /// Adds leaves for records, `every` apart.
    func add(_ count: Int, from start: Timestamp, every: Timestamp.Span) {
        for _ in 0..<count {
            let sequence = UInt64(leaves.count)
            let accepted = start + Timestamp.Span(nanoseconds: every.nanoseconds * Int64(leaves.count))
            let leaf = Leaf(
                log: id, sequence: sequence, accepted: UInt64(accepted.nanoseconds), happened: 5, source: 4, type: 0,
                rules: ShortID(high: 0, low: 1), schema: 1, event: .zero,
                content: Digest(of: Array("content \(sequence)".utf8).rawBytes))
            leaves.append(leaf)
            let key = Digest(of: Array("seed \(sequence)".utf8).rawBytes).array
            seeds.append(ContentSeed(kept: key.rawBytes))
            tree.append([leaf.hash])
        }
    }

    func forget(_ sequence: Int) { seeds[sequence] = nil }

    func seed(_ sequence: Int) -> ContentSeed? { seeds[sequence] }

    /// A batch of the journal; the records of one are accepted together with its first.
    func batch(_ range: Range<Int>) -> JournaledBatch {
        var batch = RecordBatch(tenant: tenant, source: "test", contexts: [.init(credential: "c", peer: "192.0.2.1")])
        for index in range {
            let text = Array(
                #"{"id":"activity_\#(index)","actor":{"email_address":"person\#(index)@example.com"}}"#.utf8)
            batch.entries.append(
                .init(
                    kind: .activity, encoding: .json, context: 0,
                    range: .init(start: batch.storage.count, count: text.count)))
            batch.storage += text
        }
        return JournaledBatch(
            batch: batch, firstSequence: UInt64(range.lowerBound),
            accepted: Timestamp(nanoseconds: Int64(leaves[range.lowerBound].accepted)),
            position: JournalPosition(segment: 1, offset: UInt64(range.lowerBound + 1)),
            end: JournalPosition(segment: 1, offset: UInt64(range.upperBound + 1)))
    }

    // MARK: LogSource

    func archivedLeaves(_ sequences: Range<UInt64>, of tenant: TenantName) -> [UInt8]? {
        guard sequences.upperBound <= UInt64(leaves.count) else { return nil }
        return leaves[Int(sequences.lowerBound)..<Int(sequences.upperBound)].flatMap(\.bytes)
    }

    func archivedSeeds(_ sequences: Range<UInt64>, of tenant: TenantName) -> [ContentSeed?] {
        Array(seeds[Int(sequences.lowerBound)..<Int(sequences.upperBound)])
    }

    func archivedCheckpoint(of tenant: TenantName) -> SignedNote? {
        let size = signed ?? UInt64(leaves.count)
        guard size > 0 else { return nil }
        let checkpoint = Checkpoint(
            origin: "docket.example.com/t/\(id.hexadecimal)", size: size, root: tree.root(at: size))!
        var note = checkpoint.note
        note.add(NoteSigner(name: KeyName(checkpoint.origin)!, secret: Self.secret).signature(over: note))
        return note
    }

    func archivedProof(of sequences: Range<UInt64>, under note: SignedNote, _ tenant: TenantName) -> RangeProof? {
        tree.rangeProof(of: sequences, in: Checkpoint(text: note.text)!.size, under: note)
    }
}

/// An archive in memory that notices what may never happen, and fails on demand.
final class MemoryTarget: ArchiveTarget {
    struct Stored: Equatable, Sendable {
        let bytes: [UInt8]
        let keep: Retention
    }

    let stored = Locked<[String: Stored]>([:])
    /// How often something was put that was there already.
    let repeated = Locked(0)
    /// After so many puts the next ones fail; `nil` for never.
    let failing = Locked<Int?>(nil)
    /// Names that begin like this are refused.
    let refused = Locked<String?>(nil)

    func check() {}

    func put(_ name: String, _ content: ArchiveContent, keep: Retention) throws(ArchiveError) -> String? {
        let isFailing = failing.withLock { left in
            guard let count = left else { return false }
            left = max(0, count - 1)
            return count == 0
        }
        if let prefix = refused.withLock({ $0 }), name.hasPrefix(prefix) { throw .refused("not for you") }
        if isFailing { throw .again("the store fails", after: .seconds(1)) }
        let bytes: [UInt8]
        do throws(DiskError) { bytes = try content.read(0..<content.size) } catch { throw .disk(error) }
        let new = Stored(bytes: bytes, keep: keep)
        let known = stored.withLock { $0[name] }
        if let known {
            repeated.withLock { $0 += 1 }
            if known.bytes != bytes { throw .conflict(name) }
        } else {
            stored.withLock { $0[name] = new }
        }
        return "v1"
    }

    func get(_ name: String, version: String?) -> [UInt8]? { stored.withLock { $0[name]?.bytes } }
    func names() -> [String] { stored.withLock { $0.keys.sorted() } }
    func retention(of name: String, version: String?) -> Retention? { stored.withLock { $0[name]?.keep } }

    /// Every line, in the order of the logs, after everything was compared.
    func lines() throws -> [ArchiveLine] {
        let reader = ArchiveReader(self)
        let check = ArchiveCheck(keys: [SampleLog.secret.publicKey])
        var order = ArchiveSequence()
        var lines: [ArchiveLine] = []
        for name in try reader.manifests() {
            if let finding = order.follow(name) { throw finding }
            let manifest = try reader.manifest(name)
            try reader.checkRetention(manifest)
            try check.check(manifest, try reader.object(manifest)) { line in lines.append(line) }
        }
        return lines
    }
}
