public import Platform

/// The numbers that bound what the console does.
public struct ConsoleLimits: Sendable {
    /// How many searches run at a time, and besides them how many exports.
    ///
    /// - Default: 4
    public var searches = 4

    /// How many wait for that. Above it the answer is 429 with `Retry-After`.
    ///
    /// - Default: 64
    public var waiting = 64

    /// How long one call may take.
    ///
    /// - Default: 30 s
    public var time = Timestamp.Span.seconds(30)

    public init() {}
}
