import Glibc
import Platform

/// Control-C and SIGTERM, as something that can be waited for.
///
/// Made before there is any other thread, so that all inherit it and the signal comes to whoever waits.
@safe struct StopSignal {
    private var signals = sigset_t()

    init() {
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGINT)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    func wait() {
        var signals = signals
        var signal: Int32 = 0
        unsafe sigwait(&signals, &signal)
    }

    /// - Returns: whether one came.
    func comes(within span: Timestamp.Span) -> Bool {
        var signals = signals
        var time = timespec(
            tv_sec: Int(span.nanoseconds / 1_000_000_000), tv_nsec: Int(span.nanoseconds % 1_000_000_000))
        return unsafe sigtimedwait(&signals, nil, &time) > 0
    }
}
