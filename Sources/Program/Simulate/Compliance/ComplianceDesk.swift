import Codecs
import Network
import Platform

/// Answers requests as the Compliance API does. It knows no socket: what to send comes out.
///
/// - Order: credential, budget, scope, path, parameters, cursor; so a refused key costs nothing of the budget
///   and a missing scope costs one request.
struct ComplianceDesk: Sendable {
    /// How an answer leaves.
    enum Way: Sendable, Equatable {
        case atOnce
        case late
        /// Half of the body, then nothing.
        case cut
    }

    var feed: SimulatedFeed
    /// Who is in the organization.
    var people: DirectoryDesk
    /// What they write.
    var content: ContentDesk
    private var plan: FaultPlan
    private var budget: RequestBudget
    private let keys: [SimulatedKey]
    /// Whether somebody has deleted them.
    var areKeysRefused = false
    private let driftEvery: Timestamp.Span?
    private var lastDrift: Timestamp
    private let hasNoise: Bool
    private let seed: UInt64
    private(set) var requests = 0

    init(_ options: ComplianceSimulator.Options, start: Timestamp) {
        var shape = SimulatedFeed.Shape()
        shape.people = options.people
        shape.count = options.count
        shape.before = options.before
        shape.after = options.after
        shape.perMinute = options.perMinute
        shape.lateShare = options.faults.contains(.late) ? 0.05 : 0
        shape.lateness = options.lateness
        shape.equalShare = options.faults.contains(.equalTimes) ? 0.2 : 0
        shape.hasOpaqueCursors = options.faults.contains(.opaqueCursors)
        feed = SimulatedFeed(seed: options.seed, shape: shape, start: start)
        people = DirectoryDesk(
            directory: SimulatedDirectory(feed.maker.organization, seed: options.seed, start: start))
        content = ContentDesk(
            content: SimulatedContent(
                feed.maker.organization, seed: options.seed, start: start, count: options.chats))
        driftEvery = options.driftEvery
        lastDrift = start
        plan = FaultPlan(options.faults, chance: options.faultChance, seed: options.seed)
        budget = RequestBudget(limit: options.requestsPerMinute)
        keys = options.keys
        hasNoise = options.faults.contains(.selfNoise)
        seed = options.seed
    }

    mutating func answer(_ request: HTTPRequest, at now: Timestamp) -> (HTTPResponse, Way) {
        requests += 1
        feed.grow(until: now)
        while let driftEvery, lastDrift + driftEvery <= now {
            lastDrift = lastDrift + driftEvery
            people.directory.drift()
        }
        if request.path == Self.drift {
            people.directory.drift()
            return (HTTPResponse(200, body: Array("{}".utf8)), .atOnce)
        }
        var draws = Draws(seed: seed ^ 0x7265_71, of: UInt64(requests))
        let requestID = ActivityID.other("req", &draws)
        var (response, way) = decide(request, at: now)
        response.headers.set("request-id", requestID)
        if !response.headers.contains("content-type") { response.headers.set("content-type", "application/json") }
        if response.status != 401 {
            response.headers.set("anthropic-ratelimit-requests-limit", String(budget.limit))
            response.headers.set("anthropic-ratelimit-requests-remaining", String(budget.remaining))
            response.headers.set(
                "anthropic-ratelimit-requests-reset", String(RFC3339.text(budget.reset(after: now)).prefix(19)) + "Z")
            if hasNoise {
                let call = SimulatedActivity.Call(
                    requestID: requestID, target: request.target, status: response.status)
                feed.addNoise(call, at: now)
            }
        }
        return (response, way)
    }

    /// Whoever asks for it has something of the directory changed.
    private static let drift = "/simulate/drift"

    private mutating func decide(_ request: HTTPRequest, at now: Timestamp) -> (HTTPResponse, Way) {
        guard let key = key(of: request) else {
            return (
                Self.error(401, "authentication_error", "The API key provided is invalid or has been revoked."), .atOnce
            )
        }
        guard budget.take(at: now) else {
            let seconds = (budget.reset(after: now) - now).nanoseconds / 1_000_000_000 + 1
            return (tooMany(Int(seconds)), .atOnce)
        }
        if request.method == .get, let listing = DirectoryDesk.Listing(path: request.path) {
            return list(listing, request, key)
        }
        if request.method == .get, let call = ContentDesk.Call(path: request.path) { return show(call, request, key) }
        guard key.mayReadFeed else { return (Self.missingScope(SimulatedKey.activities, key), .atOnce) }
        guard request.method == .get, request.path == "/v1/compliance/activities" else {
            return (Self.error(404, "not_found_error", "Not found."), .atOnce)
        }
        let query: ActivityQuery
        do throws(ActivityQuery.Flaw) {
            query = try ActivityQuery(request.query)
        } catch {
            return (Self.error(400, "invalid_request_error", error.message), .atOnce)
        }
        if let organizations = query.organizations, !organizations.allSatisfy(feed.knows(organization:)) {
            return (
                Self.error(403, "permission_error", "The key does not cover the requested organization."), .atOnce
            )
        }
        return page(query, at: now)
    }

