import Events
import Network
import Platform

/// Coming in and going out.
extension Console {
    /// Where to go after signing in: a page of this server, or the first one.
    func next(_ fields: [(name: String, value: String)]) -> LocalAddress {
        guard let target = fields.first(where: { $0.name == "next" })?.value else { return LocalAddress("/") }
        let parts = HTTPRequest(.get, target)
        return LocalAddress(checking: target, pathAndQuery: (parts.path, parts.query)) ?? LocalAddress("/")
    }

    func signInPage(
        _ request: HTTPRequest, next: LocalAddress, name: String = "", problem: String? = nil,
        way: SignInPage.Way? = nil
    ) -> Markup {
        SignInPage(
            next: next, look: Look(request), provider: provider?.label, hasPasswords: access.people != nil, name: name,
            problem: problem,
            way: way
        ).markup
    }

    /// Answers at once for a token. A password is looked at by threads that may take their time.
    func signIn(_ request: HTTPRequest, _ responder: Responder) {
        let fields = FormFields(request)
        let next = next(fields.all)
        guard SameOrigin.isCertain(request) else {
            let problem = "The form did not come from this page."
            return send(refused(403, request, next, problem, SignInAttempt(fields)), responder)
        }
        switch SignInAttempt(fields) {
        case .token(let token): send(signIn(request, next, token: token), responder)
        case .password(let name, let password): signIn(request, next, name, password, responder)
        }
    }

    private func signIn(_ request: HTTPRequest, _ next: LocalAddress, token: String) -> HTTPResponse {
        do throws(Access.Refusal) {
            let credential = try access.credential(.bearer(token), from: request.peer)
            return begin(.credential(credential), request, next)
        } catch {
            let failure = APIError(error)
            if case .refused(let refusal) = error { recordRefusal(request, "token", refusal.reason.rawValue) }
            let response = refused(failure.kind.status, request, next, failure.message, .token(""))
            return failure.retryAfterSeconds.map { response.with("retry-after", String($0)) } ?? response
        }
    }

    // MARK: Passwords

    private func signIn(
        _ request: HTTPRequest, _ next: LocalAddress, _ name: String, _ password: String, _ responder: Responder
    ) {
        let attempt = SignInAttempt.password(name: name, password)
        func later(_ seconds: Int, _ problem: String) {
            counters.delayed.add()
            let response = refused(429, request, next, problem, attempt)
            send(response.with("retry-after", String(seconds)), responder)
        }
        let address = request.peer.address
        if let seconds = [access.attempts.wait(for: address), delays.wait(for: name, from: address)].compactMap({ $0 })
            .max()
        {
            return later(seconds, "Too many attempts; wait \(seconds) seconds.")
        }
        let isTaken = passwords.submit {
            self.send(self.signIn(request, next, name, password), responder)
        }
        if !isTaken { later(1, "Too many people sign in at this moment; try again.") }
    }

    /// On a thread that may take its time.
    private func signIn(_ request: HTTPRequest, _ next: LocalAddress, _ name: String, _ password: String)
        -> HTTPResponse
    {
        let address = request.peer.address
        guard let user = access.people?.user(name, password: password) else {
            access.attempts.failed(address)
            delays.failed(name)
            recordRefusal(request, "password", "wrong name or password", name: name)
            // The same words for a name that nobody has, a wrong password and an account that is disabled.
            let problem = "Name or password is wrong, or the account is disabled."
            return refused(401, request, next, problem, .password(name: name, password))
        }
        delays.succeeded(name, from: address)
        return begin(.user(user), request, next)
    }

    // MARK: What comes of it

    /// A new session in the place of the one that the browser had: nobody can have set its name.
    func begin(_ owner: SessionOwner, _ request: HTTPRequest, _ next: LocalAddress) -> HTTPResponse {
        let session = begin(owner, request)
        return HTTPResponse(goTo: next).with("set-cookie", SessionCookie.setting(session, for: request))
    }

    /// - Returns: the name of the session.
    func begin(_ owner: SessionOwner, _ request: HTTPRequest) -> String {
        if let old = SessionCookie.session(in: request) { access.sessions.end(old, because: "somebody signed in") }
        let (id, session) = access.sessions.begin(for: owner, from: request.peer.address)
        counters.signIns.add()
        var act = Reader(session, from: request.peer.address).act(.signIn)
        act.way = owner.way
        journal.record(act)
        return id
    }

    private func refused(
        _ status: Int, _ request: HTTPRequest, _ next: LocalAddress, _ problem: String, _ attempt: SignInAttempt
    ) -> HTTPResponse {
        counters.refused.add()
        let page =
            switch attempt {
            case .token: signInPage(request, next: next, problem: problem, way: .token)
            case .password(let name, _): signInPage(request, next: next, name: name, problem: problem, way: .password)
            }
        return HTTPResponse(status, page: page)
    }

    /// - Parameter name: as it was typed. It is recorded only where an account has it: people type passwords into the
    ///   wrong box.
    func recordRefusal(
        _ request: HTTPRequest, _ way: String, _ reason: String, name: String? = nil, tenant: TenantName? = nil
    ) {
        counters.failedSignIns.add()
        let account = name.flatMap { access.people?.account(named: $0) }
        var act = ReaderAct(
            .signIn, of: account?.tenant ?? tenant ?? .default, by: ReaderAct.Actor(name: account?.name),
            from: request.peer.address)
        act.way = way
        act.failure = reason
        journal.record(act)
    }

    // MARK: Out

    func signOut(_ request: HTTPRequest) -> HTTPResponse {
        let fields = FormFields(request)
        let reader: Reader
        do throws(Access.Refusal) {
            reader = try access.change(request, fields).reader
        } catch .noCredential {
            return HTTPResponse(goTo: LocalAddress("/sign-in"))
        } catch {
            return failure(
                APIError(.forbidden, "The form did not come from a page of this server; sign out on one of them."),
                isAPI: false)
        }
        if let id = SessionCookie.session(in: request) { access.sessions.end(id) }
        journal.record(reader.act(.signOut))
        let cookie = SessionCookie.ending(for: request)
        if case .provided(let user)? = reader.session?.owner, let out = provider?.signOutAddress(of: user) {
            return SignedOutPage.response(goingTo: out).with("set-cookie", cookie)
        }
        return HTTPResponse(goTo: LocalAddress("/sign-in")).with("set-cookie", cookie)
    }
}

/// What a form of the page to sign in shows.
enum SignInAttempt {
    case token(String)
    case password(name: String, String)

    init(_ fields: FormFields) {
        if let name = fields["name"] {
            self = .password(name: name, fields["password"] ?? "")
        } else {
            self = .token(fields["token"] ?? "")
        }
    }
}
