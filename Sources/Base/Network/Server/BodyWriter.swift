import Platform

/// The client went away, or read too slowly, before the answer was complete.
public struct StreamCancelled: Error, Equatable {
    public init() {}
}

/// Sends the body of an answer piece by piece, no faster than the client reads.
///
/// - Order: pieces leave in the order of the calls. One caller at a time.
/// - Guarantee: at most ``mostWaiting`` bytes, and the piece that crossed the line, wait in memory.
/// - Threads: any.
public final class BodyWriter: Sendable {
    /// A write waits while more than this is on its way. - Unit: bytes
    public static let mostWaiting = 512 << 10

    private enum Waiter: Sendable {
        case task(CheckedContinuation<Void, Never>)
        case thread(Latch)

        func wake() {
            switch self {
            case .task(let continuation): continuation.resume()
            case .thread(let latch): latch.open()
            }
        }
    }

    private struct State: Sendable {
        /// Given by the caller, not yet seen by the loop.
        var given = 0
        /// Seen by the loop, not yet by the kernel.
        var waiting = 0
        var isCancelled = false
        var isFinished = false
        var waiters: [Waiter] = []
        var whenCancelled: [@Sendable () -> Void] = []

        var isFull: Bool { !isCancelled && given + waiting > BodyWriter.mostWaiting }
    }

    private let connection: any Transport
    private let exchange: Int
    private let state = Locked(State())

    init(_ connection: any Transport, _ exchange: Int) {
        self.connection = connection
        self.exchange = exchange
    }

    deinit {
        guard state.withLock({ !$0.isFinished && !$0.isCancelled }) else { return }
        let exchange = exchange
        connection.withSession { $0.abort(exchange) }
    }

    /// Sends a piece, and returns when there is room for the next.
    ///
    /// A client that takes nothing for ``ServerLimits/stallTime`` is cut off, so this ends in any case.
    public func write(_ bytes: [UInt8]) async throws(StreamCancelled) {
        try hand(bytes)
        await withCheckedContinuation { continuation in wait(.task(continuation)) }
        if isCancelled { throw StreamCancelled() }
    }

    /// The same for threads that are not in a task. Never on a loop's thread.
    public func writeBlocking(_ bytes: [UInt8]) throws(StreamCancelled) {
        try hand(bytes)
        let latch = Latch()
        wait(.thread(latch))
        latch.wait()
        if isCancelled { throw StreamCancelled() }
    }

    /// Ends the answer. Without it the client sees a broken one.
    public func finish(trailers: HTTPHeaders = [:]) {
        guard state.withLock({ end(&$0) }) else { return }
        let exchange = exchange
        connection.withSession { $0.finish(exchange, trailers: trailers) }
    }

    /// Breaks the answer off, so that the client can tell that something is missing.
    public func abort() {
        guard state.withLock({ end(&$0) }) else { return }
        let exchange = exchange
        connection.withSession { $0.abort(exchange) }
    }

    /// Whether nobody reads any more.
    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Calls this once, on a loop's thread or on this one, when nobody reads any more.
    public func whenCancelled(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if state.isCancelled { return true }
            state.whenCancelled.append(body)
            return false
        }
        if isLate { body() }
    }

    private func end(_ state: inout State) -> Bool {
        defer { state.isFinished = true }
        return !state.isFinished && !state.isCancelled
    }

    private func hand(_ bytes: [UInt8]) throws(StreamCancelled) {
        let isGood = state.withLock { state in
            guard !state.isCancelled, !state.isFinished else { return false }
            state.given += bytes.count
            return true
        }
        guard isGood else { throw StreamCancelled() }
        let exchange = exchange
        connection.withSession { $0.write(exchange, bytes) }
    }

    private func wait(_ waiter: Waiter) {
        let isFree = state.withLock { state in
            guard state.isFull else { return true }
            state.waiters.append(waiter)
            return false
        }
        if isFree { waiter.wake() }
    }

    // MARK: What the session tells

    /// The session has this many more bytes of ours, and so many wait for the kernel.
    func taken(_ count: Int, waiting: Int) {
        state.withLock { $0.given -= count }
        settled(waiting: waiting)
    }

    func settled(waiting: Int) {
        let waiters = state.withLock { state in
            state.waiting = waiting
            guard !state.isFull else { return [Waiter]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.wake() }
    }

    func cancel() {
        let (waiters, calls) = state.withLock { state in
            defer {
                state.isCancelled = true
                state.waiters = []
                state.whenCancelled = []
            }
            return (state.waiters, state.isFinished ? [] : state.whenCancelled)
        }
        for waiter in waiters { waiter.wake() }
        for call in calls { call() }
    }
}
