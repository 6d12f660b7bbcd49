public import Platform

/// A clock that a test turns.
///
/// - Threads: any.
public final class TestClock: Clock {
    private let time: Locked<Timestamp>

    /// - Parameter start: by default a Thursday in October 2026.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_791_446_400_000)) { time = Locked(start) }

    public func now() -> Timestamp { time.withLock { $0 } }
    public func steady() -> Timestamp { now() }
    public func advance(_ span: Timestamp.Span) { time.withLock { $0 = $0 + span } }
}
