/// One request and its answer within an HTTP/2 connection.
///
/// - Threads: the connection's loop.
final class HTTP2Stream {
    enum Phase {
        case head, body
        /// A handler has the request.
        case handling
        case answering
        /// The answer has left; the client still sends.
        case answered
    }

    let id: Int32
    var phase = Phase.head
    var deadline: UInt64 = 0

    // The request.
    var method: [UInt8] = []
    var target: [UInt8] = []
    var authority: [UInt8] = []
    var headers = HTTPHeaders()
    var headBytes = 0
    var refusal: Refusal?
    var request: HTTPRequest?
    var body: [UInt8] = []
    /// Bytes of the body that the server's budget holds.
    var held = 0
    var isGRPC = false

    // The answer.
    var output = OutputQueue()
    var isFinished = false
    var trailers = HTTPHeaders()
    var writer: BodyWriter?
    var gone: (@Sendable () -> Void)?
    /// When the client last took a byte of this answer, or the answer began.
    var movedAt: UInt64 = 0

    init(_ id: Int32) { self.id = id }

    /// Nobody waits for the answer any more.
    func cancel() {
        writer?.cancel()
        gone?()
    }

    var isHead: Bool { method.elementsEqual("HEAD".utf8) }
}
