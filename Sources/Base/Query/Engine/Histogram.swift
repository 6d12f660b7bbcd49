public import Platform

/// Counts of events over time.
///
/// - Shape: dense. From the first bucket to the last each one is there, also with a count of zero. Starts
///   are whole multiples of the width since 1970, so the first one may lie before the time asked for, but
///   counts only what was asked for.
public struct Histogram: Sendable, Equatable {
    public struct Bucket: Sendable, Hashable {
        public var start: Timestamp
        public var count: Int

        public init(start: Timestamp, count: Int) {
            self.start = start
            self.count = count
        }
    }

    /// The width of each bucket.
    public var bucket: Timestamp.Span
    public var buckets: [Bucket]

    public init(bucket: Timestamp.Span, buckets: [Bucket]) {
        self.bucket = bucket
        self.buckets = buckets
    }

    /// Makes it dense.
    ///
    /// - Parameters:
    ///   - counts: by start; every key is a start that ``start(of:width:)`` gives.
    ///   - from: the first moment asked for, or that of the first event.
    ///   - to: the moment behind the last one asked for, or the one behind the last event.
    public init(counts: [Timestamp: Int], from: Timestamp, to: Timestamp, width: Timestamp.Span) {
        var buckets: [Bucket] = []
        var start = Self.start(of: from, width: width)
        while start < to {
            buckets.append(Bucket(start: start, count: counts[start] ?? 0))
            start = start + width
        }
        self.init(bucket: width, buckets: buckets)
    }

    /// Where the bucket begins that a moment lies in.
    public static func start(of moment: Timestamp, width: Timestamp.Span) -> Timestamp {
        let rest = moment.nanoseconds % width.nanoseconds
        return Timestamp(nanoseconds: moment.nanoseconds - (rest < 0 ? rest + width.nanoseconds : rest))
    }

    /// A round width with which a stretch of time takes about that many buckets, and never more than one more.
    public static func width(from: Timestamp, to: Timestamp, buckets: Int) -> Timestamp.Span {
        let span = max(to - from, .milliseconds(1))
        let least = Timestamp.Span(nanoseconds: (span.nanoseconds - 1) / Int64(max(buckets, 1)) + 1)
        if let width = widths.first(where: { $0 >= least }) { return width }
        let week = Timestamp.Span.days(7).nanoseconds
        return Timestamp.Span(nanoseconds: (least.nanoseconds + week - 1) / week * week)
    }

    private static let widths: [Timestamp.Span] =
        [1, 2, 5, 10, 20, 50, 100, 200, 500].map { .milliseconds($0) } + [1, 2, 5, 10, 15, 30].map { .seconds($0) }
        + [1, 2, 5, 10, 15, 30].map { .minutes($0) } + [1, 2, 3, 6, 12].map { .hours($0) } + [1, 7].map { .days($0) }
}
