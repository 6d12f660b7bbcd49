/// Calls something when a time is over, unless the work ended before.
///
/// One thread of the process waits for all deadlines.
public final class Deadline: Sendable {
    private struct Waiting: Sendable {
        var next = 0
        var calls: [Int: (at: Timestamp, call: @Sendable () -> Void)] = [:]
        var isRunning = false
    }

    private static let waiting = Waitable(Waiting())
    private let number: Int

    /// - Parameter call: must not wait.
    public init(after span: Timestamp.Span, _ call: @escaping @Sendable () -> Void) {
        let at = SystemClock().steady() + span
        let (number, starts) = Self.waiting.update { waiting in
            waiting.next += 1
            waiting.calls[waiting.next] = (at, call)
            defer { waiting.isRunning = true }
            return (waiting.next, !waiting.isRunning)
        }
        self.number = number
        if starts { OwnThread.start("deadlines") { Self.run() } }
    }

    /// The work is done. Calling it again does nothing.
    public func end() { Self.waiting.update { _ = $0.calls.removeValue(forKey: number) } }

    private static func run() {
        let clock = SystemClock()
        while true {
            let next = waiting.wait { waiting in waiting.calls.values.map(\.at).min() }
            guard let next else { continue }
            let left = next - clock.steady()
            if left.nanoseconds > 0 {
                // Until then, or until an earlier one comes.
                _ = waiting.wait(atMost: left) { waiting in
                    waiting.calls.values.map(\.at).min() ?? next < next ? true : nil
                }
            }
            let now = clock.steady()
            let due = waiting.update { waiting in
                let due = waiting.calls.filter { $0.value.at <= now }
                for number in due.keys { waiting.calls[number] = nil }
                return due.values.map(\.call)
            }
            for call in due { call() }
        }
    }
}
