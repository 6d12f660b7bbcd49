public import Events
public import Network
public import Platform

/// Who is let in, as whom, for what, and how often.
///
///     header or certificate ─▶ credential in the book ─▶ in force? ─▶ may do this? ─▶ not too often?
///
/// What telemetry says about its tenant is never asked here.
///
/// - Threads: the loops of the server. Nothing waits; a secret that a person chose costs tens of milliseconds
///   when it is seen for the first time, which ``PasswordChecks`` bounds.
public final class Doorkeeper: Sendable {
    private let book: CredentialBook
    private let checks: PasswordChecks
    private let rates: RequestRates
    private let clock: any Clock
    private let refused: [AdmissionRefusal.Reason: Counter]

    /// - Parameter requestsPerSecond: of one tenant, over all of its credentials.
    public init(book: CredentialBook, requestsPerSecond: Int = 10_000, clock: any Clock, metrics: MetricList) {
        self.book = book
        self.clock = clock
        checks = PasswordChecks(clock: clock)
        rates = RequestRates(tenantRate: requestsPerSecond)
        var refused: [AdmissionRefusal.Reason: Counter] = [:]
        for reason in AdmissionRefusal.Reason.allCases {
            refused[reason] = metrics.counter(
                "docket_auth_refused_total", "Requests that were not let in, by reason.",
                labels: [("reason", reason.rawValue)])
        }
        self.refused = refused
    }

    /// Lets a request in by its head. Takes one request of the credential's rate, so it is asked once for each.
    public func admit(_ request: HTTPRequest, for use: Credential.Use) -> Result<Credential, AdmissionRefusal> {
        let shown = ShownCredential(request.headers)
        guard shown != nil || !request.headers.contains("authorization") else {
            return refuse(AdmissionRefusal(.unknown, for: use))
        }
        return admit(shown, from: request.peer, for: use)
    }

    /// The same for a secret that came in another way, such as a form.
    public func admit(
        _ shown: ShownCredential?, from peer: Peer, for use: Credential.Use
    ) -> Result<Credential, AdmissionRefusal> {
        do throws(AdmissionRefusal) {
            let index = book.index
            let now = clock.now()
            let certificate = peer.clientCertificateSubject.flatMap { index.credential(subject: $0) }
            let (kept, until) = try find(shown, certificate, peer, index, use)
            if let until, until <= now { throw AdmissionRefusal(.expired, for: use) }
            try check(kept, use, now)
            if let certificate, certificate.tenant != kept.tenant { throw AdmissionRefusal(.tenant, for: use) }
            if let wait = rates.take(kept, at: clock.steady()) {
                throw AdmissionRefusal(.rate, for: use, retryAfter: wait)
            }
            return .success(kept.credential)
        } catch {
            return refuse(error)
        }
    }

    /// Whether a credential that was let in before is still good: for sessions, which outlive a request.
    public func holds(_ id: String, for use: Credential.Use) -> Bool {
        guard let kept = book.index.credential(id: id) else { return false }
        return kept.state(at: clock.now()) == .good && kept.uses.contains(use)
    }

    private func find(
        _ shown: ShownCredential?, _ certificate: KeptCredential?, _ peer: Peer, _ index: CredentialIndex,
        _ use: Credential.Use
    ) throws(AdmissionRefusal) -> (KeptCredential, until: Timestamp?) {
        // A header was put there on purpose; a certificate may only be the network's way of doing things.
        guard let shown else {
            if let certificate { return (certificate, nil) }
            throw AdmissionRefusal(peer.clientCertificateSubject == nil ? .missing : .unknown, for: use)
        }
        switch index.find(shown.secret, user: shown.user, checks) {
        case .credential(let kept, let until): return (kept, until)
        case .none: throw AdmissionRefusal(.unknown, for: use)
        case .busy(let after): throw AdmissionRefusal(.busy, for: use, retryAfter: after)
        }
    }

    private func check(_ kept: KeptCredential, _ use: Credential.Use, _ now: Timestamp) throws(AdmissionRefusal) {
        switch kept.state(at: now) {
        case .good: break
        case .expired: throw AdmissionRefusal(.expired, for: use)
        case .revoked: throw AdmissionRefusal(.revoked, for: use)
        }
        guard kept.uses.contains(use) else { throw AdmissionRefusal(.use, for: use) }
    }

    private func refuse(_ refusal: AdmissionRefusal) -> Result<Credential, AdmissionRefusal> {
        refused[refusal.reason]?.add()
        return .failure(refusal)
    }
}
