public import Integrity

/// Who has the key. It signs nothing that does not continue what it signed before, so that even a program that was
/// taken over cannot tell two stories.
///
/// - Threads: any.
public protocol CheckpointSigner: Sendable {
    /// Signs a checkpoint.
    ///
    /// - Parameter old: how long the log was by the last checkpoint that was signed; 0 at the beginning.
    /// - Parameter proof: that the checkpoint continues that one.
    /// - Throws: a ``SigningRefusal``.
    func sign(
        _ checkpoint: Checkpoint, from old: UInt64, proof: ConsistencyProof
    ) throws(SigningRefusal) -> SignedNote.Signature

    /// The key that signs for a log.
    func key(of origin: String) throws(SigningRefusal) -> VerifierKey
}

/// Why there is no signature.
public enum SigningRefusal: Error, Sendable {
    /// The last checkpoint that was signed has another size than the one the proof starts from.
    case otherSize(UInt64)
    /// The log does not continue what was signed. A person must look: nothing is signed any more.
    case notConsistent(String)
    /// The signer does not answer; it is asked again later.
    case unreachable(String)
}
