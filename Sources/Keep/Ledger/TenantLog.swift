import Events
import Integrity
import Platform

/// The Merkle log of one tenant on disk: ``MerkleRows`` of leaves, and
///
/// | File | Holds |
/// | --- | --- |
/// | `TENANT.seeds.0` … | a ``SeedTree`` for 65,536 records each |
/// | `TENANT.checkpoint` | see ``CheckpointHistory`` |
/// | `TENANT.log` | ``LogIdentity`` |
///
/// - Threads: one at a time.
final class TenantLog: SignableLog {
    let tenant: TenantName
    let identity: LogIdentity
    let origin: String
    let rows: MerkleRows
    private let disk: any Disk
    private let random: RandomBytes
    private let lanes: DigestLanes
    private var seeds: (block: UInt64, tree: SeedTree)?
    let checkpoints: CheckpointHistory
    /// When the last record was accepted, in nanoseconds.
    private(set) var accepted: UInt64

    /// - Parameter head: how long the log is, by the state.
    init(
        _ tenant: TenantName, instance: String, head: LedgerState.Head?, disk: any Disk, random: RandomBytes,
        lanes: DigestLanes
    ) throws(LedgerError) {
        self.tenant = tenant
        self.disk = disk
        self.random = random
        self.lanes = lanes
        identity = try Self.identity(tenant, disk, random, isNew: head == nil)
        origin = identity.origin(instance: instance)
        let rows = try MerkleRows(
            name: tenant.text, rows: "leaves", rowSize: Leaf.size, head: head, changed: .changed(tenant), disk: disk,
            lanes: lanes)
        self.rows = rows
        func accepted(_ size: UInt64) throws(LedgerError) -> UInt64? {
            guard size > 0, size <= rows.size, let bytes = try rows.row(size - 1) else { return nil }
            return unsafe Leaf(bytes: bytes.span.bytes)?.accepted
        }
        self.accepted = try accepted(rows.size) ?? 0
        checkpoints = try CheckpointHistory(tenant, disk, count: head?.kept ?? 0, accepted: accepted)
    }

    private static func identity(
        _ tenant: TenantName, _ disk: any Disk, _ random: RandomBytes, isNew: Bool
    ) throws(LedgerError) -> LogIdentity {
        let name = "\(tenant).log"
        if let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: name) }) {
            guard let kept = LogIdentity(kept: bytes) else { throw .changed(tenant) }
            return kept
        }
        // A log that has checkpoints has a name.
        guard isNew else { throw .changed(tenant) }
        let identity = LogIdentity(random: random)
        try onDisk { () throws(DiskError) in try disk.replace(name, with: identity.revealBytes()) }
        return identity
    }

    func notConsistent(_ why: String) -> LedgerError { .notConsistent(tenant, why) }

    // MARK: Adding

    /// The seeds of the next records.
    ///
    /// - Returns: as many as asked for; the keys they are made from are durable.
    func seeds(forNext count: Int) throws(LedgerError) -> [ContentSeed] {
        let seeds = try SeedBlocks.seeds(size..<size + UInt64(count), lanes: lanes) { block throws(LedgerError) in
            try seedTree(block)
        }
        // Seeds of records that are not in the log yet cannot have been forgotten.
        return seeds.map { $0 ?? ContentSeed(random: random) }
    }

    private func seedTree(_ block: UInt64) throws(LedgerError) -> SeedTree {
        if let seeds, seeds.block == block { return seeds.tree }
        let tree: SeedTree
        if let kept = try SeedBlocks.read(block, of: tenant, disk) {
            tree = kept
        } else {
            let made = SeedTree(random: random)
            try onDisk { () throws(DiskError) in
                try disk.replace(SeedBlocks.fileName(tenant, block), with: made.revealBytes())
            }
            tree = made
        }
        seeds = (block, tree)
        return tree
    }

    /// Takes the seeds of records away for good. They must be in the log.
    func forget(_ sequences: SequenceSet) throws(LedgerError) {
        let count = UInt64(SeedTree.count)
        let blocks = Set(sequences.ranges.flatMap { $0.lowerBound / count...($0.upperBound - 1) / count })
        for block in blocks.sorted() {
            guard var tree = try SeedBlocks.read(block, of: tenant, disk) else { throw .changed(tenant) }
            for range in sequences.ranges {
                for sequence in range.clamped(to: block * count..<min(size, (block + 1) * count)) {
                    tree.forget(Int(sequence % count))
                }
            }
            let kept = tree.revealBytes()
            try onDisk { () throws(DiskError) in try disk.replace(SeedBlocks.fileName(tenant, block), with: kept) }
            if seeds?.block == block { seeds = (block, tree) }
        }
    }

    /// Adds leaves, one behind the other.
    func append(_ bytes: [UInt8]) {
        rows.append(bytes)
        let all = unsafe bytes.span.bytes
        if bytes.count >= Leaf.size, let last = Leaf(bytes: all.extracting(bytes.count - Leaf.size..<bytes.count)) {
            accepted = last.accepted
        }
    }
}
