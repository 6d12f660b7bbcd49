import Codecs
import Network
import Platform
import TestKit
import Testing

@testable import Simulate

/// The desk answers as the documentation of the API says.
struct ComplianceDeskTests {
    static let start = Timestamp(milliseconds: 1_791_446_400_000)

    static func desk(_ change: (inout ComplianceSimulator.Options) -> Void = { _ in }) -> ComplianceDesk {
        var options = ComplianceSimulator.Options()
        options.count = 250
        change(&options)
        return ComplianceDesk(options, start: start)
    }

    /// Long enough after the start that everything is listed.
    static let later = start + .minutes(1)

    static func get(
        _ desk: inout ComplianceDesk, _ query: String, key: String? = SimulatedKey.standard.text,
        at now: Timestamp = later
    ) -> (HTTPResponse, JSONValue) {
        var request = HTTPRequest(.get, "/v1/compliance/activities\(query)")
        if let key { request.headers.set("x-api-key", key) }
        let (response, _) = desk.answer(request, at: now)
        return (response, (try? JSONValue(parsing: response.body)) ?? .null)
    }

    static func ids(_ page: JSONValue) -> [String] { page["data"]?.array?.compactMap { $0["id"]?.string } ?? [] }

    @Test func `the newest come first, a hundred of them, unless one asks otherwise`() {
        var desk = Self.desk()
        let all = Self.ids(Self.get(&desk, "?limit=5000").1)
        let (_, page) = Self.get(&desk, "")
        #expect(all.count == 250)
        #expect(Self.ids(page) == Array(all.prefix(100)))
        #expect(page["has_more"]?.bool == true)
        #expect(page["first_id"]?.string == all[0] && page["last_id"]?.string == all[99])
        #expect(Self.ids(Self.get(&desk, "?limit=5000&order=asc").1) == all.reversed())
    }

    @Test(arguments: [1, 7, 100, 249, 250, 251])
    func `walking in either direction and order meets everything once`(limit: Int) {
        var desk = Self.desk { options in
            options.faults = [.equalTimes]
            options.requestsPerMinute = 10_000
        }
        let all = Self.ids(Self.get(&desk, "?limit=5000").1)
        for order in ["desc", "asc"] {
            let listed = order == "desc" ? all : all.reversed()
            var after: [String] = []
            var query = ""
            while true {
                let (_, page) = Self.get(&desk, "?limit=\(limit)&order=\(order)\(query)")
                after += Self.ids(page)
                guard page["has_more"]?.bool == true, let last = page["last_id"]?.string else { break }
                query = "&after_id=\(last)"
            }
            #expect(after == listed)

            var before: [String] = []
            query = "&before_id=\(listed[listed.count - 1])"
            while true {
                let (_, page) = Self.get(&desk, "?limit=\(limit)&order=\(order)\(query)")
                before = Self.ids(page) + before
                guard page["has_more"]?.bool == true, let first = page["first_id"]?.string else { break }
                query = "&before_id=\(first)"
            }
            #expect(before == Array(listed.dropLast()))
        }
    }

    @Test func `an empty page has no first and no last id`() {
        var desk = Self.desk()
        let newest = Self.get(&desk, "?limit=1").1["first_id"]?.string ?? ""
        let (response, page) = Self.get(&desk, "?before_id=\(newest)")
        #expect(response.status == 200)
        #expect(page["first_id"]?.isNull == true && page["last_id"]?.isNull == true)
        #expect(page["has_more"]?.bool == false && page["data"]?.array?.isEmpty == true)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let query: String
        var key: String? = SimulatedKey.standard.text
        let status: Int
        let type: String
        var testDescription: String { "\(status) \(query)" }
        init(_ query: String, key: String? = SimulatedKey.standard.text, _ status: Int, _ type: String) {
            self.query = query
            self.key = key
            self.status = status
            self.type = type
        }
    }

