import Platform
import Query

/// How long one waits for the next try at the password of one account: longer with every failure.
///
/// ``AttemptLimit`` bounds an address; this bounds many addresses that try one account. Names that nobody has are
/// treated alike, so a wait says nothing of whether there is an account. Whoever signed in from an address before is not
/// kept waiting there by what others try elsewhere.
///
/// - Threads: any.
final class AccountDelay: Sendable {
    /// Failures in a row before there is any wait.
    static let free = 5
    /// Behind the first of them; doubled by each one after it.
    static let first = Timestamp.Span.seconds(1)
    static let longest = Timestamp.Span.minutes(5)
    /// After which failures are forgotten.
    static let memory = Timestamp.Span.hours(1)
    /// Accounts, and places of those who signed in, that are remembered. Above it all are forgotten.
    static let most = 10_000

    private struct Failures: Sendable {
        var count = 0
        var last: Timestamp
    }

    private struct Place: Hashable {
        let account: String
        let address: String
    }

    private struct State: Sendable {
        var failures: [String: Failures] = [:]
        var known: Set<Place> = []
    }

    private let state = Locked(State())
    private let clock: any Clock

    init(clock: any Clock) { self.clock = clock }

    /// - Returns: seconds to wait; `nil` when it may be tried now.
    func wait(for account: String, from address: String) -> Int? {
        let now = clock.steady()
        let place = Place(account: Self.key(account), address: AttemptLimit.key(address))
        return state.withLock { state in
            guard !state.known.contains(place), let failures = state.failures[place.account],
                failures.count >= Self.free
            else { return nil }
            let left = failures.last + Self.pause(failures.count) - now
            return left.nanoseconds <= 0 ? nil : Int((left.nanoseconds - 1) / 1_000_000_000) + 1
        }
    }

    func failed(_ account: String) {
        let now = clock.steady()
        let key = Self.key(account)
        state.withLock { state in
            if state.failures.count >= Self.most {
                state.failures = state.failures.filter { now - $0.value.last < Self.memory }
                if state.failures.count >= Self.most { state.failures = [:] }
            }
            var failures = state.failures[key] ?? Failures(last: now)
            if now - failures.last >= Self.memory { failures.count = 0 }
            failures.count += 1
            failures.last = now
            state.failures[key] = failures
        }
    }

    func succeeded(_ account: String, from address: String) {
        let place = Place(account: Self.key(account), address: AttemptLimit.key(address))
        state.withLock { state in
            state.failures[place.account] = nil
            if state.known.count >= Self.most { state.known = [] }
            state.known.insert(place)
        }
    }

    private static func pause(_ failures: Int) -> Timestamp.Span {
        let doublings = min(failures - free, 16)
        return min(longest, Timestamp.Span(nanoseconds: first.nanoseconds << Int64(doublings)))
    }

    /// Names are compared without the case of their letters; a very long one is cut, for nobody has it.
    private static func key(_ account: String) -> String { String(account.lowercased().prefix(256)) }
}
