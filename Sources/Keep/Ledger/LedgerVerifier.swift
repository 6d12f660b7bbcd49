public import Events
public import Integrity
import Platform

/// What is not as it was when it was signed.
public struct LedgerFinding: Sendable, Equatable, CustomStringConvertible {
    public enum What: String, Sendable {
        case leaf = "its leaf is not what was hashed"
        case leafMissing = "its leaf is missing"
        case tree = "the tree over it is not what its leaves make"
        case record = "the record is not what was taken in"
        case recordMissing = "the record is missing"
        case checkpoint = "the checkpoint is not signed by the signer's key"
        case checkpointMissing = "there is no checkpoint that can be read"
        case root = "the root is not the one that was signed"
        case erased = "the record was erased, and no record says so"
    }

    public let tenant: TenantName
    /// The record; `nil` where it is the log as a whole.
    public let sequence: UInt64?
    public let what: What

    public var description: String {
        sequence.map { "tenant \(tenant), record \($0): \(what.rawValue)" } ?? "tenant \(tenant): \(what.rawValue)"
    }
}

/// Compares the logs with their leaves, with what was signed, and with the journal.
///
/// - Cost: reads everything once.
public struct LedgerVerifier {
    /// The first findings; there may be more than are kept.
    public private(set) var findings: [LedgerFinding] = []
    public private(set) var findingCount = 0
    /// Records whose content was compared.
    public private(set) var records: UInt64 = 0
    public private(set) var leaves: UInt64 = 0
    /// Records whose content was erased, so that there is nothing to compare.
    public private(set) var erased: UInt64 = 0

    private static let keptFindings = 100
    private static let chunk: UInt64 = 1 << 16

    private let view: LedgerView
    private let lanes = DigestLanes()
    private var next: [TenantName: UInt64] = [:]
    /// Records of which only the leaf is left, and those of which the record says so.
    private var found: [TenantName: SequenceSet] = [:]
    private var told: [TenantName: SequenceSet] = [:]

    public init(_ view: LedgerView) { self.view = view }

    private mutating func find(_ tenant: TenantName, _ sequence: UInt64?, _ what: LedgerFinding.What) {
        findingCount += 1
        if findings.count < Self.keptFindings {
            findings.append(LedgerFinding(tenant: tenant, sequence: sequence, what: what))
        }
    }

    // MARK: Trees

    /// Builds the tree of a log again from its leaves.
    ///
    /// - Parameter key: the signer's; without it signatures are not checked.
    public mutating func verifyTree(of log: LedgerView.Log, key: Ed25519.PublicKey?) throws(LedgerError) {
        let signed = try verifySignature(of: log, key)
        var tree = TileWriter(lanes: lanes)
        while tree.size < log.size {
            // A stop at the size that was signed, to compare the root there.
            let stops = [tree.size + Self.chunk, log.size, signed?.size ?? log.size].filter { $0 > tree.size }
            let rows = tree.size..<stops.min()!
            guard let bytes = try view.leafBytes(rows, of: log) else {
                return find(log.tenant, rows.lowerBound, .leafMissing)
            }
            var hashes: [Digest] = []
            unsafe lanes.append(digestsOfEach: Leaf.size, in: bytes.span.bytes, prefix: 0x00, to: &hashes)
            try compare(hashes, rows, log)
            for tile in tree.append(hashes) where tile.place.level > 0 { try compare(tile, log) }
            leaves += UInt64(rows.count)
            if tree.size == signed?.size, tree.root != signed?.root { find(log.tenant, nil, .root) }
        }
        for tile in tree.partialTiles where tile.place.level > 0 { try compare(tile, log) }
        if tree.root != log.root || (signed?.size ?? 0) > log.size { find(log.tenant, nil, .root) }
    }

    private mutating func verifySignature(
        of log: LedgerView.Log, _ key: Ed25519.PublicKey?
    ) throws(LedgerError) -> Checkpoint? {
        guard let note = try view.checkpoint(of: log), let checkpoint = Checkpoint(text: note.text) else {
            find(log.tenant, nil, .checkpointMissing)
            return nil
        }
        if let key {
            let keys = KeyName(log.origin).map { [VerifierKey(name: $0, kind: .note, key: key)] } ?? []
            if checkpoint.origin != log.origin || (try? note.verify(with: keys)) == nil {
                find(log.tenant, nil, .checkpoint)
            }
        }
        return checkpoint
    }

