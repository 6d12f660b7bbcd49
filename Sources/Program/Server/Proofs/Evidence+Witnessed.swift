public import Events
public import Integrity
import Ledger

/// Proofs that lead to what witnesses have seen.
extension Evidence {
    /// The proof that a record is in the log of its tenant, and that in the log of all logs.
    ///
    /// - Parameter groups: those that are shown.
    /// - Returns: `nil` when there is no such record, or what witnesses have seen does not cover it yet.
    public func witnessedProof(
        tenant: TenantName, sequence: UInt64, showing groups: [DisclosureGroup]
    ) throws(StartError) -> LogProof? {
        guard let note = all.witnessed, let whole = Checkpoint(text: note.text) else {
            throw StartError("no witness has cosigned a checkpoint yet; `ledger.witnesses` says who is asked")
        }
        guard let log = view.log(of: tenant), sequence < log.size else { return nil }
        let entry = try ledger { () throws(LedgerError) in try all.entry(covering: sequence, of: log) }
        guard let entry, entry.index < whole.size else { return nil }
        var proof: LogProof?
        try disclosures(of: sequence..<sequence + 1, in: log, showing: groups) { disclosures throws(StartError) in
            guard let disclosure = disclosures.first else { return }
            proof = try ledger { () throws(LedgerError) in
                var tree = view.tree(of: log)
                guard let path = try tree.inclusionProof(of: sequence, in: entry.checkpoint.checkpoint.size)?.path,
                    let way = try all.inclusion(of: entry.index, in: whole.size)?.path
                else { return nil }
                let extra = WitnessedDisclosure(checkpoint: entry.checkpoint, path: path, disclosure: disclosure)
                return LogProof(extra: extra.bytes, index: entry.index, path: way, note: note)
            }
        }
        return proof
    }
}
