import Events
import Network
import Query

/// Shows content to somebody who asks for it: after the record says so, in that session, for a while.
extension Console {
    /// Names of fields in one record. Of an event with more the others are left out; the event itself is named, too.
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
        work(workers, isAPI: false, responder) {
            do throws(SearchError) {
                return try self.reveal(fields, reader, in: session)
            } catch {
                return self.failure(self.apiError(error), isAPI: false)
            }
        }
    }

    private func reveal(
        _ fields: FormFields, _ reader: Reader, in session: String
    ) throws(SearchError) -> HTTPResponse {
        var act = reader.act(.contentView)
        act.reason = fields.line("reason")
        if let reason = act.reason, !InventoryOrder.isLine(reason, most: InventoryOrder.textLength) {
            let sentence = "A reason has at most \(InventoryOrder.textLength) bytes, on one line."
            return failure(APIError(.badRequest, sentence), isAPI: false)
        }
        let subject: RevealedContent.Subject
        if let id = fields["event"] {
            guard let hit = try engine.event(id: id, tenant: reader.tenant.text) else {
                return failure(APIError(.notFound, "There is no such event."), isAPI: false)
            }
            act.event = hit.id
            act.fields = Array(ContentCurtain.draw(over: hit.document).fields.prefix(Self.mostFields))
            subject = .event(id: hit.id)
        } else if let query = fields["query"] {
            act.query = query
            act.language = QueryLanguage.esql.rawValue
            subject = .table(of: query)
        } else {
            return failure(APIError(.badRequest, "Content is that of an event or of a query."), isAPI: false)
        }
        guard journal.allow(act) else { return failure(.unrecorded, isAPI: false) }
        access.sessions.reveal(subject, in: session)
        return HTTPResponse(goTo: next(fields.all))
    }
}
