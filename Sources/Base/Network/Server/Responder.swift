import Platform
import Synchronization

/// The way back to one request.
///
/// - Guarantee: exactly one answer is sent. A second one is dropped and counted; when the responder is
///   dropped without any, the client gets 500.
/// - Threads: any.
public final class Responder: Sendable {
    private let connection: any Transport
    private let exchange: Int
    private let isAnswered = Atomic<Bool>(false)

    init(_ connection: any Transport, _ exchange: Int) {
        self.connection = connection
        self.exchange = exchange
    }

    deinit {
        guard !isAnswered.load(ordering: .relaxed) else { return }
        connection.service.state.counters.unanswered.add()
        let exchange = exchange
        connection.withSession { $0.answer(exchange, Refusal.unanswered.response) }
    }

    /// Answers with a whole body.
    public func send(_ response: HTTPResponse) {
        guard isFirst() else { return }
        let exchange = exchange
        connection.withSession { $0.answer(exchange, response) }
    }

    /// Answers with a body that is made piece by piece: chunked over HTTP/1.1.
    ///
    /// - Parameter head: its body, if any, is the first piece.
    public func stream(_ head: HTTPResponse) -> BodyWriter {
        let writer = BodyWriter(connection, exchange)
        guard isFirst() else {
            writer.cancel()
            return writer
        }
        let exchange = exchange
        connection.withSession { $0.begin(exchange, head, writer) }
        return writer
    }

    /// Calls this once, on a loop's thread, if the client goes away before it has the whole answer; so that what nobody
    /// waits for need not be found out.
    ///
    /// A client that ends its side of the connection while it waits counts as gone: what has ended and what only says no
    /// more cannot be told apart. It still gets the answer, if there is one.
    ///
    /// - Threads: the loop's, in the handler.
    public func whenGone(_ body: @escaping @Sendable () -> Void) {
        let exchange = exchange
        connection.withSession { $0.whenGone(exchange, body) }
    }

    private func isFirst() -> Bool {
        guard isAnswered.exchange(true, ordering: .relaxed) else { return true }
        connection.service.state.counters.secondAnswers.add()
        return false
    }
}
