/// A tile: up to 256 hashes that stand side by side.
public struct Tile: Sendable, Equatable {
    public let place: TilePlace
    public let hashes: [Digest]

    public init(place: TilePlace, hashes: [Digest]) {
        precondition(hashes.count == place.width, "a tile of another width")
        self.place = place
        self.hashes = hashes
    }

    /// A tile that was read.
    ///
    /// - Returns: `nil` unless there are 32 bytes for each hash.
    public init?(place: TilePlace, bytes: RawSpan) {
        guard bytes.byteCount == place.width * Digest.size else { return nil }
        self.place = place
        hashes = [Digest](capacity: place.width) { out in
            for index in 0..<place.width { out.append(Digest(at: index * Digest.size, of: bytes)) }
        }
    }

    /// The hashes, one after another: what is stored.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * Digest.size)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }
}
