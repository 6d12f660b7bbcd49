import Glibc
import Platform

/// What the system asks a server for.
struct Signals {
    enum Wish {
        /// SIGTERM or SIGINT: end in good order.
        case stop
        /// SIGHUP: read again what may have changed.
        case reload
    }

    private var set = sigset_t()

    /// From here on the signals wait to be asked for, and none of them ends the process by itself. Threads that
    /// start later inherit that.
    init() {
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// - Returns: `nil` when the time was over.
    func next(within limit: Timestamp.Span) -> Wish? {
        var set = set
        var time = timespec(
            tv_sec: Int(limit.nanoseconds / 1_000_000_000), tv_nsec: Int(limit.nanoseconds % 1_000_000_000))
        return switch unsafe sigtimedwait(&set, nil, &time) {
        case SIGTERM, SIGINT: .stop
        case SIGHUP: .reload
        default: nil
        }
    }
}
