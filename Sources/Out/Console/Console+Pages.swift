import Events
import Network
import Platform
import Query

/// The pages that need a session and ask the engine.
extension Console {
    func page(_ route: Route, _ request: HTTPRequest, _ responder: Responder) {
        let tenant: TenantName
        do throws(Access.Refusal) {
            tenant = try access.tenant(of: request)
        } catch {
            return send(toSignIn(request, error), responder)
        }
        switch route {
        case .search:
            let terms = SearchTerms(request)
            if let preset = SearchTerms.presets.first(where: { $0.key == request.query("last") }) {
                return send(HTTPResponse(goTo: terms.with(preset).address), responder)
            }
            work(workers, isAPI: false, responder) { self.searchPage(terms, tenant) }
        case .event(let id): work(workers, isAPI: false, responder) { self.eventPage(id, tenant) }
        case .export: export(SearchTerms(request), tenant, responder)
        default: preconditionFailure("not a page of a session")
        }
    }

    private func searchPage(_ terms: SearchTerms, _ tenant: TenantName) -> HTTPResponse {
        counters.searches.add()
        let request: SearchRequest
        do throws(SearchTerms.Problem) {
            request = try terms.request(tenant: tenant.text, limit: SearchPage.hits, now: clock.now())
        } catch {
            return HTTPResponse(400, page: SearchPage(terms: terms, tenant: tenant, outcome: .badTime(error)).markup)
        }
        do throws(SearchError) {
            let answer = try engine.search(request)
            let histogram = answer.total > 0 ? try engine.histogram(request, buckets: SearchPage.bars) : nil
            let page = SearchPage(terms: terms, tenant: tenant, outcome: .found(answer, histogram))
            return HTTPResponse(200, page: page.markup)
        } catch {
            return failed(error, terms, tenant)
        }
    }

    /// The page with what went wrong, the query still in its box.
    private func failed(_ error: SearchError, _ terms: SearchTerms, _ tenant: TenantName) -> HTTPResponse {
        let failure = apiError(error)
        let outcome: SearchPage.Outcome
        if case .query(let flaw) = error { outcome = .badQuery(flaw) } else { outcome = .none(failure.message) }
        let page = SearchPage(terms: terms, tenant: tenant, outcome: outcome)
        let response = HTTPResponse(failure.kind.status, page: page.markup)
        return failure.retryAfterSeconds.map { response.with("retry-after", String($0)) } ?? response
    }

    private func eventPage(_ id: String, _ tenant: TenantName) -> HTTPResponse {
        counters.searches.add()
        do throws(SearchError) {
            guard let hit = try engine.event(id: id, tenant: tenant.text) else {
                return failure(APIError(.notFound, "There is no such event."), isAPI: false, tenant: tenant)
            }
            return HTTPResponse(200, page: EventPage(hit: hit, tenant: tenant).markup)
        } catch {
            return failure(apiError(error), isAPI: false, tenant: tenant)
        }
    }

    private func export(_ terms: SearchTerms, _ tenant: TenantName, _ responder: Responder) {
        work(exporters, isAPI: false, responder) {
            self.counters.searches.add()
            let now = self.clock.now()
            let request: SearchRequest
            do throws(SearchTerms.Problem) {
                request = try terms.request(tenant: tenant.text, limit: SearchBody.mostDocuments, now: now)
            } catch {
                let page = SearchPage(terms: terms, tenant: tenant, outcome: .badTime(error))
                return HTTPResponse(400, page: page.markup)
            }
            let name = "docket-\(RFC3339.text(now).replacing(":", with: "").prefix(17)).ndjson"
            do throws(SearchError) {
                try DocumentStream(engine: self.engine, request: request).send(responder) { head in
                    self.finished(head.with("content-disposition", "attachment; filename=\"\(name)\""))
                }
                return nil
            } catch {
                return self.failed(error, terms, tenant)
            }
        }
    }

    // MARK: In and out

    /// Where a page is asked for without a session.
    private func toSignIn(_ request: HTTPRequest, _ refusal: Access.Refusal) -> HTTPResponse {
        guard refusal == .noCredential else {
            counters.refused.add()
            return failure(APIError(refusal), isAPI: false)
        }
        let way = LocalAddress(checking: request.target, pathAndQuery: (request.path, request.query))
        return HTTPResponse(goTo: LocalAddress("/sign-in", query: way.map { [("next", $0.text)] } ?? []))
    }

    /// Where to go after signing in: a page of this server, or the first one.
    func next(_ fields: [(name: String, value: String)]) -> LocalAddress {
        guard let target = fields.first(where: { $0.name == "next" })?.value else { return LocalAddress("/") }
        let parts = HTTPRequest(.get, target)
        return LocalAddress(checking: target, pathAndQuery: (parts.path, parts.query)) ?? LocalAddress("/")
    }

    func signIn(_ request: HTTPRequest) -> HTTPResponse {
        // A form's body is written like a query.
        let fields = HTTPRequest(.post, "/?" + String(decoding: request.body, as: UTF8.self)).query
        let next = next(fields)
        func again(_ status: Int, _ problem: String) -> HTTPResponse {
            counters.refused.add()
            return HTTPResponse(status, page: SignInPage.page(next: next, problem: problem))
        }
        guard SameOrigin.isCertain(request) else { return again(403, "The form did not come from this page.") }
        do throws(Access.Refusal) {
            let token = fields.first { $0.name == "token" }?.value ?? ""
            let credential = try access.credential(.bearer(token), from: request.peer)
            if let old = SessionCookie.session(in: request) { access.sessions.end(old) }
            let session = access.sessions.begin(for: credential)
            counters.signIns.add()
            return HTTPResponse(goTo: next).with("set-cookie", SessionCookie.setting(session, for: request))
        } catch {
            let failure = APIError(error)
            let response = again(failure.kind.status, failure.message)
            return failure.retryAfterSeconds.map { response.with("retry-after", String($0)) } ?? response
        }
    }

    func signOut(_ request: HTTPRequest) -> HTTPResponse {
        guard SameOrigin.isCertain(request) else {
            return failure(APIError(.forbidden, "The form did not come from a page of this server."), isAPI: false)
        }
        if let session = SessionCookie.session(in: request) { access.sessions.end(session) }
        return HTTPResponse(goTo: LocalAddress("/sign-in")).with("set-cookie", SessionCookie.ending(for: request))
    }
}
