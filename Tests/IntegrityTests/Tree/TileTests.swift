import Integrity
import TestKit
import Testing

struct TileTests {
    struct Missing: Error {}

    @Test(arguments: [
        (0, 0, 256, "tile/0/000"), (0, 67, 256, "tile/0/067"), (1, 999, 5, "tile/1/999.p/5"),
        (0, 1_000, 256, "tile/0/x001/000"), (2, 1_234_067, 256, "tile/2/x001/x234/067"),
        (0, 1_234_067, 255, "tile/0/x001/x234/067.p/255"),
    ])
    func `a tile has its path, and a path its tile`(level: Int, index: Int, width: Int, path: String) {
        let place = TilePlace(level: level, index: UInt64(index), width: width)
        #expect(place.path == path)
        #expect(TilePlace(path: path) == place)
        let entries = TilePlace.entriesPath(index: UInt64(index), width: width)
        #expect(entries == "tile/entries/" + path.dropFirst(7))
        #expect(TilePlace.entries(path: entries).map { $0 == (UInt64(index), width) } == true)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/8/000", "tile/-1/000",
        "tile/0/x000/000", "tile/0/001/000", "tile/0/x001", "tile/0/000.p", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/05", "tile/0/000/p/5", "tile/0/+01", "tile/0/x001/x000/x000/x000/x000/x000/x000/x000/000",
        "/tile/0/000", "tile/0/000/", "tile/0/../000", "tile/entries/00", "tile/entries/000.p/256",
    ])
    func `a path that no tile has is refused`(path: String) {
        #expect(TilePlace(path: path) == nil)
        #expect(TilePlace.entries(path: path) == nil)
    }

    /// The example of C2SP tlog-tiles.
    @Test func `a tree of 70,000 leaves has 273 full tiles and the partial ones of the specification`() {
        #expect(
            TilePlace.partial(of: 70_000) == [
                TilePlace(level: 0, index: 273, width: 112), TilePlace(level: 1, index: 1, width: 17),
                TilePlace(level: 2, index: 0, width: 1),
            ])
        #expect(TilePlace.partial(of: 256) == [TilePlace(level: 1, index: 0, width: 1)])
        #expect(TilePlace.partial(of: 0).isEmpty)

        var dice = Dice(seed: 20)
        let leaves = (0..<70_000).map { _ in Digest(utf8("\(dice.next())")) }
        var writer = TileWriter()
        var full: [Tile] = []
        for start in stride(from: 0, to: leaves.count, by: 7_000) {
            full += writer.append(Array(leaves[start..<start + 7_000]))
        }
        #expect(full.count(where: { $0.place.level == 0 }) == 273)
        #expect(full.count(where: { $0.place.level == 1 }) == 1)
        #expect(Set(full.map(\.place)).count == 274)
        var tree = MemoryTree()
        tree.append(leaves)
        #expect(writer.root == tree.root)
        #expect(writer.partialTiles.map(\.place) == TilePlace.partial(of: 70_000))
    }

    @Test(arguments: 0..<6)
    func `proofs from tiles are those from memory, also after a restart`(seed: Int) throws {
        var dice = Dice(seed: 300 + UInt64(seed))
        var writer = TileWriter()
        var tree = MemoryTree()
        var disk: [String: [UInt8]] = [:]
        func read(_ place: TilePlace) throws(Missing) -> Tile {
            guard let bytes = disk[place.path], let tile = Tile(place: place, bytes: bytes.rawBytes) else {
                throw Missing()
            }
            return tile
        }
        for _ in 0..<12 {
            let leaves = randomEntries(dice.roll(dice.pick([3, 300, 1_500])), &dice).map { Digest($0) }
            tree.append(leaves)
            for tile in writer.append(leaves) { disk[tile.place.path] = tile.bytes }
            for tile in writer.partialTiles { disk[tile.place.path] = tile.bytes }
            #expect(writer.root == tree.root && writer.size == tree.size)
            if dice.roll(3) == 0 {
                writer = try TileWriter(size: writer.size, read: read)
                #expect(writer.root == tree.root && writer.size == tree.size)
            }
            guard tree.size > 0 else { continue }
            var reader = TileReader(size: tree.size, read: read)
            for _ in 0..<20 {
                let size = UInt64(1 + dice.roll(Int(tree.size)))
                let index = UInt64(dice.roll(Int(size)))
                #expect(try reader.inclusionProof(of: index, in: size) == tree.inclusionProof(of: index, in: size))
                #expect(
                    try reader.consistencyProof(from: index, to: size) == tree.consistencyProof(from: index, to: size))
                #expect(try reader.root(at: size) == tree.root(at: size))
            }
        }
    }

    @Test func `a tile that cannot be read stops the proof with that error`() {
        var reader = TileReader(size: 1_000) { (_) throws(Missing) in throw Missing() }
        #expect(throws: Missing.self) { try reader.inclusionProof(of: 3, in: 1_000) }
        #expect(throws: Missing.self) { try TileWriter(size: 3) { (_) throws(Missing) in throw Missing() } }
    }

    @Test func `a tile of another length is refused`() {
        let place = TilePlace(level: 0, index: 0, width: 2)
        func tile(_ count: Int) -> Tile? {
            let bytes = [UInt8](repeating: 0, count: count)
            return Tile(place: place, bytes: bytes.rawBytes)
        }
        #expect(tile(64) != nil && tile(63) == nil && tile(65) == nil && tile(0) == nil)
    }

    @Test func `entries of a bundle are found again`() throws {
        var dice = Dice(seed: 21)
        let entries = randomEntries(200, &dice) + [[UInt8](repeating: 7, count: EntryBundle.largestEntry)]
        var bundle: [UInt8] = []
        for entry in entries { try #require(append(entry, to: &bundle)) }
        let before = bundle
        #expect(!append([UInt8](repeating: 7, count: EntryBundle.largestEntry + 1), to: &bundle))
        #expect(bundle == before)
        #expect(EntryBundle.ranges(in: bundle.rawBytes)?.map { Array(bundle[$0]) } == entries)
        #expect(Array(bundle.prefix(2)) == [UInt8(entries[0].count >> 8), UInt8(entries[0].count & 255)])
        bundle.removeLast()
        #expect(EntryBundle.ranges(in: bundle.rawBytes) == nil)
        let crowd = [UInt8](repeating: 0, count: 257 * 2)
        #expect(EntryBundle.ranges(in: crowd.rawBytes) == nil)
    }

    private func append(_ entry: [UInt8], to bundle: inout [UInt8]) -> Bool {
        EntryBundle.append(entry.rawBytes, to: &bundle)
    }
}
