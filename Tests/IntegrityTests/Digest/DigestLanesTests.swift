import Integrity
import TestKit
import Testing

struct DigestLanesTests {
    private func expected(_ message: ArraySlice<UInt8>, prefix: UInt8?) -> Digest {
        Digest((prefix.map { [$0] } ?? []) + Array(message))
    }

    @Test(arguments: DigestLanes.Path.allCases)
    func `every path gives the digests of libcrypto, whatever the lengths`(path: DigestLanes.Path) {
        let lanes = DigestLanes(path: path)
        for seed in 0..<60 {
            var dice = Dice(seed: UInt64(seed))
            let memory = randomBytes(20_000, &dice)
            let longest = dice.pick([1, 70, 300, 1_000, 5_000])
            let ranges = (0..<dice.roll(50)).map { _ in
                let start = dice.roll(memory.count - longest)
                return start..<start + dice.roll(longest + 1)
            }
            let prefix = dice.pick([nil, 0x00, 0x01, 0xff] as [UInt8?])
            let digests = lanes.digests(of: ranges, in: memory.rawBytes, prefix: prefix)
            #expect(digests == ranges.map { expected(memory[$0], prefix: prefix) }, "seed \(seed)")
        }
    }

    /// The places where padding needs one block more.
    @Test(arguments: DigestLanes.Path.allCases)
    func `every length up to five blocks is right, with and without a prefix`(path: DigestLanes.Path) {
        var dice = Dice(seed: 2)
        let memory = randomBytes(400, &dice)
        let ranges = (0...330).map { 7..<7 + $0 }
        for prefix in [nil, 0x00] as [UInt8?] {
            let digests = DigestLanes(path: path).digests(of: ranges, in: memory.rawBytes, prefix: prefix)
            #expect(digests == ranges.map { expected(memory[$0], prefix: prefix) })
        }
    }

    @Test(arguments: DigestLanes.Path.allCases)
    func `nodes are made of pairs`(path: DigestLanes.Path) {
        var dice = Dice(seed: 3)
        for pairs in [0, 1, 2, 15, 16, 17, 100] {
            let children = (0..<pairs * 2).map { _ in Digest(randomBytes(8, &dice)) }
            var nodes = [Digest.zero]
            DigestLanes(path: path).append(nodesAbove: children.span, to: &nodes)
            let right = (0..<pairs).map { Digest([0x01] + children[$0 * 2].array + children[$0 * 2 + 1].array) }
            #expect(nodes == [.zero] + right)
        }
    }

    @Test(arguments: DigestLanes.Path.allCases)
    func `one long message among short ones comes to its end`(path: DigestLanes.Path) {
        var dice = Dice(seed: 4)
        let memory = randomBytes(100_000, &dice)
        let ranges = [0..<100_000] + (0..<40).map { $0..<$0 + 20 }
        let digests = DigestLanes(path: path).digests(of: ranges, in: memory.rawBytes)
        #expect(digests == ranges.map { expected(memory[$0], prefix: nil) })
    }

    @Test func `no messages have no digests, and empty ones have the digest of nothing`() {
        let lanes = DigestLanes()
        let none: [UInt8] = []
        #expect(lanes.digests(of: [], in: none.rawBytes).isEmpty)
        #expect(lanes.digests(of: [0..<0, 0..<0], in: none.rawBytes) == [Digest([]), Digest([])])
    }

    @Test func `the path that is taken by itself is one this processor has`() {
        #expect(DigestLanes.Path.fastest.isNative)
    }
}
