import Codecs
import Events
import Network
import Platform
import Query

/// Files of what a search page shows.
extension Console {
    func export(_ request: HTTPRequest, _ reader: Reader, _ responder: Responder) {
        guard let terms = SearchTerms(request.query).found(in: saved, reader.tenant) else {
            return send(failure(APIError(.notFound, "The query is not kept here any more."), isAPI: false), responder)
        }
        let format = request.query("format").flatMap { AnswerFormat(rawValue: $0) } ?? .ndjson
        let cancellation = Cancellation()
        responder.whenGone { cancellation.cancel() }
        work(exporters, isAPI: false, responder) {
            self.counters.searches.add()
            let now = self.clock.now()
            let bounds: TimeBounds
            do throws(TimeTerms.Problem) {
                bounds = try terms.page.time.bounds(now: now)
            } catch {
                return self.failure(APIError(.badRequest, error.sentence), isAPI: false)
            }
            if terms.language == .esql, !reader.viewer.may(.content) {
                return self.failure(APIError(Access.Refusal.role(.content)), isAPI: false)
            }
            let slip = ExportSlip(
                terms.page.query, terms.language, SearchExport.format(format, terms.language), reader,
                self.checkpoint(of: reader), self.journal,
                filter: KQLText.all(terms.page.pills.map(\.kql)), bounds: bounds,
                columns: format == .csv && terms.language == .kql ? SearchExport.columns(terms) : [])
            guard slip.begin() else { return self.failure(.unrecorded, isAPI: false) }
            let export = SearchExport(
                terms: terms, bounds: bounds, format: format, isRaw: request.query("raw") == "1",
                tenant: reader.tenant.text, engine: self.engine(for: reader), clock: self.clock, slip: slip,
                cancellation: cancellation)
            do throws(SearchError) {
                return try export.answer(responder) { self.finished(slip.mark($0, name: slip.name(at: now))) }
            } catch {
                slip.breakOff()
                return self.failure(self.apiError(error, in: terms.page.query, terms.language), isAPI: false)
            }
        }
    }

    /// What a receipt says of the log: the checkpoint that was signed last, as far as that can be told.
    func checkpoint(of reader: Reader) -> ExportReceipt.Checkpoint? {
        do throws(IntegrityProblem) {
            return try integrity?.checkpoint(of: reader.tenant)
        } catch {
            return nil
        }
    }
}

/// All that a query finds and not only the rows of a page, up to a million documents.
struct SearchExport {
    /// Rows of a query in ES|QL. The engine makes the table whole, in memory.
    static let mostRows = 100_000

    let terms: SearchTerms
    let bounds: TimeBounds
    let format: AnswerFormat
    let isRaw: Bool
    let tenant: String
    let engine: any QueryEngine
    let clock: any Clock
    let slip: ExportSlip
    let cancellation: Cancellation

    /// What a file of a language is written in: sequences have no columns, and a file is a line each.
    static func format(_ wish: AnswerFormat, _ language: QueryLanguage) -> AnswerFormat {
        wish == .json && language != .kql || language == .eql ? .ndjson : wish
    }

    static func columns(_ terms: SearchTerms) -> [String] {
        terms.columns.isEmpty ? FieldSelection.usual : ["@timestamp"] + terms.columns
    }

    /// - Returns: `nil` when it is on its way.
    func answer(_ responder: Responder, finish: (HTTPResponse) -> HTTPResponse) throws(SearchError) -> HTTPResponse? {
        switch terms.language {
        case .kql: return try events(responder, finish)
        case .esql:
            let (response, rows, isCut) = try table()
            return try slip.sealed(finish(response), rows: rows, isCut: isCut)
        case .eql:
            let request = EQLRequest(
                tenant: tenant, text: terms.page.query, from: bounds.from, to: bounds.to, limit: SearchBody.mostHits,
                cancellation: cancellation)
            let answer = try EQLSearch(engine, schema: engine.schema, clock: clock).search(request)
            let found = SequenceAnswer(answer, nil)
            return try slip.sealed(
                finish(found.response(.ndjson, hasLastLine: false)), rows: found.count, isCut: answer.isPartial)
        }
    }

    private func events(
        _ responder: Responder, _ finish: (HTTPResponse) -> HTTPResponse
    ) throws(SearchError) -> HTTPResponse? {
        let request = SearchRequest(
            tenant: tenant, text: terms.filter, from: bounds.from, to: bounds.to, limit: SearchBody.mostDocuments,
            newestFirst: terms.isNewestFirst, cancellation: cancellation)
        let selection = format == .csv ? FieldSelection(Self.columns(terms), engine.schema) : nil
        let text = HitText(format, selection, isRaw: isRaw)
        try DocumentStream(engine: engine, request: request, text: text, slip: slip).send(responder, finish: finish)
        return nil
    }

    private func table() throws(SearchError) -> (response: HTTPResponse, rows: Int, isCut: Bool) {
        var request = TableRequest(
            tenant: tenant, text: terms.page.query, filter: terms.filter, from: bounds.from, to: bounds.to,
            cancellation: cancellation)
        request.limits.rows = Self.mostRows
        request.limits.defaultRows = Self.mostRows
        let answer = try engine.table(request)
        var text = ESQLTableText(answer, Self.format(format, .esql), hasLastLine: false)
        text.isRaw = isRaw
        var out = ByteBuffer(capacity: 64 << 10)
        text.writeHead(to: &out)
        for place in text.answer.rows.indices { text.writeRow(place, to: &out) }
        text.writeEnd(to: &out)
        let response = HTTPResponse(200, headers: ["content-type": text.format.contentType], body: out.array)
        return (response, answer.rows.count, answer.isShort)
    }
}

extension ESQLAnswer {
    /// Whether there was more than it has.
    var isShort: Bool { isCut || isPartial }
}

// MARK: Receipts

extension Console {
    /// A receipt as a file that can be kept beside the export.
    func receipt(_ id: String, _ request: HTTPRequest, _ reader: Reader, _ responder: Responder) {
        let visit = visit(request, reader)
        work(workers, isAPI: false, responder) {
            do throws(SearchError) {
                guard let receipt = try visit.receipt(id) else {
                    return self.failure(APIError(.notFound, "There is no receipt of this export yet."), isAPI: false)
                }
                return HTTPResponse(
                    200,
                    headers: [
                        "content-type": "application/json",
                        "content-disposition":
                            "attachment; filename=\"\(ExportSlip.fileName(of: receipt.hit.id)).json\"",
                    ], body: Array((receipt.json.text + "\n").utf8))
            } catch {
                return self.failure(self.apiError(error), isAPI: false)
            }
        }
    }
}
