import Integrity
import Platform
import TestKit
import Testing

struct SeedTreeTests {
    private func bytes(_ seed: ContentSeed?) -> [UInt8]? {
        seed.map { seed in
            var bytes: [UInt8] = []
            seed.append(to: &bytes)
            return bytes
        }
    }

    private func tree(_ seed: UInt64) -> SeedTree {
        let dice = Locked(Dice(seed: seed))
        return SeedTree(
            random: RandomBytes { room in
                for place in 0..<room.byteCount {
                    let byte = dice.withLock { UInt8(truncatingIfNeeded: $0.next()) }
                    room.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
                }
            })
    }

    @Test func `seeds are all different, and the same one by one as many at once`() {
        let tree = tree(1)
        let some = tree.seeds(at: 60_000..<60_500, lanes: DigestLanes()).map(bytes)
        #expect(Set(some.compactMap { $0 }).count == 500)
        for place in [0, 1, 255, 499] { #expect(bytes(tree.seed(at: 60_000 + place)) == some[place]) }
    }

    @Test(arguments: 0..<8)
    func `a seed that was forgotten is gone, and all others are as before`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        var tree = tree(UInt64(seed))
        let before = tree.seeds(at: 0..<SeedTree.count, lanes: DigestLanes()).map(bytes)
        var forgotten: Set<Int> = [0, SeedTree.count - 1]
        for _ in 0..<200 { forgotten.insert(dice.roll(SeedTree.count)) }
        for leaf in forgotten { tree.forget(leaf) }
        for leaf in forgotten { tree.forget(leaf) }
        let kept = try #require(SeedTree(kept: tree.revealBytes()))
        #expect(kept == tree)
        let after = kept.seeds(at: 0..<SeedTree.count, lanes: DigestLanes()).map(bytes)
        for leaf in 0..<SeedTree.count {
            let expected = forgotten.contains(leaf) ? nil : before[leaf]
            if after[leaf] != expected { Issue.record("seed \(leaf)") }
        }
    }

    @Test func `what is left says nothing of a seed that was forgotten`() throws {
        var tree = tree(9)
        let seed = try #require(bytes(tree.seed(at: 77)))
        tree.forget(77)
        let stored = tree.revealBytes()
        // No key above it, and so neither the seed, is among what is stored.
        #expect(!stored.indices.dropLast(31).contains { Array(stored[$0..<$0 + 32]) == seed })
        #expect(tree.seed(at: 77) == nil)
        #expect(stored.count < 800)
    }

    @Test func `bytes that were changed are no tree`() {
        let stored = tree(3).revealBytes()
        for place in stored.indices {
            var changed = stored
            changed[place] ^= 1
            #expect(SeedTree(kept: changed) == nil)
        }
        #expect(SeedTree(kept: Array(stored.dropLast())) == nil)
        #expect(SeedTree(kept: []) == nil)
    }
}
