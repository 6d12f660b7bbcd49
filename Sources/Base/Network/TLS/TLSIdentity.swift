import Platform

/// The certificate of one or more listeners, which can be renewed while they serve.
///
/// - Threads: any.
final class TLSIdentity: Sendable {
    /// Authorities that issue for 90 days advise to renew with 30 left; with fewer than these it was forgotten.
    private static let soon = Timestamp.Span.days(14)

    private struct State {
        var context: TLSContext
        var stamps: [FileStamp?]
    }

    private let configuration: TLSConfiguration
    private let expiry: Gauge
    private let state: Locked<State>

    var certificateFile: String { configuration.certificateFile }

    /// Reads the files.
    ///
    /// - Parameter expiry: tells when the certificate in use ends.
    init(_ configuration: TLSConfiguration, expiry: Gauge) throws(NetworkError) {
        self.configuration = configuration
        self.expiry = expiry
        let stamps = configuration.files.map(FileStamp.init)
        let context = try TLSContext(configuration)
        expiry.set(context.expiry)
        state = Locked(State(context: context, stamps: stamps))
    }

    /// What new connections use.
    var context: TLSContext { state.withLock { $0.context } }

    /// Reads the files again, for connections from now on. When they cannot be used, all stays as it was.
    ///
    /// - Parameter always: also when no file has changed since they were last read.
    /// - Returns: whether they were read.
    func renew(always: Bool) throws(NetworkError) -> Bool {
        // Looked at before reading: what changes meanwhile is seen the next time.
        let stamps = configuration.files.map(FileStamp.init)
        let hasChanged = state.withLock { state in
            defer { state.stamps = stamps }
            return state.stamps != stamps
        }
        guard hasChanged || always else { return false }
        let context = try TLSContext(configuration)
        expiry.set(context.expiry)
        state.withLock { $0.context = context }
        return true
    }

    /// Says how long the certificate in use is good, louder when that is not long.
    func tell(_ log: Log, _ message: String) {
        let expiry = Timestamp(milliseconds: Int64(context.expiry) * 1_000)
        let left = expiry - SystemClock().now()
        let file: (String, Log.Value) = ("file", .text(certificateFile))
        let moment: (String, Log.Value) = ("expires", .text(RFC3339.text(expiry)))
        let days: (String, Log.Value) = ("days", .number(Int(left.nanoseconds / Timestamp.Span.days(1).nanoseconds)))
        if left < Self.soon {
            log.warning("\(message), and must be renewed", file, moment, days)
        } else {
            log.info(message, file, moment, days)
        }
    }
}
