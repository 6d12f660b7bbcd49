import Integrity
import Platform

/// The content that the owner of a session asked to see, each for a while. All other content is covered.
struct RevealedContent: Sendable {
    /// How long content is shown that somebody asked for.
    static let time = Timestamp.Span.minutes(15)
    /// Above it the one that was asked for first is covered again.
    static let most = 100

    private var ends: [Digest: Timestamp] = [:]

    /// - Parameter now: of a clock that nobody sets.
    mutating func add(_ content: CoveredContent, _ now: Timestamp) {
        let name = content.digest
        ends = ends.filter { $0.value > now }
        if ends.count >= Self.most, ends[name] == nil, let first = ends.min(by: { $0.value < $1.value }) {
            ends[first.key] = nil
        }
        ends[name] = now + Self.time
    }

    func shows(_ content: CoveredContent, _ now: Timestamp) -> Bool { ends[content.digest].map { $0 > now } ?? false }
}
