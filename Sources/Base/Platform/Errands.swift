/// What others want done by the thread that owns something.
///
/// The owner runs them when it has a moment; who asks waits for that.
///
/// - Threads: asking from any but the owner's; running on the owner's.
public final class Errands<Owned>: Sendable {
    private struct State: Sendable {
        var waiting: [@Sendable (Owned) -> Void] = []
        var isOver = false
    }

    private let state = Waitable(State())

    public init() {}

    /// Waits until the owner has done it.
    ///
    /// - Returns: `nil` when the owner is there no more.
    public func ask<Result: Sendable>(_ body: @escaping @Sendable (Owned) -> Result) -> Result? {
        let answer = Waitable<Result?>(nil)
        let isTaken = state.update { state in
            if state.isOver { return false }
            state.waiting.append { owned in
                let result = body(owned)
                answer.update { $0 = result }
            }
            return true
        }
        guard isTaken else { return nil }
        while true {
            if let result = answer.wait(atMost: .milliseconds(100), until: { $0 }) { return result }
            // It may have been the last one, and done.
            if state.read({ $0.isOver }) { return answer.wait(atMost: .seconds(0), until: { $0 }) }
        }
    }

    /// Does all that waits.
    public func run(with owned: Owned) {
        for errand in state.update({ state in
            defer { state.waiting = [] }
            return state.waiting
        }) { errand(owned) }
    }

    /// Nobody runs any errand from now on.
    public func end() {
        state.update { state in
            state.isOver = true
            state.waiting = []
        }
    }
}
