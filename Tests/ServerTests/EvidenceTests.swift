import Codecs
import Events
import Glibc
import Integrity
import Journal
import Ledger
import Platform
import TestKit
import Testing

@testable import Server

/// A data directory with some records in it, all of them in the logs.
private struct SampleData {
    let folder: TemporaryFolder
    let key: VerifierKey

    init(records: Int) throws {
        folder = try TemporaryFolder()
        let data = folder.path
        try FolderDisk.makeFolder("\(data)/journal")
        try FolderDisk.makeFolder("\(data)/ledger")
        let log = Log("test", write: { _ in })
        let signer = SignerFolder("\(data)/signer")
        let local = try signer.signer()
        key = try #require(try signer.chain()).last
        let journal = try Journal(
            disk: FolderDisk(folder: "\(data)/journal"), clock: SystemClock(), metrics: JournalMetrics(MetricList()),
            log: log)
        for number in 0..<records {
            let text = Array(
                #"{"id":"activity_\#(number)","type":"chat_created","actor":{"type":"user_actor","user_id":"user_\#(number)"}}"#
                    .utf8)
            let batch = RecordBatch(
                tenant: .default, source: "feed", storage: text, contexts: [.init(credential: "c", peer: "192.0.2.1")],
                entries: [
                    .init(
                        kind: .activity, encoding: .json, context: 0, range: ByteRange(start: 0, count: text.count))
                ])
            let done = Waitable(false)
            journal.append(batch) { _ in done.update { $0 = true } }
            _ = done.wait { $0 ? true : nil }
        }
        let instance = try Ledger.instance(
            disk: FolderDisk(folder: "\(data)/ledger"), wish: KeyName("docket.example.com"))
        let keeper = LedgerKeeper(
            journal: journal, folder: "\(data)/ledger", instance: instance, signer: local,
            metrics: MetricList(), clock: SystemClock(), log: log)
        keeper.start()
        journal.stop()
        keeper.stop()
    }

    /// - Returns: whether it was said that something is wrong, or that one cannot tell; and the findings.
    func isFound() -> (Bool, [LedgerFinding]) {
        do {
            let evidence = try Evidence(data: folder.path, log: Log("test", write: { _ in }))
            let verifier = try evidence.verify(keys: evidence.keys(trusting: key)) { _ in }
            return (try verifier.findingCount > 0 || !evidence.journalFindings().isEmpty, verifier.findings)
        } catch {
            return (true, [])
        }
    }
}

struct EvidenceTests {
    @Test func `an untouched record is said to be unchanged, and can be proven`() throws {
        let data = try SampleData(records: 64)
        let (isFound, findings) = data.isFound()
        #expect(!isFound, "\(findings)")
        let evidence = try Evidence(data: data.folder.path, log: Log("test", write: { _ in }))
        let origin = evidence.logs[0].origin
        let key = VerifierKey(name: try #require(KeyName(origin)), kind: .note, key: data.key.key)
        for sequence: UInt64 in [0, 31, 63] {
            let proof = try #require(
                try evidence.proof(tenant: .default, sequence: sequence, showing: DisclosureGroup.allCases))
            let extra = try #require(proof.extra)
            let bytes = unsafe extra.span.bytes
            let disclosure = try Disclosure(bytes: bytes)
            #expect(try disclosure.verified().sequence == sequence)
            #expect(throws: Never.self) { try proof.verify(disclosure.leafHash, origin: origin, keys: [key]) }
            let who = disclosure.shown.first { $0.group == .who }?.bytes ?? []
            #expect(String(decoding: who, as: UTF8.self).contains("user_\(sequence)\""))
        }
        #expect(try evidence.proof(tenant: .default, sequence: 64, showing: []) == nil)
    }

    /// `EVIDENCE_FLIPS` says how many bits; 0 is all of them.
    @Test func `a bit that is flipped anywhere is found`() throws {
        let data = try SampleData(records: 64)
        try #require(!data.isFound().0)
        let wish = unsafe getenv("EVIDENCE_FLIPS").flatMap { unsafe Int(String(cString: $0)) } ?? 1_500
        var dice = Dice(seed: 64)
        var places: [(file: String, byte: Int, bit: Int)] = []
        for folder in ["journal", "ledger"] {
            let disk = FolderDisk(folder: "\(data.folder.path)/\(folder)")
            for name in try disk.names() {
                for byte in 0..<(try disk.contents(of: name).count) {
                    for bit in 0..<8 { places.append(("\(folder)/\(name)", byte, bit)) }
                }
            }
        }
        if wish > 0 { places = (0..<wish).map { _ in dice.pick(places) } }
        let disk = FolderDisk(folder: data.folder.path)
        var unnamed = 0
        for (name, byte, bit) in places {
            let file = try disk.open(name)
            let before = try disk.contents(of: name)[byte]
            let flipped = [before ^ UInt8(1 << bit)]
            try unsafe file.write(flipped.span.bytes, at: byte)
            let (isFound, findings) = data.isFound()
            if !isFound { Issue.record("bit \(bit) of byte \(byte) in \(name)") }
            if isFound, !findings.contains(where: { $0.sequence != nil }) { unnamed += 1 }
            let restored = [before]
            try unsafe file.write(restored.span.bytes, at: byte)
        }
        let evidence = try Evidence(data: data.folder.path, log: Log("test", write: { _ in }))
        #expect(try evidence.verify(keys: [data.key.key]) { _ in }.findings == [])
        // Most of the bytes belong to a record, and then it is named.
        #expect(unnamed * 3 < places.count)
    }
}
