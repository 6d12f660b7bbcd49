import Events
import Platform

/// How many requests credentials and tenants still have.
///
/// There is a bucket for each tenant and each limited credential that was let in, so there are never more than
/// the book knows of.
///
/// - Threads: any.
final class RequestRates: Sendable {
    private struct State: Sendable {
        var credentials: [String: RateLimit] = [:]
        var tenants: [TenantName: RateLimit] = [:]
    }

    private let tenantRate: Int
    private let state = Locked(State())

    /// - Parameter tenantRate: requests a second of one tenant.
    init(tenantRate: Int) { self.tenantRate = tenantRate }

    /// Takes one request of both, or of none.
    ///
    /// - Returns: how long to wait; `nil` when it was taken.
    func take(_ credential: KeptCredential, at now: Timestamp) -> Timestamp.Span? {
        state.withLock { state in
            var tenant = state.tenants[credential.tenant] ?? RateLimit(perSecond: tenantRate)
            var own: RateLimit?
            if let rate = credential.rate {
                let known = state.credentials[credential.id]
                own = known?.perSecond == rate ? known : RateLimit(perSecond: rate)
            }
            if let wait = [own?.wait(at: now), tenant.wait(at: now)].compactMap({ $0 }).max() { return wait }
            own?.take(at: now)
            tenant.take(at: now)
            state.tenants[credential.tenant] = tenant
            state.credentials[credential.id] = own
            return nil
        }
    }
}
