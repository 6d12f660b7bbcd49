import Codecs
public import Events
public import Network
public import Platform

/// `/api/v1/holds`, in front of the console: orders of legal holds.
///
///     GET  /api/v1/holds               all
///     POST /api/v1/holds               asks for one
///     GET  /api/v1/holds/ID            one
///     POST /api/v1/holds/ID/approve    also refuse, resume, release
///
/// A credential with the use `hold` is shown in the head of each request. What a browser sends by itself, a session's
/// cookie or a certificate, is never enough, so no page can do anything here in somebody's name.
public struct HoldCalls: Sendable {
    private static let root = "/api/v1/holds"
    /// Of an order. - Unit: bytes
    private static let bodyBytes = 64 << 10

    private let desk: (any HoldDesk)?
    private let access: Access

    /// - Parameter desk: `nil` where nothing is held.
    /// - Parameter admit: whose credential it is, if it has the use `hold`.
    public init(
        desk: (any HoldDesk)?,
        admit: @escaping @Sendable (ShownCredential?, Peer) -> Result<Credential, AdmissionRefusal>,
        clock: any Clock = SystemClock()
    ) {
        self.desk = desk
        access = Access(
            sessions: SessionList(clock: clock), attempts: AttemptLimit(clock: clock), admit: admit,
            holds: { _ in false })
    }

    /// The listener with these calls in front of its own.
    public func before(_ listener: Listener) -> Listener {
        var listener = listener
        let (gate, handler) = (listener.gate, listener.handler)
        listener.gate = { request in
            guard Self.isOurs(request) else { return gate(&request) }
            do throws(APIError) {
                request.finding = try credential(of: request)
                return nil
            } catch {
                return Self.finished(error.response)
            }
        }
        listener.handler = { request, responder in
            guard Self.isOurs(request) else { return handler(request, responder) }
            answer(request) { responder.send(Self.finished($0)) }
        }
        return listener
    }

    private static func isOurs(_ request: HTTPRequest) -> Bool {
        // The first letters are looked at first: every request of the console comes by here.
        guard request.target.hasPrefix(root) else { return false }
        let path = request.path
        return path == root || path.hasPrefix(root + "/")
    }

    private static func finished(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        SecurityHeaders.add(to: &response)
        return response
    }

    private func credential(of request: HTTPRequest) throws(APIError) -> Credential {
        // What the gate found: asking twice would count the request twice.
        if let credential = request.finding as? Credential { return credential }
        guard let shown = ShownCredential(request.headers) else {
            throw APIError(AdmissionRefusal(.missing, for: .hold))
        }
        do throws(Access.Refusal) {
            return try access.credential(shown, from: request.peer)
        } catch {
            throw APIError(error)
        }
    }

    private func answer(_ request: HTTPRequest, _ send: @escaping @Sendable (HTTPResponse) -> Void) {
        do throws(APIError) {
            let credential = try credential(of: request)
            guard let desk else {
                throw APIError(
                    .notFound, "Nothing is held here: `legal_hold.enabled` is not `true` in the configuration.")
            }
            let isTaken = desk.answer(try Self.wish(request), by: credential) { result in
                switch result {
                case .success(let value):
                    send(
                        HTTPResponse(
                            200, headers: ["content-type": "application/json", "cache-control": "no-store"],
                            body: Array((value.text + "\n").utf8)))
                case .failure(let problem): send(APIError(problem).response)
                }
            }
            guard isTaken else { throw APIError(.busy, "The server has too much to do; ask again in a moment.") }
        } catch {
            send(error.kind == .methodNotAllowed ? error.response.with("allow", "GET, POST") : error.response)
        }
    }

    private static func wish(_ request: HTTPRequest) throws(APIError) -> HoldWish {
        let words = request.path.dropFirst(root.count).split(separator: "/").map(String.init)
        let isRead = request.method == .get
        guard isRead || request.method == .post else { throw APIError(.methodNotAllowed, "Allowed here: GET, POST.") }
        switch (words.count, isRead) {
        case (0, true): return .list
        case (1, true): return .show(words[0])
        case (0, false): return .request(try order(request.body))
        case (2, false):
            switch words[1] {
            case "approve": return .approve(words[0])
            case "refuse": return .refuse(words[0])
            case "resume": return .resume(words[0])
            case "release": return .release(words[0])
            default: break
            }
        default: break
        }
        throw APIError(.notFound, "There is no such call; see docs/guides/legal-hold.md.")
    }

    private static func order(_ body: [UInt8]) throws(APIError) -> JSONValue {
        guard body.count <= bodyBytes else {
            throw APIError(.badRequest, "An order is at most \(bodyBytes) bytes long.")
        }
        do throws(JSONError) {
            return try JSONValue(parsing: body)
        } catch {
            throw APIError(.badRequest, "The body is not JSON: \(error).")
        }
    }
}

extension APIError {
    fileprivate init(_ problem: HoldProblem) {
        let kind: Kind =
            switch problem.kind {
            case .flaw: .badRequest
            case .forbidden: .forbidden
            case .notThere: .notFound
            case .conflict: .conflict
            case .unavailable: .unavailable
            }
        self.init(kind, problem.message)
    }
}
