public import Platform

/// The numbers that bound the journal.
public struct JournalLimits: Sendable {
    /// A new segment is begun behind this size.
    ///
    /// - Unit: bytes   - Range: 1 MiB …   - Default: 128 MiB
    public var segmentSize = 128 << 20

    /// Batches that wait to be written. Behind it, senders are told to come again.
    ///
    /// - Unit: bytes   - Default: 64 MiB
    public var queueSize = 64 << 20

    /// Records of one frame before compression; larger batches stay whole.
    ///
    /// - Unit: bytes   - Default: 1 MiB
    public var frameSize = 1 << 20

    /// What one group commit takes at the most.
    ///
    /// - Unit: bytes   - Default: 8 MiB
    public var commitSize = 8 << 20

    /// Space that must stay free on the disk for positions and for people; below it nothing is accepted.
    ///
    /// - Unit: share of the disk, in percent   - Default: 5
    public var freePercent = 5

    /// How long senders are told to wait.
    ///
    /// - Default: one second
    public var pause = Timestamp.Span.seconds(1)

    public init() {}
}
