import Archive
import Events
import Integrity
import Ledger

/// The logs as the archive asks for them.
struct ArchivedLogs: LogSource {
    let view: LedgerView

    func archivedLeaves(
        _ sequences: Range<UInt64>, of tenant: TenantName
    ) throws(ArchiveError) -> [UInt8]? {
        try asked { () throws(LedgerError) in
            guard let log = view.log(of: tenant), sequences.upperBound <= log.size else { return nil }
            return try view.leafBytes(sequences, of: log)
        }
    }

    func archivedSeeds(
        _ sequences: Range<UInt64>, of tenant: TenantName
    ) throws(ArchiveError) -> [ContentSeed?] {
        try asked { () throws(LedgerError) in
            guard let log = view.log(of: tenant) else { return sequences.map { _ in nil } }
            return try view.seeds(sequences, of: log)
        }
    }

    func archivedCheckpoint(of tenant: TenantName) throws(ArchiveError) -> SignedNote? {
        // The signer may have been faster than the state: then it is looked at the next time.
        guard let log = view.log(of: tenant), let note = log.checkpoint,
            let checkpoint = Checkpoint(text: note.text), checkpoint.size <= log.size
        else { return nil }
        return note
    }

    func archivedProof(
        of sequences: Range<UInt64>, under note: SignedNote, _ tenant: TenantName
    ) throws(ArchiveError) -> RangeProof? {
        try asked { () throws(LedgerError) in
            guard let log = view.log(of: tenant) else { return nil }
            guard let size = Checkpoint(text: note.text)?.size, size <= log.size else { return nil }
            var tree = view.tree(of: log)
            return try tree.rangeProof(of: sequences, in: size, under: note)
        }
    }

    private func asked<Result>(_ body: () throws(LedgerError) -> Result) throws(ArchiveError) -> Result {
        do throws(LedgerError) {
            return try body()
        } catch {
            if case .disk(let error) = error { throw .disk(error) }
            throw .refused("the archive waits: \(error)")
        }
    }
}
