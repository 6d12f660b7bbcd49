public import Events
public import Network
public import Platform
public import Query

/// The web console and the JSON API: what people and programs see of the store.
///
///     let console = Console(engine: store, admit: doorkeeper.admit, holds: doorkeeper.holds, log: log)
///     let listener = operations.before(console.listener("127.0.0.1", port: 8600))
///
/// Pages are made on the server and need no script. Loops' threads only look at heads and sessions;
/// whatever asks the engine runs on threads of the console's own, with a queue that has an end.
public final class Console: Sendable {
    /// The largest body: a query and its bounds. - Unit: bytes
    public static let bodyBytes = 512 << 10
    /// The largest body with files. - Unit: bytes
    static let uploadBytes = 8 << 20

    let engine: any QueryEngine
    let limits: ConsoleLimits
    let access: Access
    let clock: any Clock
    /// What the frame says about the server to a tenant's people.
    let facts: @Sendable (TenantName) -> FrameFacts
    /// Where it is known whether the record is what it was; `nil` where nobody can tell.
    let integrity: (any IntegrityDesk)?
    /// Make pages and answers.
    let workers: WorkerPool
    /// Send exports. A slow reader holds a thread, and must not hold one that pages need.
    let exporters: WorkerPool
    /// Hold what goes on for as long as somebody looks.
    let tails: WorkerPool
    let stops = StopList()
    /// Where it is kept what people decided about the inventory; `nil` where nothing is decided.
    let inventory: (any InventoryDesk)?
    let saved: SavedSearchBook
    /// Look at passwords. Each check takes 19 MiB, and an attacker could ask for many.
    let passwords = WorkerPool("password", threads: 2, queue: 32)
    /// Wait for the identity provider.
    let providers = WorkerPool("provider", threads: 2, queue: 32)
    let delays: AccountDelay
    /// Where it is said who did what here.
    let journal: any ReaderJournal
    let provider: OpenIDProvider?
    let counters: ConsoleCounters
    let dashboards: DashboardShelf
    private let log: Log

    /// - Parameters:
    ///   - admit: whose credential it is, if it may search. Called on a loop's thread, so it must not wait; it
    ///     compares in constant time.
    ///   - holds: whether a credential of this id that was let in before is still good.
    ///   - facts: what the frame of each page says about the server. Must not wait.
    ///   - dashboards: those of the operator, besides those that the program carries.
    ///   - integrity: answers for the integrity page.
    ///   - inventory: keeps what people decide about the inventory.
    ///   - saved: where people's searches are kept; `nil` for in memory.
    ///   - people: who may sign in with a password; `nil` where nobody may.
    ///   - provider: whom people may sign in with; `nil` for nobody.
    ///   - journal: is told who did what.
    ///   - limits: how much of everything is done at a time.
    public init(
        engine: any QueryEngine,
        admit: @escaping @Sendable (ShownCredential?, Peer) -> Result<Credential, AdmissionRefusal>,
        holds: @escaping @Sendable (_ id: String) -> Bool,
        facts: @escaping @Sendable (TenantName) -> FrameFacts = { _ in FrameFacts() },
        integrity: (any IntegrityDesk)? = nil, inventory: (any InventoryDesk)? = nil,
        saved: (any Disk)? = nil,
        people: (any ReaderDirectory)? = nil, provider: OpenIDConfiguration? = nil,
        journal: any ReaderJournal = NoReaderJournal(), dashboards: [Dashboard] = [],
        clock: any Clock = SystemClock(), limits: ConsoleLimits = ConsoleLimits(), log: Log,
        metrics: MetricList? = nil
    ) {
        self.engine = engine
        self.limits = limits
        self.clock = clock
        self.facts = facts
        self.dashboards = DashboardShelf(own: dashboards)
        self.integrity = integrity
        self.inventory = inventory
        self.log = log
        self.journal = journal
        delays = AccountDelay(clock: clock)
        self.provider = provider.map { OpenIDProvider($0, clock: clock) }
        let sessions = SessionList(clock: clock) { session, reason in
            var act = Reader(session, from: session.address).act(.sessionEnd)
            act.changes = [reason]
            journal.record(act)
        }
        access = Access(
            sessions: sessions, attempts: AttemptLimit(clock: clock), admit: admit, holds: holds, people: people)
        workers = WorkerPool("console", threads: limits.searches, queue: limits.waiting)
        exporters = WorkerPool("export", threads: limits.searches, queue: limits.waiting)
        tails = WorkerPool("tail", threads: Self.mostTails, queue: 1)
        self.saved = SavedSearchBook(disk: saved)
        counters = ConsoleCounters(metrics)
    }

    /// Waits for the searches that run. Stop the server first.
    public func stop() {
        stops.stopAll()
        tails.stop()
        workers.stop()
        exporters.stop()
        passwords.stop()
        provider?.stop()
        providers.stop()
    }

    public func listener(_ address: String, port: Int, tls: TLSConfiguration? = nil) -> Listener {
        Listener(
            address, port: port, tls: tls, bodyBytes: Self.uploadBytes, gate: gate,
            bodyRefusal: { self.refusal($0, $1) },
            handler: handler)
    }

    /// What is said to a body that the server does not take.
    private func refusal(_ reason: BodyRefusal, _ request: HTTPRequest) -> HTTPResponse {
        var error =
            switch reason {
            case .tooLarge:
                APIError(
                    .tooLong,
                    "A body has at most \((Route(path: request.path)?.bodyBytes ?? Self.bodyBytes) >> 10) KiB.")
            case .tooSlow: APIError(.tooSlow, "The body did not arrive in time.")
            case .busy: APIError(.unavailable, "Too many requests arrive; send it again later.")
            }
        if reason == .busy { error.retryAfterSeconds = 1 }
        return finished(failure(error, isAPI: Route.isAPI(request.path)))
    }

