/// A tree that lies in tiles.
///
/// - Cost: a proof reads one or two tiles for each level of tiles and hashes at most 255 nodes in each.
public struct TileReader<Failure: Error>: TreeReading {
    /// - Unit: leaves.
    public let size: UInt64
    private let read: (TilePlace) throws(Failure) -> Tile
    private let lanes: DigestLanes
    private var tiles: [TilePlace: Tile] = [:]

    /// - Parameter size: of the tree whose tiles are there; proofs may be about it and every smaller one.
    /// - Parameter read: is asked once for each tile. It has the width that a tree of this size has.
    public init(size: UInt64, lanes: DigestLanes = DigestLanes(), read: @escaping (TilePlace) throws(Failure) -> Tile) {
        self.size = size
        self.lanes = lanes
        self.read = read
    }

    public mutating func hash(of subtree: Subtree) throws(Failure) -> Digest {
        let place = TilePlace.holding(subtree, size: size)
        let tile = try tile(at: place)
        let height = subtree.level % TilePlace.height
        let start = Int(subtree.index << UInt64(height) - place.index * UInt64(TilePlace.fullWidth))
        return Digest(complete: tile.hashes[start..<start + 1 << height], lanes: lanes)
    }

    private mutating func tile(at place: TilePlace) throws(Failure) -> Tile {
        if let known = tiles[place] { return known }
        let tile = try read(place)
        precondition(tile.place == place, "another tile than asked for")
        tiles[place] = tile
        return tile
    }
}
