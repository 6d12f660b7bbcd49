public import Integrity

/// Who has the key. It signs nothing that does not continue what it signed before, so that even a program that was
/// taken over cannot tell two stories.
///
/// - Threads: any.
public protocol CheckpointSigner: Sendable {
    /// Signs checkpoints of different logs.
    ///
    /// - Returns: an answer for each wish, in their order.
    /// - Throws: ``SignerUnreachable``; nothing is known of any of them then.
    func sign(_ wishes: [SigningWish]) throws(SignerUnreachable) -> [SigningAnswer]

    /// All its keys, so that others verify also what older and younger ones signed.
    func keys() throws(SignerUnreachable) -> KeyChain
}

/// A checkpoint that should be signed.
public struct SigningWish: Sendable, Equatable {
    public let checkpoint: Checkpoint
    /// That it continues the last one that was signed of its log.
    public let proof: ConsistencyProof

    public init(_ checkpoint: Checkpoint, continuing proof: ConsistencyProof) {
        self.checkpoint = checkpoint
        self.proof = proof
    }
}

public enum SigningAnswer: Sendable, Equatable {
    /// One signature of each key that is in use.
    case signed([SignedNote.Signature])
    /// The last checkpoint that was signed has another size than the one the proof starts from.
    case otherSize(UInt64)
    /// It does not continue what was signed. A person must look.
    case refused
}

/// The signer does not answer; it is asked again later.
public struct SignerUnreachable: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
