import Events
import Network
import Platform
import Query

/// The pages that need a session.
extension Console {
    func page(_ route: Route, _ request: HTTPRequest, _ responder: Responder) {
        let reader: Reader
        do throws(Access.Refusal) {
            reader = try access.reader(of: request, for: route.permission)
        } catch {
            return send(toSignIn(request, error), responder)
        }
        switch route {
        case .screen(let screen): show(screen, request, reader, responder)
        case .export: export(request, reader, responder)
        case .download(let download): self.download(download, request, reader, responder)
        case .receipt(let id): receipt(id, request, reader, responder)
        case .tail: tail(request, reader, responder)
        case .palette: palette(request, reader, responder)
        case .parse: send(parse(request), responder)
        case .account: send(account(reader, request), responder)
        default: preconditionFailure("not a page of a session")
        }
    }

    // MARK: Screens

    private func show(_ route: ScreenRoute, _ request: HTTPRequest, _ reader: Reader, _ responder: Responder) {
        // A button of the time picker: the address shall say the time itself, so that a link shows the same.
        if let preset = TimeTerms.presets.first(where: { $0.key == request.query("last") }) {
            let address = PageAddress(request).with(preset.time.parameters, without: ["last", "behind"])
            return send(HTTPResponse(goTo: address), responder)
        }
        let visit = visit(request, reader)
        responder.whenGone { visit.cancellation.cancel() }
        work(workers, isAPI: false, responder) {
            self.counters.searches.add()
            return self.send(self.page(of: route.screen, visit), visit, responder)
        }
    }

    func visit(_ request: HTTPRequest, _ reader: Reader) -> Visit {
        Visit(
            reader: reader, look: Look(request), facts: facts(reader.tenant), address: PageAddress(request),
            now: clock.now(), clock: clock, engine: engine(for: reader), covered: covered(for: reader),
            journal: journal, saved: saved, integrity: integrity, inventory: inventory, dashboards: dashboards,
            time: limits.time, cancellation: Cancellation())
    }

    func page(of screen: any Screen, _ visit: Visit) -> Page {
        do throws(SearchError) {
            if let page = try screen.page(visit) { return page }
            var page = Page("Not found") { MessagePage.markup("Not found", "There is no such page.") }
            page.status = 404
            return page
        } catch {
            let failure = apiError(error, in: visit.terms.query)
            var page = screen.page(visit, failed: error, failure)
            page.status = failure.kind.status
            page.retryAfterSeconds = failure.retryAfterSeconds
            return page
        }
    }

    /// - Returns: `nil` when the page is on its way, part by part.
    func send(_ page: Page, _ visit: Visit, _ responder: Responder) -> HTTPResponse? {
        guard !page.parts.isEmpty else { return response(page, visit) }
        let sender = PageSender(page: page, visit: visit) { self.apiError($0).message }
        let token = FormToken.current
        sender.send(with: { work in self.workers.submit { FormToken.$current.withValue(token, operation: work) } }) {
            responder.stream(self.finished(sender.head))
        }
        return nil
    }

    /// A page without parts.
    func response(_ page: Page, _ visit: Visit) -> HTTPResponse {
        let sender = PageSender(page: page, visit: visit) { self.apiError($0).message }
        var response = sender.head
        response.body = MarkupWriter.page(sender.markup)
        return response
    }

    // MARK: In and out

    /// Where a page is asked for without a session.
    func toSignIn(_ request: HTTPRequest, _ refusal: Access.Refusal) -> HTTPResponse {
        guard refusal == .noCredential else {
            counters.refused.add()
            return failure(APIError(refusal), isAPI: false)
        }
        let way = LocalAddress(checking: request.target, pathAndQuery: (request.path, request.query))
        return HTTPResponse(goTo: LocalAddress("/sign-in", query: way.map { [("next", $0.text)] } ?? []))
    }

    /// Changes how pages look, for this browser.
    func look(_ request: HTTPRequest) -> HTTPResponse {
        let fields = FormFields(request)
        do throws(Access.Refusal) {
            _ = try access.change(request, fields)
        } catch {
            return failure(APIError(error), isAPI: false)
        }
        var look = Look(request)
        for field in fields.all where field.name == "set" { look.change(field.value) }
        return HTTPResponse(goTo: next(fields.all)).with("set-cookie", look.setting)
    }
}
