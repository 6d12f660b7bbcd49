import Codecs
import Console
import Events
import Network
import Platform
import Query
import TestKit
import Testing

extension Timestamp {
    /// 2026-10-08T08:15:18.137Z
    static let sample = Timestamp(milliseconds: 1_791_447_318_137)
}

/// A clock that a test moves.
final class HandClock: Clock {
    private let moved = Locked(Timestamp.Span.seconds(0))
    func now() -> Timestamp { .sample }
    func steady() -> Timestamp { Timestamp.sample + moved.withLock { $0 } }
    func move(_ span: Timestamp.Span) {
        moved.withLock { $0 = Timestamp.Span(nanoseconds: $0.nanoseconds + span.nanoseconds) }
    }
}

/// A console over a list of events, served on a port of its own.
final class SampleConsole {
    static let token = "token-of-default-0123456789"
    /// How long a call may take.
    static let time = Timestamp.Span.hours(1)
    static let otherToken = "token-of-other-0123456789"

    let engine: ListEngine
    let people = PeopleDouble(Role.allCases.map { ($0.rawValue, $0) })
    let journal = ReaderJournalDouble()
    let clock = HandClock()
    let console: Console
    let metrics = MetricList()
    let readiness = Locked(Readiness.ready)
    /// Ids of credentials that have ended since they were let in.
    let revoked = Locked<Set<String>>([])
    private let server: HTTPServer
    private let client = HTTPClient(proxy: .none)
    private(set) var base: String

    init(
        _ events: [ListEngine.Event] = SampleConsole.events(), schema: FieldSchema = ListEngine.schema,
        threads: Int = 2, queue: Int = 8, integrity: (any IntegrityDesk)? = nil, provider: OpenIDConfiguration? = nil,
        dashboards: [Dashboard] = [], inventory: (any InventoryDesk)? = nil
    ) throws {
        engine = ListEngine(events, now: .sample, schema: schema)
        let log = Log("test", least: .error, write: { _ in })
        var limits = ConsoleLimits()
        limits.searches = threads
        limits.waiting = queue
        // No test ends because the machine is slow.
        limits.time = Self.time
        console = Console(
            engine: engine, admit: { SampleConsole.admit($0, $1) },
            holds: { [revoked] id in !revoked.withLock { $0.contains(id) } }, integrity: integrity,
            inventory: inventory, people: people,
            provider: provider, journal: journal, dashboards: dashboards, clock: clock, limits: limits, log: log,
            metrics: metrics)
        let (readiness, metrics) = (readiness, metrics)
        let pages = OperationsPages(
            readiness: { readiness.withLock { $0 } }, sources: { ["anthropic-feed: resting"] },
            metrics: { metrics.exposition() },
            admit: { SampleConsole.admit($0, $1) })
        server = try HTTPServer(
            listeners: [pages.before(console.listener("127.0.0.1", port: 0))], loops: 2, log: log)
        server.start()
        base = "http://\(server.addresses[0])"
    }

    deinit {
        people.isOpen.update { $0 = true }
        engine.isOpen.update { $0 = true }
        server.stop(grace: .milliseconds(0))
        console.stop()
    }

    /// Secrets that are refused with a reason of their own are called by it.
    @Sendable static func admit(_ shown: ShownCredential?, _ peer: Peer) -> Result<Credential, AdmissionRefusal> {
        guard let secret = shown?.secret ?? peer.clientCertificateSubject else {
            return .failure(AdmissionRefusal(.missing, for: .search))
        }
        switch secret {
        case token, "CN=auditor": return .success(Credential(id: "cred_1", tenant: .default, uses: [.search]))
        case otherToken: return .success(Credential(id: "cred_2", tenant: TenantName("other")!, uses: [.search]))
        default:
            let reason = AdmissionRefusal.Reason(rawValue: secret) ?? .unknown
            let isShort = reason == .rate || reason == .busy
            return .failure(AdmissionRefusal(reason, for: .search, retryAfter: isShort ? .milliseconds(1_500) : nil))
        }
    }

    // MARK: Events

    static func event(
        _ number: Int, minutesAgo: Int64, tenant: String = "default", id: String? = nil,
        _ members: [(String, String)] = []
    ) -> ListEngine.Event {
        let time = Timestamp.sample - .minutes(minutesAgo)
        let id = id ?? "evt_\(number)"
        var fields: [JSONValue.Member] = [
            .init("@timestamp", .string(RFC3339.text(time))),
            .init("event", ["id": .string(id), "action": "tool_result", "outcome": "success"]),
            .init("user", ["email": .string("user\(number % 3)@example.com")]),
            .init("gen_ai", ["tool": ["name": "Bash"]]),
        ]
        fields += members.map { .init($0.0, .string($0.1)) }
        let document = Array(JSONValue.object(fields).text.utf8)
        return ListEngine.Event(
            tenant: tenant, hit: SearchHit(id: id, time: time, stream: "claude_code.events", document: document))
    }

    /// One each five minutes, 120 within ten hours, and one of another tenant.
    static func events() -> [ListEngine.Event] {
        (0..<120).map { event($0, minutesAgo: Int64($0) * 5 + 1) } + [event(1_000, minutesAgo: 1, tenant: "other")]
    }

    // MARK: Requests

    func send(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)] = [], body: String = ""
    ) async throws -> HTTPResponse {
        var fields = HTTPHeaders()
        for (name, value) in headers { fields.append(name, value) }
        return try await client.send(
            HTTPClientRequest(method, base + path, headers: fields, body: Array(body.utf8)))
    }

    /// A form as a browser sends it from one of our own pages.
    func sendForm(_ path: String, _ body: String, _ headers: [(String, String)] = []) async throws -> HTTPResponse {
        try await send(
            .post, path,
            [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")] + headers,
            body: body)
    }

    /// The token that forms of a session carry, as a page has it.
    func formToken(_ session: (String, String)) async throws -> String {
        let page = try await send(.get, "/account", [session]).text
        let match = try #require(page.firstMatch(of: /name="form-token" value="([0-9a-f]{64})"/))
        return String(match.1)
    }

    /// Asks for content as the form on a page does.
    func reveal(_ fields: String, _ session: (String, String)) async throws -> HTTPResponse {
        try await sendForm("/content", "form-token=\(try await formToken(session))&\(fields)", [session])
    }

    /// Signs in, and returns the head field that carries the session.
    func signIn(_ token: String = SampleConsole.token) async throws -> (String, String) {
        let answer = try await sendForm("/sign-in", "token=\(token)&next=%2F")
        let cookie = try #require(answer.headers["set-cookie"])
        return ("cookie", String(cookie.prefix { $0 != ";" }))
    }

    /// Signs a person in, and returns the head field that carries the session.
    func signIn(_ role: Role) async throws -> (String, String) {
        let password = PeopleDouble.password(role.rawValue).replacing(" ", with: "+")
        let answer = try await sendForm("/sign-in", "name=\(role.rawValue)&password=\(password)&next=%2F")
        let cookie = try #require(answer.headers["set-cookie"])
        return ("cookie", String(cookie.prefix { $0 != ";" }))
    }

    func call(_ path: String, _ body: String, _ headers: [(String, String)] = []) async throws -> HTTPResponse {
        try await send(.post, path, [("authorization", "Bearer \(Self.token)")] + headers, body: body)
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    func json() throws -> JSONValue { try JSONValue(parsing: body) }
}
