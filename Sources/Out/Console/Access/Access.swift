import Events
import Network
import Platform

/// Who asks, and whether they may.
struct Access: Sendable {
    enum Refusal: Error, Equatable {
        case noCredential, wrongCredential
        /// A session's cookie on a request that did not certainly come from our own pages.
        case otherOrigin
        case tooManyAttempts(waitSeconds: Int)
    }

    let sessions: SessionList
    let attempts: AttemptLimit
    let authenticate: @Sendable (String) -> TenantName?

    /// The tenant of a request. A session counts before a credential in the head, which a proxy may have put
    /// there for reasons of its own.
    ///
    /// - Throws: `.otherOrigin` for requests that are not GET or HEAD and come with a cookie alone.
    func tenant(of request: HTTPRequest) throws(Refusal) -> TenantName {
        let session = SessionCookie.session(in: request).flatMap { sessions.tenant(of: $0) }
        if let session, request.method == .get || request.method == .head || SameOrigin.isCertain(request) {
            return session
        }
        guard request.headers.contains("authorization") else {
            throw session == nil ? .noCredential : .otherOrigin
        }
        return try tenant(of: Credential.token(in: request.headers) ?? "", from: request.peer)
    }

    /// The tenant of a token, as long as the peer has not shown too many wrong ones.
    func tenant(of token: String, from peer: Peer) throws(Refusal) -> TenantName {
        if let seconds = attempts.wait(for: peer.address) { throw .tooManyAttempts(waitSeconds: seconds) }
        guard !token.isEmpty, let tenant = authenticate(token) else {
            attempts.failed(peer.address)
            throw .wrongCredential
        }
        return tenant
    }
}
