import Integrity
import TestKit
import Testing

struct MerkleTests {
    /// Certificate Transparency's own vectors: eight entries, and the roots over the first 0 to 8 of them.
    static let entries: [[UInt8]] = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].map { Hexadecimal.bytes(of: $0)! }
    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func `roots are those of the known vectors`() {
        var tree = MemoryTree(of: Self.entries)
        for (size, root) in Self.roots.enumerated() {
            #expect(tree.root(at: UInt64(size)).hexadecimal == root)
            #expect(MemoryTree(of: Array(Self.entries.prefix(size))).root.hexadecimal == root)
        }
    }

    @Test func `roots and proofs are those of the definition, for every small tree`() throws {
        var dice = Dice(seed: 10)
        let entries = randomEntries(70, &dice)
        var tree = MemoryTree(of: entries)
        for size in 1...entries.count {
            let some = entries[..<size]
            #expect(tree.root(at: UInt64(size)) == Definition.root(some))
            let index = dice.roll(size)
            let inclusion = try tree.inclusion(of: UInt64(index), in: UInt64(size))
            #expect(inclusion.path == Definition.path(index, some))
            let old = 1 + dice.roll(size)
            let consistency = try tree.consistency(from: UInt64(old), to: UInt64(size))
            #expect(consistency.path == Definition.proof(old, some))
        }
    }

    @Test(arguments: 0..<8)
    func `in a tree of up to 2,000 leaves every leaf is proven, and every older tree is continued`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let entries = randomEntries(1 + dice.roll(2_000), &dice)
        let leaves = entries.map { Digest([0x00] + $0) }
        var tree = MemoryTree(of: entries)
        let size = tree.size
        let root = tree.root
        var older = RightEdge()
        for index in 0..<size {
            let leaf = leaves[Int(index)]
            let inclusion = try tree.inclusion(of: index, in: size)
            guard inclusion.proves(leaf, in: root) else {
                Issue.record("leaf \(index) of \(size), seed \(seed)")
                continue
            }
            let consistency = try tree.consistency(from: index, to: size)
            guard consistency.proves(root, continues: older.root) else {
                Issue.record("\(index) to \(size), seed \(seed)")
                continue
            }
            older.append(leaf)
        }
        #expect(older.root == root)
        #expect(tree.consistencyProof(from: size, to: size)?.proves(root, continues: root) == true)
    }

    @Test(arguments: 0..<6)
    func `one changed bit anywhere makes a proof of inclusion fail`(seed: Int) throws {
        var dice = Dice(seed: 100 + UInt64(seed))
        let entries = randomEntries(2 + dice.roll(200), &dice)
        let tree = MemoryTree(of: entries)
        let index = dice.roll(entries.count)
        let leaf = Digest([0x00] + entries[index])
        let root = tree.root
        let proof = try tree.inclusion(of: UInt64(index), in: tree.size)
        func proves(_ index: UInt64, _ size: UInt64, _ path: [Digest], _ leaf: Digest, _ root: Digest) -> Bool {
            InclusionProof(index: index, size: size, path: path).proves(leaf, in: root)
        }
        #expect(proves(proof.index, proof.size, proof.path, leaf, root))
        for bit in 0..<proof.path.count * 256 {
            let isProven = proves(proof.index, proof.size, proof.path.flipping(bit: bit), leaf, root)
            #expect(!isProven, "bit \(bit) of the path")
        }
        for bit in 0..<256 {
            #expect(!proves(proof.index, proof.size, proof.path, leaf.flipping(bit: bit), root))
            #expect(!proves(proof.index, proof.size, proof.path, leaf, root.flipping(bit: bit)))
        }
        for bit in 0..<64 {
            #expect(!proves(proof.index ^ 1 << UInt64(bit), proof.size, proof.path, leaf, root))
        }
        #expect(!proves(proof.index, proof.size, proof.path.dropLast(), leaf, root))
        #expect(!proves(proof.index, proof.size, proof.path + [root], leaf, root))
        #expect(!proves(proof.index, proof.size, Array(proof.path.dropFirst()), leaf, root))
    }

    @Test(arguments: 0..<6)
    func `one changed bit anywhere makes a proof of consistency fail`(seed: Int) throws {
        var dice = Dice(seed: 200 + UInt64(seed))
        let entries = randomEntries(3 + dice.roll(200), &dice)
        var tree = MemoryTree(of: entries)
        let old = UInt64(1 + dice.roll(entries.count - 1))
        let oldRoot = tree.root(at: old)
        let root = tree.root
        let proof = try tree.consistency(from: old, to: tree.size)
        func proves(_ path: [Digest], _ root: Digest, _ oldRoot: Digest) -> Bool {
            ConsistencyProof(old: old, new: proof.new, path: path).proves(root, continues: oldRoot)
        }
        #expect(proves(proof.path, root, oldRoot))
        for bit in 0..<proof.path.count * 256 {
            #expect(!proves(proof.path.flipping(bit: bit), root, oldRoot), "bit \(bit) of the path")
        }
        for bit in 0..<256 {
            #expect(!proves(proof.path, root.flipping(bit: bit), oldRoot))
            #expect(!proves(proof.path, root, oldRoot.flipping(bit: bit)))
        }
        #expect(!proves(proof.path.dropLast(), root, oldRoot))
        #expect(!proves(proof.path + [root], root, oldRoot))
        #expect(!proves(Array(proof.path.dropFirst()), root, oldRoot))
    }

    @Test func `a path of another length than the tree is high leads nowhere`() {
        let leaf = Digest(utf8("leaf"))
        let path = (0..<8).map { Digest([UInt8($0)]) }
        for (index, size, height) in [(0, 8, 3), (5, 8, 3), (7, 8, 3), (8, 9, 1), (4, 7, 3), (6, 7, 2), (0, 1, 0)] {
            for count in 0...8 {
                let proof = InclusionProof(
                    index: UInt64(index), size: UInt64(size), path: Array(path.prefix(count)))
                #expect(
                    (proof.root(from: leaf) != nil) == (count == height), "leaf \(index) of \(size), \(count) hashes")
            }
        }
    }

    @Test func `there is no proof of what is not there`() {
        var tree = MemoryTree(of: Self.entries)
        #expect(tree.inclusionProof(of: 8, in: 8) == nil)
        #expect(tree.inclusionProof(of: 0, in: 0) == nil)
        #expect(tree.consistencyProof(from: 5, to: 4) == nil)
        #expect(InclusionProof(index: 3, size: 3, path: []).root(from: .zero) == nil)
        #expect(!ConsistencyProof(old: 5, new: 4, path: []).proves(.zero, continues: .zero))
        #expect(!ConsistencyProof(old: 4, new: 8, path: []).proves(.zero, continues: .zero))
        #expect(!ConsistencyProof(old: 3, new: 8, path: []).proves(.zero, continues: .zero))
        #expect(!ConsistencyProof(old: 0, new: 8, path: []).proves(.zero, continues: .zero))
    }

    @Test(arguments: DigestLanes.Path.allCases)
    func `leaves added in batches make the tree that leaves added one by one make`(path: DigestLanes.Path) {
        var dice = Dice(seed: 11)
        let leaves = randomEntries(700, &dice).map { Digest($0) }
        var single = RightEdge()
        var batched = RightEdge()
        var rest = leaves[...]
        while !rest.isEmpty {
            let batch = rest.prefix(dice.roll(90))
            rest = rest.dropFirst(batch.count)
            batched.append(Array(batch), lanes: DigestLanes(path: path))
            for leaf in batch { single.append(leaf) }
            #expect(batched == single)
        }
        #expect(batched.size == 700 && batched.hashes.count == 700.nonzeroBitCount)
        #expect(RightEdge(size: batched.size, hashes: batched.hashes) == batched)
        #expect(RightEdge(size: batched.size, hashes: Array(batched.hashes.dropLast())) == nil)
    }
}
