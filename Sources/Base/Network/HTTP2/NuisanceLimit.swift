/// Bounds frames that cost us work and a client nothing: pings, settings, priorities, empty data.
///
/// A bucket of tokens: a burst is fine, a steady stream is not. Resets of streams have a bucket of their
/// own inside nghttp2.
struct NuisanceLimit {
    /// - Unit: frames
    private static let burst = 500
    /// - Unit: frames a second
    private static let rate = 50

    private var tokens = Self.burst
    private var filledAt: UInt64

    init(now: UInt64) { filledAt = now }

    /// - Returns: false when it is too much.
    mutating func allows(now: UInt64) -> Bool {
        let elapsed = now - min(filledAt, now)
        let earned = Int(min(elapsed, 60_000)) * Self.rate / 1_000
        if earned > 0 {
            tokens = min(Self.burst, tokens + earned)
            filledAt = now
        }
        tokens -= 1
        return tokens >= 0
    }
}
