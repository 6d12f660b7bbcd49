public import Events
public import Integrity

/// What is compared when it is asked about some records of a log, and not about all.
extension LedgerVerifier {
    /// Hashes the leaves of records again, and follows them to the root that was signed.
    ///
    /// - Parameters:
    ///   - note: the checkpoint that covers them.
    ///   - keys: the signer's; without any, the signature is not checked.
    ///   - goesOn: is told how many leaves are hashed; false ends it, and then nothing more is found.
    public mutating func verifyLeaves(
        _ rows: Range<UInt64>, of log: LedgerView.Log, under note: SignedNote, keys: [Ed25519.PublicKey],
        goesOn: (UInt64) -> Bool
    ) throws(LedgerError) {
        guard let checkpoint = Checkpoint(text: note.text), checkpoint.size <= log.size else {
            return find(log.tenant, nil, .checkpointMissing)
        }
        if !isSigned(note, checkpoint, by: keys, origin: log.origin) { find(log.tenant, nil, .checkpoint) }
        var tree = view.tree(of: log)
        guard let proof = try tree.rangeProof(of: rows, in: checkpoint.size, under: note), var edge = proof.start else {
            return find(log.tenant, nil, .tree)
        }
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Int(Self.chunk)) {
            let part = start..<min(start + Self.chunk, rows.upperBound)
            guard let bytes = try view.leafBytes(part, of: log) else {
                return find(log.tenant, part.lowerBound, .leafMissing)
            }
            var hashes: [Digest] = []
            unsafe lanes.append(digestsOfEach: Leaf.size, in: bytes.span.bytes, prefix: 0x00, to: &hashes)
            try compare(hashes, part, log)
            edge.append(hashes, lanes: lanes)
            guard goesOn(part.upperBound - rows.lowerBound) else { return }
        }
        if proof.root(edge, size: checkpoint.size) != checkpoint.root { find(log.tenant, nil, .root) }
    }

    /// Says which of these records the log knows and the journal does not have.
    public mutating func verifyMissing(_ rows: Range<UInt64>, of log: LedgerView.Log) throws(LedgerError) {
        for sequence in rows { try findMissing(sequence, log) }
    }

    /// The same as ``take(_:)`` for a batch that begins before these records or ends behind them.
    public mutating func take(_ compared: RecordComparison, of batch: JournaledBatch, within rows: Range<UInt64>) {
        take(compared.within(rows.clamped(to: batch.sequences)))
    }
}
