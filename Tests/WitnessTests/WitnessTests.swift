import Glibc
import Integrity
import Network
import Platform
import TestKit
import Testing

@testable import Witness

/// A log whose owner can tell any story.
private struct SampleLog {
    static let origin = "docket.example.com/all"
    let signer: NoteSigner
    var tree = MemoryTree()

    init(seed: UInt8 = 1) throws {
        let secret = try #require(Ed25519.SecretKey(seed: [UInt8](repeating: seed, count: 32)))
        signer = NoteSigner(name: try #require(KeyName(Self.origin)), secret: secret)
    }

    mutating func add(_ count: Int, saying word: UInt8 = 0) {
        tree.append(
            (0..<count).map { number in
                let entry = [word, UInt8(number & 0xFF)]
                return unsafe Digest(leaf: entry.span.bytes)
            })
    }

    func note(origin: String = origin) throws -> SignedNote {
        var note = try #require(Checkpoint(origin: origin, size: tree.size, root: tree.root)).note
        note.add(signer.signature(over: note))
        return note
    }

    /// A request with an honest proof.
    func request(from old: UInt64) throws -> WitnessRequest {
        var tree = tree
        let path = tree.consistencyProof(from: old, to: tree.size)?.path ?? []
        return WitnessRequest(old: old, path: path, note: try note())
    }
}

private struct SampleWitness {
    let disk = SimulatedDisk(seed: 1)
    let clock = TestClock()
    let key: NoteSigner
    let policy: TrustPolicy
    let lines = Locked<[String]>([])

    init() throws {
        let secret = try #require(Ed25519.SecretKey(seed: [UInt8](repeating: 9, count: 32)))
        key = NoteSigner(name: try #require(KeyName("witness.example.com/w1")), kind: .cosignature, secret: secret)
        policy = try TrustPolicy(bytes: Array("log \(try SampleLog().signer.key.text)\nquorum none\n".utf8))
    }

    func open() throws -> Witness {
        Witness(
            signer: key, book: try WitnessBook(disk: disk), policy: policy, clock: clock,
            log: Log("witness", clock: clock) { [lines] line in
                lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            })
    }
}

extension Witness {
    fileprivate func answer(_ request: WitnessRequest) -> HTTPResponse { answer(Array(request.text.utf8)) }
}

extension HTTPResponse {
    fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}

struct WitnessTests {
    @Test func `what continues what it saw is cosigned, with the time`() throws {
        let sample = try SampleWitness()
        let witness = try sample.open()
        var log = try SampleLog()
        for (old, more) in [(0, 3), (3, 0), (3, 4), (7, 300)] as [(UInt64, Int)] {
            log.add(more)
            sample.clock.advance(.seconds(5))
            let request = try log.request(from: old)
            let answer = witness.answer(request)
            #expect(answer.status == 200)
            guard case .cosigned(let signature) = WitnessAnswer(answer, to: request, key: witness.key) else {
                Issue.record("\(answer.text)")
                return
            }
            var note = request.note
            note.add(signature)
            let verified = try note.verify(with: [witness.key])
            #expect(verified.map(\.time) == [UInt64(sample.clock.now().nanoseconds / 1_000_000_000)])
        }
    }

    @Test func `the old size must be the one it knows, and it says which that is`() throws {
        let witness = try SampleWitness().open()
        var log = try SampleLog()
        log.add(5)
        #expect(witness.answer(try log.request(from: 0)).status == 200)
        log.add(5)
        for old: UInt64 in [0, 3, 9] {
            let request = try log.request(from: old)
            let answer = witness.answer(request)
            #expect(answer.status == 409 && answer.text == "5\n")
            #expect(answer.headers["content-type"] == "text/x.tlog.size")
            #expect(WitnessAnswer(answer, to: request, key: witness.key) == .otherSize(5))
        }
        #expect(witness.answer(try log.request(from: 5)).status == 200)
    }

