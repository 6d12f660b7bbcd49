public import Events
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
/// - `/readyz`: 200, or 503 with the reason. To whoever may read the metrics also how each source is doing.
/// - `/metrics`: Prometheus text. Without a credential only on a listener of this machine alone, and only
///   under a name that is no other machine's, so that a page on the web cannot read it by naming its own
///   host 127.0.0.1; otherwise with a token, as `Authorization: Bearer` or Basic.
public struct OperationsPages: Sendable {
    private let readiness: @Sendable () -> Readiness
    private let sources: @Sendable () -> [String]
    private let metrics: @Sendable () -> String
    private let access: Access

    /// All of them are called on a loop's thread and must not wait.
    ///
    /// - Parameter sources: one line for each.
    /// - Parameter admit: whose credential it is, if it may read the metrics.
    public init(
        readiness: @escaping @Sendable () -> Readiness, sources: @escaping @Sendable () -> [String] = { [] },
        metrics: @escaping @Sendable () -> String,
        admit: @escaping @Sendable (ShownCredential?, Peer) -> Result<Credential, AdmissionRefusal>,
        clock: any Clock = SystemClock()
    ) {
        self.readiness = readiness
        self.sources = sources
        self.metrics = metrics
        access = Access(
            sessions: SessionList(clock: clock), attempts: AttemptLimit(clock: clock), admit: admit,
            holds: { _ in false })
    }

    /// The listener with these pages in front of its own.
    public func before(_ listener: Listener) -> Listener {
        var listener = listener
        let isOpen = Self.isOfThisMachine(listener.address)
        let (gate, handler) = (listener.gate, listener.handler)
        listener.gate = { Self.isOurs($0) ? nil : gate(&$0) }
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
            let more = maySeeSources(request, isOpen: isOpen) ? sources().map { "\($0)\n" }.joined() : ""
            switch readiness() {
            case .ready: return HTTPResponse(200, text: "ready\n" + more)
            case .notReady(let reason):
                return HTTPResponse(503, text: "not ready: \(reason)\n" + more).with("retry-after", "1")
            }
        default:
            if !isFree(request, isOpen: isOpen), let refusal = refusal(of: request) { return refusal }
            return HTTPResponse(
                200, headers: ["content-type": "text/plain; version=0.0.4; charset=utf-8"],
                body: Array(metrics().utf8))
        }
    }

    /// Whether no credential is needed.
    private func isFree(_ request: HTTPRequest, isOpen: Bool) -> Bool { isOpen && Self.namesThisMachine(request) }

    /// A probe without a credential is no attempt to get in.
    private func maySeeSources(_ request: HTTPRequest, isOpen: Bool) -> Bool {
        isFree(request, isOpen: isOpen) || request.headers["authorization"] != nil && refusal(of: request) == nil
    }

    /// - Returns: `nil` for a request with a right credential.
    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        do throws(Access.Refusal) {
            _ = try access.viewer(of: request)
            return nil
        } catch {
            let failure = APIError(error)
            var response = HTTPResponse(failure.kind.status, text: failure.message + "\n")
            if let seconds = failure.retryAfterSeconds { response.headers.append("retry-after", String(seconds)) }
            if failure.kind == .unauthenticated {
                response.headers.append("www-authenticate", "Bearer realm=\"docket\"")
            }
            return response
        }
    }

    private static func isOfThisMachine(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }

    private static func namesThisMachine(_ request: HTTPRequest) -> Bool {
        guard let host = request.headers["host"]?.lowercased() else { return true }
        for name in ["localhost", "[::1]"] where host == name || host.hasPrefix(name + ":") { return true }
        let name = host.prefix { $0 != ":" }
        return name.hasPrefix("127.") && name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
    }
}
