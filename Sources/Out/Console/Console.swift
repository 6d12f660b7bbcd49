public import Events
public import Network
public import Platform
public import Query

/// The web console and the JSON API: what people and programs see of the store.
///
///     let console = Console(engine: store, admit: doorkeeper.admit, holds: doorkeeper.holds, log: log)
///     let listener = operations.before(console.listener("127.0.0.1", port: 8600))
///
/// Pages are made whole on the server and need no script. Loops' threads only look at heads and sessions;
/// whatever asks the engine runs on threads of the console's own, with a queue that has an end.
public final class Console: Sendable {
    /// The largest body: a query and its bounds. - Unit: bytes
    public static let bodyBytes = 64 << 10

    let engine: any SearchEngine
    let access: Access
    let clock: any Clock
    /// Make pages and answers.
    let workers: WorkerPool
    /// Send exports. A slow reader holds a thread, and must not hold one that pages need.
    let exporters: WorkerPool
    let counters: ConsoleCounters
    private let log: Log

    /// - Parameters:
    ///   - admit: whose credential it is, if it may search. Called on a loop's thread, so it must not wait; it
    ///     compares in constant time.
    ///   - holds: whether a credential of this id that was let in before is still good.
    ///   - threads: how many searches run at a time, and how many exports.
    ///   - queue: how many wait. Above it the answer is 503 with `Retry-After`.
    public init(
        engine: any SearchEngine,
        admit: @escaping @Sendable (ShownCredential?, Peer) -> Result<Credential, AdmissionRefusal>,
        holds: @escaping @Sendable (_ id: String) -> Bool,
        clock: any Clock = SystemClock(), threads: Int = 4, queue: Int = 64, log: Log, metrics: MetricList? = nil
    ) {
        self.engine = engine
        self.clock = clock
        self.log = log
        access = Access(
            sessions: SessionList(clock: clock), attempts: AttemptLimit(clock: clock), admit: admit, holds: holds)
        workers = WorkerPool("console", threads: threads, queue: queue)
        exporters = WorkerPool("export", threads: threads, queue: queue)
        counters = ConsoleCounters(metrics)
    }

    /// Waits for the searches that run. Stop the server first.
    public func stop() {
        workers.stop()
        exporters.stop()
    }

    public func listener(_ address: String, port: Int, tls: TLSConfiguration? = nil) -> Listener {
        Listener(address, port: port, tls: tls, bodyBytes: Self.bodyBytes, gate: gate, handler: handler)
    }

    /// Refuses what needs no body to be refused.
    public var gate: HTTPGate {
        { request in
            guard let route = Route(path: request.path), route.methods.contains(request.method) else { return nil }
            switch route {
            case .apiSearch, .apiHistogram, .apiEvent:
                do throws(Access.Refusal) {
                    request.finding = try self.access.tenant(of: request)
                    return nil
                } catch {
                    return self.refusal(error)
                }
            default: return nil
            }
        }
    }

    public var handler: HTTPHandler { { self.handle($0, $1) } }

    private func handle(_ request: HTTPRequest, _ responder: Responder) {
        counters.requests.add()
        let path = request.path
        guard let route = Route(path: path) else {
            return send(notFound(isAPI: Route.isAPI(path)), responder)
        }
        guard route.methods.contains(request.method) else {
            let allowed = route.methods.map(\.name).joined(separator: ", ")
            let error = APIError(.methodNotAllowed, "Allowed here: \(allowed).")
            return send(failure(error, isAPI: Route.isAPI(path)).with("allow", allowed), responder)
        }
        switch route {
        case .asset(let asset):
            send(
                HTTPResponse(
                    200,
                    headers: ["content-type": asset.type, "cache-control": "public, max-age=31536000, immutable"],
                    body: asset.bytes), responder)
        case .signIn where request.method == .post: send(signIn(request), responder)
        case .signIn: send(HTTPResponse(200, page: SignInPage.page(next: next(request.query))), responder)
        case .signOut: send(signOut(request), responder)
        case .search, .export, .event: page(route, request, responder)
        case .apiSearch, .apiHistogram, .apiEvent: call(route, request, responder)
        }
    }

    // MARK: What every answer goes through

    func send(_ response: HTTPResponse, _ responder: Responder) { responder.send(finished(response)) }

    func finished(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        SecurityHeaders.add(to: &response)
        return response
    }

    /// Has an answer made by a worker, or says that all are busy.
    func work(
        _ workers: WorkerPool, isAPI: Bool, _ responder: Responder, _ answer: @escaping @Sendable () -> HTTPResponse?
    ) {
        let isTaken = workers.submit {
            if let response = answer() { self.send(response, responder) }
        }
        guard !isTaken else { return }
        counters.busy.add()
        send(failure(APIError(SearchError.busy), isAPI: isAPI), responder)
    }

    func failure(_ error: APIError, isAPI: Bool, tenant: TenantName? = nil) -> HTTPResponse {
        guard !isAPI else { return error.response }
        var response = HTTPResponse(
            error.kind.status, page: MessagePage.page(error.kind.title, error.message, tenant: tenant))
        if let seconds = error.retryAfterSeconds { response.headers.append("retry-after", String(seconds)) }
        return response
    }

    /// What came of a search that failed; tells the log when it was the engine's own fault.
    func apiError(_ error: SearchError) -> APIError {
        if case .failed(let sentence) = error { log.error("a search failed", ("reason", .text(sentence))) }
        return APIError(error)
    }

    func refusal(_ refusal: Access.Refusal) -> HTTPResponse {
        counters.refused.add()
        return finished(APIError(refusal).response)
    }

    private func notFound(isAPI: Bool) -> HTTPResponse {
        failure(APIError(.notFound, "There is no such page."), isAPI: isAPI)
    }
}

extension APIError.Kind {
    /// The heading of a page that says so.
    var title: String {
        switch self {
        case .badRequest, .query: "Not understood"
        case .unauthenticated, .forbidden: "Not allowed"
        case .notFound: "Not found"
        case .methodNotAllowed: "Not possible here"
        case .tooManyAttempts, .tooManyRequests, .busy: "Please wait"
        case .cancelled, .unavailable: "Not available"
        case .timeLimit: "Took too long"
        }
    }
}