    private mutating func page(_ query: ActivityQuery, at now: Timestamp) -> (HTTPResponse, Way) {
        let fault = plan.next(limit: query.limit, hasCursor: query.cursor != nil)
        if let failure = failure(fault) { return (failure, .atOnce) }
        guard let page = feed.page(query, at: now) else { return (Self.badCursor, .atOnce) }
        return Self.spoiled(HTTPResponse(200, body: feed.body(page)), fault)
    }

    private mutating func list(
        _ listing: DirectoryDesk.Listing, _ request: HTTPRequest, _ key: SimulatedKey
    ) -> (HTTPResponse, Way) {
        guard key.has(listing.scope) else { return (Self.missingScope(listing.scope, key), .atOnce) }
        func value(_ name: String) -> String? { request.query.last { $0.name == name }?.value }
        let limit = value("limit").map { Int($0) ?? 0 } ?? 500
        guard (1...listing.most).contains(limit) else {
            return (
                Self.error(400, "invalid_request_error", "limit: must be between 1 and \(listing.most)"), .atOnce
            )
        }
        let token = value("page")
        guard token.map({ DirectoryDesk.place($0) != nil }) ?? true else { return (Self.badCursor, .atOnce) }
        let fault = plan.next(limit: limit, hasCursor: token != nil)
        if let failure = failure(fault) { return (failure, .atOnce) }
        guard let body = people.page(listing, limit: limit, token: token) else {
            return (Self.error(404, "not_found_error", "Not found."), .atOnce)
        }
        return Self.spoiled(HTTPResponse(200, body: Array(body.text.utf8)), fault)
    }

    private mutating func show(
        _ call: ContentDesk.Call, _ request: HTTPRequest, _ key: SimulatedKey
    ) -> (HTTPResponse, Way) {
        guard key.has(SimulatedKey.userData) else { return (Self.missingScope(SimulatedKey.userData, key), .atOnce) }
        guard let query = ContentDesk.Query(request.query, call) else { return (Self.badCursor, .atOnce) }
        let fault = plan.next(limit: query.limit, hasCursor: query.place != nil)
        if let failure = failure(fault) { return (failure, .atOnce) }
        guard let response = content.answer(call, query) else {
            return (Self.error(404, "not_found_error", "Not found."), .atOnce)
        }
        return Self.spoiled(response, fault)
    }

    /// The answer of a fault that leaves none of the page.
    private mutating func failure(_ fault: SimulatedFault?) -> HTTPResponse? {
        switch fault {
        case .rateStorm: return tooMany(plan.stormSeconds())
        case .error: return Self.error(500, "api_error", "Internal server error")
        case .finalError:
            var response = Self.error(500, "api_error", "Internal server error")
            response.headers.set("x-should-retry", "false")
            return response
        case .unavailable: return Self.error(503, "api_error", "Service unavailable")
        case .overloaded: return Self.error(529, "overloaded_error", "Overloaded")
        case .expiredCursor: return Self.badCursor
        default: return nil
        }
    }

    /// The answer as it leaves with the other faults.
    static func spoiled(_ whole: HTTPResponse, _ fault: SimulatedFault?) -> (HTTPResponse, Way) {
        var response = whole
        switch fault {
        case .slow: return (response, .late)
        case .cut: return (response, .cut)
        case .badJSON:
            response.body.removeLast(response.body.count / 3 + 1)
            return (response, .atOnce)
        default: return (response, .atOnce)
        }
    }

    private func key(of request: HTTPRequest) -> SimulatedKey? {
        var text = request.headers["x-api-key"]
        if text == nil, let bearer = request.headers["authorization"], bearer.hasPrefix("Bearer ") {
            text = String(bearer.dropFirst(7))
        }
        // A key for models is refused as if it did not exist.
        return areKeysRefused
            ? nil : keys.first { $0.text == text && !$0.text.hasPrefix("sk-ant-api03-") }
    }

    private func tooMany(_ seconds: Int) -> HTTPResponse {
        var response = Self.error(
            429, "rate_limit_error",
            "Compliance API rate limit of \(budget.limit) requests per minute per parent organization has been "
                + "exceeded. Retry after the time indicated by the retry-after header. Quote the request-id response "
                + "header when contacting Anthropic support.")
        response.headers.set("retry-after", String(seconds))
        return response
    }

    private static func missingScope(_ needed: String, _ key: SimulatedKey) -> HTTPResponse {
        let got = key.scopes.sorted().joined(separator: ", ")
        return error(403, "permission_error", "Missing required scopes. Got: [\(got)] Needed: [\(needed)]")
    }

    private static let badCursor = error(400, "invalid_request_error", "The cursor is invalid or has expired.")

    static func error(_ status: Int, _ type: String, _ message: String) -> HTTPResponse {
        let body: JSONValue = ["error": ["type": .string(type), "message": .string(message)]]
        return HTTPResponse(status, body: Array(body.text.utf8))
    }
}
