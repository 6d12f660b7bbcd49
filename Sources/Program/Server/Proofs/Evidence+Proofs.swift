public import Events
public import Integrity
import Journal
public import Ledger
import Pipeline
public import Platform

/// What can be proven of a log, and under which checkpoint.
extension Evidence {
    public func log(of tenant: TenantName) throws(StartError) -> LedgerView.Log {
        guard let log = view.log(of: tenant) else { throw StartError("there is no log of tenant `\(tenant)`") }
        return log
    }

    /// A checkpoint that was signed.
    ///
    /// - Parameter size: of the log; `nil` for the last one.
    /// - Throws: also when no checkpoint of this size was kept; the error names the nearest.
    public func checkpoint(of log: LedgerView.Log, size: UInt64?) throws(StartError) -> SignedNote {
        guard let size else {
            guard let note = log.checkpoint else { throw StartError("no checkpoint of `\(log.tenant)` is signed yet") }
            return note
        }
        let kept = try kept(of: log)
        if let found = kept.first(where: { $0.size == size }) { return found.note }
        let near = [kept.last { $0.size < size }, kept.first { $0.size > size }].compactMap { $0.map { "\($0.size)" } }
        throw StartError(
            "no checkpoint over \(size) records of `\(log.tenant)` was kept"
                + (near.isEmpty ? "" : "; there is one over \(near.joined(separator: ", and one over "))"))
    }

    /// All checkpoints that are kept, and the last one, by size.
    public func kept(of log: LedgerView.Log) throws(StartError) -> [(size: UInt64, note: SignedNote)] {
        try ledger { () throws(LedgerError) in
            try view.checkpoints(of: log).compactMap { note in
                Checkpoint(text: note.text).map { (size: $0.size, note: note) }
            }
        }
    }

    /// The proof that a log continues what it was.
    ///
    /// - Returns: `nil` when it was never so long, or the sizes are not in their order.
    public func consistency(
        of log: LedgerView.Log, from old: UInt64, to new: UInt64
    ) throws(StartError) -> ConsistencyProof? {
        guard old <= new, new <= log.size else { return nil }
        return try ledger { () throws(LedgerError) in
            var tree = view.tree(of: log)
            return try tree.consistencyProof(from: old, to: new)
        }
    }

    /// The proof that a record is in the log of its tenant.
    ///
    /// - Parameters:
    ///   - groups: those that are shown.
    ///   - size: of the checkpoint that it is proven under; `nil` for the last one.
    /// - Returns: `nil` when there is no such record, or the checkpoint does not cover it.
    public func proof(
        tenant: TenantName, sequence: UInt64, showing groups: [DisclosureGroup], under size: UInt64? = nil
    ) throws(StartError) -> LogProof? {
        guard let log = view.log(of: tenant), sequence < log.size, size != nil || log.checkpoint != nil else {
            return nil
        }
        let note = try checkpoint(of: log, size: size)
        var proof: LogProof?
        try disclosures(of: sequence..<sequence + 1, in: log, showing: groups) { disclosures throws(StartError) in
            guard let disclosure = disclosures.first else { return }
            proof = try ledger { () throws(LedgerError) in
                try view.proof(of: disclosure, at: sequence, in: log, under: note)
            }
        }
        return proof
    }

    /// The records that were accepted in a stretch of time, from the first of them to the last.
    ///
    /// - Parameter rows: where they are looked for; `nil` for everywhere.
    /// - Cost: reads all leaves; a clock that was set back leaves no order that could be relied on.
    public func sequences(
        of log: LedgerView.Log, acceptedFrom from: Timestamp, to end: Timestamp, within rows: Range<UInt64>? = nil
    ) throws(StartError) -> Range<UInt64>? {
        var found: Range<UInt64>?
        let rows = rows ?? 0..<log.size
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: 1 << 16) {
            let leaves = try ledger { () throws(LedgerError) in
                try view.leaves(start..<min(start + 1 << 16, rows.upperBound), of: log)
            }
            for leaf in leaves {
                let accepted = Timestamp(nanoseconds: Int64(clamping: leaf.accepted))
                guard accepted >= from, accepted < end else { continue }
                found = (found?.lowerBound ?? leaf.sequence)..<leaf.sequence + 1
            }
        }
        return found
    }

    /// What is shown of records that follow one another, some of them at a time, in their order.
    func disclosures(
        of sequences: Range<UInt64>, in log: LedgerView.Log, showing groups: [DisclosureGroup],
        _ take: ([Disclosure]) throws(StartError) -> Void
    ) throws(StartError) {
        do {
            let reader = try JournalReader(journal, at: sequences.lowerBound, of: log.tenant)
            var next = sequences.lowerBound
            while next < sequences.upperBound {
                let batch = try reader.next()
                let first = min(batch?.firstSequence ?? sequences.upperBound, sequences.upperBound)
                if next < first {
                    try take(try withoutRecords(next..<first, log))
                    next = first
                }
                guard let batch else { continue }
                let rows = next..<min(batch.firstSequence + UInt64(batch.batch.entries.count), sequences.upperBound)
                guard !rows.isEmpty else { continue }
                let place = Int(rows.lowerBound - batch.firstSequence)
                try take(
                    try view.disclosures(of: rows, in: log, showing: groups) { index, add in
                        guard batch.batch.entries[place + index].encoding != .erased else { return }
                        cut.content(of: place + index, in: batch.batch, add)
                    })
                next = rows.upperBound
            }
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("\(error)")
        }
    }

    /// Records that the journal does not have: lost before they came into the log, or erased since.
    private func withoutRecords(_ rows: Range<UInt64>, _ log: LedgerView.Log) throws -> [Disclosure] {
        var disclosures: [Disclosure] = []
        for (sequence, leaf) in zip(rows, try view.leaves(rows, of: log)) {
            if leaf.isLost {
                disclosures.append(Disclosure(leaf: leaf, shown: []))
                continue
            }
            let isErased = try view.isErased(sequence, of: log)
            guard isErased else {
                throw StartError(
                    "record \(sequence) of `\(log.tenant)` is not in the journal; `docket verify` says more")
            }
            disclosures.append(Disclosure(leaf: leaf, shown: []))
        }
        return disclosures
    }

    func ledger<Result>(_ body: () throws(LedgerError) -> Result) throws(StartError) -> Result {
        do throws(LedgerError) {
            return try body()
        } catch {
            throw StartError("\(error)")
        }
    }
}
