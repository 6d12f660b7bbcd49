import Events
import Integrity
import Platform

/// The Merkle log of one tenant on disk.
///
/// | File | Rows |
/// | --- | --- |
/// | `TENANT.leaves.0000` | leaves of 126 bytes, as they are hashed |
/// | `TENANT.hashes-0.0000` | their hashes; 256 of them are a tile |
/// | `TENANT.hashes-1.0000` … | the roots of full tiles, level by level |
/// | `TENANT.seeds.0` … | a ``SeedTree`` for 65,536 records each |
/// | `TENANT.log` | ``LogIdentity`` |
///
/// - Threads: one at a time.
final class TenantLog {
    let tenant: TenantName
    let identity: LogIdentity
    private let disk: any Disk
    private let random: RandomBytes
    private let lanes: DigestLanes
    private var tree: TileWriter
    private let leaves: RowFile
    private let levels: [RowFile]
    /// Leaves that are not written yet, and the row of the first.
    private var waiting: [UInt8] = []
    private var written: UInt64
    /// Tiles that got full and are not written yet.
    private var full: [Tile] = []
    private var seeds: (block: UInt64, tree: SeedTree)?

    var size: UInt64 { tree.size }
    var root: Digest { tree.root }
    /// Whether there is something that ``write()`` has to do.
    var hasChanged: Bool { written < tree.size }

    /// - Parameter head: how long the log is, by the state.
    init(
        _ tenant: TenantName, head: LedgerState.Head?, disk: any Disk, random: RandomBytes, lanes: DigestLanes
    ) throws(LedgerError) {
        self.tenant = tenant
        self.disk = disk
        self.random = random
        self.lanes = lanes
        leaves = RowFile(disk: disk, name: "\(tenant).leaves", rowSize: Leaf.size)
        let levels = Self.levels(tenant, disk)
        self.levels = levels
        identity = try Self.identity(tenant, disk, random, isNew: head == nil)
        tree = try TileWriter(size: head?.size ?? 0, lanes: lanes) { place throws(LedgerError) in
            try Self.tile(at: place, of: levels, tenant)
        }
        written = tree.size
        if let head, tree.root != head.root { throw .changed(tenant) }
    }

    /// The files of the hashes, level by level of tiles.
    static func levels(_ tenant: TenantName, _ disk: any Disk) -> [RowFile] {
        (0..<8).map { RowFile(disk: disk, name: "\(tenant).hashes-\($0)", rowSize: Digest.size) }
    }

    static func tile(at place: TilePlace, of levels: [RowFile], _ tenant: TenantName) throws(LedgerError) -> Tile {
        let first = place.index * UInt64(TilePlace.fullWidth)
        let bytes = try onDisk { () throws(DiskError) in
            try levels[place.level].read(first..<first + UInt64(place.width))
        }
        guard let bytes, let tile = unsafe Tile(place: place, bytes: bytes.span.bytes) else { throw .changed(tenant) }
        return tile
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
        var hashes: [Digest] = []
        let all = unsafe bytes.span.bytes
        lanes.append(digestsOfEach: Leaf.size, in: all, prefix: 0x00, to: &hashes)
        full += tree.append(hashes)
        waiting += bytes
    }

    // MARK: Writing

    /// Makes everything durable that was added.
    func write() throws(DiskError) {
        guard hasChanged else { return }
        let added = waiting
        try leaves.write(unsafe added.span.bytes, at: written)
        for tile in full + tree.partialTiles {
            let bytes = tile.bytes
            let span = unsafe bytes.span.bytes
            try levels[tile.place.level].write(span, at: tile.place.index * UInt64(TilePlace.fullWidth))
        }
        let files = [leaves] + levels
        for file in files { try file.sync() }
        if files.contains(where: \.hasNewNames) {
            try disk.syncNames()
            for file in files { file.namesAreSynced() }
        }
        waiting.removeAll(keepingCapacity: true)
        full.removeAll()
        written = tree.size
    }

    /// The proof that the log continues what it was. Everything that was added must be written.
    func consistency(from old: UInt64) throws(LedgerError) -> ConsistencyProof {
        let (levels, tenant) = (levels, tenant)
        var reader = TileReader(size: written, lanes: lanes) { place throws(LedgerError) in
            try Self.tile(at: place, of: levels, tenant)
        }
        guard let proof = try reader.consistencyProof(from: old, to: written) else { throw .changed(tenant) }
        return proof
    }
}
