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
        /// The role does not have it.
        case role(Permission)
    }

    let sessions: SessionList
    let attempts: AttemptLimit
    let admit: @Sendable (ShownCredential?, Peer) -> Result<Credential, AdmissionRefusal>
    let holds: @Sendable (_ id: String) -> Bool
    /// Who can sign in with a password; `nil` where nobody can.
    var people: (any ReaderDirectory)?

    /// Who sends a request, as pages show it.
    func viewer(of request: HTTPRequest) throws(Refusal) -> Viewer { try reader(of: request).viewer }

    /// Who sends a request. A session counts before a credential in the head, which a proxy may have put
    /// there for reasons of its own.
    ///
    /// - Throws: `.otherOrigin` for requests that are not GET or HEAD and come with a cookie alone.
    func reader(of request: HTTPRequest) throws(Refusal) -> Reader {
        // What the gate found: asking twice would count the request twice.
        if let reader = request.finding as? Reader { return reader }
        let address = request.peer.address
        let session = session(of: request).map { Reader($0, from: address) }
        let isRead = request.method == .get || request.method == .head
        if let session, isRead || SameOrigin.isCertain(request) { return session }
        if let shown = ShownCredential(request.headers) {
            return Reader(try credential(shown, from: request.peer), from: address)
        }
        guard !request.headers.contains("authorization") else {
            throw .refused(AdmissionRefusal(.unknown, for: .search))
        }
        guard session == nil else { throw .otherOrigin }
        guard request.peer.clientCertificateSubject != nil else { throw .noCredential }
        guard isRead || !SameOrigin.isOfBrowser(request) || SameOrigin.isCertain(request) else { throw .otherOrigin }
        return Reader(try credential(nil, from: request.peer), from: address)
    }

    /// Who sends a request that may need a permission.
    func reader(of request: HTTPRequest, for permission: Permission?) throws(Refusal) -> Reader {
        let reader = try reader(of: request)
        if let permission, !reader.viewer.may(permission) { throw .role(permission) }
        return reader
    }

    /// Who sends a form of one of our own pages that changes something: a session, from our origin, with its own token.
    func change(_ request: HTTPRequest, _ fields: FormFields) throws(Refusal) -> (reader: Reader, session: Session) {
        guard SameOrigin.isCertain(request) else { throw .otherOrigin }
        guard let session = session(of: request) else { throw .noCredential }
        guard FormToken.isRight(session, request, fields) else { throw .otherOrigin }
        return (Reader(session, from: request.peer.address), session)
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

    /// What was found of the session of a request, so that nobody looks for it twice.
    private struct Found: Sendable { let session: Session? }

    /// The request with what is known of its session.
    func knowing(_ request: HTTPRequest) -> HTTPRequest {
        guard request.finding == nil else { return request }
        var request = request
        request.finding = Found(session: session(of: request))
        return request
    }

    /// The session that a request comes with, if who began it is still what they were.
    func session(of request: HTTPRequest) -> Session? {
        switch request.finding {
        case let found as Found: return found.session
        case let reader as Reader where reader.session != nil: return reader.session
        default: break
        }
        guard let id = SessionCookie.session(in: request), let session = sessions.session(id) else { return nil }
        switch session.owner {
        case .credential(let credential) where !holds(credential.id):
            sessions.end(id, because: "its credential has ended")
            return nil
        case .user(let user) where people?.user(id: user.id) != user:
            sessions.end(id, because: "the account has changed")
            return nil
        default: return session
        }
    }
}