    /// Names the first leaf that is not what the tree has of it.
    private mutating func compare(
        _ hashes: [Digest], _ rows: Range<UInt64>, _ log: LedgerView.Log
    ) throws(LedgerError) {
        guard let stored = try view.hashBytes(rows, level: 0, of: log) else {
            return find(log.tenant, rows.lowerBound, .tree)
        }
        let made = hashes.flatMap(\.array)
        if stored == made { return }
        for (place, hash) in hashes.enumerated()
        where Array(stored[place * Digest.size..<(place + 1) * Digest.size]) != hash.array {
            find(log.tenant, rows.lowerBound + UInt64(place), .leaf)
        }
    }

    private mutating func compare(_ tile: Tile, _ log: LedgerView.Log) throws(LedgerError) {
        let first = tile.place.index * UInt64(TilePlace.fullWidth)
        let rows = first..<first + UInt64(tile.place.width)
        if try view.hashBytes(rows, level: tile.place.level, of: log) != tile.bytes {
            find(log.tenant, first << UInt64(8 * tile.place.level), .tree)
        }
    }

    // MARK: Records

    /// Compares the records of a batch of the journal with what their leaves commit to. Batches come in order.
    ///
    /// - Parameter cut: gives what a leaf says of each record, in their order.
    public mutating func verify(
        _ batch: JournaledBatch, cut: (_ index: Int, _ add: (borrowing LeafContent) -> Void) -> Void
    ) throws(LedgerError) {
        let tenant = batch.batch.tenant
        guard let log = view.log(of: tenant) else { return }
        let rows = batch.firstSequence..<batch.firstSequence + UInt64(batch.batch.entries.count)
        let expected = next[tenant] ?? 0
        for sequence in expected..<max(expected, rows.lowerBound) { try findMissing(sequence, log) }
        next[tenant] = max(expected, rows.upperBound)
        guard rows.upperBound <= log.size, let bytes = try view.leafBytes(rows, of: log) else {
            return find(tenant, rows.lowerBound, .leafMissing)
        }
        let seeds = try view.seeds(rows, of: log)
        var contents = ContentBatch(lanes: lanes)
        var leaves: [Leaf] = []
        var compared: [Int] = []
        for index in 0..<rows.count {
            let place = index * Leaf.size
            guard unsafe Leaf(bytes: bytes.span.bytes.extracting(place..<place + Leaf.size)) != nil else {
                find(tenant, rows.lowerBound + UInt64(index), .leaf)
                continue
            }
            // While an erasure is carried out, either may be gone first.
            guard let seed = seeds[index], batch.batch.entries[index].encoding != .erased else {
                found[tenant, default: SequenceSet()].insert(rows.lowerBound + UInt64(index))
                erased += 1
                continue
            }
            compared.append(index)
            cut(index) { content in
                content.commit(seed: seed, in: &contents)
                leaves.append(content.leaf(of: index, in: batch, log.identity))
            }
        }
        for (place, root) in contents.finishRoots().enumerated() {
            leaves[place].content = root
            let start = compared[place] * Leaf.size
            if leaves[place].bytes != Array(bytes[start..<start + Leaf.size]) {
                find(tenant, rows.lowerBound + UInt64(compared[place]), .record)
            }
        }
        records += UInt64(compared.count)
    }

    /// Takes notice of an erasure. The record that tells of it is itself compared with its leaf.
    public mutating func note(_ erasure: ErasureRecord, of tenant: TenantName) {
        told[tenant, default: SequenceSet()].formUnion(erasure.sequences)
    }

    /// To be called behind the last batch: what has a leaf, and no record in the journal.
    public mutating func finish() throws(LedgerError) {
        for (tenant, erased) in found.sorted(by: { $0.key < $1.key }) {
            let told = told[tenant] ?? SequenceSet()
            for sequence in erased.ranges.joined() where !told.contains(sequence) { find(tenant, sequence, .erased) }
        }
        for log in view.logs {
            for sequence in (next[log.tenant] ?? 0)..<max(log.size, next[log.tenant] ?? 0) {
                try findMissing(sequence, log)
            }
        }
    }

    private mutating func findMissing(_ sequence: UInt64, _ log: LedgerView.Log) throws(LedgerError) {
        guard let bytes = try view.leafBytes(sequence..<sequence + 1, of: log),
            let leaf = unsafe Leaf(bytes: bytes.span.bytes)
        else { return find(log.tenant, sequence, .leafMissing) }
        // What was lost before it came into the log is no change since.
        if leaf.source == Leaf.ownSource, leaf.type == Leaf.OwnType.lost.rawValue { return }
        find(log.tenant, sequence, .recordMissing)
    }
}
