import Platform

/// Where moments of the story are in the time of those who look at it.
///
/// Up to the present they are the same. From then on the story goes faster by a factor, and what it says happens is
/// stamped when it is sent: nothing is ever in the future, and an hour of the story at speed 60 is a minute in which
/// all of it happens.
struct Pace: Sendable {
    /// Where the past of the story ends.
    let present: Timestamp
    /// When that was for those who look.
    let begin: Timestamp
    let factor: Double

    func moment(_ story: Timestamp) -> Timestamp {
        guard story > present else { return story }
        return begin + Timestamp.Span(nanoseconds: Int64(Double((story - present).nanoseconds) / factor))
    }
}
