import Events
import Network
import Platform

/// To the identity provider and back. On threads that may wait.
extension Console {
    func toProvider(_ request: HTTPRequest, _ responder: Responder) {
        let next = next(request.query)
        atProvider(request, next, responder) { (provider) throws(OpenIDProblem) in
            let (address, flow) = try provider.begin(next: next)
            return HTTPResponse(303, headers: ["location": address])
                .with("set-cookie", SessionCookie.settingFlow(flow.browser, for: request, isSecure: provider.isSecure))
        }
    }

    /// The browser comes from another site, so it does not send the cookie of a session, and would not with what follows a
    /// redirect either. So the answer is a page of ours that goes on by itself: that is a way within this site.
    func fromProvider(_ request: HTTPRequest, _ responder: Responder) {
        atProvider(request, LocalAddress("/"), responder) { (provider) throws(OpenIDProblem) in
            let (user, next) = try provider.end(request.query, browser: SessionCookie.flow(in: request))
            let session = self.begin(.provided(user), request)
            return HTTPResponse(200, page: SignedInPage.page(next: next))
                .with("refresh", "0; url=\(next.text)")
                .with("set-cookie", SessionCookie.setting(session, for: request, isSecure: provider.isSecure))
                .with("set-cookie", SessionCookie.endingFlow(for: request))
        }
    }

    private func atProvider(
        _ request: HTTPRequest, _ next: LocalAddress, _ responder: Responder,
        _ answer: @escaping @Sendable (OpenIDProvider) throws(OpenIDProblem) -> HTTPResponse
    ) {
        // Who asks for a head only looks, and must not use up what a person came back with.
        guard let provider, request.method == .get else {
            return send(HTTPResponse(goTo: LocalAddress("/sign-in")), responder)
        }
        let isTaken = providers.submit {
            do throws(OpenIDProblem) {
                self.send(try answer(provider), responder)
            } catch {
                self.send(self.failed(error, request, next), responder)
            }
        }
        guard !isTaken else { return }
        counters.delayed.add()
        let page = signInPage(
            request, next: next, problem: "Too many people sign in at this moment; try again.", way: .provider)
        send(HTTPResponse(429, page: page).with("retry-after", "1"), responder)
    }

    private func failed(_ problem: OpenIDProblem, _ request: HTTPRequest, _ next: LocalAddress) -> HTTPResponse {
        warn("signing in with the identity provider failed", problem.reason)
        recordRefusal(request, "oidc", problem.reason, tenant: provider?.tenant)
        counters.refused.add()
        let words = problem.message ?? "Signing in there did not work. The log of the server says why."
        return HTTPResponse(403, page: signInPage(request, next: next, problem: words, way: .provider))
    }
}

/// Said for a moment to somebody who comes back from the identity provider.
enum SignedInPage {
    static func page(next: LocalAddress) -> Markup {
        Frame("Signed in", look: Look()) {
            h(.h1) { "Signed in" }
            h(.p, .role("status")) {
                h(.a, .href(next)) { "Go on" }
            }
        }.markup
    }
}
