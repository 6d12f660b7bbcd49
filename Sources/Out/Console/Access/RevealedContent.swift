import Integrity
import Platform

/// The content that the owner of a session asked to see, each for a while. All other content is covered.
struct RevealedContent: Sendable {
    enum Subject: Sendable, Hashable {
        case event(id: String)
        /// The table that a query in ES|QL gives.
        case table(Digest)

        static func table(of query: String) -> Subject {
            let bytes = Array(query.utf8)
            return unsafe .table(Digest(of: bytes.span.bytes))
        }
    }

    /// How long content is shown that somebody asked for.
    static let time = Timestamp.Span.minutes(15)
    /// Above it the one that was asked for first is covered again.
    static let most = 100

    private var ends: [Subject: Timestamp] = [:]

    /// - Parameter now: of a clock that nobody sets.
    mutating func add(_ subject: Subject, _ now: Timestamp) {
        ends = ends.filter { $0.value > now }
        if ends.count >= Self.most, ends[subject] == nil, let first = ends.min(by: { $0.value < $1.value }) {
            ends[first.key] = nil
        }
        ends[subject] = now + Self.time
    }

    func shows(_ subject: Subject, _ now: Timestamp) -> Bool { ends[subject].map { $0 > now } ?? false }
}
