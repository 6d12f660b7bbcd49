import Network
import Platform

/// The requests of one parent organization, shared by all pollers that read it.
///
/// The API counts requests by parent organization, whatever keys they came with, and says in each answer how many are
/// left of this minute. So pollers that know nothing of one another would take requests from one another; they hold
/// one of these together. What has time leaves a quarter to what has not.
///
/// - Threads: any.
/// - Source: *Compliance API*, rate limits: `anthropic-ratelimit-requests-limit`, `-remaining`, `-reset`.
public final class FeedBudget: Sendable {
    enum Answer: Equatable {
        /// A request was taken out; it may be sent after this.
        case go(after: Timestamp.Span)
        /// Nothing was taken; ask again after this.
        case later(Timestamp.Span)
    }

    private struct State {
        var limit: Int
        var pace: FeedPace
        /// Requests left until ``reset``, as the API said last, less those that were sent since.
        var remaining: Int?
        /// Steady time.
        var reset = Timestamp(nanoseconds: .min)
        var pausedUntil = Timestamp(nanoseconds: .min)
        var own = OwnRequests()
    }

    /// Before the API has said another.
    public static let standard = 600

    private let state: Locked<State>

    public init(requestsPerMinute: Int = FeedBudget.standard) {
        state = Locked(State(limit: requestsPerMinute, pace: FeedPace(requestsPerMinute: requestsPerMinute)))
    }

    public var limit: Int { state.withLock { $0.limit } }
    /// `nil` before the first answer.
    public var remaining: Int? { state.withLock { $0.remaining } }

    /// Takes a request out.
    ///
    /// - Parameter now: steady time.
    /// - Parameter isBacklog: whether it has time.
    func take(at now: Timestamp, isBacklog: Bool) -> Answer {
        state.withLock { state in
            if state.pausedUntil > now { return .later(state.pausedUntil - now) }
            if let remaining = state.remaining, state.reset > now {
                guard remaining > (isBacklog ? state.limit / 4 : 0) else { return .later(state.reset - now) }
                state.remaining = remaining - 1
            }
            return .go(after: state.pace.take(at: now))
        }
    }

    /// Takes over what an answer says.
    ///
    /// - Parameter now: the wall clock, and steady time.
    func learn(_ response: HTTPResponse, at now: (wall: Timestamp, steady: Timestamp)) {
        func number(_ name: String) -> Int? {
            response.headers["anthropic-ratelimit-requests-\(name)"].flatMap { Int($0) }
        }
        let reset = response.headers["anthropic-ratelimit-requests-reset"].flatMap { RFC3339.parse($0.utf8) }
        state.withLock { state in
            if let id = response.headers["request-id"] { state.own.note(id) }
            if let limit = number("limit"), (1...10_000_000).contains(limit), limit != state.limit {
                state.limit = limit
                state.pace.change(requestsPerMinute: limit)
            }
            guard let remaining = number("remaining"), remaining >= 0, let reset else { return }
            // A clock that is wrong, here or there, must not stop anybody for longer than a minute.
            let end = now.steady + min(max(reset - now.wall, .seconds(0)), .minutes(1))
            // Of two answers that overtook one another, the one that leaves less is the later one.
            let isSame = state.reset > now.steady
            state.remaining = isSame ? min(remaining, state.remaining ?? remaining) : remaining
            state.reset = isSame ? min(end, state.reset) : end
        }
    }

    /// The API asked for a pause, of everybody.
    func pause(until end: Timestamp) { state.withLock { $0.pausedUntil = max($0.pausedUntil, end) } }

    /// Whether one of the pollers sent this request lately.
    func isOwn(request: UInt64) -> Bool { state.withLock { $0.own.contains(request) } }
}

/// The last requests, by digests of their ids, to know them again when the feed tells of them.
///
/// Bounded: the feed tells of a request about a second later, or after an outage. What is forgotten is kept as if
/// somebody else had asked.
struct OwnRequests: Sendable {
    static let limit = 4_096
    private var known: Set<UInt64> = []
    private var order: [UInt64] = []
    private var next = 0

    func contains(_ request: UInt64) -> Bool { known.contains(request) }

    mutating func note(_ id: String) {
        let digest = IdentityDigest.of(id.utf8)
        guard known.insert(digest).inserted else { return }
        if order.count < Self.limit {
            order.append(digest)
        } else {
            known.remove(order[next])
            order[next] = digest
            next = (next + 1) % Self.limit
        }
    }
}
