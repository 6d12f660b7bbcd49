import Integrity
import TestKit
import Testing

struct RangeProofTests {
    private func note(_ tree: MemoryTree) throws -> SignedNote {
        let signer = NoteSigner(
            name: try #require(KeyName("example.com/t/0011")),
            secret: try #require(Ed25519.SecretKey(seed: [UInt8](repeating: 9, count: 32))))
        var note = try #require(Checkpoint(origin: "example.com/t/0011", size: tree.size, root: tree.root)).note
        note.add(signer.signature(over: note))
        return note
    }

    @Test func `every range of every small log is proven, and no other root`() throws {
        var tree = MemoryTree()
        var hashes: [Digest] = []
        for size: UInt64 in 1...21 {
            let hash = Digest(utf8("leaf \(size)"))
            hashes.append(hash)
            tree.append([hash])
            let note = try note(tree)
            for first in 0..<size {
                for end in first + 1...size {
                    let made = tree.rangeProof(of: first..<end, in: size, under: note)
                    let proof = try #require(made.flatMap { RangeProof(text: $0.text) })
                    #expect(proof == made)
                    var edge = try #require(proof.start)
                    for hash in hashes[Int(first)..<Int(end)] { edge.append(hash) }
                    #expect(proof.root(edge, size: size) == tree.root)
                    var other = try #require(proof.start)
                    for hash in hashes[Int(first)..<Int(end) - 1] { other.append(hash) }
                    #expect(proof.root(other, size: size) == nil)
                    other.append(Digest(utf8("another leaf")))
                    #expect(proof.root(other, size: size) != tree.root)
                    #expect(proof.root(edge, size: size + 64) == nil)
                }
            }
        }
        let note = try note(tree)
        for none: Range<UInt64> in [3..<22, 3..<3] {
            let proof = tree.rangeProof(of: none, in: 21, under: note)
            #expect(proof == nil)
        }
    }

    @Test func `a text that is not written so is none`() throws {
        var tree = MemoryTree()
        tree.append((0..<7).map { Digest(utf8("\($0)")) })
        let proof = tree.rangeProof(of: 2..<5, in: 7, under: try note(tree))
        let text = try #require(proof).text
        #expect(RangeProof(text: text) != nil)
        for (old, new) in [
            ("first 2", "first 02"), ("first 2\n", ""), ("count 3", "count -3"), ("docket-range/v1", "docket-range/v2"),
            ("before ", "Before "), ("\n\n", "\n"), ("after ", "after  "), ("before ", "before x"),
        ] {
            #expect(RangeProof(text: text.replacing(old, with: new)) == nil, "\(old)")
        }
        let hashless = RangeProof(text: text.replacing("count 3", with: "count 18446744073709551615"))
        #expect(hashless?.start == nil)
    }
}

struct RecordLineTests {
    @Test(arguments: 0..<10)
    func `a line gives back its disclosure, and no bit of it can be changed`(seed: Int) throws {
        var dice = Dice(seed: 700 + UInt64(seed))
        let log = try SampleLog(&dice)
        let line = try #require(RecordLine.text(of: log.disclosure))
        #expect(try RecordLine.disclosure(of: line) == log.disclosure)
        for _ in 0..<200 {
            var changed = line
            changed[dice.roll(line.count)] ^= 1 << UInt8(dice.roll(8))
            let found = try? RecordLine.disclosure(of: changed)
            // Another disclosure has another text, and one whose bits were changed does not prove itself.
            #expect(found == nil || (try? found?.verified()) == nil)
        }
    }

    @Test func `what a record says can be read, whatever its bytes are`() throws {
        let seed = ContentSeed(random: SecretTests.counting)
        func piece(_ bytes: [UInt8]) -> [UInt8] {
            [0, 0, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
        }
        let who = piece(utf8("a \"b\"\\\n\u{1}é")) + piece([0xFF, 0xFE])
        var batch = ContentBatch()
        batch.add(seed: seed, in: who.rawBytes) { $0 == .who ? 0..<who.count : 0..<0 }
        let commitments = batch.finish()[0]
        let disclosure = Disclosure(
            leaf: Leaf.sample(sequence: 3, content: commitments.root),
            shown: [Disclosure.Shown(.who, bytes: who, seed: seed, commitments: commitments)])
        let line = String(decoding: try #require(RecordLine.text(of: disclosure)), as: UTF8.self)
        #expect(line.hasPrefix(#"{"sequence":3,"accepted":""#))
        #expect(line.contains(#""shown":{"who":["a \"b\"\\\u000a\u0001é",{"base64":"//4="}]},"hash":""#))
    }
}
