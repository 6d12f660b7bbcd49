import Glibc

/// The only way to know what time it is, so that a test can decide it.
public protocol Clock: Sendable {
    /// Wall time. May jump.
    func now() -> Timestamp
    /// Time since some fixed moment. Never jumps back; only differences mean anything.
    func steady() -> Timestamp
}

/// The machine's clock, or the moment that `DOCKET_NOW` froze wall time at.
public struct SystemClock: Clock {
    private let frozen: Timestamp?

    public init(frozenAt frozen: Timestamp? = nil) { self.frozen = frozen }

    public func now() -> Timestamp { frozen ?? Self.read(CLOCK_REALTIME) }
    public func steady() -> Timestamp { Self.read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
