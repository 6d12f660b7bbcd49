import Glibc

/// Does something that blocks on a thread of its own: the threads that run tests are few.
@safe public final class OwnThread {
    private var id = pthread_t()
    private var isJoined = false

    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    public init(_ body: @escaping @Sendable () -> Void) {
        let work = unsafe Unmanaged.passRetained(Work(body))
        unsafe pthread_create(
            &id, nil,
            { argument in
                unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
    }

    deinit { if !isJoined { pthread_detach(id) } }

    /// Waits for its end. Once.
    public func wait() {
        isJoined = true
        pthread_join(id, nil)
    }
}

/// What takes long is computed on a thread of its own, while the threads that run tests run others.
public func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { waiter in
        _ = OwnThread { waiter.resume(returning: body()) }
    }
}
