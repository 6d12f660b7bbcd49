import Integrity
import TestKit
import Testing

struct RangeProofTests {
    private static func leaves(_ count: Int) -> [Digest] { (0..<count).map { Digest(utf8("leaf \($0)")) } }

    private static func tree(_ leaves: [Digest]) -> MemoryTree {
        var tree = MemoryTree()
        tree.append(leaves)
        return tree
    }

    @Test func `every stretch of every small tree is proven, in all later trees too`() throws {
        let leaves = Self.leaves(40)
        for size in 1...40 {
            let root = Self.tree(Array(leaves[..<size])).root
            var whole = Self.tree(leaves)
            for first in 0..<size {
                for end in first + 1...size {
                    let range = UInt64(first)..<UInt64(end)
                    let found = whole.rangeProof(of: range, in: UInt64(size))
                    let proof = try #require(found)
                    #expect(proof.root(from: Array(leaves[first..<end])) == root, "\(range) in \(size)")
                    #expect(proof.hashes.count <= 12)
                }
            }
        }
    }

    @Test func `for one leaf it has the hashes of its inclusion proof`() throws {
        var tree = Self.tree(Self.leaves(1_000))
        for index in [UInt64(0), 1, 511, 512, 998, 999] {
            let found = tree.rangeProof(of: index..<index + 1, in: 1_000)
            let proof = try #require(found)
            let foundPath = tree.inclusionProof(of: index, in: 1_000)
            let inclusion = try #require(foundPath)
            #expect(Set(proof.hashes) == Set(inclusion.path))
        }
    }

    @Test func `a leaf, a hash or a place that is another one leads to another root`() throws {
        let leaves = Self.leaves(100)
        var tree = Self.tree(leaves)
        let range = UInt64(30)..<UInt64(61)
        let shown = Array(leaves[30..<61])
        let found = tree.rangeProof(of: range, in: 100)
        let proof = try #require(found)
        #expect(proof.root(from: shown) == tree.root)
        for place in shown.indices {
            var changed = shown
            changed[place] = .zero
            #expect(proof.root(from: changed) != tree.root)
        }
        for place in proof.hashes.indices {
            var hashes = proof.hashes
            hashes[place] = .zero
            #expect(RangeProof(leaves: range, size: 100, hashes: hashes).root(from: shown) != tree.root)
            hashes.remove(at: place)
            #expect(RangeProof(leaves: range, size: 100, hashes: hashes).root(from: shown) != tree.root)
        }
        let longer = proof.hashes + [.zero]
        #expect(RangeProof(leaves: range, size: 100, hashes: longer).root(from: shown) == nil)
        #expect(RangeProof(leaves: 29..<60, size: 100, hashes: proof.hashes).root(from: shown) != tree.root)
        #expect(proof.root(from: Array(shown.dropLast())) == nil)
        #expect(RangeProof(leaves: 30..<61, size: 60, hashes: proof.hashes).root(from: shown) == nil)
        let none = [tree.rangeProof(of: 5..<5, in: 100), tree.rangeProof(of: 90..<101, in: 100)]
        #expect(none == [nil, nil])
    }
}
