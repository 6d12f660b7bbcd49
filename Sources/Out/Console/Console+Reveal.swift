import Events
import Network
import Platform
import Query

/// Shows content to somebody who asks for it: after the record says so, in that session, for a while.
extension Console {
    /// Names of fields in one record. Of content in more the others are left out; what it is of is named, too.
    private static let mostFields = 64

    func reveal(_ request: HTTPRequest, _ responder: Responder) {
        let fields = FormFields(request)
        let reader: Reader
        do throws(APIError) {
            reader = try changing(request, fields, needs: .content)
        } catch {
            return send(failure(error, isAPI: false), responder)
        }
        guard let session = SessionCookie.session(in: request) else {
            return send(failure(APIError(Access.Refusal.noCredential), isAPI: false), responder)
        }
        guard let content = CoveredContent(fields) else {
            let error = APIError(.badRequest, "Content is that of an event, of a session or of a query.")
            return send(failure(error, isAPI: false), responder)
        }
        var act = reader.act(.contentView)
        act.reason = fields.line("reason")
        if let reason = act.reason, !WrittenLine.isOne(reason) {
            let sentence = "A reason has at most \(WrittenLine.length) bytes, on one line."
            return send(failure(APIError(.badRequest, sentence), isAPI: false), responder)
        }
        let visit = visit(request, reader)
        responder.whenGone { visit.cancellation.cancel() }
        work(workers, isAPI: false, responder) { [act] in
            var act = act
            do throws(SearchError) {
                if let problem = try self.name(content, in: &act, visit) {
                    return self.failure(problem, isAPI: false)
                }
                guard self.journal.allow(act) else { return self.failure(.unrecorded, isAPI: false) }
                self.access.sessions.reveal(content, in: session)
                return HTTPResponse(goTo: self.next(fields.all))
            } catch {
                return self.failure(self.apiError(error), isAPI: false)
            }
        }
    }

    /// Says in the record of a look what is looked at, and which fields of it.
    ///
    /// - Returns: why it cannot be shown.
    private func name(
        _ content: CoveredContent, in act: inout ReaderAct, _ visit: Visit
    ) throws(SearchError) -> APIError? {
        switch content {
        case .event(let id):
            guard let hit = try engine.event(id: id, tenant: visit.tenant) else {
                return APIError(.notFound, "There is no such event.")
            }
            act.event = hit.id
            act.fields = Array(ContentCurtain.draw(over: hit.document).fields.prefix(Self.mostFields))
        case .session(let id):
            guard let reading = try SessionReader(visit: visit).read(id) else {
                return APIError(.notFound, "There is no such session.")
            }
            act.query = SessionReader.filter(id)
            act.language = QueryLanguage.kql.rawValue
            act.fields = Array(reading.content.prefix(Self.mostFields))
        case .table(let query):
            act.query = query
            act.language = QueryLanguage.esql.rawValue
        }
        return nil
    }
}
