import Events
import Network
import Platform
import Testing

@testable import Intake

/// Each kind of answer of the APIs of reports, with what a person sees.
struct AnalyticsAnswerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        var headers: [String: String] = [:]
        var type = "api_error"
        var api = AnalyticsConfiguration.API.enterprise
        var key = FeedKey.Kind.complianceAccess
        let code: Fault.Code
        let remedy: Fault.Remedy
        var reach = AnalyticsAnswer.Reach.source
        let words: [String]
        var testDescription: String { "\(status) \(type) \(api) \(key)" }
    }

    static let secret = "sk-ant-api01-0123456789"

    static let rows: [Row] = [
        Row(
            status: 401, type: "authentication_error", code: .credentialsRefused, remedy: .stop,
            words: ["wrong, was deleted, or is of another kind", "read:analytics", "Organization settings > API"]),
        Row(
            status: 401, type: "authentication_error", key: .admin, code: .credentialsRefused, remedy: .stop,
            words: ["an Admin API key", "say `api: console`"]),
        Row(
            status: 401, type: "authentication_error", key: .claude, code: .credentialsRefused, remedy: .stop,
            words: ["Claude API key (sk-ant-api03-…)"]),
        Row(
            status: 401, type: "authentication_error", api: .console, code: .credentialsRefused, remedy: .stop,
            words: ["a key of claude.ai", "say `api: enterprise`", "sk-ant-admin01-"]),
        Row(
            status: 401, type: "authentication_error", api: .console, key: .admin, code: .credentialsRefused,
            remedy: .stop, words: ["Admin API key (sk-ant-admin01-…)", "Settings > Admin keys"]),
        Row(
            status: 403, type: "permission_error", code: .credentialsRefused, remedy: .stop, reach: .report,
            words: ["`usage`", "read:analytics", "Enterprise plan", "Leave it out of `reports`"]),
        Row(
            status: 403, type: "permission_error", api: .console, code: .credentialsRefused, remedy: .stop,
            reach: .report, words: ["Admin API key", "Claude Platform on AWS"]),
        Row(
            status: 404, type: "not_found_error", code: .requestRefused, remedy: .stop, reach: .report,
            words: ["`usage` is not there", "`url`", "api: enterprise"]),
        Row(
            status: 409, type: "conflict_error", code: .requestRefused, remedy: .stop, reach: .report,
            words: ["409, conflict_error"]),
        Row(
            status: 429, headers: ["retry-after": "17"], type: "rate_limit_error", code: .rateLimited,
            remedy: .again(after: .seconds(17)), words: ["share 60", "requests_per_minute"]),
        Row(
            status: 500, headers: ["x-should-retry": "false"], code: .unreachable, remedy: .aside, reach: .report,
            words: ["next interval"]),
        Row(status: 500, code: .unreachable, remedy: .again(), words: ["failed (500, api_error)"]),
        Row(
            status: 503, headers: ["retry-after": "3"], type: "overloaded_error", code: .unreachable,
            remedy: .again(after: .seconds(3)), words: ["503, overloaded_error"]),
        Row(status: 504, type: "made_up", code: .unreachable, remedy: .again(), words: ["failed (504)"]),
        Row(status: 529, type: "overloaded_error", code: .unreachable, remedy: .again(), words: ["is overloaded (529"]),
        Row(status: 302, code: .requestRefused, remedy: .stop, words: ["redirect (302)", "url"]),
        Row(
            status: 200, code: .answerNotUnderstood, remedy: .again(), reach: .report,
            words: ["no page of the report `usage`"]),
    ]

    @Test(arguments: rows)
    func `each answer has one meaning, in words that help and quote nothing`(row: Row) throws {
        let body = #"{"error":{"type":"\#(row.type)","message":"zebra \#(Self.secret)"}}"#
        var response = HTTPResponse(row.status, body: Array(body.utf8))
        for (name, value) in row.headers { response.headers.set(name, value) }
        let answer = AnalyticsAnswer.read(response, of: .usage, row.api, key: row.key, at: FeedWorld.start)
        guard case .fault(let fault, let reach, let smaller) = answer else {
            Issue.record("no fault")
            return
        }
        #expect(fault.code == row.code && fault.remedy == row.remedy && reach == row.reach)
        #expect(smaller == (fault.remedy == .aside))
        for words in row.words { #expect(fault.detail.contains(words), "\(fault.detail)") }
        #expect(!fault.detail.contains(Self.secret) && !fault.detail.contains("zebra"))
    }

    @Test func `a refused request and an expired cursor are matters of the question`() {
        func read(_ status: Int) -> AnalyticsAnswer {
            AnalyticsAnswer.read(HTTPResponse(status), of: .users, .enterprise, key: .unknown, at: FeedWorld.start)
        }
        if case .invalid = read(400) {} else { Issue.record("400") }
        if case .expired = read(410) {} else { Issue.record("410") }
    }

    static let transfers: [HTTPClientError] = [
        HTTPClientError(.timeout, "host"), HTTPClientError(.connect, "host"), HTTPClientError(.tooLarge, "host"),
    ]

    @Test(arguments: transfers)
    func `a failed transfer is tried again`(error: HTTPClientError) {
        guard case .fault(let fault, _, let smaller) = AnalyticsAnswer.read(error) else { return }
        #expect(fault.remedy == .again())
        #expect(smaller == (error.kind == .tooLarge))
    }
}
