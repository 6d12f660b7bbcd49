import Events
import Network
import Platform
import Query

/// The calls of the JSON API, under `/api/v1/`.
extension Console {
    func call(_ route: Route, _ request: HTTPRequest, _ responder: Responder) {
        do throws(APIError) {
            let tenant = try tenant(of: request)
            switch route {
            case .apiEvent(let id): event(id, tenant, responder)
            case .apiHistogram: histogram(try body(request, tenant, SearchBody.mostHits), responder)
            case .apiSearch where APIAnswer.wantsLines(request):
                lines(try body(request, tenant, SearchBody.mostDocuments).request, responder)
            case .apiSearch: search(try body(request, tenant, SearchBody.mostHits).request, responder)
            default: preconditionFailure("not a call of the API")
            }
        } catch {
            send(error.response, responder)
        }
    }

    private func tenant(of request: HTTPRequest) throws(APIError) -> TenantName {
        do throws(Access.Refusal) {
            return try access.tenant(of: request)
        } catch {
            counters.refused.add()
            throw APIError(error)
        }
    }

    private func body(_ request: HTTPRequest, _ tenant: TenantName, _ mostHits: Int) throws(APIError) -> SearchBody {
        try SearchBody(request.body, tenant: tenant.text, mostHits: mostHits, now: clock.now())
    }

    private func search(_ request: SearchRequest, _ responder: Responder) {
        ask(workers, responder) { () throws(SearchError) in
            APIAnswer.hits(try self.engine.search(request), limit: request.limit)
        }
    }

    /// What fits one page goes out whole; more is streamed.
    private func lines(_ request: SearchRequest, _ responder: Responder) {
        guard request.limit > DocumentStream.page else {
            return ask(workers, responder) { () throws(SearchError) in
                let answer = try self.engine.search(request)
                var response = APIAnswer.linesHead(answer)
                response.body = APIAnswer.lines(answer.hits)
                return response
            }
        }
        ask(exporters, responder) { () throws(SearchError) in
            try DocumentStream(engine: self.engine, request: request).send(responder) { self.finished($0) }
            return nil
        }
    }

    private func histogram(_ body: SearchBody, _ responder: Responder) {
        ask(workers, responder) { () throws(SearchError) in
            APIAnswer.histogram(try self.engine.histogram(body.request, buckets: body.buckets))
        }
    }

    private func event(_ id: String, _ tenant: TenantName, _ responder: Responder) {
        ask(workers, responder) { () throws(SearchError) in
            guard let hit = try self.engine.event(id: id, tenant: tenant.text) else {
                return APIError(.notFound, "There is no such event.").response
            }
            return APIAnswer.event(hit)
        }
    }

    /// - Parameter answer: gives `nil` when the answer is on its way already.
    private func ask(
        _ workers: WorkerPool, _ responder: Responder,
        _ answer: @escaping @Sendable () throws(SearchError) -> HTTPResponse?
    ) {
        work(workers, isAPI: true, responder) {
            self.counters.searches.add()
            do throws(SearchError) {
                return try answer()
            } catch {
                return self.apiError(error).response
            }
        }
    }
}
