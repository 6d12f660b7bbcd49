import Codecs
import Console
import Events
import Integrity
import Ledger
import Platform

/// Checks files that somebody brings, with the keys that are known here, and against the log as it is here.
///
/// It tells files apart by how they begin, and not by their names.
struct ExportCheck {
    private let evidence: Evidence
    private let log: LedgerView.Log

    init(_ evidence: Evidence, _ log: LedgerView.Log) {
        self.evidence = evidence
        self.log = log
    }

    private enum Kind { case record, range, lines, receipt, other }

    func verdict(on files: [UploadedFile]) throws(StartError) -> ExportVerdict {
        let kinds = files.map { ($0, Self.kind($0)) }
        let proof = kinds.first { $0.1 == .range }?.0
        let lines = kinds.first { $0.1 == .lines }?.0
        do throws(ProofRefusal) {
            if let receipt = kinds.first(where: { $0.1 == .receipt })?.0 {
                let others = files.filter { $0 != receipt }
                guard others.count == 1 else {
                    throw .cannotTell("a receipt is checked with the one file that it is of; choose both of them")
                }
                return try export(others[0], receipt)
            }
            switch (files.count, proof, lines) {
            case (0, _, _): throw .cannotTell("no file was chosen")
            case (2, let proof?, let lines?): return try range(proof, lines)
            case (1, nil, nil) where kinds[0].1 == .record: return try record(files[0])
            case (1, nil, nil): return try checkpoint(files[0])
            case (1, _, _):
                throw .cannotTell("a range is two files, `proof` and `records.ndjson`; choose both of them")
            default:
                throw .cannotTell(
                    "these files do not belong together; choose one proof of a record, one checkpoint, or `proof` and "
                        + "`records.ndjson` of one range")
            }
        } catch {
            let what = files.map(\.name).joined(separator: ", ")
            switch error {
            case .changed(let why): return ExportVerdict(.changed, what: what, "Changed: \(why).")
            case .cannotTell(let why): return ExportVerdict(.unclear, what: what, "It cannot be told: \(why).")
            }
        }
    }

    private static func kind(_ file: UploadedFile) -> Kind {
        func begins(_ text: String) -> Bool { file.bytes.starts(with: text.utf8) }
        if begins("c2sp.org/tlog-proof@v1\n") { return .record }
        if begins("docket-range/v1\n") { return .range }
        if ExportReceiptFile.isOne(file.bytes) { return .receipt }
        return begins("{\"sequence\":") ? .lines : .other
    }

    // MARK: Kinds

    private func record(_ file: UploadedFile) throws(ProofRefusal) -> ExportVerdict {
        guard let proof = try? LogProof(text: String(decoding: file.bytes, as: UTF8.self)) else {
            throw .cannotTell("the file is no whole proof")
        }
        let found = try proof.record(trusting: try trust(of: proof.note))
        let leaf = found.leaf
        var details = ["Accepted at \(RFC3339.text(Timestamp(accepted: leaf.accepted)))."]
        for shown in found.disclosure.shown where !shown.pieces.isEmpty {
            details.append("Shown and proven: \(shown.group.word), \(shown.pieces.count) pieces.")
        }
        details += ours(found.checkpoint)
        return ExportVerdict(
            .proven, what: file.name,
            "Proven: record \(leaf.sequence) of \(found.checkpoint.origin), which had \(found.checkpoint.size) records.",
            details: details)
    }

    private func range(_ file: UploadedFile, _ records: UploadedFile) throws(ProofRefusal) -> ExportVerdict {
        guard let proof = RangeProof(text: String(decoding: file.bytes, as: UTF8.self)) else {
            throw .cannotTell("\(file.name) is no whole proof of a range")
        }
        let checkpoint = try proof.note.checkpoint(trusting: try trust(of: proof.note))
        guard var check = RangeCheck(proof) else { throw .cannotTell("its hashes are not those of a log") }
        var lines = records.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        // What stands behind the last line feed is a line if it is anything.
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines { check.take(Array(line)) }
        let what = "\(file.name), \(records.name)"
        do throws(ProofRefusal) {
            try check.finish(in: checkpoint)
        } catch {
            let details = check.findings.map { "\($0.isChange ? "Changed" : "Cannot tell"): \($0.text)." }
            switch error {
            case .changed(let why): return ExportVerdict(.changed, what: what, "Changed: \(why).", details: details)
            case .cannotTell(let why):
                return ExportVerdict(.unclear, what: what, "It cannot be told: \(why).", details: details)
            }
        }
        return ExportVerdict(
            .proven, what: what,
            "Proven: records \(proof.first) to \(proof.first + proof.count - 1) of \(checkpoint.origin), which had "
                + "\(checkpoint.size) records. Nothing between them was left out.",
            details: ours(checkpoint))
    }

