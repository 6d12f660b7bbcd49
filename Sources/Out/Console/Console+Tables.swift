import Codecs
import Events
import Network
import Platform
import Query

/// Calls that are answered with a table: ES|QL, and what is found out with it about fields.
extension Console {
    /// Answers up to this size go out whole, by the thread that asked. - Unit: bytes
    private static let wholeAnswer = 256 << 10
    /// - Unit: bytes
    private static let piece = 64 << 10

    func table(_ body: TableBody, _ reader: Reader, _ responder: Responder) {
        if let error = flaw(inFilter: body.request.filter) { return send(error.response, responder) }
        var body = body
        let watch = watch(responder)
        body.give(watch.cancellation)
        let asked = Asked(body.request.text, .esql, Self.lastResort(body.time), body.request.parameters)
        take(
            workers, asked, body.format, reader, watch, responder,
            filter: body.request.filter, bounds: TimeBounds(from: body.request.from, to: body.request.to)
        ) { [body] (slip: ExportSlip?) throws(SearchError) in
            let answer = try self.engine.table(body.request)
            return try self.send(ESQLTableText(answer, body.format, hasLastLine: body.hasLastLine), slip, responder)
        }
    }

    /// An engine whose time is over gives what it has found. One that does not notice is stopped some time later.
    private static func lastResort(_ time: Timestamp.Span) -> Timestamp.Span {
        Timestamp.Span(nanoseconds: 2 * time.nanoseconds)
    }

    /// What is wrong with a filter beside a query. The engine could not say which of the two it means.
    private func flaw(inFilter text: String) -> APIError? {
        guard let found = engine.schema.flaw(inKQL: text, now: clock.now()) else { return nil }
        var flaw = APIError(SearchError.query(found), in: text, .kql)
        flaw.prefix("In `filter`: ")
        return flaw
    }

    // MARK: Sending

    /// A small table goes out whole. A large one is sent by another thread, which a slow reader may hold up.
    ///
    /// - Parameter slip: of a file, if one is kept.
    /// - Returns: `nil` when it is on its way.
    private func send(
        _ text: ESQLTableText, _ slip: ExportSlip?, _ responder: Responder
    ) throws(SearchError) -> HTTPResponse? {
        let answer = text.answer
        var out = ByteBuffer(capacity: 4 << 10)
        text.writeHead(to: &out)
        var place = 0
        while place < answer.rows.count, out.count < Self.wholeAnswer {
            text.writeRow(place, to: &out)
            place += 1
        }
        var head = marked(head(of: text), slip)
        guard place < answer.rows.count else {
            text.writeEnd(to: &out)
            head.body = out.array
            return try slip?.sealed(head, rows: answer.rows.count, isCut: answer.isShort) ?? head
        }
        head.body = out.array
        let (rest, first) = (place, finished(head))
        let isTaken = work(exporters, isAPI: true, responder) {
            self.send(text, from: rest, behind: first, slip, responder)
            return nil
        }
        if !isTaken { slip?.breakOff() }
        return nil
    }

    private func send(
        _ text: ESQLTableText, from place: Int, behind head: HTTPResponse, _ slip: ExportSlip?, _ responder: Responder
    ) {
        let writer = responder.stream(head)
        var tally = ExportTally()
        tally.take(head.body)
        var out = ByteBuffer(capacity: Self.piece * 2)
        do throws(StreamCancelled) {
            for place in place..<text.answer.rows.count {
                text.writeRow(place, to: &out)
                guard out.count >= Self.piece else { continue }
                tally.take(out.array)
                try writer.writeBlocking(out.array)
                out.removeAll()
            }
            text.writeEnd(to: &out)
            tally.take(out.array, rows: text.answer.rows.count)
            if let slip, !slip.seal(tally.file(), isCut: text.answer.isShort) { return writer.abort() }
            try writer.writeBlocking(out.array)
            writer.finish()
        } catch {
            slip?.breakOff()
            writer.abort()
        }
    }

    /// Formats without room for remarks have them here.
    private func head(of text: ESQLTableText) -> HTTPResponse {
        var head = HTTPResponse(200, headers: ["content-type": text.format.contentType])
        if text.answer.isPartial { head.headers.append("docket-partial", "true") }
        if text.answer.isCut { head.headers.append("docket-cut", "true") }
        let warnings = text.answer.warnings.count + text.answer.remarks.count
        if warnings > 0 { head.headers.append("docket-warnings", String(warnings)) }
        return head
    }

    // MARK: Fields

    func fields(_ body: FieldsBody, _ reader: Reader, _ responder: Responder) {
        let tenant = reader.tenant
        switch body.wish {
        case .names(let pattern):
            ask(workers, Asked("", .kql, body.time), watch(responder), responder) { () throws(SearchError) in
                let used = try self.engine.fieldsInUse(tenant: tenant.text, from: body.from, to: body.to)
                return FieldListAnswer(self.engine.schema, fitting: pattern, inUse: used).response
            }
        case .values(let field, let size):
            if let problem = flaw(counting: field, reader) { return send(problem.response, responder) }
            values(field, size, body, tenant, responder)
        }
    }

    private func values(
        _ field: String, _ size: Int, _ body: FieldsBody, _ tenant: TenantName, _ responder: Responder
    ) {
        let watch = watch(responder)
        let name = engine.schema.field(named: field)?.name ?? field
        let question = ValueQuestion(
            tenant: tenant.text, field: name, filter: body.query, from: body.from, to: body.to, time: body.time,
            cancellation: watch.cancellation)
        ask(workers, Asked(body.query, .kql, Self.lastResort(body.time)), watch, responder) {
            () throws(SearchError) in
            let answer = try self.engine.table(question.top(size))
            return FieldValuesAnswer(field: name, answer, self.engine.schema).response
        }
    }

    // MARK: Histogram

    func histogram(_ body: HistogramBody, _ reader: Reader, _ responder: Responder) {
        if let field = body.field, let problem = flaw(counting: field, reader) {
            return send(problem.response, responder)
        }
        var body = body
        let watch = watch(responder)
        body.give(watch.cancellation)
        ask(workers, Asked(body.request.text, .kql, Self.lastResort(body.time)), watch, responder) {
            [body] () throws(SearchError) in
            let histogram = try self.engine.histogram(body.request, buckets: body.buckets)
            guard let field = body.field else { return APIAnswer.histogram(histogram) }
            return APIAnswer.histogram(histogram, try self.series(field, body, histogram))
        }
    }

    private func series(
        _ field: String, _ body: HistogramBody, _ histogram: Histogram
    ) throws(SearchError) -> ValueSeries {
        let name = engine.schema.field(named: field)?.name ?? field
        let request = body.request
        let question = ValueQuestion(
            tenant: request.tenant, field: name, filter: request.text, from: request.from, to: request.to,
            time: body.time, cancellation: request.cancellation ?? Cancellation())
        return try ValueSeries(of: name, size: body.size, question, histogram, engine)
    }
}
