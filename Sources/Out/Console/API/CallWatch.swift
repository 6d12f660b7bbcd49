import Platform
import Query

/// One call that waits for an engine. It is given up when nobody waits for its answer, or when its time is over.
final class CallWatch: Sendable {
    let cancellation = Cancellation()
    private let isOver = Locked(false)
    private let deadline = Locked<Deadline?>(nil)

    /// The client has gone.
    func leave() { cancellation.cancel() }

    /// Work begins, and with it the time that it may take.
    func begin(_ span: Timestamp.Span) {
        let deadline = Deadline(after: span) { [self] in
            isOver.withLock { $0 = true }
            cancellation.cancel()
        }
        self.deadline.withLock { $0 = deadline }
    }

    func end() {
        deadline.withLock {
            $0?.end()
            $0 = nil
        }
    }

    /// What a failure means here: engines cannot tell why they were to stop.
    func meaning(_ error: SearchError) -> SearchError {
        error == .cancelled && isOver.withLock { $0 } ? .timeLimit : error
    }
}
