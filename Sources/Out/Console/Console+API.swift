import Events
import Network
import Platform
import Query

/// The calls of the JSON API, under `/api/v1/`.
extension Console {
    func call(_ route: Route, _ request: HTTPRequest, _ responder: Responder) {
        let tenant: TenantName
        do throws(Access.Refusal) {
            tenant = try access.tenant(of: request)
        } catch {
            return responder.send(refusal(error))
        }
        work(isAPI: true, responder) {
            self.counters.searches.add()
            do throws(APIError) {
                return try self.answer(route, request, tenant, responder)
            } catch {
                return error.response
            }
        }
    }

    /// - Returns: `nil` when the answer is on its way already.
    private func answer(
        _ route: Route, _ request: HTTPRequest, _ tenant: TenantName, _ responder: Responder
    ) throws(APIError) -> HTTPResponse? {
        do {
            switch route {
            case .apiSearch where APIAnswer.wantsLines(request):
                let body = try body(request, tenant, mostHits: SearchBody.mostDocuments)
                try DocumentStream(engine: engine, request: body.request).send(responder) { self.finished($0) }
                return nil
            case .apiSearch:
                let body = try body(request, tenant, mostHits: SearchBody.mostHits)
                return APIAnswer.hits(try engine.search(body.request), limit: body.request.limit)
            case .apiHistogram:
                let body = try body(request, tenant, mostHits: SearchBody.mostHits)
                return APIAnswer.histogram(try engine.histogram(body.request, buckets: body.buckets))
            case .apiEvent(let id):
                guard let hit = try engine.event(id: id, tenant: tenant.text) else {
                    throw APIError(.notFound, "There is no such event.")
                }
                return APIAnswer.event(hit)
            default: preconditionFailure("not a call of the API")
            }
        } catch let error as SearchError {
            throw apiError(error)
        } catch let error as APIError {
            throw error
        } catch {
            preconditionFailure("searches and bodies throw nothing else")
        }
    }

    private func body(_ request: HTTPRequest, _ tenant: TenantName, mostHits: Int) throws(APIError) -> SearchBody {
        try SearchBody(request.body, tenant: tenant.text, mostHits: mostHits, now: clock.now())
    }
}
