public import Platform

/// The numbers that bound the journal.
public struct JournalLimits: Sendable {
    /// A new segment is begun behind this size.
    ///
    /// - Unit: bytes   - Range: 1 MiB …   - Default: 128 MiB
    public var segmentSize = 128 << 20

    /// A segment with records in it is finished at this age, for those who read finished segments only.
    ///
    /// - Default: ten minutes
    public var segmentAge = Timestamp.Span.minutes(10)

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

    /// The disk is so full that a person should know.
    ///
    /// - Unit: used share of the disk, in percent   - Default: 70
    public var warnPercent = 70

    /// The disk is so full that logs and traces, which hold what people and models wrote and are by far the most,
    /// are told to wait. Activities and metrics, which say who did what, are still accepted.
    ///
    /// - Unit: used share of the disk, in percent   - Default: 85
    public var contentPercent = 85

    /// The disk is so full that nothing is accepted, so that there is room for positions and for people.
    ///
    /// - Unit: used share of the disk, in percent   - Default: 92
    public var stopPercent = 92

    /// How long senders are told to wait.
    ///
    /// - Default: one second
    public var pause = Timestamp.Span.seconds(1)

    public init() {}

    /// Space that must stay free: the other side of ``stopPercent``.
    ///
    /// - Unit: percent
    public var freePercent: Int {
        get { 100 - stopPercent }
        set { stopPercent = 100 - newValue }
    }

    /// The other side of ``contentPercent``.
    ///
    /// - Unit: percent
    public var contentFreePercent: Int {
        get { 100 - contentPercent }
        set { contentPercent = 100 - newValue }
    }
}
