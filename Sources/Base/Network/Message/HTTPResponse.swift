/// An answer.
public struct HTTPResponse: Sendable, Equatable {
    /// - Range: 200 to 599; anything else is sent as 500.
    public var status: Int

    /// Without `Content-Length`, `Transfer-Encoding`, `Connection` and `Date`, which the server writes.
    public var headers: HTTPHeaders
    public var body: [UInt8]

    /// Fields behind the body. Sent over HTTP/2 only, where gRPC needs them.
    public var trailers: HTTPHeaders

    public init(_ status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [], trailers: HTTPHeaders = [:]) {
        self.status = status
        self.headers = headers
        self.body = body
        self.trailers = trailers
    }

    /// An answer of plain text.
    public init(_ status: Int, text: String) {
        self.init(status, headers: ["content-type": "text/plain; charset=utf-8"], body: Array(text.utf8))
    }

    /// Whether a message with this status has a body at all.
    var mayHaveBody: Bool { status != 204 && status != 304 }

    var sentStatus: Int { (200...599).contains(status) ? status : 500 }

    /// The words that HTTP/1.1 writes behind a status. Clients ignore them; people read them.
    static func phrase(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
