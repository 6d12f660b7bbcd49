import Events
import Network
import Platform
import Query

/// The calls of the integrity page.
extension Console {
    func integrity(_ call: IntegrityCall, _ request: HTTPRequest, _ responder: Responder) {
        let reader: Reader
        do throws(Access.Refusal) {
            reader = try access.reader(of: request, for: call.permission)
        } catch {
            return send(call.isPage ? toSignIn(request, error) : APIError(error).response, responder)
        }
        guard let desk = integrity else {
            return send(failure(APIError(.unavailable, "Nothing is proven here."), isAPI: !call.isPage), responder)
        }
        // The answer to a form is a page of its own; its links and sheets belong to the integrity page.
        let visit = visit(HTTPRequest(.get, Place.integrity.address.text, headers: request.headers), reader)
        work(workers, isAPI: !call.isPage, responder) {
            do throws(APIError) {
                switch call {
                case .instructions: return try self.instructions(reader, desk)
                case .proof(let event): return try self.proof(of: event, reader, desk)
                case .begin: return try self.begin(request, desk)
                case .stop(let number): return try self.stop(number, request, desk)
                case .verify: return self.response(try self.verify(request, desk), visit)
                }
            } catch {
                return self.failure(error, isAPI: !call.isPage)
            }
        }
    }

    // MARK: Taking away

    private func instructions(_ reader: Reader, _ desk: any IntegrityDesk) throws(APIError) -> HTTPResponse {
        try Self.asked { () throws(IntegrityProblem) in VerifierInstructions(try desk.log(of: reader.tenant)).response }
    }

    private func proof(of event: String, _ reader: Reader, _ desk: any IntegrityDesk) throws(APIError) -> HTTPResponse {
        let sequence: UInt64?
        do throws(SearchError) {
            sequence = try engine.event(id: event, tenant: reader.tenant.text)?.recordSequence
        } catch {
            throw apiError(error)
        }
        guard let sequence else { throw APIError(.notFound, "There is no such event.") }
        let proof = try Self.asked { () throws(IntegrityProblem) in
            try desk.proof(of: sequence, tenant: reader.tenant)
        }
        guard let file = proof?.file else {
            throw APIError(.conflict, "The event cannot be proven; its page says why.")
        }
        var act = reader.act(.proof)
        act.event = event
        guard journal.allow(act) else {
            throw APIError(.unavailable, "Nothing is given away that cannot be recorded; try again later.")
        }
        return HTTPResponse(
            200,
            headers: [
                "content-type": "text/plain; charset=utf-8",
                "content-disposition": "attachment; filename=\"record-\(sequence).tlog-proof\"",
            ], body: Array(file.utf8))
    }

    // MARK: Forms

    private func begin(_ request: HTTPRequest, _ desk: any IntegrityDesk) throws(APIError) -> HTTPResponse {
        let fields = FormFields(request)
        let reader = try changing(request, fields)
        let wish = try CheckForm(fields).wish(now: clock.now())
        let number = try Self.asked { () throws(IntegrityProblem) in
            try desk.begin(wish, of: reader.tenant, by: reader.viewer.name)
        }
        return HTTPResponse(goTo: CheckScreen.address(number))
    }

    private func stop(
        _ number: Int, _ request: HTTPRequest, _ desk: any IntegrityDesk
    ) throws(APIError) -> HTTPResponse {
        desk.stop(number, of: try changing(request, FormFields(request)).tenant)
        return HTTPResponse(goTo: CheckScreen.address(number))
    }

    private func verify(_ request: HTTPRequest, _ desk: any IntegrityDesk) throws(APIError) -> Page {
        let form: MultipartForm
        do throws(MultipartForm.Flaw) {
            form = try MultipartForm(contentType: request.headers["content-type"] ?? "", body: request.body)
        } catch {
            switch error {
            case .type: throw APIError(.badRequest, "Files come as multipart/form-data.")
            case .body: throw APIError(.badRequest, "The form with the files is not whole.")
            case .tooManyParts: throw APIError(.badRequest, "At most \(MultipartForm.mostParts) files at a time.")
            }
        }
        let reader = try changing(request, form.fields)
        let verdict = try Self.asked { () throws(IntegrityProblem) in
            try desk.verify(form.files, of: reader.tenant)
        }
        return ExportPage(verdict: verdict).page
    }

    private static func asked<Answer>(_ ask: () throws(IntegrityProblem) -> Answer) throws(APIError) -> Answer {
        do throws(IntegrityProblem) {
            return try ask()
        } catch {
            throw APIError(error)
        }
    }
}

extension APIError {
    init(_ problem: IntegrityProblem) {
        let kind: Kind =
            switch problem.kind {
            case .flaw: .badRequest
            case .conflict: .conflict
            case .unavailable: .unavailable
            }
        self.init(kind, problem.message)
    }
}

extension SearchHit {
    /// The place of its record in the log.
    var recordSequence: UInt64? { EventFields(document)["docket.sequence"].flatMap { UInt64($0) } }
}
