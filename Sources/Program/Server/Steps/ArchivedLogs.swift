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
        try asked { () throws(LedgerError) in
            // The file may be newer than this view: then it is looked at the next time.
            guard let log = view.log(of: tenant), let note = try view.checkpoint(of: log),
                let checkpoint = Checkpoint(text: note.text), checkpoint.size <= log.size
            else { return nil }
            return note
        }
    }

    func archivedProof(
        of sequences: Range<UInt64>, in size: UInt64, _ tenant: TenantName
    ) throws(ArchiveError) -> RangeProof? {
        try asked { () throws(LedgerError) in
            guard let log = view.log(of: tenant) else { return nil }
            return try view.rangeProof(of: sequences, in: size, of: log)
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
