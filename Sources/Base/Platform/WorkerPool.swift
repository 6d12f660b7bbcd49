/// A few threads for work that blocks or computes, and a queue in front of them that has an end.
///
/// A thread begins when there is work and no other one rests. Where the system gives none, those that there are go on.
///
/// - Full: ``submit(_:)`` says no, and the caller tells whoever asked to come again later.
/// - Order: work starts in the order it came.
/// - Threads: any.
public final class WorkerPool: Sendable {
    private struct State: Sendable {
        var queue: [@Sendable () -> Void] = []
        /// Threads that work.
        var busy = 0
        var isStopping = false
    }

    private let state = Waitable(State())
    private let name: String
    private let count: Int
    private let limit: Int
    /// Those that have begun.
    private let threads = Locked<[OwnThread.Handle]>([])

    /// - Parameters:
    ///   - name: of the threads, a number is put behind it.
    ///   - queue: how many pieces of work may wait for a thread.
    public init(_ name: String, threads count: Int, queue limit: Int) {
        precondition(count > 0 && limit > 0)
        self.name = name
        self.count = count
        self.limit = limit
    }

    deinit { state.update { $0.isStopping = true } }

    /// Has work done by one of the threads.
    ///
    /// - Returns: false when the queue is full, the pool stops, or there is no thread at all; the work is then dropped.
    public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        // Under the lock of the list, so that whoever stops the pool finds each thread in it.
        threads.withLock { threads in
            let begun = threads.count
            let needsThread = state.update { state in
                !state.isStopping && begun < count && state.queue.count >= begun - state.busy
            }
            if needsThread,
                let thread = OwnThread.startIfPossible("\(name)-\(begun)", { [state] in Self.serve(state) })
            {
                threads.append(thread)
            }
            let all = threads.count
            guard all > 0 else { return false }
            return state.update { state in
                // What a thread takes at once does not wait.
                guard !state.isStopping, state.queue.count < limit + all - state.busy else { return false }
                state.queue.append(work)
                return true
            }
        }
    }

    /// How many threads have begun.
    public var begun: Int { threads.withLock { $0.count } }

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
        while let work = next(state) {
            work()
            state.update { $0.busy -= 1 }
        }
    }

    /// - Returns: `nil` at the end. Never waits for ever: the pool's end is an update.
    private static func next(_ state: Waitable<State>) -> (@Sendable () -> Void)? {
        state.wait { state -> (@Sendable () -> Void)?? in
            if !state.queue.isEmpty {
                state.busy += 1
                return .some(state.queue.removeFirst())
            }
            return state.isStopping ? .some(nil) : nil
        } ?? nil
    }
}