    @Test func `another history is not cosigned, however it is told`() throws {
        let sample = try SampleWitness()
        let witness = try sample.open()
        var log = try SampleLog()
        log.add(5)
        #expect(witness.answer(try log.request(from: 0)).status == 200)
        // The same size with another root.
        var other = try SampleLog()
        other.add(5, saying: 1)
        let same = try other.request(from: 5)
        var answer = witness.answer(same)
        #expect(answer.status == 409)
        guard case .otherHistory = WitnessAnswer(answer, to: same, key: witness.key) else {
            Issue.record("\(answer)")
            return
        }
        // A longer one that does not continue it.
        other.add(5)
        let longer = try other.request(from: 5)
        answer = witness.answer(longer)
        #expect(answer.status == 422)
        guard case .otherHistory = WitnessAnswer(answer, to: longer, key: witness.key) else {
            Issue.record("\(answer)")
            return
        }
        // A shorter one: the log was restored from a copy, and the witness knows more.
        var shorter = try SampleLog()
        shorter.add(3)
        let old = try shorter.request(from: 0)
        answer = witness.answer(old)
        #expect(answer.status == 409)
        guard case .otherHistory = WitnessAnswer(answer, to: old, key: witness.key) else {
            Issue.record("\(answer)")
            return
        }
        #expect(sample.lines.withLock { $0.count(where: { $0.contains("is not cosigned") }) } == 2)
    }

    @Test func `a wrong proof is 422, and so is one that is there where none is needed`() throws {
        let witness = try SampleWitness().open()
        var log = try SampleLog()
        log.add(6)
        let first = try log.request(from: 0)
        #expect(witness.answer(WitnessRequest(old: 0, path: [.zero], note: first.note)).status == 422)
        #expect(witness.answer(first).status == 200)
        log.add(1)
        let next = try log.request(from: 6)
        #expect(witness.answer(WitnessRequest(old: 6, path: next.path + [.zero], note: next.note)).status == 422)
        #expect(witness.answer(WitnessRequest(old: 6, path: [], note: next.note)).status == 422)
    }

    @Test func `an empty log has one root only`() throws {
        let witness = try SampleWitness().open()
        let log = try SampleLog()
        var wrong = try #require(Checkpoint(origin: SampleLog.origin, size: 0, root: .zero)).note
        wrong.add(log.signer.signature(over: wrong))
        #expect(witness.answer(WitnessRequest(old: 0, path: [], note: wrong)).status == 422)
        #expect(witness.answer(try log.request(from: 0)).status == 200)
    }

    @Test func `who is not known, and what is not signed, is told apart`() throws {
        let witness = try SampleWitness().open()
        var log = try SampleLog()
        log.add(2)
        let unknown = WitnessRequest(old: 0, path: [], note: try log.note(origin: "other.example.com/all"))
        #expect(witness.answer(unknown).status == 404)
        var thief = try SampleLog(seed: 2)
        thief.add(2)
        #expect(witness.answer(try thief.request(from: 0)).status == 403)
        // The right key's name over a signature that is not that key's.
        let line = try log.note().signatures[0]
        let bent = SignedNote.Signature(name: line.name, keyID: line.keyID, bytes: [1] + line.bytes.dropFirst())
        let text = try log.note().text
        let note = try #require(SignedNote(text: text, signatures: [bent]))
        #expect(witness.answer(WitnessRequest(old: 0, path: [], note: note)).status == 403)
        // An old size that no honest log has.
        #expect(witness.answer(WitnessRequest(old: 3, path: [], note: try log.note())).status == 400)
    }

    @Test(arguments: [
        "", "\n", "old\n\n", "old 01\n\n", "old 1", "old -1\n\n", "old 0\n", "old 0\nnot base64\n\n",
        "old 0\n\ndocket.example.com/all\n1\n", "old 0\n\nno checkpoint\n\n\u{2014} a AAAAAAA=\n",
    ])
    func `what cannot be read is 400`(text: String) throws {
        #expect(try SampleWitness().open().answer(Array(text.utf8)).status == 400)
    }

    @Test func `bytes that are no text, and too many hashes, are 400`() throws {
        let witness = try SampleWitness().open()
        var log = try SampleLog()
        log.add(1)
        let text = try log.request(from: 0).text
        #expect(witness.answer([0xFF] + Array(text.utf8)).status == 400)
        let hashes = String(repeating: Digest.zero.base64 + "\n", count: 64)
        #expect(witness.answer(Array(text.replacing("old 0\n", with: "old 0\n\(hashes)").utf8)).status == 400)
    }

