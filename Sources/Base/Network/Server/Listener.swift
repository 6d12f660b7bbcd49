/// Answers one request. Called on a loop's thread: it must not block, and hands longer work to threads of
/// its own, which then use the responder.
public typealias HTTPHandler = @Sendable (HTTPRequest, Responder) -> Void

/// Looks at a head before its body is read, and may answer at once, so that nobody without a credential
/// makes the server read a body. Called on a loop's thread.
///
/// - Returns: the refusal, or `nil` to go on.
public typealias HTTPGate = @Sendable (HTTPRequest) -> HTTPResponse?

/// Why the server does not take a body whose head was in order.
public enum BodyRefusal: Sendable, CaseIterable {
    case tooLarge, tooSlow
    /// There are too many bytes in flight.
    case busy
}

/// Answers a request whose body the server does not take, where a protocol has its own words for that.
/// Called on a loop's thread, with the head alone.
public typealias HTTPBodyRefusal = @Sendable (BodyRefusal, HTTPRequest) -> HTTPResponse

/// One address that a server listens on, and what happens to requests there.
public struct Listener: Sendable {
    /// Numeric, for example `127.0.0.1` or `::`. An IPv6 address takes no IPv4 connections.
    public var address: String

    /// - Range: 1 … 65,535, or 0 for any free one
    public var port: Int
    public var tls: TLSConfiguration?

    /// Replaces ``ServerLimits/bodyBytes`` here.
    public var bodyBytes: Int?
    public var gate: HTTPGate

    /// - Default: a small JSON object, or a gRPC status
    public var bodyRefusal: HTTPBodyRefusal?
    public var handler: HTTPHandler

    public init(
        _ address: String, port: Int, tls: TLSConfiguration? = nil, bodyBytes: Int? = nil,
        gate: @escaping HTTPGate = { _ in nil }, bodyRefusal: HTTPBodyRefusal? = nil, handler: @escaping HTTPHandler
    ) {
        self.address = address
        self.port = port
        self.tls = tls
        self.bodyBytes = bodyBytes
        self.gate = gate
        self.bodyRefusal = bodyRefusal
        self.handler = handler
    }
}

/// Where a listener really is.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    public let address: String
    public let port: Int

    /// For example `127.0.0.1:4318` or `[::1]:4318`.
    public var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
