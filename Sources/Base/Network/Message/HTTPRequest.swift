/// What arrived.
public struct HTTPRequest: Sendable {
    public var method: HTTPMethod

    /// Path and query as received.
    ///
    /// - Shape: begins with a slash, or is `*`; an absolute address is cut down to its path. Bytes 0x21 to
    ///   0x7E only.
    public var target: String

    public var headers: HTTPHeaders

    /// The body as received, its content coding untouched.
    public var body: [UInt8]

    public var peer: Peer

    /// What the gate found out about the head, for the handler behind it: who sends, for example. Nothing that
    /// a client sends gets here.
    public var finding: (any Sendable)?

    public init(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: [UInt8] = [], peer: Peer = Peer()
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// The path without query, percent-decoded. For finding a page, never a file name.
    ///
    /// - Cost: decodes at every call.
    public var path: String { RequestTarget.path(target) }

    /// The pairs of the query, decoded, in order, with repeats.
    ///
    /// - Cost: decodes at every call.
    public var query: [(name: String, value: String)] { RequestTarget.query(target) }

    /// The first value of that name in the query.
    public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// Who is at the other end of a connection.
public struct Peer: Sendable, Equatable {
    /// The remote address without a port, for example `192.0.2.7` or `2001:db8::7`.
    public var address: String
    public var isTLS: Bool

    /// The subject of a verified client certificate, for example `CN=collector-7,O=Example`.
    ///
    /// - Shape: RFC 2253; `nil` without a certificate. An unverified certificate never gets here.
    public var clientCertificateSubject: String?
    public var version: HTTPVersion

    public init(
        address: String = "", isTLS: Bool = false, clientCertificateSubject: String? = nil,
        version: HTTPVersion = .http11
    ) {
        self.address = address
        self.isTLS = isTLS
        self.clientCertificateSubject = clientCertificateSubject
        self.version = version
    }
}

public enum HTTPVersion: String, Sendable {
    case http10 = "1.0"
    case http11 = "1.1"
    case http2 = "2"
}
