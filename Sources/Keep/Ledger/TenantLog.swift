import Events
import Integrity
import Platform

/// The Merkle log of one tenant on disk: ``MerkleRows`` of leaves, and
///
/// | File | Holds |
/// | --- | --- |
/// | `TENANT.seeds.0` … | a ``SeedTree`` for 65,536 records each |
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
        rows = try MerkleRows(
            name: tenant.text, rows: "leaves", rowSize: Leaf.size, head: head, changed: .changed(tenant), disk: disk,
            lanes: lanes)
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

    /// Adds leaves, one behind the other.
    func append(_ bytes: [UInt8]) { rows.append(bytes) }
}
