/// What carries a session: the bytes that leave, the clock, and the way back for answers.
///
/// A ``Connection`` carries it over a socket. A session sees nothing else of it, so all of HTTP can be
/// driven without a socket, too.
///
/// - Threads: the loop's; ``withSession(_:)`` from any.
protocol Transport: AnyObject, Sendable {
    var service: Service { get }
    var peer: Peer { get }
    /// Milliseconds since some moment.
    var now: UInt64 { get }
    /// `Date: …` with its line end.
    var dateLine: [UInt8] { get }
    /// The same moment alone.
    var dateText: String { get }
    var isClosed: Bool { get }
    /// Bytes that have not yet left.
    var waiting: Int { get }

    func pauseReading()
    func resumeReading()
    func send(_ bytes: [UInt8])
    /// Does several things and writes what they send in one go.
    func corked(_ body: () -> Void)
    /// Ends when all output has left.
    func end()
    /// Ends at once. What waits is lost.
    func close()
    /// Does this with the session, on the loop's thread: now when this is it, soon otherwise.
    func withSession(_ body: @escaping @Sendable (any Session) -> Void)
}
