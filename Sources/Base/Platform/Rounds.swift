/// Work that is done again and again, on a thread of its own, until it is stopped.
///
/// - Threads: any; the work is done on its own.
public final class Rounds: Sendable {
    private let isStopping = Waitable(false)
    private let thread = Locked<OwnThread.Handle?>(nil)

    public init() {}

    /// Call it once.
    ///
    /// - Parameters:
    ///   - name: of the thread, at most 15 bytes.
    ///   - isBackground: whether all other threads go first.
    ///   - first: the pause before the first round; `nil` for a first round at once, even if a stop follows as fast.
    ///   - round: gives the pause before the next one.
    public func start(
        _ name: String, isBackground: Bool = false, after first: Timestamp.Span? = nil,
        _ round: @escaping @Sendable () -> Timestamp.Span
    ) {
        thread.withLock { thread in
            thread = OwnThread.start(name, isBackground: isBackground) { [isStopping] in
                var pause = first ?? round()
                while isStopping.wait(atMost: pause, until: { $0 ? true : nil }) == nil { pause = round() }
            }
        }
    }

    /// Whether a stop was asked for.
    public var isEnding: Bool { isStopping.read { $0 } }

    /// Ends a pause at once, and returns when a round that is going on has ended.
    ///
    /// - Parameter interrupt: makes that round end soon.
    public func stop(_ interrupt: () -> Void = {}) {
        isStopping.update { $0 = true }
        interrupt()
        thread.withLock { $0.take() }?.join()
    }
}
