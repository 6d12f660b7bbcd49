import Codecs
import Events
import Integrity
import Journal
import Ledger
import Platform

/// Some records compared with what was signed of them.
extension Evidence {
    /// How far a comparison is.
    struct CheckProgress: Sendable {
        var leaves: UInt64 = 0
        var compared: UInt64 = 0
    }

    /// Compares records of one log: the signature of the checkpoint, the way from their leaves to its root, and each of
    /// them with its leaf. Other logs, and checkpoints that were signed before, are not looked at.
    ///
    /// - Parameters:
    ///   - rows: records under the checkpoint.
    ///   - goesOn: is told how far it is; false ends it.
    /// - Returns: `nil` when it was ended.
    func check(
        _ rows: Range<UInt64>, of log: LedgerView.Log, under note: SignedNote, keys: [Ed25519.PublicKey],
        goesOn: (CheckProgress) -> Bool
    ) throws(StartError) -> LedgerVerifier? {
        var verifier = LedgerVerifier(view)
        var progress = CheckProgress()
        var isEnded = false
        do {
            try verifier.verifyLeaves(rows, of: log, under: note, keys: keys) { leaves in
                progress.leaves = leaves
                isEnded = !goesOn(progress)
                return !isEnded
            }
            if isEnded { return nil }
            let comparer = RecordComparer(view.moment)
            let reader = try JournalReader(journal, at: rows.lowerBound, of: log.tenant)
            var next = rows.lowerBound
            while next < rows.upperBound, let batch = try reader.next() {
                let sequences = batch.sequences
                // What is missing before the batch, and then what is in it.
                try verifier.verifyMissing(next..<min(max(next, sequences.lowerBound), rows.upperBound), of: log)
                if sequences.overlaps(rows), sequences.upperBound <= log.size {
                    let compared = try comparer.compare(batch) { cut.content(of: $0, in: batch.batch, $1) }
                    verifier.take(compared, of: batch, within: rows)
                }
                noteErasures(of: batch.batch, &verifier)
                next = max(next, min(sequences.upperBound, rows.upperBound))
                progress.compared = next - rows.lowerBound
                guard goesOn(progress) else { return nil }
            }
            try verifier.verifyMissing(next..<rows.upperBound, of: log)
            // The record tells of an erasure behind what was erased, perhaps only just now.
            if verifier.hasErased {
                while let batch = try reader.next() {
                    noteErasures(of: batch.batch, &verifier)
                    guard goesOn(progress) else { return nil }
                }
                try noteLate(&verifier)
            }
            verifier.finishErased()
        } catch {
            throw StartError("\(error)")
        }
        return verifier
    }

    // MARK: One record

    /// What Docket says of itself in a record.
    ///
    /// - Returns: `nil` where there is no such record, or it is somebody else's.
    func ownRecord(_ sequence: UInt64, of log: LedgerView.Log) throws(StartError) -> JSONValue? {
        do {
            let reader = try JournalReader(journal, at: sequence, of: log.tenant)
            guard let batch = try reader.next(), batch.sequences.contains(sequence) else { return nil }
            let entry = batch.batch.entries[Int(sequence - batch.sequences.lowerBound)]
            guard entry.kind.isOwn else { return nil }
            return try JSONValue(parsing: Array(batch.batch.storage[entry.range.range]))
        } catch {
            throw StartError("\(error)")
        }
    }

    /// One record, as its leaf, the tree and the journal have it.
    struct Examination {
        let leaf: Leaf
        /// The hash in the tree.
        let expected: Digest
        /// The leaf that the record of the journal makes; `nil` when there is none to make it of.
        let made: Leaf?
        let isErased: Bool

        var isLeafChanged: Bool { leaf.hash != expected }
        var isUnchanged: Bool { !isLeafChanged && (leaf.isLost || isErased || made == leaf) }
    }

    /// - Returns: `nil` when the log has no such record.
    func examine(_ sequence: UInt64, of log: LedgerView.Log) throws(StartError) -> Examination? {
        guard sequence < log.size else { return nil }
        do {
            guard let leaf = try view.leaves(sequence..<sequence + 1, of: log).first,
                let expected = try view.leafHashes(sequence..<sequence + 1, of: log)?.first
            else { return nil }
            let isErased = try !leaf.isLost && view.isErased(sequence, of: log)
            let reader = try JournalReader(journal, at: sequence, of: log.tenant)
            let comparer = RecordComparer(view.moment)
            var made: Leaf?
            if !leaf.isLost, !isErased, let batch = try reader.next(), batch.sequences.contains(sequence) {
                made = try comparer.leaf(of: sequence, in: batch) { cut.content(of: $0, in: batch.batch, $1) }
            }
            return Examination(leaf: leaf, expected: expected, made: made, isErased: isErased)
        } catch {
            throw StartError("\(error)")
        }
    }
}
