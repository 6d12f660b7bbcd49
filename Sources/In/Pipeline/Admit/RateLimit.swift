import Platform

/// A token bucket: so many a second, and after a pause a second's worth at once.
///
/// Kept as one moment, the one at which the bucket is full again; each taking moves it on.
///
/// - Source: the generic cell rate algorithm, ITU-T I.371, as virtual scheduling.
struct RateLimit: Sendable {
    let perSecond: Int
    private let interval: Int64
    private let capacity: Int64
    private var full: Timestamp?

    /// - Parameter burst: what can be taken at once; by default what comes in a second.
    init(perSecond: Int, burst: Int? = nil) {
        self.perSecond = perSecond
        interval = 1_000_000_000 / Int64(perSecond)
        capacity = interval * Int64(burst ?? perSecond)
    }

    /// - Returns: how long to wait until one can be taken; `nil` when one can be taken now.
    func wait(at now: Timestamp) -> Timestamp.Span? {
        let missing = full.map { max(0, ($0 - now).nanoseconds) } ?? 0
        return missing + interval <= capacity ? nil : Timestamp.Span(nanoseconds: missing + interval - capacity)
    }

    mutating func take(at now: Timestamp) {
        full = max(full ?? now, now) + Timestamp.Span(nanoseconds: interval)
    }
}