    private func checkpoint(_ file: UploadedFile) throws(ProofRefusal) -> ExportVerdict {
        guard let note = try? SignedNote(parsing: String(decoding: file.bytes, as: UTF8.self)),
            Checkpoint(text: note.text) != nil
        else {
            throw .cannotTell(
                "the file is no proof of a record, no proof of a range, no receipt and no checkpoint; `docket prove`, the "
                    + "receipt of an export and this page write what can be checked")
        }
        let checkpoint = try note.checkpoint(trusting: try trust(of: note))
        guard checkpoint.origin == log.origin else {
            return ExportVerdict(
                .proven, what: file.name,
                "Proven: \(checkpoint.origin) had \(checkpoint.size) entries when this was signed.")
        }
        guard let isOurs = isOurs(checkpoint) else {
            throw .cannotTell("the log has \(log.size) records here, and had \(checkpoint.size) when this was signed")
        }
        guard isOurs else {
            throw .changed("another root was signed for \(checkpoint.size) records than the log has here")
        }
        return ExportVerdict(
            .proven, what: file.name,
            "Proven: \(checkpoint.origin) had \(checkpoint.size) records when this was signed, and the log here "
                + "continues it.")
    }

    /// A file that somebody exported, what its receipt says of it, and what the record says of the receipt.
    private func export(_ file: UploadedFile, _ receipt: UploadedFile) throws(ProofRefusal) -> ExportVerdict {
        guard let told = ExportReceiptFile(receipt.bytes) else { throw .cannotTell("the receipt is not whole") }
        try told.compare(file.bytes)
        guard let sequence = told.record else { throw .cannotTell("the receipt does not say which record it is") }
        let (proof, record) = try receiptRecord(sequence)
        switch proof?.state {
        case .proven, .waiting: break
        case .refuted(let why): throw .changed("of the receipt, which is record \(sequence): \(why)")
        case .unclear(let why): throw .cannotTell(why)
        case .erased: throw .cannotTell("what record \(sequence) said was erased")
        case nil: throw .cannotTell("the log here has no record \(sequence)")
        }
        guard let record, record.value(at: "event.id")?.string == told.id,
            record.value(at: "file.hash.sha256")?.string == told.digest
        else { throw .changed("record \(sequence) of this log is no receipt of this file") }
        guard proof?.state == .proven else {
            throw .cannotTell("the file is what record \(sequence) says, but no checkpoint covers the record yet")
        }
        return ExportVerdict(
            .proven, what: "\(file.name), \(receipt.name)",
            "Proven: the file is the export \(told.id), as record \(sequence) of \(log.origin) says.",
            details: told.facts)
    }

    private func receiptRecord(
        _ sequence: UInt64
    ) throws(ProofRefusal) -> (proof: EventProof?, record: JSONValue?) {
        do throws(StartError) {
            let proof = try evidence.eventProof(of: sequence, in: log)
            return (proof, proof == nil ? nil : try evidence.ownRecord(sequence, of: log))
        } catch {
            throw .cannotTell("\(error)")
        }
    }

    // MARK: Against the log here

    /// The keys for the log that signed it: that of the tenant, or the log of all logs.
    private func trust(of note: SignedNote) throws(ProofRefusal) -> TrustPolicy {
        let origin = Checkpoint(text: note.text)?.origin
        guard origin == log.origin || origin == evidence.originOfAll else {
            throw .cannotTell("it is of another log than \(log.origin)")
        }
        return try evidence.trust(in: origin ?? log.origin)
    }

    /// - Returns: `nil` when the log here was never so long.
    private func isOurs(_ checkpoint: Checkpoint) -> Bool? {
        guard checkpoint.size <= log.size else { return nil }
        var tree = evidence.view.tree(of: log)
        return (try? tree.root(at: checkpoint.size)) == checkpoint.root
    }

    private func ours(_ checkpoint: Checkpoint) -> [String] {
        guard checkpoint.origin == log.origin, let isOurs = isOurs(checkpoint) else { return [] }
        return [
            isOurs
                ? "The log here continues the checkpoint that it was proven under."
                : "The log here has another root for \(checkpoint.size) records. One of the two was changed."
        ]
    }
}
