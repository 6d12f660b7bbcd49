import Events
import Network
import Platform
import Query

/// The calls of the JSON API, under `/api/v1/`.
extension Console {
    func call(_ call: APICall, _ id: String, _ request: HTTPRequest, _ responder: Responder) {
        do throws(APIError) {
            guard !call.isOpen else { return send(APIDescription.response, responder) }
            let reader = try reader(of: request, for: call.permission)
            let tenant = reader.tenant
            let now = clock.now()
            switch call {
            case .search:
                search(
                    try SearchBody(request, tenant: tenant.text, schema: engine.schema, limits: limits, now: now),
                    reader, responder)
            case .query: table(try TableBody(request, tenant: tenant.text, limits: limits, now: now), reader, responder)
            case .fields: fields(try FieldsBody(request.body, limits: limits, now: now), reader, responder)
            case .histogram:
                histogram(
                    try HistogramBody(request.body, tenant: tenant.text, limits: limits, now: now), reader,
                    responder)
            case .event: event(id, reader, responder)
            case .description: preconditionFailure("is open")
            }
        } catch {
            send(error.response, responder)
        }
    }

    private func reader(of request: HTTPRequest, for permission: Permission?) throws(APIError) -> Reader {
        do throws(Access.Refusal) {
            return try access.reader(of: request, for: permission)
        } catch {
            counters.refused.add()
            throw APIError(error)
        }
    }

    // MARK: Calls

    private func search(_ body: SearchBody, _ reader: Reader, _ responder: Responder) {
        let engine = engine(for: reader)
        var body = body
        let watch = watch(responder)
        body.give(watch.cancellation)
        let asked = Asked(body.request.text, body.language, body.time)
        guard body.language == .kql else { return sequences(body, engine, asked, reader, watch, responder) }
        let isLong = body.format != .json && body.request.limit > DocumentStream.page
        take(
            isLong ? exporters : workers, asked, body.format, reader, watch, responder,
            bounds: TimeBounds(from: body.request.from, to: body.request.to),
            columns: body.selection?.columns.map(\.title) ?? []
        ) { [body] (slip: ExportSlip?) throws(SearchError) in
            guard body.format != .json else {
                return APIAnswer.hits(
                    try engine.search(body.request), limit: body.request.limit, body.selection)
            }
            let text = HitText(body.format, body.selection, hasLastLine: body.hasLastLine)
            try DocumentStream(engine: engine, request: body.request, text: text, slip: slip).send(responder) {
                // The time is for the first page; from there on a client takes what it needs.
                watch.end()
                return self.finished(self.marked($0, slip))
            }
            return nil
        }
    }

    private func sequences(
        _ body: SearchBody, _ engine: any QueryEngine, _ asked: Asked, _ reader: Reader, _ watch: CallWatch,
        _ responder: Responder
    ) {
        take(
            workers, asked, body.format, reader, watch, responder,
            bounds: TimeBounds(from: body.request.from, to: body.request.to),
            columns: body.selection?.columns.map(\.title) ?? []
        ) { (slip: ExportSlip?) throws(SearchError) in
            let search = EQLSearch(engine, schema: self.engine.schema, clock: self.clock)
            let found = try search.search(body.sequences)
            let answer = SequenceAnswer(found, body.selection)
            let response = self.marked(answer.response(body.format, hasLastLine: body.hasLastLine), slip)
            return try slip?.sealed(response, rows: answer.count, isCut: found.isPartial) ?? response
        }
    }

    private func event(_ id: String, _ reader: Reader, _ responder: Responder) {
        let engine = engine(for: reader)
        ask(workers, Asked(), watch(responder), responder) { () throws(SearchError) in
            guard let hit = try engine.event(id: id, tenant: reader.tenant.text) else {
                return APIError(.notFound, "There is no such event.").response
            }
            if let problem = self.flaw(showing: hit, reader) { return problem.response }
            return APIAnswer.event(hit)
        }
    }

    // MARK: Files

    /// Has a page or a file made. If a file fails before anything of it is sent, its receipt says so.
    ///
    /// - Parameters:
    ///   - filter: KQL that holds beside the query.
    ///   - answer: gets the slip of a file, if one is kept; gives `nil` when the answer is on its way already.
    func take(
        _ workers: WorkerPool, _ asked: Asked, _ format: AnswerFormat, _ reader: Reader, _ watch: CallWatch,
        _ responder: Responder, filter: String = "", bounds: TimeBounds, columns: [String] = [],
        _ answer: @escaping @Sendable (ExportSlip?) throws(SearchError) -> HTTPResponse?
    ) {
        ask(workers, asked, watch, responder) { () throws(SearchError) in
            let taken = self.slip(
                taking: asked.text, asked.language, format, reader, filter: filter, bounds: bounds, columns: columns)
            switch taken {
            case .failure(let problem): return problem.response
            case .success(let slip):
                do throws(SearchError) {
                    return try answer(slip)
                } catch {
                    slip?.breakOff()
                    throw error
                }
            }
        }
    }

    /// Says in the head of a file how it is called and where its receipt is, if it gets one.
    func marked(_ response: HTTPResponse, _ slip: ExportSlip?) -> HTTPResponse {
        slip.map { $0.mark(response, name: $0.name(at: clock.now())) } ?? response
    }

    // MARK: How

    /// What is asked of an engine, for what is said when it fails.
    struct Asked: Sendable {
        let text: String
        let language: QueryLanguage
        /// How long it may take; `nil` for as long as the engine likes.
        let time: Timestamp.Span?
        let parameters: ESQLParameters

        init(
            _ text: String = "", _ language: QueryLanguage = .kql, _ time: Timestamp.Span? = nil,
            _ parameters: ESQLParameters = .none
        ) {
            self.text = text
            self.language = language
            self.time = time
            self.parameters = parameters
        }
    }

    /// On the loop's thread, before the work is given to another one.
    func watch(_ responder: Responder) -> CallWatch {
        let watch = CallWatch()
        responder.whenGone { [counters] in
            counters.gone.add()
            watch.leave()
        }
        return watch
    }

    /// - Parameter answer: gives `nil` when the answer is on its way already.
    func ask(
        _ workers: WorkerPool, _ asked: Asked, _ watch: CallWatch, _ responder: Responder,
        _ answer: @escaping @Sendable () throws(SearchError) -> HTTPResponse?
    ) {
        work(workers, isAPI: true, responder) {
            self.counters.searches.add()
            // Whoever left while the call waited in the queue wants no work done.
            guard !watch.cancellation.isCancelled else { return APIError(SearchError.cancelled).response }
            if let time = asked.time { watch.begin(time) }
            defer { watch.end() }
            do throws(SearchError) {
                return try answer()
            } catch {
                return self.apiError(watch.meaning(error), in: asked.text, asked.language, asked.parameters).response
            }
        }
    }
}
