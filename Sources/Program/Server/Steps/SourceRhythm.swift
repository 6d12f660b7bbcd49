import Platform

/// When something came of a source, by the hour, and whether it is silent longer than is its way.
///
/// Offices sleep, and have weekends. So nothing is silent because of a fixed time, but when its pause is half as long
/// again as the longest that it made before; where less than a week is known, a weekend's length at least.
struct SourceRhythm: Sendable, Equatable {
    /// Full hours since 1970 in which something came, in order.
    private var hours: [Int64] = []

    /// Hours with something in them before anything is said.
    private static let leastHours = 12
    private static let leastPause: Int64 = 2
    private static let knownWeek: Int64 = 8 * 24
    private static let weekend: Int64 = 72

    /// - Precondition: not before those that were added.
    mutating func add(_ moment: Timestamp) {
        let hour = moment.nanoseconds / 3_600_000_000_000
        if hours.last != hour { hours.append(hour) }
    }

    /// - Returns: `nil` when nothing is unusual.
    func silence(now: Timestamp) -> Silence? {
        guard hours.count >= Self.leastHours, let first = hours.first, let last = hours.last else { return nil }
        let longest = zip(hours, hours.dropFirst()).map { $1 - $0 - 1 }.max() ?? 0
        let hour = now.nanoseconds / 3_600_000_000_000
        let pause = hour - last - 1
        let least = hour - first < Self.knownWeek ? Self.weekend : Self.leastPause
        guard pause > max(least, longest + longest / 2) else { return nil }
        return Silence(since: Timestamp(nanoseconds: (last + 1) * 3_600_000_000_000), longestBefore: .hours(longest))
    }
}

/// A pause that is longer than those before it.
struct Silence: Sendable, Equatable {
    /// The end of the last hour in which something came.
    let since: Timestamp
    let longestBefore: Timestamp.Span
}
