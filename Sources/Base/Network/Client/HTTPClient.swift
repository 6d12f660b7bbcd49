import Platform

/// Sends requests, any number at a time, over connections that it keeps.
///
/// HTTP/1.1 for `http`, HTTP/2 or 1.1 for `https` as the server wishes.
///
/// - Threads: one of its own for all transfers; callers from any.
public final class HTTPClient: Sendable {
    private let engine: CurlEngine

    /// - Parameter connections: how many idle ones are kept for the next requests.
    public init(proxy: HTTPProxy = .environment, connections: Int = 32) {
        engine = CurlEngine(proxy: proxy, connections: connections)
    }

    deinit { engine.stop() }

    /// Ends all transfers, for good. Dropping the client does the same.
    public func stop() { engine.stop() }

    /// Cancelling the task ends the transfer.
    ///
    /// - Throws: whenever there is no whole answer. An answer of 500 is an answer.
    public func send(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPResponse {
        let ticket = CurlTicket()
        let result: Result<HTTPResponse, HTTPClientError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                engine.start(request, ticket) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            engine.cancel(ticket)
        }
        return try result.get()
    }

    /// The same for threads that are not in a task.
    public func sendBlocking(_ request: HTTPClientRequest) throws(HTTPClientError) -> HTTPResponse {
        let latch = Latch()
        let answer = Locked<Result<HTTPResponse, HTTPClientError>?>(nil)
        engine.start(request, CurlTicket()) { result in
            answer.withLock { $0 = result }
            latch.open()
        }
        latch.wait()
        guard let result = answer.withLock({ $0 }) else { throw HTTPClientError(.other, "no answer") }
        return try result.get()
    }
}
