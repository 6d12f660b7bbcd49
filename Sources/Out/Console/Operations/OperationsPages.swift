public import Network
public import Platform

/// Whether a server can do its work.
public enum Readiness: Sendable, Equatable {
    case ready
    /// One sentence for the operator, without content.
    case notReady(String)
}

/// `/healthz`, `/readyz` and `/metrics`, in front of whatever else a listener serves.
///
/// - `/healthz`: the process answers, so it lives.
/// - `/readyz`: 200, or 503 with the reason.
/// - `/metrics`: Prometheus text. Without a credential only on a listener of this machine alone, and only
///   under a name that is no other machine's, so that a page on the web cannot read it by naming its own
///   host 127.0.0.1; otherwise with a token, as `Authorization: Bearer` or Basic.
public struct OperationsPages: Sendable {
    private let readiness: @Sendable () -> Readiness
    private let metrics: @Sendable () -> String
    private let isKnown: @Sendable (String) -> Bool
    private let attempts: AttemptLimit

    /// All three are called on a loop's thread and must not wait.
    ///
    /// - Parameter isKnown: whether a token may read the metrics.
    public init(
        readiness: @escaping @Sendable () -> Readiness, metrics: @escaping @Sendable () -> String,
        isKnown: @escaping @Sendable (String) -> Bool, clock: any Clock = SystemClock()
    ) {
        self.readiness = readiness
        self.metrics = metrics
        self.isKnown = isKnown
        attempts = AttemptLimit(clock: clock)
    }

    /// The listener with these pages in front of its own.
    public func before(_ listener: Listener) -> Listener {
        var listener = listener
        let isOpen = Self.isOfThisMachine(listener.address)
        let (gate, handler) = (listener.gate, listener.handler)
        listener.gate = { Self.isOurs($0) ? nil : gate($0) }
        listener.handler = { request, responder in
            if let response = answer(to: request, isOpen: isOpen) {
                responder.send(response)
            } else {
                handler(request, responder)
            }
        }
        return listener
    }

    private static let paths: Set<String> = ["/healthz", "/readyz", "/metrics"]

    private static func isOurs(_ request: HTTPRequest) -> Bool {
        // The first letters are looked at first: every request of every listener comes by here.
        guard ["/h", "/r", "/m"].contains(request.target.prefix(2)) else { return false }
        return paths.contains(request.path)
    }

    /// - Returns: `nil` when the path is none of these.
    func answer(to request: HTTPRequest, isOpen: Bool) -> HTTPResponse? {
        guard Self.isOurs(request) else { return nil }
        var response = page(request, isOpen: isOpen)
        SecurityHeaders.add(to: &response)
        return response
    }

    private func page(_ request: HTTPRequest, isOpen: Bool) -> HTTPResponse {
        guard request.method == .get || request.method == .head else {
            return HTTPResponse(405, text: "This page can only be read.\n").with("allow", "GET, HEAD")
        }
        switch request.path {
        case "/healthz": return HTTPResponse(200, text: "alive\n")
        case "/readyz":
            switch readiness() {
            case .ready: return HTTPResponse(200, text: "ready\n")
            case .notReady(let reason):
                return HTTPResponse(503, text: "not ready: \(reason)\n").with("retry-after", "1")
            }
        default:
            if !(isOpen && Self.namesThisMachine(request)), let refusal = refusal(of: request) { return refusal }
            return HTTPResponse(
                200, headers: ["content-type": "text/plain; version=0.0.4; charset=utf-8"],
                body: Array(metrics().utf8))
        }
    }

    /// - Returns: `nil` for a request with a right token.
    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        if let seconds = attempts.wait(for: request.peer.address) {
            return HTTPResponse(429, text: "Too many wrong tokens.\n").with("retry-after", String(seconds))
        }
        let token = Credential.token(in: request.headers)
        if let token, isKnown(token) { return nil }
        if token != nil { attempts.failed(request.peer.address) }
        return HTTPResponse(401, text: "A token is needed.\n").with("www-authenticate", "Bearer realm=\"docket\"")
    }

    private static func isOfThisMachine(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }

    private static func namesThisMachine(_ request: HTTPRequest) -> Bool {
        guard let host = request.headers["host"]?.lowercased() else { return true }
        for name in ["localhost", "[::1]"] where host == name || host.hasPrefix(name + ":") { return true }
        let name = host.prefix { $0 != ":" }
        return name.hasPrefix("127.") && name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
    }
}
