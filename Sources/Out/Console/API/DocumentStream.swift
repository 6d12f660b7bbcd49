import Network
import Platform
import Query

/// Many documents, page by page, no faster than the client reads.
struct DocumentStream {
    /// Hits that are asked for at a time.
    static let page = 1_000

    let engine: any SearchEngine
    let request: SearchRequest

    /// Answers a request. On a worker's thread, which it holds until the last byte is on its way.
    ///
    /// - Parameter head: puts the finish on the head of the answer.
    /// - Throws: what the first page failed with. After that a failure cuts the answer off, which the client
    ///   can tell by its missing end.
    func send(_ responder: Responder, head: (HTTPResponse) -> HTTPResponse) throws(SearchError) {
        let cancellation = request.cancellation ?? Cancellation()
        var request = request
        request.cancellation = cancellation
        request.limit = min(Self.page, self.request.limit)
        var answer = try engine.search(request)
        let writer = responder.stream(head(APIAnswer.linesHead(answer)))
        writer.whenCancelled { cancellation.cancel() }
        var rest = self.request.limit
        do {
            while true {
                try writer.writeBlocking(APIAnswer.lines(answer.hits))
                rest -= answer.hits.count
                guard rest > 0, let last = answer.hits.last, answer.hits.count == request.limit else { break }
                request.behind = last.place
                request.limit = min(Self.page, rest)
                answer = try engine.search(request)
            }
            writer.finish()
        } catch {
            writer.abort()
        }
    }
}
