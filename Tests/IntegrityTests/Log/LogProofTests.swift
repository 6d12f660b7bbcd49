import Integrity
import TestKit
import Testing

/// A small log with a record that can be shown.
struct SampleLog {
    static let origin = "example.com/t/0011"
    let signer: NoteSigner
    let disclosure: Disclosure
    let proof: LogProof

    init(_ dice: inout Dice) throws {
        let content = SampleContent(&dice)
        let seed = ContentSeed(random: SecretTests.counting)
        let commitments = content.commitments(seed)
        let count = 1 + dice.roll(40)
        let index = dice.roll(count)
        let leaves = (0..<count).map {
            Leaf.sample(sequence: UInt64($0), content: $0 == index ? commitments.root : Digest(utf8("\($0)")))
        }
        var tree = MemoryTree()
        tree.append(leaves.map(\.hash))
        signer = NoteSigner(
            name: try #require(KeyName(Self.origin)),
            secret: try #require(Ed25519.SecretKey(seed: randomBytes(32, &dice))))
        var note = try #require(Checkpoint(origin: Self.origin, size: tree.size, root: tree.root)).note
        note.add(signer.signature(over: note))
        disclosure = Disclosure(
            leaf: leaves[index],
            shown: [Disclosure.Shown(.who, bytes: content[.who], seed: seed, commitments: commitments)])
        let path = try tree.inclusion(of: UInt64(index), in: tree.size).path
        proof = LogProof(extra: disclosure.bytes, index: UInt64(index), path: path, note: note)
    }

    /// Everything a verifier does with a file it was given.
    static func check(_ text: String, keys: [VerifierKey]) throws -> (leaf: Leaf, checkpoint: Checkpoint) {
        let proof = try LogProof(text: text)
        let extra = proof.extra ?? []
        let disclosure = try Disclosure(bytes: extra.rawBytes)
        let leaf = try disclosure.verified()
        return (leaf, try proof.verify(disclosure.leafHash, origin: origin, keys: keys).checkpoint)
    }
}

struct LogProofTests {
    @Test(arguments: 0..<10)
    func `a record is proven from its file alone`(seed: Int) throws {
        var dice = Dice(seed: 400 + UInt64(seed))
        let log = try SampleLog(&dice)
        let text = log.proof.text
        #expect(try LogProof(text: text) == log.proof)
        let found = try SampleLog.check(text, keys: [log.signer.key])
        #expect(found.leaf.sequence == log.proof.index)
        #expect(found.checkpoint.origin == SampleLog.origin)
    }

    @Test(arguments: 0..<2)
    func `one changed bit anywhere in the file makes it fail`(seed: Int) throws {
        var dice = Dice(seed: 500 + UInt64(seed))
        let log = try SampleLog(&dice)
        let whole = Array(log.proof.text.utf8)
        var tampered = 0
        for bit in 0..<whole.count * 8 {
            var changed = whole
            changed[bit / 8] ^= 1 << (bit % 8)
            guard let text = String(validating: changed, as: UTF8.self) else { continue }
            do {
                _ = try SampleLog.check(text, keys: [log.signer.key])
                Issue.record("bit \(bit)")
            } catch let error as LogProofError {
                if error.isTampering { tampered += 1 }
            } catch is DisclosureError {}
        }
        #expect(tampered > 100)
    }

    @Test func `what cannot be verified is not called tampered`() throws {
        var dice = Dice(seed: 40)
        let log = try SampleLog(&dice)
        let leaf = log.disclosure.leafHash
        let stranger = try SampleLog(&dice).signer.key
        func failure(_ leaf: Digest, origin: String = SampleLog.origin, keys: [VerifierKey]) -> LogProofError? {
            do throws(LogProofError) {
                _ = try log.proof.verify(leaf, origin: origin, keys: keys)
                return nil
            } catch { return error }
        }
        #expect(failure(leaf, keys: [log.signer.key]) == nil)
        #expect(failure(leaf, keys: [stranger]) == .notSigned)
        #expect(failure(leaf, keys: []) == .notSigned)
        #expect(failure(leaf, origin: "example.com/t/0012", keys: [log.signer.key]) == .anotherLog)
        #expect(failure(.zero, keys: [log.signer.key]) == .notInTheLog)
        for error in [LogProofError.malformed, .notSigned, .anotherLog] { #expect(!error.isTampering) }
        for error in [LogProofError.notInTheLog, .wrongSignature] { #expect(error.isTampering) }
    }

    @Test func `a cosigner alone does not stand in for the log`() throws {
        var dice = Dice(seed: 41)
        let log = try SampleLog(&dice)
        let cosigner = NoteSigner(
            name: try #require(KeyName("witness.example.com")), kind: .cosignature,
            secret: Ed25519.SecretKey(random: .system))
        var note = log.proof.note
        note.add(cosigner.cosignature(over: note, atSeconds: 1_700_000_000))
        let proof = LogProof(index: log.proof.index, path: log.proof.path, note: note)
        #expect(try LogProof(text: proof.text) == proof)
        let leaf = log.disclosure.leafHash
        #expect(throws: LogProofError.notSigned) {
            _ = try proof.verify(leaf, origin: SampleLog.origin, keys: [cosigner.key])
        }
        let both = try proof.verify(leaf, origin: SampleLog.origin, keys: [log.signer.key, cosigner.key])
        #expect(both.signatures.map(\.time) == [nil, 1_700_000_000])
    }

    @Test func `a file that is no proof is refused`() throws {
        var dice = Dice(seed: 42)
        let text = try SampleLog(&dice).proof.text
        let broken = [
            "", "c2sp.org/tlog-proof@v1\n", text.replacing("@v1", with: "@v2"),
            text.replacing("index ", with: "index 0"),
            text.replacing("index ", with: "index\t"), text.replacing("extra ", with: "extra  "),
            text.replacing("\n\n", with: "\n"), text.replacing("\n", with: "\r\n"), text + "x",
        ]
        for text in broken { #expect(throws: LogProofError.malformed) { try LogProof(text: text) } }
    }
}
