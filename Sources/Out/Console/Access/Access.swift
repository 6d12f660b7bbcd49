import Events
import Network
import Platform

/// Who asks, and whether they may.
struct Access: Sendable {
    enum Refusal: Error, Equatable {
        case noCredential
        case refused(AdmissionRefusal)
        /// What a browser sends by itself, a session's cookie or a certificate, on a request that did not
        /// certainly come from our own pages.
        case otherOrigin
        case tooManyAttempts(waitSeconds: Int)
    }

    let sessions: SessionList
    let attempts: AttemptLimit
    let admit: @Sendable (ShownCredential?, Peer) -> Result<Credential, AdmissionRefusal>
    let holds: @Sendable (_ id: String) -> Bool

    /// The tenant of a request. A session counts before a credential in the head, which a proxy may have put
    /// there for reasons of its own.
    ///
    /// - Throws: `.otherOrigin` for requests that are not GET or HEAD and come with a cookie alone.
    func tenant(of request: HTTPRequest) throws(Refusal) -> TenantName {
        // What the gate found: asking twice would count the request twice.
        if let tenant = request.finding as? TenantName { return tenant }
        let session = SessionCookie.session(in: request).flatMap(tenant(ofSession:))
        let isRead = request.method == .get || request.method == .head
        if let session, isRead || SameOrigin.isCertain(request) { return session }
        if let shown = ShownCredential(request.headers) { return try credential(shown, from: request.peer).tenant }
        guard !request.headers.contains("authorization") else {
            throw .refused(AdmissionRefusal(.unknown, for: .search))
        }
        guard session == nil else { throw .otherOrigin }
        guard request.peer.clientCertificateSubject != nil else { throw .noCredential }
        guard isRead || !SameOrigin.isOfBrowser(request) || SameOrigin.isCertain(request) else { throw .otherOrigin }
        return try credential(nil, from: request.peer).tenant
    }

    /// A credential that may search, as long as the peer has not shown too many wrong ones.
    func credential(_ shown: ShownCredential?, from peer: Peer) throws(Refusal) -> Credential {
        if let seconds = attempts.wait(for: peer.address) { throw .tooManyAttempts(waitSeconds: seconds) }
        do throws(AdmissionRefusal) {
            return try admit(shown, peer).get()
        } catch {
            if error.reason == .unknown { attempts.failed(peer.address) }
            throw .refused(error)
        }
    }

    /// The tenant of a session, which ends with the credential that began it.
    private func tenant(ofSession id: String) -> TenantName? {
        guard let credential = sessions.credential(of: id) else { return nil }
        guard holds(credential.id) else {
            sessions.end(id)
            return nil
        }
        return credential.tenant
    }
}
