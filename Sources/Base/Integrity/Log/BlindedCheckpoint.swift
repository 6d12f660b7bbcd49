/// A tenant's checkpoint as an entry of the log of all tenants.
///
///     entry = SHA-256(blinding ‖ text of the checkpoint)
///
/// Witnesses see only that log. Who has the blinding, which is that tenant, can show that a checkpoint is in it; who
/// has not, learns nothing of other tenants.
public struct BlindedCheckpoint: Sendable, Equatable {
    public let checkpoint: Checkpoint
    /// - Shape: 32 bytes from ``RandomBytes``.
    public let blinding: [UInt8]

    public init(_ checkpoint: Checkpoint, random: RandomBytes) {
        self.checkpoint = checkpoint
        blinding = random.bytes(Digest.size)
    }

    /// One that was given away.
    ///
    /// - Returns: `nil` unless the blinding has 32 bytes.
    public init?(_ checkpoint: Checkpoint, blinding: [UInt8]) {
        guard blinding.count == Digest.size else { return nil }
        self.checkpoint = checkpoint
        self.blinding = blinding
    }

    public var entry: Digest {
        let message = blinding + checkpoint.text.utf8
        return Digest(of: message.rawBytes)
    }

    /// The hash with which it stands in the tree.
    public var leaf: Digest { Digest(leaf: entry.bytes) }
}
