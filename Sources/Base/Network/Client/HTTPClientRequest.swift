public import Platform

/// What a client sends.
public struct HTTPClientRequest: Sendable {
    public var method: HTTPMethod

    /// Absolute, `http` or `https`.
    public var url: String
    public var headers: HTTPHeaders
    public var body: [UInt8]

    /// For the name lookup, the connection and the TLS handshake together.
    ///
    /// - Default: 10 s
    public var connectTime: Timestamp.Span = .seconds(10)

    /// From start to end.
    ///
    /// - Default: 60 s
    public var totalTime: Timestamp.Span = .seconds(60)

    /// The largest answer that is taken, after decompression.
    ///
    /// - Unit: bytes   - Default: 64 MiB
    public var responseBytes = 64 << 20

    /// How many redirects are followed. An `Authorization` field is not sent to another host, all other
    /// fields are.
    ///
    /// - Default: 0, so that a credential goes where it was meant to go
    public var redirects = 0

    /// Offers gzip and unpacks it.
    public var takesCompressed = false
    public var tls = TLSClientOptions()

    public init(_ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// Whom a client trusts, and how it shows itself.
public struct TLSClientOptions: Sendable, Equatable {
    /// PEM, instead of the system's authorities.
    public var authorityFile: String?
    /// PEM, for mutual TLS.
    public var certificateFile: String?
    public var keyFile: String?

    public init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// How requests leave the house. Addresses of this machine itself are always reached directly.
public enum HTTPProxy: Sendable, Equatable {
    /// As `https_proxy`, `http_proxy` and `no_proxy` say.
    case environment
    case none
    /// For example `http://proxy.example.com:3128`.
    case address(String)
}

/// Why there was no answer.
///
/// - Shape: `message` names the host and the reason, never a path, a query, a field or a body.
public struct HTTPClientError: Error, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The URL, or an option, cannot be used at all.
        case unusable
        case resolve, connect, tls, timeout
        /// The answer is larger than ``HTTPClientRequest/responseBytes``.
        case tooLarge = "too-large"
        case cancelled, other
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { "\(kind.rawValue): \(message)" }
}
