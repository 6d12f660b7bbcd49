/// A few threads for work that blocks or computes, and a queue in front of them that has an end.
///
/// - Full: ``submit(_:)`` says no, and the caller tells whoever asked to come again later.
/// - Order: work starts in the order it came.
/// - Threads: any.
public final class WorkerPool: Sendable {
    private struct State: Sendable {
        var queue: [@Sendable () -> Void] = []
        var isStopping = false
    }

    private let state: Waitable<State>
    private let limit: Int
    private let threads: Locked<[OwnThread.Handle]>

    /// - Parameters:
    ///   - name: of the threads, a number is put behind it.
    ///   - queue: how many pieces of work may wait.
    public init(_ name: String, threads count: Int, queue limit: Int) {
        precondition(count > 0 && limit > 0)
        let state = Waitable(State())
        self.state = state
        self.limit = limit
        threads = Locked((0..<count).map { number in OwnThread.start("\(name)-\(number)") { Self.serve(state) } })
    }

    deinit { state.update { $0.isStopping = true } }

    /// Has work done by one of the threads.
    ///
    /// - Returns: false when the queue is full or the pool stops; the work is then dropped.
    public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        state.update { state in
            guard !state.isStopping, state.queue.count < limit else { return false }
            state.queue.append(work)
            return true
        }
    }

    /// How many pieces of work wait.
    public var waiting: Int { state.read { $0.queue.count } }

    /// Takes no more work, does what waits, and returns when the threads have ended. Not on one of them.
    public func stop() {
        state.update { $0.isStopping = true }
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }

    private static func serve(_ state: Waitable<State>) {
        while let work = next(state) { work() }
    }

    /// - Returns: `nil` at the end. Never waits for ever: the pool's end is an update.
    private static func next(_ state: Waitable<State>) -> (@Sendable () -> Void)? {
        state.wait { state -> (@Sendable () -> Void)?? in
            if !state.queue.isEmpty { return .some(state.queue.removeFirst()) }
            return state.isStopping ? .some(nil) : nil
        } ?? nil
    }
}
