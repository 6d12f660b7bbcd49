import Integrity
import Platform

/// A Merkle tree on disk: rows that are hashed as they are stored, and the hashes over them.
///
/// | File | Rows |
/// | --- | --- |
/// | `NAME.ROWS.0000` | what is hashed |
/// | `NAME.hashes-0.0000` | the hashes of the rows; 256 of them are a tile |
/// | `NAME.hashes-1.0000` … | the roots of full tiles, level by level |
///
/// - Threads: one at a time.
final class MerkleRows {
    private let disk: any Disk
    private let lanes: DigestLanes
    private let rows: RowFile
    private let levels: [RowFile]
    /// What is said when the files are not what they were.
    private let changed: LedgerError
    private var tree: TileWriter
    /// Rows that are not written yet, and the number of the first.
    private var waiting: [UInt8] = []
    private var written: UInt64
    /// Tiles that got full and are not written yet.
    private var full: [Tile] = []

    var size: UInt64 { tree.size }
    var root: Digest { tree.root }
    /// Whether there is something that ``write()`` has to do.
    var hasChanged: Bool { written < tree.size }

    /// - Parameter head: how long the tree is, by the state; `nil` for a new one.
    init(
        name: String, rows: String, rowSize: Int, head: LedgerState.Head?, changed: LedgerError, disk: any Disk,
        lanes: DigestLanes
    ) throws(LedgerError) {
        self.disk = disk
        self.lanes = lanes
        self.changed = changed
        self.rows = RowFile(disk: disk, name: "\(name).\(rows)", rowSize: rowSize)
        let levels = Self.levels(name, disk)
        self.levels = levels
        tree = try TileWriter(size: head?.size ?? 0, lanes: lanes) { place throws(LedgerError) in
            try Self.tile(at: place, of: levels, changed)
        }
        written = tree.size
        if let head, tree.root != head.root { throw changed }
    }

    /// The files of the hashes, level by level of tiles.
    static func levels(_ name: String, _ disk: any Disk) -> [RowFile] {
        (0..<8).map { RowFile(disk: disk, name: "\(name).hashes-\($0)", rowSize: Digest.size) }
    }

    static func tile(
        at place: TilePlace, of levels: [RowFile], _ changed: LedgerError
    ) throws(LedgerError) -> Tile {
        let first = place.index * UInt64(TilePlace.fullWidth)
        let bytes = try onDisk { () throws(DiskError) in
            try levels[place.level].read(first..<first + UInt64(place.width))
        }
        guard let bytes, let tile = unsafe Tile(place: place, bytes: bytes.span.bytes) else { throw changed }
        return tile
    }

    /// A row that is written.
    func row(_ number: UInt64) throws(LedgerError) -> [UInt8]? {
        try onDisk { () throws(DiskError) in try rows.read(number..<number + 1) }
    }

    /// Adds rows, one behind the other.
    func append(_ bytes: [UInt8]) {
        var hashes: [Digest] = []
        let all = unsafe bytes.span.bytes
        lanes.append(digestsOfEach: rows.rowSize, in: all, prefix: 0x00, to: &hashes)
        full += tree.append(hashes)
        waiting += bytes
    }

    /// Makes everything durable that was added.
    func write() throws(DiskError) {
        guard hasChanged else { return }
        let added = waiting
        try rows.write(unsafe added.span.bytes, at: written)
        for tile in full + tree.partialTiles {
            let bytes = tile.bytes
            let span = unsafe bytes.span.bytes
            try levels[tile.place.level].write(span, at: tile.place.index * UInt64(TilePlace.fullWidth))
        }
        try RowFile.sync([rows] + levels, disk)
        waiting.removeAll(keepingCapacity: true)
        full.removeAll()
        written = tree.size
    }

    // MARK: Proofs

    /// The proof that the tree continues what it was. Everything that was added must be written.
    func consistency(from old: UInt64) throws(LedgerError) -> ConsistencyProof {
        var reader = reader
        guard let proof = try reader.consistencyProof(from: old, to: written) else { throw changed }
        return proof
    }

    /// The root that the tree had when it was smaller. Everything that was added must be written.
    func root(at size: UInt64) throws(LedgerError) -> Digest {
        guard size <= written else { throw changed }
        var reader = reader
        return try reader.root(at: size)
    }

    private var reader: TileReader<LedgerError> {
        let (levels, changed) = (levels, changed)
        return TileReader(size: written, lanes: lanes) { place throws(LedgerError) in
            try Self.tile(at: place, of: levels, changed)
        }
    }
}
