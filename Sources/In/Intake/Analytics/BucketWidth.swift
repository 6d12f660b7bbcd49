/// How long a bucket of a report is.
public enum BucketWidth: String, Sendable, CaseIterable {
    case day = "1d"
    case hour = "1h"
    case minute = "1m"

    /// Buckets that are compared and kept together. A minute each would be a digest for each of 49,000.
    var perUnit: Int { self == .minute ? 60 : 1 }

    /// The unit of a day that a bucket belongs to, by the start of the bucket: `2026-10-08T07:30:00Z`.
    func unit(_ start: String) -> Int {
        guard self != .day, start.utf8.count >= 13 else { return 0 }
        return Int(start.dropFirst(11).prefix(2)) ?? 0
    }
}
