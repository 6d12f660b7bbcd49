import Integrity
import Testing

struct TrustPolicyTests {
    private static func signer(_ name: String, _ kind: SignatureKind = .note, seed: UInt8) throws -> NoteSigner {
        NoteSigner(
            name: try #require(KeyName(name)), kind: kind,
            secret: try #require(Ed25519.SecretKey(seed: Array(repeating: seed, count: 32))))
    }

    private let log: NoteSigner
    private let witnesses: [NoteSigner]
    private let note: SignedNote

    init() throws {
        log = try Self.signer("example.com/log", seed: 1)
        witnesses = try (0..<4).map { try Self.signer("w\($0).example.com", .cosignature, seed: 10 + UInt8($0)) }
        note = try #require(Checkpoint(origin: "example.com/log", size: 7, root: .zero)).note
    }

    private func signed(by seen: [Int], log signer: NoteSigner? = nil) -> SignedNote {
        var note = note
        note.add((signer ?? log).signature(over: note))
        for index in seen { note.add(witnesses[index].cosignature(over: note, atSeconds: 1_800_000_000)) }
        return note
    }

    private func policy(_ rules: String) throws -> TrustPolicy {
        var text = "# who is believed\n\n  log \(log.key.text) https://example.com/log\n"
        for (index, witness) in witnesses.enumerated() { text += "\twitness w\(index) \t\(witness.key.text)\n" }
        return try TrustPolicy(bytes: Array((text + rules).utf8))
    }

    private func believes(_ policy: TrustPolicy, _ note: SignedNote) -> Bool { (try? policy.verify(note)) != nil }

    @Test func `without a quorum the log's signature is enough, and is needed`() throws {
        let policy = try policy("quorum none\n")
        #expect(try policy.verify(signed(by: [])).checkpoint.size == 7)
        var cosignedOnly = note
        cosignedOnly.add(witnesses[0].cosignature(over: note, atSeconds: 1))
        #expect(throws: LogProofError.notSigned) { try policy.verify(cosignedOnly) }
    }

    @Test func `groups of groups count their members`() throws {
        let policy = try policy("group a 2 w0 w1 w2\ngroup b all a w3\nquorum b\n")
        for chosen in 0..<16 {
            let seen = (0..<4).filter { chosen >> $0 & 1 == 1 }
            let isEnough = seen.contains(3) && seen.count >= 3
            #expect(believes(policy, signed(by: seen)) == isEnough, "witnesses \(seen)")
        }
    }

    @Test func `a quorum may be one witness, or any of some`() throws {
        let one = try policy("quorum w2")
        #expect(believes(one, signed(by: [2])) && !believes(one, signed(by: [0, 1, 3])))
        let any = try policy("group g any w0 w1\nquorum g\n")
        #expect(believes(any, signed(by: [1])) && !believes(any, signed(by: [2, 3])))
    }

    @Test func `another log that is trusted does not speak for this one`() throws {
        let other = try Self.signer("example.com/other", seed: 2)
        let policy = try TrustPolicy(bytes: Array("log \(log.key.text)\nlog \(other.key.text)\nquorum none\n".utf8))
        #expect(believes(policy, signed(by: [])))
        #expect(throws: LogProofError.notSigned) { try policy.verify(signed(by: [], log: other)) }
    }

    @Test func `a signature that is not the key's is found out`() throws {
        let policy = try policy("quorum none\n")
        var forged = note
        forged.add(SignedNote.Signature(name: log.key.name, keyID: log.key.id, bytes: Array(repeating: 7, count: 64)))
        #expect(throws: LogProofError.wrongSignature) { try policy.verify(forged) }
    }

    @Test(arguments: [
        ("quorum none\nquorum none", 2, TrustPolicyError.Reason.secondQuorum), ("", 1, .noQuorum),
        ("witnes w", 1, .unknownWord), ("quorum", 1, .wordCount), ("quorum w", 1, .unknownName),
        ("log x", 1, .key), ("log W", 1, .key), ("witness w L", 1, .key), ("witness none W", 1, .nameTaken),
        ("log L\nlog L", 2, .secondKey), ("witness w W\nwitness v W", 2, .secondKey),
        ("witness w W\ngroup w any w", 2, .nameTaken), ("witness w W\ngroup g any w w", 2, .secondMember),
        ("witness w W\ngroup g any w\ngroup h any w", 3, .secondMember), ("group g any w", 1, .unknownName),
        ("witness w W\ngroup g 0 w", 2, .threshold), ("witness w W\ngroup g 2 w", 2, .threshold),
        ("witness w W\ngroup g 01 w", 2, .threshold), ("witness w W\ngroup g some w", 2, .threshold),
        ("group g any", 1, .wordCount), ("quorum none\r\n", 1, .controlCharacter),
    ])
    func `a policy that is wrong says where and why`(text: String, line: Int, reason: TrustPolicyError.Reason) throws {
        // L and W stand for the key of a log and that of a witness.
        let filled = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let lines = word.split(separator: "\n", omittingEmptySubsequences: false).map { part in
                part == "L" ? log.key.text : part == "W" ? witnesses[0].key.text : String(part)
            }
            return lines.joined(separator: "\n")
        }
        let policy = Array(filled.joined(separator: " ").utf8)
        let error = #expect(throws: TrustPolicyError.self) { try TrustPolicy(bytes: policy) }
        #expect(error?.line == line && error?.reason == reason)
    }
}
