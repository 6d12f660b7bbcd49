public import Platform

/// The ends of a stretch of time as people write them: `2026-10-08T08:15:18Z`, `2026-10`, `now-24h`, `now/d`.
public enum TimeBound {
    /// The first moment that is meant.
    public static func from(_ text: String, now: Timestamp) -> Timestamp? {
        RFC3339.parse(text.utf8) ?? DateMath(now: now, secondsFromUTC: 0).moment(text, .start)
    }

    /// The moment behind the last one that is meant: a whole moment itself, and for `2026-10` the end of
    /// the month.
    public static func to(_ text: String, now: Timestamp) -> Timestamp? {
        if let moment = RFC3339.parse(text.utf8) { return moment }
        guard let last = DateMath(now: now, secondsFromUTC: 0).moment(text, .end) else { return nil }
        return text.hasPrefix("now") && !text.contains("/") ? last : last + Timestamp.Span(nanoseconds: 1)
    }
}
