/// A stretch of a query's text.
///
/// - Unit: bytes of UTF-8, from the start of the text.
public struct SourceSpan: Sendable, Hashable {
    public let lower: Int
    public let upper: Int

    public init(_ lower: Int, _ upper: Int) {
        self.lower = lower
        self.upper = upper
    }

    /// The shortest span that holds both.
    func joined(with other: SourceSpan) -> SourceSpan {
        SourceSpan(min(lower, other.lower), max(upper, other.upper))
    }
}
