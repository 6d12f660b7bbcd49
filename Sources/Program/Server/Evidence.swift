import Codecs
public import Events
public import Integrity
public import Journal
public import Ledger
import Pipeline
public import Platform

/// What a data directory proves: its logs, and the journal they are about. It is only read, also beside a server.
public final class Evidence {
    private let view: LedgerView
    private let journal: Journal
    private let journalDisk: FolderDisk
    private let signer: SignerFolder
    private var cut = RecordCut()
    /// Segments of which the record says that they were written anew.
    private var erased: Set<ErasureRecord.Segment> = []

    /// - Parameter data: the data directory.
    public init(data: String, log: Log) throws(StartError) {
        guard FolderDisk.isFolder("\(data)/ledger") else {
            throw StartError("there are no logs in `\(data)`; --data says where the data directory is")
        }
        do throws(LedgerError) {
            view = try LedgerView(disk: FolderDisk(folder: "\(data)/ledger"))
        } catch {
            throw StartError("\(error)")
        }
        journalDisk = FolderDisk(folder: "\(data)/journal")
        journal = Journal.reading(journalDisk, upTo: view.position, log: log)
        self.signer = SignerFolder("\(data)/signer")
    }

    public var logs: [LedgerView.Log] { view.logs }

    /// The key that signs; `nil` when it is not on this machine.
    public func publicKey() throws(StartError) -> Ed25519.PublicKey? {
        do throws(LedgerError) {
            return try signer.publicKey()
        } catch {
            throw StartError("\(error)")
        }
    }

    // MARK: Verifying

    /// What is not as it was written in the files of the journal, whether or not a record is concerned. To be asked
    /// behind ``verify(key:progress:)``, which finds out what was erased.
    public func journalFindings() throws(StartError) -> [JournalFinding] {
        do throws(DiskError) {
            return try JournalCheck.findings(journalDisk, upTo: view.position, erased: erased)
        } catch {
            throw StartError("\(error)")
        }
    }

    /// Compares the logs with what was signed, and each record with its leaf.
    ///
    /// - Parameter key: the signer's, from wherever it is trusted.
    /// - Parameter progress: is told now and then how many records are compared.
    public func verify(
        key: Ed25519.PublicKey?, progress: (UInt64) -> Void
    ) throws(StartError) -> LedgerVerifier {
        var verifier = LedgerVerifier(view)
        do {
            for log in view.logs { try verifier.verifyTree(of: log, key: key) }
            let reader = JournalReader(journal, from: .start)
            while let batch = try reader.next() {
                try verifier.verify(batch) { cut.content(of: $0, in: batch.batch, $1) }
                for entry in batch.batch.entries where entry.kind == .erasure {
                    guard let erasure = ErasureRecord(document: Array(batch.batch.storage[entry.range.range])) else {
                        continue
                    }
                    verifier.note(erasure, of: batch.batch.tenant)
                    erased.formUnion(erasure.segments)
                }
                progress(verifier.records)
            }
            try verifier.finish()
        } catch {
            throw StartError("\(error)")
        }
        return verifier
    }

    // MARK: Proving

    /// The proof that a record is in the log of its tenant.
    ///
    /// - Parameter groups: those that are shown.
    /// - Returns: `nil` when there is no such record, or no checkpoint covers it yet.
    public func proof(
        tenant: TenantName, sequence: UInt64, showing groups: [DisclosureGroup]
    ) throws(StartError) -> LogProof? {
        guard let log = view.log(of: tenant), sequence < log.size else { return nil }
        do {
            let reader = JournalReader(journal, from: .start)
            while let batch = try reader.next() {
                let count = UInt64(batch.batch.entries.count)
                guard batch.batch.tenant == tenant, batch.firstSequence <= sequence,
                    sequence < batch.firstSequence + count
                else { continue }
                var result: Result<LogProof?, LedgerError> = .success(nil)
                cut.content(of: Int(sequence - batch.firstSequence), in: batch.batch) { content in
                    do throws(LedgerError) {
                        result = .success(try view.proof(of: sequence, in: log, content: content, showing: groups))
                    } catch {
                        result = .failure(error)
                    }
                }
                return try result.get()
            }
        } catch {
            throw StartError("\(error)")
        }
        return nil
    }
}
