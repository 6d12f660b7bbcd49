import CUV
import Glibc

/// A thread of our own.
struct Thread: Sendable {
    private let id: pthread_t

    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// - Parameter name: at most 15 bytes, for `top` and `gdb`.
    /// - Returns: `nil` when the system gives no thread.
    init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
        var id = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(name, body))
        let result = unsafe pthread_create(
            &id, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe docket_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            unsafe start.release()
            return nil
        }
        self.id = id
    }

    /// Waits for its end. A thread is either joined or detached, or it leaks.
    func join() { pthread_join(id, nil) }

    /// Lets it end by itself.
    func detach() { pthread_detach(id) }
}