    @Test(arguments: 0..<40)
    func `after any loss of power nothing is cosigned that contradicts a cosignature`(seed: Int) throws {
        let sample = try SampleWitness()
        var dice = Dice(seed: UInt64(seed))
        var log = try SampleLog()
        var last: UInt64 = 0
        for _ in 0..<12 {
            sample.disk.powerOff(at: sample.disk.operations + 1 + dice.roll(30))
            if let witness = try? sample.open() {
                for _ in 0..<4 {
                    log.add(1 + dice.roll(5))
                    let answer = witness.answer(try log.request(from: last))
                    switch answer.status {
                    case 200: last = log.tree.size
                    // It wrote down what it could not say any more.
                    case 409: last = max(last, try #require(UInt64(answer.text.dropLast())))
                    default: #expect(answer.status == 503 && sample.disk.isOff)
                    }
                }
            }
            sample.disk.restart(after: .powerLoss)
            let known = try WitnessBook(disk: sample.disk)[SampleLog.origin]?.checkpoint.size ?? 0
            #expect(known >= last)
        }
    }

    @Test func `a clock that jumps back stops it, and it says so once, until the time has come`() throws {
        let sample = try SampleWitness()
        let witness = try sample.open()
        var log = try SampleLog()
        log.add(1)
        #expect(witness.answer(try log.request(from: 0)).status == 200)
        sample.clock.advance(.seconds(-60))
        log.add(1)
        for _ in 0..<3 { #expect(witness.answer(try log.request(from: 1)).status == 503) }
        #expect(sample.lines.withLock { $0.filter { $0.contains("60 s behind") }.count } == 1)
        sample.clock.advance(.seconds(60))
        #expect(witness.answer(try log.request(from: 1)).status == 200)
    }

    @Test func `a disk that takes nothing gives no cosignature`() throws {
        let sample = try SampleWitness()
        let witness = try sample.open()
        var log = try SampleLog()
        log.add(1)
        for operation in [SimulatedDisk.Operation.create, .write, .sync, .rename] {
            sample.disk.fail(operation, .init(EROFS, happens: false))
            #expect(witness.answer(try log.request(from: 0)).status == 503)
        }
        #expect(witness.answer(try log.request(from: 0)).status == 200)
    }

    @Test func `a folder without its key, or with a book that cannot be read, is not opened`() throws {
        let folder = try TemporaryFolder()
        let files = WitnessFolder(folder.path)
        let (signer, book) = try files.open()
        #expect(signer.key.name.text.hasPrefix("docket-witness-"))
        #expect(try files.open().signer.key == signer.key)
        try book.enter(try #require(Checkpoint(origin: "a", size: 1, root: .zero)), atSeconds: 1)
        let disk = FolderDisk(folder: folder.path)
        let key = try disk.contents(of: "key")
        try disk.remove("key")
        #expect(throws: WitnessError.self) { try files.open() }
        try disk.replace("key", with: key)
        #expect(throws: Never.self) { try files.open() }
        try disk.replace("cosigned", with: Array("docket-witness/v1\na 1\n".utf8))
        #expect(throws: WitnessError.self) { try files.open() }
        try disk.remove("cosigned")
        #expect(throws: WitnessError.self) { try files.open() }
    }

    @Test func `answers that say nothing are asked again`() throws {
        var log = try SampleLog()
        log.add(4)
        let request = try log.request(from: 2)
        let key = try SampleWitness().key.key
        let bodies: [(Int, String)] = [
            (200, ""), (200, "nonsense\n"), (200, log.signer.signature(over: try log.note()).line + "\n"), (409, ""),
            (409, "x\n"), (400, ""), (403, ""), (404, ""), (429, ""), (503, ""),
        ]
        for (status, text) in bodies {
            let answer = WitnessAnswer(HTTPResponse(status, text: text), to: request, key: key)
            guard case .failed = answer else {
                Issue.record("\(status) \(text): \(answer)")
                continue
            }
        }
    }
}
