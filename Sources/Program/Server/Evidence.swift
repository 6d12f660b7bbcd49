import Codecs
import Events
public import Integrity
public import Journal
public import Ledger
import Pipeline
public import Platform

/// What a data directory proves: its logs, and the journal they are about. It is only read, also beside a server.
public final class Evidence {
    let view: LedgerView
    let all: LogOfLogsView
    let journal: Journal
    /// The data directory.
    let data: String
    private let journalDisk: FolderDisk
    private let signer: SignerFolder
    var cut = RecordCut()
    /// Segments of which the record says that they were written anew.
    private var erased: Set<ErasureRecord.Segment> = []

    /// - Parameter data: the data directory.
    public init(data: String, log: Log) throws(StartError) {
        self.data = data
        guard FolderDisk.isFolder("\(data)/ledger") else {
            throw StartError("there are no logs in `\(data)`; --data says where the data directory is")
        }
        do throws(LedgerError) {
            // In this order: what a server adds in between is in the second one only.
            all = try LogOfLogsView(disk: FolderDisk(folder: "\(data)/ledger"))
            view = try LedgerView(disk: FolderDisk(folder: "\(data)/ledger"))
        } catch {
            throw StartError("\(error)")
        }
        journalDisk = FolderDisk(folder: "\(data)/journal")
        journal = Journal.reading(journalDisk, upTo: view.position, log: log)
        self.signer = SignerFolder("\(data)/signer")
    }

    public var logs: [LedgerView.Log] { view.logs }
    /// The name of the log of all logs.
    public var originOfAll: String { all.origin }

    /// The keys that signed, as the server heard of them, or as the signer has them that is beside it; `nil` when
    /// neither is there.
    public func keys() throws(StartError) -> KeyChain? {
        do throws(LedgerError) {
            if let heard = try KeyFile.read(FolderDisk(folder: "\(data)/ledger")) { return heard }
            return try signer.chain()
        } catch {
            throw StartError("\(error)")
        }
    }

    /// The keys to verify with.
    ///
    /// - Parameter trusted: one of the signer's keys, from wherever it is trusted: those that follow it by its own word
    ///   are trusted, too. Without it all that are known are.
    public func keys(trusting trusted: VerifierKey?) throws(StartError) -> [Ed25519.PublicKey] {
        let chain = try keys()
        guard let trusted else { return chain?.keys.map(\.key) ?? [] }
        return (chain?.keys(from: trusted) ?? [trusted]).map(\.key)
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
    /// - Parameter keys: the signer's, from wherever they are trusted; without any, signatures are not checked.
    /// - Parameter progress: is told now and then how many records are compared.
    public func verify(
        keys: [Ed25519.PublicKey], progress: (UInt64) -> Void
    ) throws(StartError) -> LedgerVerifier {
        var verifier = LedgerVerifier(view)
        do {
            for log in view.logs { try verifier.verifyTree(of: log, keys: keys) }
            try verifier.verifyAll(all, keys: keys)
            let team = ComparerTeam(view.moment)
            let reader = JournalReader(journal, from: .start)
            while let batch = try reader.next() {
                if try verifier.follow(batch) { team.compare(batch) }
                noteErasures(of: batch.batch, &verifier)
                progress(team.records)
            }
            verifier.take(try team.finish())
            try noteLate(&verifier)
            try verifier.finish()
        } catch {
            throw StartError("\(error)")
        }
        return verifier
    }

    /// An erasure may be carried out meanwhile, and its record be in no log yet.
    func noteLate(_ verifier: inout LedgerVerifier) throws {
        let files = try Journal.reading(journalDisk)
        let late = JournalReader(files, from: view.position)
        while files.end > late.end, let batch = try late.next() { noteErasures(of: batch.batch, &verifier) }
    }

    /// What the record says of erasures.
    func noteErasures(of batch: RecordBatch, _ verifier: inout LedgerVerifier) {
        for entry in batch.entries where entry.kind == .erasure {
            guard let erasure = ErasureRecord(document: Array(batch.storage[entry.range.range])) else { continue }
            verifier.note(erasure, of: batch.tenant)
            erased.formUnion(erasure.segments)
        }
    }
}
