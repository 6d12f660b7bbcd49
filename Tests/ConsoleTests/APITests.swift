import Codecs
import Network
import Platform
import Query
import TestKit
import Testing

struct APITests {
    @Test func `a search answers hits, total and warnings`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call(
            "/api/v1/search", #"{"query":"user.email: user1*","from":"now-24h","limit":3}"#)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        let json = try answer.json()
        #expect(json["total"] == 40)
        #expect(json["partial"] == false)
        #expect(json["warnings"] == [])
        let hits = try #require(json["hits"]?.array)
        #expect(hits.compactMap { $0["id"]?.string } == ["evt_1", "evt_4", "evt_7"])
        #expect(hits[0]["stream"] == "claude_code.events")
        #expect(hits[0]["time"] == "2026-10-08T08:09:18.137Z")
        #expect(hits[0]["document"] == (try JSONValue(parsing: SampleConsole.events()[1].hit.document)))
        let next = try #require(json["next"]?.string)
        let more = try await sample.call(
            "/api/v1/search", #"{"query":"user.email: user1*","from":"now-24h","limit":3,"behind":"\#(next)"}"#)
        #expect(try more.json()["hits"]?[0]?["id"] == "evt_10")
    }

    @Test func `an empty body asks for the newest of all time`() async throws {
        let sample = try SampleConsole()
        let json = try await sample.call("/api/v1/search", "").json()
        #expect(json["total"] == 120)
        #expect(json["hits"]?.array?.count == 100)
        let oldest = try await sample.call("/api/v1/search", #"{"order":"oldest","limit":1}"#).json()
        #expect(oldest["hits"]?[0]?["id"] == "evt_119")
    }

    static let limits: [Int] = [0, 1, 100, 1_000, 1_001, 2_400, 5_000]

    @Test(arguments: limits)
    func `lines are the documents as stored`(limit: Int) async throws {
        let events = (0..<2_500).map { SampleConsole.event($0, minutesAgo: Int64($0)) }
        let sample = try SampleConsole(events)
        let answer = try await sample.call(
            "/api/v1/search", #"{"limit":\#(limit)}"#, [("accept", "application/x-ndjson")])
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/x-ndjson")
        #expect(answer.headers["docket-total"] == "2500")
        let expected: [UInt8] = events.prefix(limit).flatMap { (event) -> [UInt8] in event.hit.document + [10] }
        #expect(answer.body == expected)
    }

    @Test func `a histogram has the engine's numbers`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call(
            "/api/v1/histogram", #"{"from":"2026-10-08T00:00:00Z","to":"2026-10-08T09:00:00Z","buckets":9}"#)
        let json = try answer.json()
        let (from, to) = (Timestamp.sample - .milliseconds(29_718_137), Timestamp.sample + .milliseconds(2_681_863))
        let request = SearchRequest(tenant: "default", from: from, to: to)
        let histogram = try sample.engine.histogram(request, buckets: 9)
        #expect(json["bucket_milliseconds"] == 3_600_000)
        #expect(
            json["buckets"]?.array?.compactMap { $0["count"]?.integer } == histogram.buckets.map { Int64($0.count) })
        #expect(json["buckets"]?.array?.count == 9)
        #expect(json["buckets"]?[0]?["start"] == "2026-10-08T00:00:00.000Z")
        #expect(json["total"]?.integer == histogram.buckets.reduce(0) { $0 + Int64($1.count) })
    }

    @Test func `one event by its id`() async throws {
        let sample = try SampleConsole()
        let headers = [("authorization", "Bearer \(SampleConsole.token)")]
        let answer = try await sample.send(.get, "/api/v1/events/evt_7", headers)
        #expect(answer.body == SampleConsole.events()[7].hit.document + [10])
        let none = try await sample.send(.get, "/api/v1/events/evt_1000", headers)
        #expect(none.status == 404)
        #expect(try none.json()["error"]?["type"] == "not-found")
    }

    @Test func `a query that cannot be read has line, column and hint`() async throws {
        let sample = try SampleConsole()
        for accept in ["application/json", "application/x-ndjson"] {
            let answer = try await sample.call(
                "/api/v1/search", #"{"query":"event.action: a and\n (b or","limit":2000}"#, [("accept", accept)])
            #expect(answer.status == 400)
            let flaw = try #require(#expect(throws: QueryError.self) { try KQL.parse("event.action: a and\n (b or") })
            let error = try #require(try answer.json()["error"])
            #expect(error["type"] == "parsing_exception")
            #expect(error["message"]?.string == flaw.message)
            #expect(error["line"] == 2)
            #expect(error["column"]?.integer == Int64(flaw.column))
            #expect(error["hint"]?.string == flaw.hint)
        }
    }

    static let badBodies: [(String, String)] = [
        ("{", "The body is not JSON"), ("[]", "must be a JSON object"), (#"{"querry":"a"}"#, "`querry` is not known"),
        (#"{"query":1}"#, "`query` must be a string"), (#"{"limit":-1}"#, "`limit` must be a whole number"),
        (#"{"limit":10001}"#, "from 0 to 10000"), (#"{"limit":1.5}"#, "`limit`"), (#"{"from":"never"}"#, "`from`"),
        (#"{"to":7}"#, "`to` must be a string"), (#"{"order":"up"}"#, "`order`"), (#"{"behind":"x"}"#, "`behind`"),
        (#"{"from":"now","to":"now-1h"}"#, "`to` is not behind `from`"), (#"{"buckets":0}"#, "`buckets`"),
        ("{\"query\":\"\u{FFFD}\u{0}\"}", "The body is not JSON"),
    ]

    @Test(arguments: badBodies)
    func `a body that is not understood is told why`(body: String, words: String) async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call("/api/v1/search", body)
        #expect(answer.status == 400)
        let error = try answer.json()["error"]
        #expect(error?["type"] == "bad-request")
        #expect(error?["message"]?.string?.contains(words) == true, "\(answer.text)")
    }

    @Test func `the engine's troubles have their status`() async throws {
        let sample = try SampleConsole()
        let cases: [(SearchError, Int, String)] = [
            (.busy, 429, "busy"), (.timeLimit, 504, "time-limit"),
            (.failed("The store is closed."), 503, "unavailable"),
            (.cancelled, 503, "cancelled"),
        ]
        for (error, status, type) in cases {
            sample.engine.failure.withLock { $0 = error }
            for path in ["/api/v1/search", "/api/v1/histogram"] {
                let answer = try await sample.call(path, "{}")
                #expect(answer.status == status)
                #expect(try answer.json()["error"]?["type"]?.string == type)
            }
        }
    }

    static let credentials: [(String, Int)] = [
        ("Bearer \(SampleConsole.token)", 200), ("bearer \(SampleConsole.token)", 200),
        // anybody:token-of-default-0123456789, :token-of-default-0123456789
        ("Basic YW55Ym9keTp0b2tlbi1vZi1kZWZhdWx0LTAxMjM0NTY3ODk=", 200),
        ("Basic OnRva2VuLW9mLWRlZmF1bHQtMDEyMzQ1Njc4OQ==", 200),
        ("Basic OnRva2VuLW9mLWRlZmF1bHQtMDEyMzQ1Njc4OQ", 200), ("Bearer wrong", 401), ("Bearer", 401), ("", 401),
        ("Basic !!!", 401), ("Basic YQ==", 401), ("Digest \(SampleConsole.token)", 401), (SampleConsole.token, 401),
    ]

    @Test(arguments: credentials)
    func `a token opens the API as Bearer or Basic`(field: String, status: Int) async throws {
        let sample = try SampleConsole()
        let answer = try await sample.send(.post, "/api/v1/search", [("authorization", field)], body: "{}")
        #expect(answer.status == status)
        guard status == 401 else { return }
        #expect(answer.headers["www-authenticate"] == "Bearer realm=\"docket\"")
        #expect(try answer.json()["error"]?["type"] == "unauthenticated")
    }

    @Test func `nobody without a credential reaches the engine`() async throws {
        let sample = try SampleConsole()
        for path in ["/api/v1/search", "/api/v1/histogram", "/api/v1/query", "/api/v1/fields"] {
            #expect(try await sample.send(.post, path, body: "{}").status == 401)
        }
        #expect(try await sample.send(.get, "/api/v1/events/evt_7").status == 401)
        #expect(sample.engine.requests.withLock { $0.isEmpty })
    }

    @Test func `a page's session opens the API from that page`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let answer = try await sample.send(
            .post, "/api/v1/search", [session, ("sec-fetch-site", "same-origin")], body: "{}")
        #expect(answer.status == 200)
        #expect(try await sample.send(.get, "/api/v1/events/evt_7", [session]).status == 200)
    }

    @Test func `when all workers are busy the answer is to come again`() async throws {
        let sample = try SampleConsole(threads: 1, queue: 1)
        sample.engine.isOpen.update { $0 = false }
        let session = try await sample.signIn()
        let first = Task { [sample = Wrapped(sample)] in try await sample.value.call("/api/v1/search", "{}").status }
        #expect(await eventually { sample.engine.running.value == 1 })
        let second = Task { [sample = Wrapped(sample)] in try await sample.value.call("/api/v1/search", "{}").status }
        #expect(await eventually { sample.metrics.exposition().contains("docket_console_requests_total 3") })
        let answer = try await sample.call("/api/v1/search", "{}")
        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"] == "1")
        #expect(try answer.json()["error"]?["type"] == "busy")
        let page = try await sample.send(.get, "/search", [session])
        #expect(page.status == 429)
        #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
        // Pages that ask nothing go on, and so do the operator's.
        #expect(try await sample.send(.get, "/sign-in").status == 200)
        #expect(try await sample.send(.get, "/healthz").status == 200)
        sample.engine.isOpen.update { $0 = true }
        #expect(try await first.value == 200)
        #expect(try await second.value == 200)
    }

    @Test func `a failure in the middle of an export cannot be taken for its end`() async throws {
        let sample = try SampleConsole((0..<2_500).map { SampleConsole.event($0, minutesAgo: Int64($0)) })
        sample.engine.failsFrom.withLock { $0 = 2 }
        await #expect(throws: HTTPClientError.self) {
            try await sample.call("/api/v1/search", #"{"limit":2500}"#, [("accept", "application/x-ndjson")])
        }
        #expect(sample.engine.requests.withLock { $0.count } == 3)
    }

    @Test func `what is missing or doubtful is said`() async throws {
        let sample = try SampleConsole()
        sample.engine.isPartial.withLock { $0 = true }
        let body = #"{"query":"event.acton: tool_result or user.email: *"}"#
        let json = try await sample.call("/api/v1/search", body).json()
        #expect(json["partial"] == true)
        let warning = try #require(json["warnings"]?[0])
        #expect(warning["message"]?.string?.contains("event.acton") == true)
        let words = (warning["message"]?.string ?? "") + (warning["hint"]?.string ?? "")
        #expect(words.contains("event.action"))
        #expect(warning["line"] == 1)
        #expect(warning["column"] == 1)
        let lines = try await sample.call("/api/v1/search", body, [("accept", "application/x-ndjson")])
        #expect(lines.headers["docket-partial"] == "true")
        let path = "/search?q=event.acton%3A%20tool_result%20or%20user.email%3A%20*"
        let page = try await sample.send(.get, path, [try await sample.signIn()]).text
        #expect(page.contains("At least 120 events"))
        #expect(page.contains("aria-label=\"Warnings\"><li>"))
    }

    @Test func `a client that leaves ends its export`() async throws {
        let long = String(repeating: "x", count: 4_000)
        let events = (0..<20_000).map { SampleConsole.event($0, minutesAgo: 1, [("message", long)]) }
        let sample = try SampleConsole(events)
        let body = #"{"limit":20000}"#
        let client = try LeavingClient(sample.base)
        client.send(
            "POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(SampleConsole.token)\r\n"
                + "Accept: application/x-ndjson\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(client.waitForBytes())
        client.leave()
        #expect(
            await eventually { sample.engine.requests.withLock { $0.last?.cancellation?.isCancelled == true } })
        #expect(sample.engine.requests.withLock { $0.count } < 20)
    }
}
