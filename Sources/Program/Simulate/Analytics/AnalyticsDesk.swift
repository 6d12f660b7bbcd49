import Codecs
import Network
import Platform

/// Answers requests as the APIs of reports do. It knows no socket: what to send comes out.
struct AnalyticsDesk: Sendable {
    private(set) var reports: SimulatedReports
    private var plan: FaultPlan
    private var budget: RequestBudget
    private let keys: [SimulatedKey]
    /// The most that is listed on a page, whatever is asked for.
    private let pageLimit: Int

    private static let root = "/v1/organizations/"
    private static let revision = "/simulate/revise"

    static func answers(_ path: String) -> Bool { path.hasPrefix(root) || path == revision }

    init(_ options: ComplianceSimulator.Options) {
        reports = SimulatedReports(seed: options.seed)
        plan = FaultPlan(options.faults, chance: options.faultChance, seed: options.seed ^ 0x616e_616c)
        budget = RequestBudget(limit: options.reportRequestsPerMinute)
        keys = options.reportKeys
        pageLimit = options.reportPageLimit
    }

    /// Figures of the last days change.
    mutating func revise(at now: Timestamp) { reports.revise(at: now) }

    mutating func answer(_ request: HTTPRequest, at now: Timestamp) -> (HTTPResponse, ComplianceDesk.Way) {
        if request.path == Self.revision {
            revise(at: now)
            return (HTTPResponse(200, body: Array("{}".utf8)), .atOnce)
        }
        var (response, way) = decide(request, at: now)
        response.headers.set("content-type", "application/json")
        response.headers.set("request-id", "req_simulated_\(reports.revision)")
        return (response, way)
    }

    private mutating func decide(_ request: HTTPRequest, at now: Timestamp) -> (HTTPResponse, ComplianceDesk.Way) {
        guard let key = keys.first(where: { $0.text == request.headers["x-api-key"] }) else {
            return (ComplianceDesk.error(401, "authentication_error", "invalid x-api-key"), .atOnce)
        }
        guard budget.take(at: now) else {
            let seconds = (budget.reset(after: now) - now).nanoseconds / 1_000_000_000 + 1
            return (tooMany(Int(seconds)), .atOnce)
        }
        guard request.method == .get, let report = Self.report(request.path) else {
            return (ComplianceDesk.error(404, "not_found_error", "Not found."), .atOnce)
        }
        guard key.mayRead(report) else {
            return (ComplianceDesk.error(403, "permission_error", "The key may not do this."), .atOnce)
        }
        do throws(ActivityQuery.Flaw) {
            let query = try ReportQuery(request.query, of: report, at: now)
            return page(query, at: now)
        } catch {
            return (ComplianceDesk.error(400, "invalid_request_error", error.message), .atOnce)
        }
    }

    private static func report(_ path: String) -> SimulatedReports.Report? {
        guard path.hasPrefix(root) else { return nil }
        let rest = String(path.dropFirst(root.count))
        if rest == "cost_report" { return .consoleCost }
        let name = rest.hasPrefix("analytics/") ? String(rest.dropFirst("analytics/".count)) : rest
        guard let report = SimulatedReports.Report(rawValue: name) else { return nil }
        return report.isConsole == !rest.hasPrefix("analytics/") ? report : nil
    }

    private mutating func page(_ query: ReportQuery, at now: Timestamp) -> (HTTPResponse, ComplianceDesk.Way) {
        let fault = plan.next(limit: query.limit, hasCursor: query.page != nil)
        switch fault {
        case .rateStorm: return (tooMany(plan.stormSeconds()), .atOnce)
        case .error: return (ComplianceDesk.error(500, "api_error", "Internal server error"), .atOnce)
        case .finalError:
            var response = ComplianceDesk.error(500, "api_error", "Internal server error")
            response.headers.set("x-should-retry", "false")
            return (response, .atOnce)
        case .unavailable: return (ComplianceDesk.error(503, "api_error", "Service unavailable"), .atOnce)
        case .overloaded: return (ComplianceDesk.error(529, "overloaded_error", "Overloaded"), .atOnce)
        case .expiredCursor: return (Self.gone, .atOnce)
        default: break
        }
        var start = 0
        if let page = query.page {
            guard let cursor = ReportQuery.Cursor(page), cursor.query == query.fingerprint else {
                return (
                    ComplianceDesk.error(400, "invalid_request_error", "page: belongs to another query"), .atOnce
                )
            }
            // Figures that were renewed make cursors void.
            if query.report.isMoney, cursor.revision != reports.revision { return (Self.gone, .atOnce) }
            start = cursor.start
        }
        let whole = HTTPResponse(200, body: Array(body(query, from: start, at: now).text.utf8))
        return ComplianceDesk.spoiled(whole, fault)
    }

    private func body(_ query: ReportQuery, from start: Int, at now: Timestamp) -> JSONValue {
        let report = query.report
        let length = min(query.limit, pageLimit)
        let elements: ArraySlice<JSONValue>
        let hasMore: Bool
        if report.hasBuckets {
            let all = query.days.count * 1_440 / query.width
            let wanted = min(start, all)..<min(start + length, all)
            elements = wanted.map { bucket(query, $0) }[...]
            hasMore = wanted.upperBound < all
        } else {
            let all = query.days.flatMap { reports.rows(report, $0, groups: query.groups) }
            if report == .summaries { return ["summaries": .array(all)] }
            elements = all.dropFirst(start).prefix(length)
            hasMore = start + elements.count < all.count
        }
        let end = start + elements.count
        let cursor = ReportQuery.Cursor(query: query.fingerprint, revision: reports.revision, start: end)
        var members: [JSONValue.Member] = [.init("data", .array(Array(elements)))]
        // Reports of engagement do not say it.
        if report.isMoney || report == .claudeCode { members.append(.init("has_more", .bool(hasMore))) }
        members.append(.init("next_page", hasMore ? .string(cursor.text) : .null))
        if report.isMoney, !report.isConsole {
            members.append(.init("data_refreshed_at", .string(RFC3339.text(now))))
            members.append(.init("organization_id", "org_simulated"))
        }
        return .object(members)
    }

    private func bucket(_ query: ReportQuery, _ number: Int) -> JSONValue {
        let minute = number * query.width
        let rows = reports.rows(
            query.report, query.days.lowerBound + minute / 1_440, groups: query.groups,
            in: query.width == 1_440 ? nil : (minute % 1_440, query.width))
        return [
            "starting_at": .string(SimulatedReports.moment(query.days.lowerBound, minute)),
            "ending_at": .string(SimulatedReports.moment(query.days.lowerBound, minute + query.width)),
            "results": .array(rows),
        ]
    }

    private func tooMany(_ seconds: Int) -> HTTPResponse {
        var response = ComplianceDesk.error(429, "rate_limit_error", "Rate limit of \(budget.limit) requests exceeded.")
        response.headers.set("retry-after", String(seconds))
        return response
    }

    private static let gone = ComplianceDesk.error(
        410, "invalid_request_error", "The page token has expired; start again at the first page.")
}
