/// A moment in UTC.
///
/// - Unit: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
/// - Range: the years 1677 to 2262.
@frozen public struct Timestamp: Sendable, Hashable, Comparable {
    public let nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// - Parameter milliseconds: kept inside the range by saturation.
    public init(milliseconds: Int64) {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(nanoseconds: overflow ? (milliseconds < 0 ? .min : .max) : product)
    }

    public static func + (moment: Timestamp, span: Span) -> Timestamp {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return Timestamp(nanoseconds: overflow ? (span.nanoseconds < 0 ? .min : .max) : sum)
    }

    public static func - (moment: Timestamp, span: Span) -> Timestamp {
        moment + Span(nanoseconds: span.nanoseconds == .min ? .max : -span.nanoseconds)
    }

    public static func - (later: Timestamp, earlier: Timestamp) -> Span {
        Span(nanoseconds: later.nanoseconds &- earlier.nanoseconds)
    }

    /// A length of time. Unlike `Duration` it is one word and exact in nanoseconds.
    public struct Span: Sendable, Hashable, Comparable {
        public let nanoseconds: Int64
        public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
        public static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }
        public static func milliseconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1_000_000) }
        public static func seconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1_000_000_000) }
        public static func minutes(_ count: Int64) -> Span { .seconds(count * 60) }
        public static func hours(_ count: Int64) -> Span { .seconds(count * 3_600) }
        public static func days(_ count: Int64) -> Span { .seconds(count * 86_400) }
    }
}