    static let refusals: [Refusal] = [
        Refusal("?limit=0", 400, "invalid_request_error"),
        Refusal("?limit=5001", 400, "invalid_request_error"),
        Refusal("?limit=many", 400, "invalid_request_error"),
        Refusal("?order=up", 400, "invalid_request_error"),
        Refusal("?after_id=a&before_id=b", 400, "invalid_request_error"),
        Refusal("?after_id=unknown", 400, "invalid_request_error"),
        Refusal("?created_at.gte=2026-10-08", 400, "invalid_request_error"),
        Refusal("?created_at.lt=2026-10-08T08:00:00", 400, "invalid_request_error"),
        Refusal("?activity_types[]=no_such_type", 400, "invalid_request_error"),
        Refusal("?activity_types[]=anthropic_access", 400, "invalid_request_error"),
        Refusal(
            "?activity_types[]=claude_chat_created&exclude_activity_types[]=claude_chat_viewed", 400,
            "invalid_request_error"),
        Refusal("?organization_ids[]=org_foreign", 403, "permission_error"),
        Refusal("", key: nil, 401, "authentication_error"),
        Refusal("", key: "sk-ant-api01-wrong", 401, "authentication_error"),
        Refusal("", key: "sk-ant-api03-models", 401, "authentication_error"),
        Refusal("", key: "sk-ant-admin01-no-scope", 403, "permission_error"),
    ]

    @Test(arguments: refusals)
    func `what is wrong is refused as documented`(refusal: Refusal) {
        var desk = Self.desk { options in
            options.keys += [
                SimulatedKey("sk-ant-api03-models"), SimulatedKey("sk-ant-admin01-no-scope", scopes: []),
            ]
        }
        let (response, body) = Self.get(&desk, refusal.query, key: refusal.key)
        #expect(response.status == refusal.status)
        #expect(body["error"]?["type"]?.string == refusal.type)
        #expect(body["error"]?["message"]?.string?.isEmpty == false)
        #expect(response.headers["request-id"]?.hasPrefix("req_") == true)
    }

    @Test func `a missing and a wrong key get the same text, and cost nothing`() {
        var desk = Self.desk { $0.requestsPerMinute = 2 }
        let missing = Self.get(&desk, "", key: nil).0.body
        let wrong = Self.get(&desk, "", key: "wrong").0.body
        #expect(missing == wrong)
        #expect(Self.get(&desk, "").0.headers["anthropic-ratelimit-requests-remaining"] == "1")
    }

    @Test func `a spent budget is told with the time to wait`() {
        var desk = Self.desk { $0.requestsPerMinute = 2 }
        _ = Self.get(&desk, "")
        _ = Self.get(&desk, "")
        let (response, body) = Self.get(&desk, "", at: Self.later + .seconds(20))
        #expect(response.status == 429)
        #expect(body["error"]?["type"]?.string == "rate_limit_error")
        #expect(response.headers["retry-after"] == "41")
        #expect(response.headers["anthropic-ratelimit-requests-reset"] == "2026-10-08T08:02:00Z")
        #expect(Self.get(&desk, "", at: Self.later + .seconds(61)).0.status == 200)
    }

    @Test func `windows of time are half open, or as one asks`() {
        var desk = Self.desk()
        let all = Self.get(&desk, "?limit=5000").1["data"]?.array ?? []
        let middle = all[100]["created_at"]?.string ?? ""
        func count(_ query: String) -> Int { Self.ids(Self.get(&desk, "?limit=5000&\(query)").1).count }
        #expect(count("created_at.gte=\(middle)") == 101)
        #expect(count("created_at.gt=\(middle)") == 100)
        #expect(count("created_at.lt=\(middle)") == 149)
        #expect(count("created_at.lte=\(middle)") == 150)
    }

