import Integrity
import TestKit
import Testing

struct WitnessedDisclosureTests {
    private static let origin = "docket.example.com/all"

    private let leaf: Leaf
    private let way: WitnessedDisclosure

    init() throws {
        var dice = Dice(seed: 7)
        let log = ShortID(high: 1, low: 2)
        var tree = MemoryTree()
        let leaves = (0..<9).map { number in
            Leaf(
                log: log, sequence: UInt64(number), accepted: 1, happened: 2, source: 1, type: 0, rules: log, schema: 1,
                event: .zero, content: Digest(of: randomBytes(8, &dice).rawBytes))
        }
        tree.append(leaves.map(\.hash))
        leaf = leaves[4]
        let name = "docket.example.com/t/\(log.hexadecimal)"
        let checkpoint = try #require(Checkpoint(origin: name, size: 9, root: tree.root))
        let found = tree.inclusionProof(of: 4, in: 9)
        way = WitnessedDisclosure(
            checkpoint: BlindedCheckpoint(checkpoint, random: .system), path: try #require(found).path,
            disclosure: Disclosure(leaf: leaf, shown: []))
    }

    @Test func `it is written and read, and told from a disclosure alone`() throws {
        let bytes = way.bytes
        #expect(try WitnessedDisclosure(bytes: bytes.rawBytes) == way)
        #expect(WitnessedDisclosure.isOne(bytes) && !WitnessedDisclosure.isOne(way.disclosure.bytes))
    }

    @Test func `the leaf is under the checkpoint of its own log`() throws {
        #expect(throws: Never.self) { try way.prove(leaf, in: Self.origin) }
        for other in ["docket.example.com", "other.example.com/all", "docket.example.com/t/x"] {
            #expect(throws: LogProofError.anotherLog) { try way.prove(leaf, in: other) }
        }
        var moved = leaf
        moved.sequence = 5
        #expect(throws: LogProofError.notInTheLog) { try way.prove(moved, in: Self.origin) }
        moved = leaf
        moved.log = ShortID(high: 1, low: 3)
        #expect(throws: LogProofError.anotherLog) { try way.prove(moved, in: Self.origin) }
        let bent = WitnessedDisclosure(
            checkpoint: way.checkpoint, path: way.path.flipping(bit: 77), disclosure: way.disclosure)
        #expect(throws: LogProofError.notInTheLog) { try bent.prove(leaf, in: Self.origin) }
    }

    @Test func `bytes that break off anywhere are refused`() {
        let bytes = way.bytes
        for count in bytes.indices {
            let part = Array(bytes[..<count])
            #expect(throws: DisclosureError.malformed) { try WitnessedDisclosure(bytes: part.rawBytes) }
        }
        let more = bytes + [0]
        #expect(throws: DisclosureError.malformed) { try WitnessedDisclosure(bytes: more.rawBytes) }
    }

    @Test func `a request to a witness is written and read`() throws {
        let signer = NoteSigner(
            name: try #require(KeyName(Self.origin)),
            secret: try #require(Ed25519.SecretKey(seed: [UInt8](repeating: 1, count: 32))))
        var note = try #require(Checkpoint(origin: Self.origin, size: 9, root: .zero)).note
        note.add(signer.signature(over: note))
        for count in [0, 1, 63] {
            let request = WitnessRequest(old: 4, path: Array(repeating: .emptyTree, count: count), note: note)
            let text = utf8(request.text)
            #expect(WitnessRequest(bytes: text.rawBytes) == request)
        }
    }

    @Test func `the policy that is written is the policy that is read`() throws {
        func key(_ seed: UInt8, _ kind: SignatureKind) throws -> NoteSigner {
            NoteSigner(
                name: try #require(KeyName(kind == .note ? Self.origin : "w\(seed).example.com")), kind: kind,
                secret: try #require(Ed25519.SecretKey(seed: [UInt8](repeating: seed, count: 32))))
        }
        let logs = try [key(1, .note), key(2, .note)]
        let witnesses = try (10..<13).map { try key($0, .cosignature) }
        let text = TrustPolicy.text(logs: logs.map(\.key), witnesses: witnesses.map(\.key), quorum: 2)
        let policy = try TrustPolicy(bytes: utf8(text))
        #expect(policy.logs == logs.map(\.key) && policy.witnesses == witnesses.map(\.key))
        for count in 0...3 {
            var note = try #require(Checkpoint(origin: Self.origin, size: 9, root: .zero)).note
            note.add(logs[1].signature(over: note))
            for witness in witnesses.prefix(count) { note.add(witness.cosignature(over: note, atSeconds: 1)) }
            let signed = note
            #expect(((try? policy.verify(signed)) != nil) == (count >= 2))
        }
        #expect(try TrustPolicy(bytes: utf8(TrustPolicy.text(logs: [logs[0].key]))).witnesses.isEmpty)
    }
}
