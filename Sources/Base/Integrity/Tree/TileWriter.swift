/// Turns the hashes of leaves into tiles, and knows the root.
///
/// It holds only the right edge: the tiles that are not full, at most 255 hashes on each of eight levels.
public struct TileWriter: Sendable {
    private var edge: RightEdge
    /// The hashes of the tile of each level that is not full.
    private var rows: [[Digest]]
    private let lanes: DigestLanes

    public init(lanes: DigestLanes = DigestLanes()) {
        edge = RightEdge()
        rows = Array(repeating: [], count: 8)
        self.lanes = lanes
    }

    /// Goes on with a tree that was written before.
    ///
    /// - Parameter read: gives the tiles of ``TilePlace/partial(of:)``.
    public init<Failure: Error>(
        size: UInt64, lanes: DigestLanes = DigestLanes(), read: (TilePlace) throws(Failure) -> Tile
    ) throws(Failure) {
        self.init(lanes: lanes)
        var hashes: [Digest] = []
        for place in TilePlace.partial(of: size).reversed() {
            let tile = try read(place)
            precondition(tile.place == place, "another tile than asked for")
            rows[place.level] = tile.hashes
            // The bits of the width are those of the size on this level, so its complete subtrees are the tree's.
            var start = 0
            for bit in stride(from: 7, through: 0, by: -1) where place.width >> bit & 1 == 1 {
                hashes.append(Digest(complete: tile.hashes[start..<start + 1 << bit], lanes: lanes))
                start += 1 << bit
            }
        }
        guard let edge = RightEdge(size: size, hashes: hashes) else { preconditionFailure("tiles of another size") }
        self.edge = edge
    }

    public var size: UInt64 { edge.size }
    public var root: Digest { edge.root }

    /// Adds leaves by their hashes.
    ///
    /// - Returns: the tiles that are full now. They never change again.
    public mutating func append(_ leaves: [Digest]) -> [Tile] {
        var full: [Tile] = []
        edge.append(leaves, lanes: lanes) { level, first, nodes in
            guard level % TilePlace.height == 0 else { return }
            let level = level / TilePlace.height
            let width = UInt64(TilePlace.fullWidth)
            var index = first / width
            rows[level] += nodes
            while rows[level].count >= TilePlace.fullWidth {
                let hashes = Array(rows[level].prefix(TilePlace.fullWidth))
                full.append(Tile(place: TilePlace(level: level, index: index), hashes: hashes))
                rows[level].removeFirst(TilePlace.fullWidth)
                index += 1
            }
        }
        return full
    }

    /// The tiles that are not full, as they are to be stored before a checkpoint of this size is given out.
    public var partialTiles: [Tile] { TilePlace.partial(of: size).map { Tile(place: $0, hashes: rows[$0.level]) } }
}