    @Test func `filters keep what they name, and rows without an organization`() {
        var desk = Self.desk { $0.count = 2_000 }
        let person = desk.feed.maker.organization.people[3]
        let rows = Self.get(&desk, "?limit=5000&user_ids[]=\(person.id)").1["data"]?.array ?? []
        #expect(!rows.isEmpty)
        #expect(rows.allSatisfy { $0["actor"]?["user_id"]?.string == person.id })

        let unit = desk.feed.maker.organization.units[1]
        let listed = Self.get(&desk, "?limit=5000&organization_ids[]=\(unit.uuid)").1["data"]?.array ?? []
        let found = Set(listed.map { $0["organization_id"]?.string ?? "null" })
        #expect(found == [unit.id, "null"])

        let excluded = Self.get(&desk, "?limit=5000&exclude_activity_types[]=claude_chat_viewed").1
        #expect(excluded["data"]?.array?.contains { $0["type"]?.string == "claude_chat_viewed" } == false)
    }

    @Test func `a late activity is listed later, at an older place`() {
        var desk = Self.desk { options in
            options.count = 400
            options.before = .minutes(30)
            options.faults = [.late]
        }
        let early = Self.ids(Self.get(&desk, "?limit=5000", at: Self.start + .seconds(3)).1)
        let full = Self.ids(Self.get(&desk, "?limit=5000", at: Self.start + .minutes(9)).1)
        #expect(early.count < 400 && full.count == 400)
        #expect(Array(full.prefix(early.count)) != early)
        #expect(full.filter { Set(early).contains($0) } == early)
    }

    @Test func `calls are activities, when that is on`() {
        var desk = Self.desk { $0.faults = [.selfNoise] }
        _ = Self.get(&desk, "")
        let rows = Self.get(&desk, "?limit=1", at: Self.later + .seconds(5)).1["data"]?.array ?? []
        #expect(rows[0]["type"]?.string == "compliance_api_accessed")
        #expect(rows[0]["organization_id"]?.isNull == true)
        #expect(rows[0]["status_code"]?.integer == 200)
        #expect(desk.feed.noiseIDs.count == 2 && desk.feed.truth.count == 250)
    }

    @Test func `time adds activities`() {
        var desk = Self.desk { $0.perMinute = 60 }
        let now = Self.start + .minutes(5)
        #expect(Self.ids(Self.get(&desk, "?limit=5000", at: now).1).count >= 540)
        #expect(desk.feed.truth.count == 550)
    }

    static let requestFaults: [SimulatedFault] = SimulatedFault.ofRequests

    @Test(arguments: requestFaults)
    func `each fault shows as it does in the real API`(fault: SimulatedFault) {
        var desk = Self.desk { options in
            options.faults = [fault]
            options.faultChance = 1
        }
        let cursor = desk.feed.cursor(10)
        let request = HTTPRequest(
            .get, "/v1/compliance/activities?limit=50&after_id=\(cursor)",
            headers: ["x-api-key": SimulatedKey.standard.text])
        let (response, way) = desk.answer(request, at: Self.later)
        let isJSON = (try? JSONValue(parsing: response.body)) != nil
        switch fault {
        case .rateStorm: #expect(response.status == 429 && response.headers["retry-after"] != nil)
        case .error: #expect(response.status == 500 && response.headers["x-should-retry"] == nil)
        case .finalError: #expect(response.status == 500 && response.headers["x-should-retry"] == "false")
        case .unavailable: #expect(response.status == 503)
        case .overloaded: #expect(response.status == 529)
        case .expiredCursor: #expect(response.status == 400)
        case .slow: #expect(response.status == 200 && way == .late && isJSON)
        case .cut: #expect(response.status == 200 && way == .cut)
        case .badJSON: #expect(response.status == 200 && way == .atOnce && !isJSON)
        default: Issue.record("not a fault of requests")
        }
    }

    @Test func `opaque cursors are no ids and lead on all the same`() {
        var desk = Self.desk { $0.faults = [.opaqueCursors] }
        let (_, page) = Self.get(&desk, "?limit=100")
        let last = page["last_id"]?.string ?? ""
        #expect(!last.hasPrefix("activity_"))
        #expect(Self.ids(Self.get(&desk, "?limit=200&after_id=\(last)").1).count == 150)
    }
}
