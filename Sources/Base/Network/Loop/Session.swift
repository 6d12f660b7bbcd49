/// One protocol spoken over one connection.
///
/// - Threads: the connection's loop.
protocol Session: AnyObject {
    /// Bytes came. They are valid during the call only.
    func received(_ bytes: RawSpan)
    /// The peer sends no more. It may still read.
    func peerEnded()
    /// The output has run low: the session may give more.
    func outputHasRoom()
    /// The connection is gone; nothing can be sent any more.
    func connectionClosed()
    /// The server stops: end after what is being done.
    func drain()
    /// Looks at the deadlines.
    func tick(_ now: UInt64)

    /// Whom to tell if the client goes away before it has its answer.
    func whenGone(_ exchange: Int, _ body: @escaping @Sendable () -> Void)
    func answer(_ exchange: Int, _ response: HTTPResponse)
    func begin(_ exchange: Int, _ head: HTTPResponse, _ writer: BodyWriter)
    func write(_ exchange: Int, _ bytes: [UInt8])
    func finish(_ exchange: Int, trailers: HTTPHeaders)
    func abort(_ exchange: Int)
}
