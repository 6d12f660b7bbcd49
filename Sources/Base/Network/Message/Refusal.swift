/// Why the server itself does not pass a request on to a handler.
///
/// - Shape: `code` is from a small closed set and may be a metric label; `message` never quotes the request.
struct Refusal: Equatable {
    let status: Int
    let code: String
    let message: String
    var retryAfterSeconds: Int?

    init(_ status: Int, _ code: String, _ message: String, retryAfterSeconds: Int? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The answer: a small JSON object, `{"error":"body-too-large","message":"…"}`.
    ///
    /// Code and message are our own words without quotes or backslashes, so they need no escaping.
    var response: HTTPResponse {
        var response = HTTPResponse(
            status, headers: ["content-type": "application/json"],
            body: Array(#"{"error":"\#(code)","message":"\#(message)"}\#n"#.utf8))
        if let retryAfterSeconds { response.headers.append("retry-after", String(retryAfterSeconds)) }
        return response
    }

    /// What it means to a body, if it is about one.
    var ofBody: BodyRefusal? {
        switch self {
        case .bodyTooLarge: .tooLarge
        case .bodyTooSlow: .tooSlow
        case .busy: .busy
        default: nil
        }
    }

    static let bodyTooLarge = Refusal(413, "body-too-large", "The body is larger than this server takes.")
    static let targetTooLong = Refusal(414, "target-too-long", "The request target is too long.")
    static let headTooLarge = Refusal(431, "head-too-large", "The head is larger than this server takes.")
    static let badTarget = Refusal(
        400, "bad-target", "The request target is no path, or has characters that must be percent-encoded.")
    static let badHost = Refusal(400, "bad-host", "A request names exactly one host, and that without a user.")
    static let noProxy = Refusal(501, "method-not-supported", "This server is no proxy.")
    static let badFieldName = Refusal(400, "bad-field-name", "A field name is empty or has a character that is none.")
    static let headTooSlow = Refusal(408, "head-too-slow", "The head did not arrive in time.")
    static let bodyTooSlow = Refusal(408, "body-too-slow", "The body did not arrive in time.")
    static let busy = Refusal(503, "busy", "Too many bytes are in flight; send again later.", retryAfterSeconds: 1)
    static let unanswered = Refusal(500, "unanswered", "The request could not be answered.")
}
