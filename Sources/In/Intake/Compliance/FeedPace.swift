import Platform

/// How long to wait before the next request: the budget, and the pause after failures.
///
/// Pure: moments go in, spans come out.
struct FeedPace: Sendable {
    /// After the first failure, then doubled up to ``longest``.
    static let shortest = Timestamp.Span.seconds(1)
    static let longest = Timestamp.Span.seconds(60)
    /// Requests that may follow one another at once.
    static let burst: Int64 = 10

    private var spacing: Int64
    private var freeAt: Int64?
    private var failures = 0

    init(requestsPerMinute: Int) { spacing = 60_000_000_000 / Int64(max(1, requestsPerMinute)) }

    mutating func change(requestsPerMinute: Int) { spacing = 60_000_000_000 / Int64(max(1, requestsPerMinute)) }

    /// Takes one request out of the budget.
    ///
    /// - Parameter now: steady time.
    /// - Returns: how long to wait with it.
    mutating func take(at now: Timestamp) -> Timestamp.Span {
        let earliest = now.nanoseconds - (Self.burst - 1) * spacing
        let slot = max(freeAt ?? earliest, earliest)
        freeAt = slot + spacing
        return Timestamp.Span(nanoseconds: max(0, slot - now.nanoseconds))
    }

    mutating func succeeded() { failures = 0 }

    /// - Parameter wish: what the server asked for; never less is waited.
    /// - Parameter chance: 0 to 1; half of the pause depends on it, so that many pollers do not come at once.
    mutating func failed(wish: Timestamp.Span?, chance: Double) -> Timestamp.Span {
        let doubled = Self.shortest.nanoseconds << Int64(min(failures, 6))
        failures += 1
        let full = Double(min(doubled, Self.longest.nanoseconds))
        let spread = Timestamp.Span(nanoseconds: Int64(full * (0.5 + 0.5 * min(max(chance, 0), 1))))
        return max(wish ?? spread, spread)
    }
}
