public import Platform

/// When an object ends, and how long it stays.
public struct ArchiveSettings: Sendable {
    /// Records that were accepted within one stretch of time are in one object, if it does not get too large.
    ///
    /// - Range: an hour or a part of one that an hour is a multiple of.
    public var roll = Timestamp.Span.hours(1)

    /// Lines of one object before compression; the next object begins at the record that would exceed it.
    ///
    /// - Unit: bytes
    public var objectSize = 64 << 20

    /// How long nobody can delete an object; `nil` for as long as somebody lets it be.
    public var retain: Timestamp.Span?
    public var isHeld = false

    public init() {}

    /// How long after its end a stretch of time is taken for over when nothing comes behind it.
    var settle: Timestamp.Span { min(roll, .minutes(1)) }
}
