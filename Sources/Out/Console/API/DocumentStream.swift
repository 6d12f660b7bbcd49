import Network
import Platform
import Query

/// Many hits, page by page, no faster than the client reads.
struct DocumentStream {
    /// Hits that are asked for at a time.
    static let page = 1_000

    let engine: any SearchEngine
    let request: SearchRequest
    let text: HitText
    /// Of an export; `nil` for an answer that nobody gets a receipt of.
    var slip: ExportSlip?

    /// Answers a request. On a worker's thread, which it holds until the last byte is on its way. What fits one page
    /// goes out whole.
    ///
    /// - Parameter finish: puts the finish on the head of the answer.
    /// - Throws: what the first page failed with. After that a failure cuts the answer off, which the client
    ///   can tell by its missing end.
    func send(_ responder: Responder, finish: (HTTPResponse) -> HTTPResponse) throws(SearchError) {
        var request = request
        request.limit = min(Self.page, self.request.limit)
        var answer = try engine.search(request)
        var rest = self.request.limit - answer.hits.count
        /// Whether a page may have others behind it.
        func isFull() -> Bool { request.limit > 0 && answer.hits.count == request.limit }
        func end() -> [UInt8] { text.end(answer, next: isFull() ? answer.hits.last?.place : nil) }
        let isCut = answer.total > self.request.limit
        var head = finish(text.head(answer))
        guard isFull(), rest > 0 else {
            head.body += text.lines(answer.hits) + end()
            if let slip, !slip.seal(ExportTally.file(head.body, rows: answer.hits.count), isCut: isCut) {
                throw .failed(APIError.unrecorded.message)
            }
            return responder.send(head)
        }
        var tally = ExportTally()
        tally.take(head.body)
        let writer = responder.stream(head)
        do {
            var lines = text.lines(answer.hits)
            tally.take(lines, rows: answer.hits.count)
            try writer.writeBlocking(lines)
            while rest > 0, isFull(), let last = answer.hits.last {
                request.behind = last.place
                request.limit = min(Self.page, rest)
                let before = answer
                answer = try engine.search(request)
                answer.isPartial = answer.isPartial || before.isPartial
                rest -= answer.hits.count
                lines = text.lines(answer.hits)
                tally.take(lines, rows: answer.hits.count)
                try writer.writeBlocking(lines)
            }
            lines = end()
            tally.take(lines)
            if let slip, !slip.seal(tally.file(), isCut: isCut || answer.isPartial) { return writer.abort() }
            try writer.writeBlocking(lines)
            writer.finish()
        } catch {
            slip?.breakOff()
            writer.abort()
        }
    }
}