    /// Refuses what needs no body to be refused.
    public var gate: HTTPGate {
        { request in
            let route = Route(path: request.path)
            if let length = request.headers["content-length"].flatMap({ Int($0) }),
                length > route?.bodyBytes ?? Self.bodyBytes
            {
                return self.refusal(.tooLarge, request)
            }
            guard let route, route.methods.contains(request.method) else { return nil }
            switch route {
            case .api(let call, _) where !call.isOpen:
                do throws(Access.Refusal) {
                    request.finding = try self.access.reader(of: request)
                    return nil
                } catch {
                    return self.refusal(error)
                }
            case .integrity(let call):
                do throws(Access.Refusal) {
                    request.finding = try self.access.reader(of: request, for: call.permission)
                    return nil
                } catch {
                    return self.finished(call.isPage ? self.toSignIn(request, error) : APIError(error).response)
                }
            default: return nil
            }
        }
    }

    public var handler: HTTPHandler { { self.handle($0, $1) } }

    private func handle(_ request: HTTPRequest, _ responder: Responder) {
        counters.requests.add()
        let request = access.knowing(request)
        let session = access.session(of: request)
        FormToken.$current.withValue(session?.formToken) { answer(request, responder) }
    }

    private func answer(_ request: HTTPRequest, _ responder: Responder) {
        let path = request.path
        guard let route = Route(path: path) else {
            return send(notFound(isAPI: Route.isAPI(path)), responder)
        }
        guard route.methods.contains(request.method) else {
            let allowed = route.methods.map(\.name).joined(separator: ", ")
            let error = APIError(.methodNotAllowed, "Allowed here: \(allowed).")
            return send(failure(error, isAPI: Route.isAPI(path)).with("allow", allowed), responder)
        }
        // One that did not say how long it is.
        guard request.body.count <= route.bodyBytes else { return send(refusal(.tooLarge, request), responder) }
        switch route {
        case .asset(let asset):
            send(
                HTTPResponse(
                    200,
                    headers: ["content-type": asset.type, "cache-control": "public, max-age=31536000, immutable"],
                    body: asset.bytes), responder)
        case .signIn where request.method == .post: signIn(request, responder)
        case .signIn: send(HTTPResponse(200, page: signInPage(request, next: next(request.query))), responder)
        case .signOut: send(signOut(request), responder)
        case .provider: toProvider(request, responder)
        case .callback: fromProvider(request, responder)
        case .accountPassword: changePassword(request, responder)
        case .accountSessions: send(endSession(request), responder)
        case .look: send(look(request), responder)
        case .saveSearch: send(save(request), responder)
        case .removeSearch: send(removeSaved(request), responder)
        case .content: reveal(request, responder)
        case .screen(.decision) where request.method == .post: decide(request, responder)
        case .keepQuery: send(keepQuery(request), responder)
        case .start: send(HTTPResponse(goTo: LocalAddress("/dashboards", segments: ["audit-overview"])), responder)
        case .export, .screen, .download, .receipt, .tail, .palette, .parse, .account: page(route, request, responder)
        case .integrity(let call): integrity(call, request, responder)
        case .api(let call, let id): self.call(call, id, request, responder)
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
    ///
    /// - Returns: whether a worker makes it.
    @discardableResult
    func work(
        _ workers: WorkerPool, isAPI: Bool, _ responder: Responder, _ answer: @escaping @Sendable () -> HTTPResponse?
    ) -> Bool {
        let token = FormToken.current
        let isTaken = workers.submit {
            FormToken.$current.withValue(token) {
                if let response = answer() { self.send(response, responder) }
            }
        }
        guard !isTaken else { return true }
        counters.busy.add()
        send(failure(APIError(SearchError.busy), isAPI: isAPI), responder)
        return false
    }

    func failure(_ error: APIError, isAPI: Bool) -> HTTPResponse {
        guard !isAPI else { return error.response }
        let frame = Frame(error.kind.title, look: Look()) { MessagePage.markup(error.kind.title, error.message) }
        var response = HTTPResponse(error.kind.status, page: frame.markup)
        if let seconds = error.retryAfterSeconds { response.headers.append("retry-after", String(seconds)) }
        return response
    }

    /// What came of a search that failed; tells the log when it was the engine's own fault.
    ///
    /// - Parameter text: the query.
    func apiError(
        _ error: SearchError, in text: String = "", _ language: QueryLanguage = .kql,
        _ parameters: ESQLParameters = .none
    ) -> APIError {
        if case .failed(let sentence) = error { log.error("a search failed", ("reason", .text(sentence))) }
        return APIError(error, in: text, language, parameters)
    }

    /// - Parameter reason: without secrets, for whoever runs the server.
    func warn(_ message: String, _ reason: String) { log.warning(message, ("reason", .text(reason))) }

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
        case .badRequest, .parsing, .verification: "Not understood"
        case .tooLong, .tooSlow: "Not taken"
        case .unauthenticated, .forbidden: "Not allowed"
        case .notFound: "Not found"
        case .methodNotAllowed, .conflict: "Not possible here"
        case .tooManyAttempts, .tooManyRequests, .busy: "Please wait"
        case .cancelled, .unavailable: "Not available"
        case .timeLimit: "Took too long"
        }
    }
}
