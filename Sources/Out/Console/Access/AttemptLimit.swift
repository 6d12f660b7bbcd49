import Platform
import Query

/// How often one address may show a wrong credential.
///
/// Each failure takes one of the address's chances; chances come back one by one. Who has none left is
/// refused without a look at the credential.
///
/// - Threads: any.
final class AttemptLimit: Sendable {
    /// - Unit: failures in a row
    static let chances = 10
    /// After which one chance comes back.
    static let pause = Timestamp.Span.seconds(6)
    /// Addresses that are remembered. Above it all are forgotten but the newest, so memory is bounded.
    static let addresses = 10_000

    /// The moment at which all chances are back; each failure moves it on.
    private let whole = Locked<[String: Timestamp]>([:])
    private let clock: any Clock

    init(clock: any Clock) { self.clock = clock }

    /// - Returns: seconds to wait; `nil` when there is a chance left.
    func wait(for address: String) -> Int? {
        let now = clock.steady()
        guard let whole = whole.withLock({ $0[Self.key(address)] }) else { return nil }
        let used = (whole - now).nanoseconds
        let allowed = Self.pause.nanoseconds * Int64(Self.chances - 1)
        guard used > allowed else { return nil }
        return Int((used - allowed - 1) / 1_000_000_000) + 1
    }

    func failed(_ address: String) {
        let now = clock.steady()
        let key = Self.key(address)
        whole.withLock { whole in
            if whole.count >= Self.addresses { whole = whole.filter { $0.value > now } }
            if whole.count >= Self.addresses { whole = [:] }
            whole[key] = max(whole[key] ?? now, now) + Self.pause
        }
    }

    /// Whoever has one IPv6 address has 2^64 of them, so they count together.
    static func key(_ address: String) -> String {
        guard address.contains(":"), let network = IPAddress(address)?.network64 else { return address }
        return network
    }
}
