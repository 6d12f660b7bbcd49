import Codecs
import Events
import Glibc
import Integrity
import Journal
import Ledger
import Pipeline
import Platform
import Server

/// What proving and verifying cost, on a journal of a gigabyte and its log.
enum EvidenceBenchmark {
    static func run(gigabytes: Double) {
        let folder = BenchFolder("evidence")
        do {
            let (records, raw) = try write(Int(gigabytes * 1e9), folder.path)
            try leaves(records, folder.path)
            try verify(records, raw, folder.path)
            try prove(records, folder.path)
        } catch {
            print("evidence: \(error)")
        }
    }

    /// Records of Claude Code in a journal, and the log over them, as a server does both.
    private static func write(_ bytes: Int, _ data: String) throws -> (records: Int, raw: Int) {
        let log = Log("bench", least: .warning)
        try FolderDisk.makeFolder("\(data)/journal")
        try FolderDisk.makeFolder("\(data)/ledger")
        let journal = try Journal(
            disk: FolderDisk(folder: "\(data)/journal"), clock: SystemClock(), metrics: JournalMetrics(MetricList()),
            log: log)
        let batches = (0..<64).map { NormalizeBenchmark.events(.protobuf, from: $0 * 1_000) }
        var raw = 0
        var records = 0
        var number = 0
        while raw < bytes {
            let done = Waitable(0)
            for _ in 0..<16 {
                raw += batches[number % 64].byteCount
                records += batches[number % 64].entries.count
                journal.append(batches[number % 64]) { _ in done.update { $0 += 1 } }
                number += 1
            }
            _ = done.wait { $0 == 16 ? true : nil }
        }
        let disk = FolderDisk(folder: "\(data)/ledger")
        let ledger = try Ledger(
            disk: disk, instance: try Ledger.instance(disk: disk, wish: KeyName("example.com")),
            signer: try SignerFolder("\(data)/signer").signer(), metrics: LedgerMetrics(MetricList()), log: log)
        let meter = Meter()
        let reader = JournalReader(journal, from: .start)
        var cut = RecordCut()
        var waiting = 0
        while let batch = try reader.next() {
            try ledger.append(batch) { cut.content(of: $0, in: batch.batch, $1) }
            waiting += batch.batch.entries.count
            guard waiting >= 16_384 else { continue }
            try ledger.publish(upTo: reader.end)
            waiting = 0
        }
        try ledger.publish(upTo: reader.end)
        journal.stop()
        meter.report("evidence, records into the log", events: records, bytesIn: raw, bytesOut: records * Leaf.size)
        return (records, raw)
    }

    /// The tree alone: leaves as they are stored, hashed, and built into tiles.
    private static func leaves(_ records: Int, _ data: String) throws {
        let bytes = try FolderDisk(folder: "\(data)/ledger").contents(of: "default.leaves.0000")
        let lanes = DigestLanes()
        let meter = Meter()
        var tree = TileWriter()
        let chunk = 4_096 * Leaf.size
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            var hashes: [Digest] = []
            let all = unsafe bytes.span.bytes
            lanes.append(
                digestsOfEach: Leaf.size, in: all.extracting(start..<min(start + chunk, bytes.count)), prefix: 0x00,
                to: &hashes)
            _ = tree.append(hashes)
        }
        _ = tree.root
        meter.report(
            "evidence, leaves hashed and built into a tree", events: Int(tree.size), bytesIn: bytes.count, bytesOut: 0)
    }

    private static func verify(_ records: Int, _ raw: Int, _ data: String) throws {
        let evidence = try Evidence(data: data, log: Log("bench", least: .error))
        let meter = Meter()
        let started = Meter.wallSeconds()
        let verifier = try evidence.verify(keys: evidence.keys(trusting: nil)) { _ in }
        let found = verifier.findingCount + (try evidence.journalFindings().count)
        let seconds = Meter.wallSeconds() - started
        meter.report("evidence, docket verify", events: records, bytesIn: raw, bytesOut: 0)
        print("  \(Int(Double(raw) / seconds / 1e6)) MB of records a second, \(found) findings")
    }

    private static func prove(_ records: Int, _ data: String) throws {
        let evidence = try Evidence(data: data, log: Log("bench", least: .error))
        let log = try evidence.log(of: .default)
        let view = try LedgerView(disk: FolderDisk(folder: "\(data)/ledger"))
        let key = VerifierKey(name: KeyName(log.origin)!, kind: .note, key: try evidence.keys(trusting: nil)[0])
        var place = UInt64(12_345)
        func next() -> UInt64 {
            place = place &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (place >> 20) % UInt64(records)
        }
        var proofs: [LogProof] = []
        let whole = Meter()
        for _ in 0..<100 {
            if let proof = try evidence.proof(tenant: .default, sequence: next(), showing: [.who]) {
                proofs.append(proof)
            }
        }
        whole.report("evidence, find a record and prove it", events: 100, bytesIn: 0, bytesOut: 0)
        let tree = Meter()
        for _ in 0..<1_000 {
            var tiles = view.tree(of: log)
            _ = try tiles.inclusionProof(of: next(), in: log.size)
        }
        tree.report("evidence, the hashes of a proof", events: 1_000, bytesIn: 0, bytesOut: 0)
        let check = Meter()
        for number in 0..<5_000 {
            let proof = proofs[number % proofs.count]
            let extra = proof.extra ?? []
            let disclosure = try Disclosure(bytes: unsafe extra.span.bytes)
            _ = try disclosure.verified()
            _ = try proof.verify(disclosure.leafHash, origin: log.origin, keys: [key])
        }
        check.report("evidence, verify a proof with its signature", events: 5_000, bytesIn: 0, bytesOut: 0)
        let path = Meter()
        let size = log.size
        for number in 0..<100_000 {
            let proof = proofs[number % proofs.count]
            let inclusion = InclusionProof(index: proof.index, size: size, path: proof.path)
            precondition(inclusion.root(from: .zero) != nil)
        }
        path.report("evidence, verify the hashes of a proof", events: 100_000, bytesIn: 0, bytesOut: 0)
    }
}
