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

        /// Reads `500ms`, `30s`, `5m`, `24h`, `90d`.
        ///
        /// - Returns: `nil` for anything else, also for zero and for more than a century.
        public init?(_ text: String) {
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits), number > 0, number < 1_000_000 else { return nil }
            switch text.dropFirst(digits.count) {
            case "ms": self = .milliseconds(number)
            case "s": self = .seconds(number)
            case "m": self = .minutes(number)
            case "h": self = .hours(number)
            case "d" where number <= 36_500: self = .days(number)
            default: return nil
            }
        }

        public static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }
        /// As `Retry-After` has it: rounded up, and one at the least.
        public var wholeSeconds: Int {
            Int(max(1, nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 > 0 ? 1 : 0)))
        }
        public static func milliseconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1_000_000) }
        public static func seconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1_000_000_000) }
        public static func minutes(_ count: Int64) -> Span { .seconds(count * 60) }
        public static func hours(_ count: Int64) -> Span { .seconds(count * 3_600) }
        public static func days(_ count: Int64) -> Span { .seconds(count * 86_400) }
    }
}
