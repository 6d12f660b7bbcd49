/// A wish that some work be given up, made on one thread and seen on another.
///
/// - Threads: any.
public final class Cancellation: Sendable {
    private struct State: Sendable {
        var isCancelled = false
        var calls: [@Sendable () -> Void] = []
    }

    private let state = Locked(State())

    public init() {}

    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// The first call counts, all others do nothing.
    public func cancel() {
        let calls = state.withLock { state in
            defer { state = State(isCancelled: true) }
            return state.calls
        }
        for call in calls { call() }
    }

    /// Calls this once, when the wish is made; at once if that was before. It must not wait.
    public func whenCancelled(_ call: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.isCancelled { state.calls.append(call) }
            return state.isCancelled
        }
        if isLate { call() }
    }
}
