import Events
import Network
import Platform
import Testing

@testable import Intake

/// Each row of the API's table of errors, with what a person sees.
struct FeedAnswerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        var headers: [String: String] = [:]
        var type = "api_error"
        var key = FeedKey.Kind.complianceAccess
        let code: Fault.Code
        let remedy: Fault.Remedy
        let words: [String]
        var testDescription: String { "\(status) \(type) \(key)" }
    }

    static let secret = "sk-ant-api01-0123456789"

    static let rows: [Row] = [
        Row(
            status: 401, type: "authentication_error", code: .credentialsRefused, remedy: .stop,
            words: ["Compliance Access Key is wrong, or was deleted", "sk-ant-admin01-", "authentication_error"]),
        Row(
            status: 401, type: "authentication_error", key: .claude, code: .credentialsRefused, remedy: .stop,
            words: ["a Claude API key (sk-ant-api03-…), which cannot read the feed"]),
        Row(
            status: 401, type: "authentication_error", key: .unknown, code: .credentialsRefused, remedy: .stop,
            words: ["key of an unknown kind"]),
        Row(
            status: 403, type: "permission_error", code: .credentialsRefused, remedy: .stop,
            words: ["read:compliance_activities", "read:org_audit", "make a new Compliance Access Key"]),
        Row(
            status: 403, type: "permission_error", key: .admin, code: .credentialsRefused, remedy: .stop,
            words: ["only if the Compliance API was on when the key was made"]),
        Row(
            status: 404, type: "not_found_error", code: .requestRefused, remedy: .stop,
            words: ["Turn the Compliance API on", "url"]),
        Row(
            status: 409, type: "conflict_error", code: .requestRefused, remedy: .stop,
            words: ["409, conflict_error"]),
        Row(
            status: 429, headers: ["retry-after": "17"], type: "rate_limit_error", code: .rateLimited,
            remedy: .again(after: .seconds(17)), words: ["share 600", "requests_per_minute"]),
        Row(
            status: 429, headers: ["anthropic-ratelimit-requests-reset": "2026-10-08T08:00:30Z"],
            type: "rate_limit_error", code: .rateLimited, remedy: .again(after: .seconds(30)), words: []),
        Row(status: 429, type: "rate_limit_error", code: .rateLimited, remedy: .again(), words: []),
        Row(
            status: 429, headers: ["retry-after": "999999999"], type: "rate_limit_error", code: .rateLimited,
            remedy: .again(after: .hours(1)), words: []),
        Row(
            status: 500, headers: ["x-should-retry": "false"], code: .unreachable, remedy: .aside,
            words: ["smaller pages", "next interval"]),
        Row(status: 500, code: .unreachable, remedy: .again(), words: ["failed (500, api_error)"]),
        Row(
            status: 500, headers: ["anthropic-ratelimit-requests-reset": "2026-10-08T08:00:30Z"], code: .unreachable,
            remedy: .again(), words: []),
        Row(status: 502, type: "made_up", code: .unreachable, remedy: .again(), words: ["failed (502)"]),
        Row(
            status: 503, headers: ["retry-after": "3"], type: "overloaded_error", code: .unreachable,
            remedy: .again(after: .seconds(3)), words: ["503, overloaded_error"]),
        Row(status: 504, type: "timeout_error", code: .unreachable, remedy: .again(), words: ["504"]),
        Row(
            status: 529, type: "overloaded_error", code: .unreachable, remedy: .again(),
            words: ["is overloaded (529, overloaded_error)"]),
        Row(status: 302, code: .requestRefused, remedy: .stop, words: ["redirect (302)", "url"]),
        Row(status: 200, code: .answerNotUnderstood, remedy: .again(), words: ["no page of activities"]),
    ]

    @Test(arguments: rows)
    func `each answer has one meaning, in words that help and quote nothing`(row: Row) throws {
        let body = #"{"error":{"type":"\#(row.type)","message":"zebra \#(Self.secret)"}}"#
        var response = HTTPResponse(row.status, body: Array(body.utf8))
        for (name, value) in row.headers { response.headers.set(name, value) }
        guard case .fault(let fault, _) = FeedAnswer.read(response, key: row.key, at: FeedWorld.start) else {
            Issue.record("no fault")
            return
        }
        #expect(fault.code == row.code)
        #expect(fault.remedy == row.remedy)
        for words in row.words { #expect(fault.detail.contains(words), "\(fault.detail)") }
        #expect(!fault.detail.contains(Self.secret) && !fault.detail.contains("zebra"))
    }

    @Test func `a refused request is a matter of the cursor first`() {
        guard case .invalid = FeedAnswer.read(HTTPResponse(400), key: .admin, at: FeedWorld.start) else {
            Issue.record("not invalid")
            return
        }
    }

    static let transfers: [HTTPClientError] = [
        HTTPClientError(.timeout, "host"), HTTPClientError(.connect, "host"), HTTPClientError(.tls, "host"),
        HTTPClientError(.resolve, "host"), HTTPClientError(.other, "host"), HTTPClientError(.tooLarge, "host"),
    ]

    @Test(arguments: transfers)
    func `a failed transfer is tried again`(error: HTTPClientError) {
        guard case .fault(let fault, let smaller) = FeedAnswer.read(error) else { return }
        #expect(fault.remedy == .again())
        #expect(smaller == (error.kind == .tooLarge))
    }

    @Test func `pauses double up to a minute, and are never shorter than the server asks`() {
        var pace = FeedPace(requestsPerMinute: 300)
        let full = (0..<8).map { _ in pace.failed(wish: nil, chance: 1).nanoseconds / 1_000_000_000 }
        #expect(full == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(pace.failed(wish: .seconds(120), chance: 0) == .seconds(120))
        pace.succeeded()
        #expect(pace.failed(wish: nil, chance: 0) == .milliseconds(500))
    }

    @Test func `the budget lets ten go at once and then holds the pace`() {
        var pace = FeedPace(requestsPerMinute: 300)
        var now = FeedWorld.start
        var waits: [Timestamp.Span] = []
        for _ in 0..<12 { waits.append(pace.take(at: now)) }
        #expect(waits.prefix(10).allSatisfy { $0 == .seconds(0) })
        #expect(waits[10] == .milliseconds(200) && waits[11] == .milliseconds(400))
        var taken = 0
        while now < FeedWorld.start + .minutes(10) {
            now = now + pace.take(at: now)
            taken += 1
        }
        #expect(taken <= 3_010)
    }

    @Test func `a key tells its kind and not itself`() {
        #expect(FeedKey("sk-ant-admin01-abc\n").kind == .admin)
        #expect(FeedKey(" sk-ant-api01-abc ").reveal() == "sk-ant-api01-abc")
        #expect("\(FeedKey(Self.secret))" == "Compliance Access Key")
        #expect(String(reflecting: FeedKey(Self.secret)) == "Compliance Access Key")
        #expect(FeedKey("   ").isEmpty)
    }

    @Test func `values outside their ranges are told by key`() {
        var configuration = FeedConfiguration(key: FeedKey("sk-ant-api01-x"))
        #expect(configuration.problems.isEmpty)
        configuration.batchSize = 5_001
        configuration.url = "ftp://example.com"
        configuration.interval = .seconds(1)
        configuration.key = FeedKey("")
        #expect(Set(configuration.problems.map(\.key)) == ["batch_size", "url", "interval", "key_file"])
    }
}
