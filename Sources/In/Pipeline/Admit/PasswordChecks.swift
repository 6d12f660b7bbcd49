import Integrity
import Platform

/// Checks secrets that people chose, without letting anybody make the server do nothing else.
///
/// A check costs tens of milliseconds on the thread of a loop. So what was checked is remembered under a keyed
/// digest, whose key lives and dies with the process, and what was not is checked only as often as a bucket for
/// the whole server allows.
///
/// - Threads: any.
final class PasswordChecks: Sendable {
    enum Outcome: Equatable {
        case matches(PasswordHash)
        case none
        case busy(after: Timestamp.Span)
    }

    /// - Unit: checks a second, over the whole server
    static let perSecond = 8
    /// Checks at once after a pause: senders come together after a start.
    static let burst = 32
    /// Secrets that are remembered, right and wrong ones apart, so that wrong ones cannot push out the right.
    static let remembered = 10_000

    private struct State: Sendable {
        /// Keyed digests of a hash with a secret that fits it.
        var right: Set<Digest> = []
        /// The same with one that does not.
        var wrong: Set<Digest> = []
        var bucket = RateLimit(perSecond: PasswordChecks.perSecond, burst: PasswordChecks.burst)

        /// To forget all is simple, and costs a bounded number of checks.
        mutating func remember(_ pair: Digest, isRight: Bool) {
            if right.count >= PasswordChecks.remembered { right = [] }
            if wrong.count >= PasswordChecks.remembered { wrong = [] }
            if isRight { right.insert(pair) } else { wrong.insert(pair) }
        }
    }

    private let key: HMAC
    private let clock: any Clock
    private let state = Locked(State())
    /// Checks that were done, each as costly as it is meant to be.
    let done = Counter()

    init(clock: any Clock, random: RandomBytes = .system) {
        let bytes = random.bytes(Digest.size)
        key = unsafe HMAC(key: bytes.span.bytes)
        self.clock = clock
    }

    /// Which of some hashes a secret fits.
    func match(_ secret: String, among hashes: [PasswordHash]) -> Outcome {
        let pairs = hashes.map { digest($0, secret) }
        let (right, unknown) = state.withLock { state in
            (pairs.firstIndex(where: state.right.contains), pairs.indices.filter { !state.wrong.contains(pairs[$0]) })
        }
        if let right { return .matches(hashes[right]) }
        for place in unknown {
            if let wait = takeCheck() { return .busy(after: wait) }
            done.add()
            let isRight = hashes[place].matches(secret)
            state.withLock { $0.remember(pairs[place], isRight: isRight) }
            if isRight { return .matches(hashes[place]) }
        }
        return .none
    }

    /// - Returns: how long to wait; `nil` when there may be a check now.
    private func takeCheck() -> Timestamp.Span? {
        let now = clock.steady()
        return state.withLock { state in
            if let wait = state.bucket.wait(at: now) { return wait }
            state.bucket.take(at: now)
            return nil
        }
    }

    private func digest(_ hash: PasswordHash, _ secret: String) -> Digest {
        // The text of a hash has no zero, so the two cannot run together.
        let bytes = Array(hash.text.utf8) + [0] + Array(secret.utf8)
        return unsafe key.code(for: bytes.span.bytes)
    }
}
