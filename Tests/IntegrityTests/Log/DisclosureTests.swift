import Integrity
import TestKit
import Testing

/// What a record says, group by group, in one piece of memory.
struct SampleContent {
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []

    init(_ dice: inout Dice) {
        for _ in DisclosureGroup.allCases {
            let start = bytes.count
            bytes += randomBytes(dice.pick([0, 5, 50, 400]), &dice)
            ranges.append(start..<bytes.count)
        }
    }

    func range(_ group: DisclosureGroup) -> Range<Int> { ranges[Int(group.rawValue) - 1] }
    subscript(group: DisclosureGroup) -> [UInt8] { Array(bytes[range(group)]) }

    func commitments(_ seed: ContentSeed) -> ContentCommitments {
        var batch = ContentBatch()
        batch.add(seed: seed, in: bytes.rawBytes, range: range)
        return batch.finish()[0]
    }
}

private func keptSeed(_ bytes: [UInt8]) -> ContentSeed? { ContentSeed(kept: bytes.rawBytes) }

struct DisclosureTests {
    /// The formula of the format, written out.
    private func commitment(_ group: DisclosureGroup, _ content: [UInt8], seed: [UInt8]) -> Digest {
        let salt = HMAC(key: seed.rawBytes).code(for: [0x67, group.rawValue].rawBytes)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) }
        return Digest(utf8("docket/group/v1") + [group.rawValue] + length + salt.array + content)
    }

    @Test(arguments: DigestLanes.Path.allCases)
    func `commitments and roots of a batch are those of the formula`(path: DigestLanes.Path) throws {
        var dice = Dice(seed: 30)
        var batch = ContentBatch(lanes: DigestLanes(path: path))
        for round in [0, 1, 20, 3] {
            let seeds = (0..<round).map { _ in randomBytes(32, &dice) }
            let contents = (0..<round).map { _ in SampleContent(&dice) }
            func fill() throws {
                for (seed, content) in zip(seeds, contents) {
                    let kept = try #require(keptSeed(seed))
                    batch.add(seed: kept, in: content.bytes.rawBytes, range: content.range)
                }
            }
            try fill()
            #expect(batch.count == round)
            let all = batch.finish()
            #expect(batch.count == 0)
            try fill()
            let roots = batch.finishRoots()
            let expected = zip(seeds, contents).map { seed, content in
                DisclosureGroup.allCases.map { commitment($0, content[$0], seed: seed) }
            }
            #expect(all.map(\.commitments) == expected)
            #expect(all.map(\.root) == expected.map { Definition.root($0.map(\.array)[...]) })
            #expect(roots == all.map(\.root))
        }
    }

    @Test func `a group that is shown belongs to its leaf, and says nothing of the others`() throws {
        var dice = Dice(seed: 31)
        let content = SampleContent(&dice)
        let seed = ContentSeed(random: .system)
        let commitments = content.commitments(seed)
        let leaf = Leaf.sample(content: commitments.root)
        for group in DisclosureGroup.allCases {
            let shown = Disclosure.Shown(group, bytes: content[group], seed: seed, commitments: commitments)
            let disclosure = Disclosure(leaf: leaf, shown: [shown])
            let bytes = disclosure.bytes
            #expect(try Disclosure(bytes: bytes.rawBytes) == disclosure)
            #expect(try disclosure.verified() == leaf)
            #expect(disclosure.leafHash == leaf.hash)
            let size = 1 + Leaf.size + 1 + 1 + 32 + 4 + content[group].count + 1 + 32 * shown.path.count
            #expect(bytes.count == size)

            let other = Disclosure.Shown(group, bytes: content[group] + [1], seed: seed, commitments: commitments)
            #expect(throws: DisclosureError.wrongContent(group)) {
                try Disclosure(leaf: leaf, shown: [shown, other]).verified()
            }
        }
    }

    @Test func `likely values are not found without the salt`() throws {
        let addresses = (0..<500).map { utf8("person\($0)@example.com") }
        let seed = ContentSeed(random: .system)
        var content = [UInt8](addresses[123])
        var batch = ContentBatch()
        batch.add(seed: seed, in: content.rawBytes) { $0 == .who ? 0..<content.count : 0..<0 }
        let commitments = batch.finish()[0]
        for address in addresses {
            content = address
            #expect(commitment(.who, address, seed: []) != commitments.commitments[0])
            let guess = commitment(.who, address, seed: [UInt8](repeating: 0, count: 32))
            #expect(guess != commitments.commitments[0])
        }
        #expect(!"\(seed)".contains(commitments.root.hexadecimal.prefix(4)) && "\(seed)" == "(seed)")
    }

    @Test func `seeds drawn together differ, and are kept and read`() throws {
        let seeds = ContentSeed.many(100, random: .system)
        var kept: Set<[UInt8]> = []
        for seed in seeds {
            var bytes: [UInt8] = []
            seed.append(to: &bytes)
            kept.insert(bytes)
            let again = try #require(keptSeed(bytes))
            #expect(again.salt(of: .who) == seed.salt(of: .who))
            #expect(seed.salt(of: .who) != seed.salt(of: .rest))
        }
        #expect(kept.count == 100)
        let short: [UInt8] = [1]
        #expect(ContentSeed(kept: short.rawBytes) == nil)
    }

    @Test func `bytes that break off anywhere are refused`() throws {
        var dice = Dice(seed: 32)
        let content = SampleContent(&dice)
        let seed = ContentSeed(random: .system)
        let commitments = content.commitments(seed)
        let shown = [DisclosureGroup.who, .rest].map {
            Disclosure.Shown($0, bytes: content[$0], seed: seed, commitments: commitments)
        }
        let bytes = Disclosure(leaf: .sample(content: commitments.root), shown: shown).bytes
        for count in 0..<bytes.count {
            let part = Array(bytes.prefix(count))
            #expect(throws: DisclosureError.malformed) { try Disclosure(bytes: part.rawBytes) }
        }
        #expect(throws: DisclosureError.malformed) { try Disclosure(bytes: (bytes + [0]).rawBytes) }
        let twice = Disclosure(leaf: .sample(), shown: [shown[0], shown[0]]).bytes
        #expect(throws: DisclosureError.malformed) { try Disclosure(bytes: twice.rawBytes) }
    }
}
