import Glibc

/// A value that one thread at a time may touch.
///
/// A pthread mutex and not `Synchronization.Mutex`, because the thread sanitizer does not understand
/// the latter and reports races that are none (swift-6.3.1 on Linux).
///
/// - Threads: any. Hold it for nanoseconds: no call that waits inside ``withLock(_:)``.
@safe public final class Locked<Value>: @unchecked Sendable {
    // Proof for @unchecked: `value` is reached only in `withLock`, between lock and unlock of `mutex`,
    // which lives at a fixed address of its own.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    public init(_ value: sending Value) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
        self.value = value
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    @discardableResult
    public func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
