import CLinux
import Glibc

/// A thread of one's own, for work that blocks or computes. Tasks are for waiting, threads for work.
public enum OwnThread {
    private final class Work: Sendable {
        let run: @Sendable () -> Void
        let name: String
        let isBackground: Bool
        init(_ name: String, _ isBackground: Bool, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.isBackground = isBackground
            self.run = run
        }
    }

    /// - Parameter name: at most 15 bytes are shown by the kernel's tools.
    /// - Parameter isBackground: whether all others go first.
    /// - Returns: a handle whose `join` waits for the end of the work.
    @discardableResult
    public static func start(
        _ name: String, isBackground: Bool = false, _ run: @escaping @Sendable () -> Void
    ) -> Handle {
        guard let handle = startIfPossible(name, isBackground: isBackground, run) else {
            preconditionFailure("no thread could be made: \(ErrorNumber.text(errno))")
        }
        return handle
    }

    /// - Returns: `nil` when the system gives no thread more; `errno` says why.
    public static func startIfPossible(
        _ name: String, isBackground: Bool = false, _ run: @escaping @Sendable () -> Void
    ) -> Handle? {
        var thread = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(name, isBackground, run)).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                let work = unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
                unsafe docket_name_thread(work.name)
                // On Linux a priority is one of a thread, and 0 is the one that asks.
                if work.isBackground { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19) }
                work.run()
                return nil
            }, work)
        guard code == 0 else {
            unsafe Unmanaged<Work>.fromOpaque(work).release()
            errno = code
            return nil
        }
        return Handle(thread: thread)
    }

    public struct Handle: Sendable {
        let thread: pthread_t
        /// Waits for the end. Call it at most once.
        public func join() { pthread_join(thread, nil) }
    }
}

/// A value and a way to wait until it changes.
///
/// - Threads: any.
@safe public final class Waitable<Value>: @unchecked Sendable {
    // Proof for @unchecked: `value` is reached only between lock and unlock of `mutex`; both C objects live
    // at fixed addresses of their own.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    public init(_ value: sending Value) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe condition = .allocate(capacity: 1)
        unsafe condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
        self.value = value
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe condition.deallocate()
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Changes the value and wakes all who wait.
    @discardableResult
    public func update<Result>(_ body: (inout sending Value) -> sending Result) -> sending Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        let result = body(&value)
        unsafe pthread_cond_broadcast(condition)
        return result
    }

    /// Looks at the value, and wakes nobody.
    public func read<Result: Sendable>(_ body: (Value) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body(value)
    }

    /// Waits until `body` gives a result or the time is over.
    ///
    /// - Parameter limit: `nil` waits for ever.
    /// - Returns: `nil` when the time was over.
    public func wait<Result>(
        atMost limit: Timestamp.Span? = nil, until body: (inout sending Value) -> sending Result?
    ) -> sending Result? {
        var deadline = timespec()
        if let limit {
            unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
            // What is over already is looked at once; what never comes is bounded by a century.
            let total = Int64(deadline.tv_nsec) + min(max(limit, .seconds(0)), .days(36_500)).nanoseconds
            deadline.tv_sec += Int(total / 1_000_000_000)
            deadline.tv_nsec = Int(total % 1_000_000_000)
        }
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) { return result }
            if limit == nil {
                unsafe pthread_cond_wait(condition, mutex)
            } else if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
                return body(&value)
            }
        }
    }
}
