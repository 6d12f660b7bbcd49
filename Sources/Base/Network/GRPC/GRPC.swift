/// Unary gRPC calls on top of HTTP/2: one message in, one message or a status out.
///
/// A call is an ordinary request whose path is `/package.Service/Method`, whose body is one framed message
/// and whose answer has its status in the trailers; so handlers, gates and limits are those of HTTP.
///
/// - Source: gRPC over HTTP2, <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>.
public enum GRPC {
    /// - Source: <https://github.com/grpc/grpc/blob/master/doc/statuscodes.md>
    public enum Code: Int, Sendable {
        case ok = 0
        case cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied
        case resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, `internal`, unavailable
        case dataLoss, unauthenticated
    }

    public enum Encoding: String, Sendable {
        case identity, gzip
    }

    /// What a call carries.
    public struct Message: Sendable {
        /// How ``bytes`` are compressed. Unpacking them, with a bound, is the handler's work.
        public let encoding: Encoding
        public let bytes: ArraySlice<UInt8>
    }

    /// A call that cannot be served.
    public struct Failure: Error, Sendable, Equatable {
        public let code: Code
        /// For the caller. It never quotes the request.
        public let message: String

        public init(_ code: Code, _ message: String) {
            self.code = code
            self.message = message
        }

        /// What the caller gets.
        public var response: HTTPResponse { GRPC.failure(code, message) }
    }

    /// Whether a request is a gRPC call, as far as its head tells; also good in a gate.
    public static func isCall(_ request: HTTPRequest) -> Bool {
        guard request.peer.version == .http2, let type = request.headers["content-type"] else { return false }
        return type.hasPrefix("application/grpc")
            && (type.utf8.count == 16 || type.utf8.dropFirst(16).first == 0x2B || type.utf8.dropFirst(16).first == 0x3B)
    }

    /// The one message of a unary call.
    public static func message(of request: HTTPRequest) throws(Failure) -> Message {
        guard request.method == .post else { throw Failure(.unimplemented, "a call is a POST") }
        let body = request.body
        guard !body.isEmpty else { throw Failure(.unimplemented, "the call has no message") }
        guard body.count >= 5 else { throw Failure(.internal, "the message is cut off") }
        let size = body[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard body.count - 5 >= size else { throw Failure(.internal, "the message is cut off") }
        guard body.count - 5 == size else { throw Failure(.unimplemented, "the call has more than one message") }
        let encoding: Encoding
        switch body[0] {
        case 0: encoding = .identity
        case 1:
            guard let name = request.headers["grpc-encoding"], name != Encoding.identity.rawValue else {
                throw Failure(.internal, "the message is compressed, but no grpc-encoding says how")
            }
            guard let known = Encoding(rawValue: name) else {
                throw Failure(.unimplemented, "this grpc-encoding is not known")
            }
            encoding = known
        default: throw Failure(.internal, "the flags of the message are not known")
        }
        return Message(encoding: encoding, bytes: body[5...])
    }

    /// Success.
    public static func answer(_ message: [UInt8]) -> HTTPResponse {
        var body: [UInt8] = []
        body.reserveCapacity(message.count + 5)
        let size = UInt32(clamping: message.count)
        body += [0, UInt8(truncatingIfNeeded: size >> 24), UInt8(truncatingIfNeeded: size >> 16)]
        body += [UInt8(truncatingIfNeeded: size >> 8), UInt8(truncatingIfNeeded: size)]
        body += message
        return HTTPResponse(200, headers: head, body: body, trailers: ["grpc-status": "0"])
    }

    /// Failure: a status without a message.
    ///
    /// - Parameter details: a serialized `google.rpc.Status`, for example with a `RetryInfo`.
    public static func failure(_ code: Code, _ message: String, details: [UInt8]? = nil) -> HTTPResponse {
        var headers = head
        headers.append("grpc-status", String(code.rawValue))
        if !message.isEmpty { headers.append("grpc-message", encode(message)) }
        if let details { headers.append("grpc-status-details-bin", base64(details)) }
        return HTTPResponse(200, headers: headers)
    }

    /// For a path that is no method here.
    public static var unknownMethod: HTTPResponse { failure(.unimplemented, "unknown method") }

    private static let head: HTTPHeaders = [
        "content-type": "application/grpc", "grpc-accept-encoding": "identity,gzip",
    ]

    /// The server's own refusals in gRPC's words.
    static func answer(to refusal: Refusal) -> HTTPResponse {
        let code: Code =
            switch refusal.status {
            case 413, 431, 503: .resourceExhausted
            case 408: .deadlineExceeded
            case 501: .unimplemented
            case 500: .internal
            default: .invalidArgument
            }
        return failure(code, refusal.message)
    }

    /// Percent-encoding as `grpc-message` has it: all but printable ASCII, and the percent sign.
    private static func encode(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            if byte >= 0x20, byte <= 0x7E, byte != UInt8(ascii: "%") {
                out.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Without padding, as binary metadata is sent.
    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for digit in 0...group.count { out.append(digits[Int(word >> (18 - 6 * UInt32(digit)) & 63)]) }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
