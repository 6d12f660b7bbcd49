import Codecs
import Integrity
import Platform

/// Somebody on the way to the provider and back.
struct OpenIDFlow: Sendable {
    let state: String
    let nonce: String
    /// Shown to the provider with the code, so that a code that was stolen on the way is worth nothing.
    ///
    /// - Source: RFC 7636.
    let verifier: String
    /// Also in a cookie: who comes back is the browser that went.
    let browser: String
    /// Where to go afterwards.
    let next: LocalAddress
    fileprivate let began: Timestamp

    var challenge: String {
        let bytes = Array(verifier.utf8)
        let digest = unsafe Digest(of: bytes.span.bytes)
        return unsafe digest.bytes.withUnsafeBytes { unsafe Base64URL.text(of: $0) }
    }
}

/// All who are on the way. Each comes back once.
///
/// - Threads: any.
final class OpenIDFlows: Sendable {
    static let time = Timestamp.Span.minutes(10)
    /// Above it the one that began first is forgotten.
    static let most = 2_000

    private let flows = Locked<[String: OpenIDFlow]>([:])
    private let clock: any Clock

    init(clock: any Clock) { self.clock = clock }

    func begin(next: LocalAddress) -> OpenIDFlow {
        let now = clock.steady()
        let flow = OpenIDFlow(
            state: RandomName.make(words: 4), nonce: RandomName.make(words: 4), verifier: RandomName.make(words: 4),
            browser: RandomName.make(words: 4), next: next, began: now)
        flows.withLock { flows in
            if flows.count >= Self.most { flows = flows.filter { now - $0.value.began < Self.time } }
            if flows.count >= Self.most, let first = flows.min(by: { $0.value.began < $1.value.began }) {
                flows[first.key] = nil
            }
            flows[flow.state] = flow
        }
        return flow
    }

    /// - Returns: `nil` for a state that nobody has, that came back before, or that took too long.
    func end(_ state: String) -> OpenIDFlow? {
        let now = clock.steady()
        guard let flow = flows.withLock({ $0.removeValue(forKey: state) }), now - flow.began < Self.time else {
            return nil
        }
        return flow
    }
}
