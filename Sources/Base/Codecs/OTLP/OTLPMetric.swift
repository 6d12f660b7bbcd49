/// What one Metric says besides its points, which the ``OTLPReader`` holds.
public struct OTLPMetric: Sendable {
    public enum Kind: String, Sendable {
        case unknown, gauge, sum, histogram, summary
        case exponentialHistogram = "exponential_histogram"
    }

    public var name = OTLPText.empty
    public var description = OTLPText.empty
    public var unit = OTLPText.empty
    public var kind = Kind.unknown
    /// 0 unspecified, ``delta`` or ``cumulative``.
    public var temporality: Int64 = 0
    public var isMonotonic = false

    public static let delta: Int64 = 1
    public static let cumulative: Int64 = 2

    public init() {}
}

/// One data point.
public struct OTLPPoint: Sendable {
    /// Unit: nanoseconds since 1970; the start of what was counted.
    public var start: UInt64 = 0
    public var time: UInt64 = 0
    /// The value of a number point; `.empty` for others.
    public var value = OTLPValue.empty
    /// How many values a histogram or a summary counted.
    public var count: UInt64?
    public var sum: Double?
    public var minimum: Double?
    public var maximum: Double?
    /// Bits of a point without a recorded value and the like.
    public var flags: UInt64 = 0
    public var attributes = OTLPAttributes.none
    /// The message itself, for what is not read here (buckets, quantiles, exemplars).
    public internal(set) var range = ByteRange.empty

    public init() {}
}
