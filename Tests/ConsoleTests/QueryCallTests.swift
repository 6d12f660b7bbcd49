import Codecs
import Console
import Network
import Platform
import Query
import TestKit
import Testing

struct QueryCallTests {
    static let path = "/api/v1/query"

    /// A body with a query in it, which may hold quotes.
    static func body(_ query: String, _ more: [(String, JSONValue)] = []) -> String {
        JSONValue.object([.init("query", .string(query))] + more.map { .init($0.0, $0.1) }).text
    }

    @Test func `a query gives columns and rows`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call(
            Self.path,
            Self.body("FROM events | STATS n = COUNT(*) BY user.email | SORT user.email", [("from", "now-24h")]))
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        let json = try answer.json()
        #expect(
            json["columns"] == [["name": "n", "type": "long"], ["name": "user.email", "type": "keyword"]])
        #expect(
            json["values"] == [[40, "user0@example.com"], [40, "user1@example.com"], [40, "user2@example.com"]])
        #expect(json["is_partial"] == false)
        #expect(json["is_cut"] == false)
        #expect(json["warnings"] == [])
        #expect(json["took"]?.integer != nil)
    }

    @Test func `values are written each in their own way`() async throws {
        let sample = try SampleConsole()
        let row = """
            ROW i = 7, d = 1.5, t = true, s = "a\\"b", n = null, m = ["x", "y"], u = 18446744073709551615::unsigned_long,
                at = "2026-10-08T08:15:18.137Z"::datetime, ip = "192.0.2.7"::ip, v = "1.2.3"::version,
                p = "POINT (1.5 2.0)"::geo_point
            """
        let text = try await sample.call(Self.path, Self.body(row)).text
        #expect(
            text.contains(
                #"[7,1.5,true,"a\"b",null,["x","y"],18446744073709551615,"2026-10-08T08:15:18.137Z","192.0.2.7","#
                    + #""1.2.3","POINT (1.5 2.0)"]"#), "\(text)")
        let lines = try await sample.call(Self.path, Self.body(row, [("format", "ndjson")]))
        #expect(lines.headers["content-type"] == "application/x-ndjson")
        let pieces = lines.text.split(separator: "\n")
        #expect(pieces.count == 2)
        // Nulls are left out.
        #expect(
            pieces[0].hasPrefix(#"{"i":7,"d":1.5,"t":true,"s":"a\"b","m":["x","y"],"u":18446744073709551615,"at":"#))
        let last = try JSONValue(parsing: String(pieces[1]))["docket"]
        #expect(last?["is_cut"] == false)
        #expect(last?["columns"]?.array?.count == 11)
        let csv = try await sample.call(Self.path, Self.body(row, [("format", "csv")]))
        #expect(csv.headers["content-type"]?.hasPrefix("text/csv") == true)
        #expect(
            csv.text == "i,d,t,s,n,m,u,at,ip,v,p\r\n"
                + "7,1.5,true,\"a\"\"b\",,\"x, y\",18446744073709551615,2026-10-08T08:15:18.137Z,192.0.2.7,1.2.3,"
                + "POINT (1.5 2.0)\r\n")
    }

    @Test func `who asks for lines by Accept gets rows alone`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call(
            Self.path, Self.body("ROW a = 1"), [("accept", "application/x-ndjson")])
        #expect(answer.text == "{\"a\":1}\n")
        #expect(try await sample.call(Self.path, Self.body("ROW a = 1"), [("accept", "text/csv")]).text == "a\r\n1\r\n")
    }

    @Test func `a cell is no formula`() async throws {
        let sample = try SampleConsole()
        let query = "ROW a = \"=1+1\", b = \"@x\", c = -5, d = \"-5\", e = \"+\u{301}\""
        let answer = try await sample.call(Self.path, Self.body(query, [("format", "csv")]))
        #expect(answer.text == "a,b,c,d,e\r\n'=1+1,'@x,-5,-5,'+\u{301}\r\n")
    }

    @Test func `rows above the limit are cut, and that is said`() async throws {
        let sample = try SampleConsole()
        for (format, isSaid) in [("json", true), ("ndjson", true), ("csv", false)] {
            let answer = try await sample.call(
                Self.path, Self.body("FROM events | KEEP user.email", [("limit", 7), ("format", .string(format))]))
            #expect(answer.headers["docket-cut"] == "true")
            #expect(answer.text.contains("\"is_cut\":true") == isSaid)
        }
        let json = try await sample.call(Self.path, Self.body("FROM events | KEEP user.email", [("limit", 7)])).json()
        #expect(json["values"]?.array?.count == 7)
        let whole = try await sample.call(Self.path, Self.body("FROM events | LIMIT 3", [("drop_null_columns", true)]))
        #expect(try whole.json()["is_cut"] == false)
        #expect(whole.headers["docket-cut"] == nil)
        #expect(
            try whole.json()["columns"]?.array?.compactMap { $0["name"]?.string } == [
                "@timestamp", "event.action", "event.outcome", "gen_ai.tool.name", "user.email",
            ])
    }

    @Test(arguments: AnswerFormat.allCases)
    func `a large table is sent in pieces and arrives whole`(format: AnswerFormat) async throws {
        let long = String(repeating: "x", count: 1_000)
        let events = (0..<2_000).map { SampleConsole.event($0, minutesAgo: 1, [("message", "\($0) \(long)")]) }
        let sample = try SampleConsole(events)
        let query = Self.body("FROM events | KEEP message | LIMIT 10000", [("format", .string(format.rawValue))])
        let answer = try await sample.call(Self.path, query)
        #expect(answer.body.count > 2_000_000)
        // Its length is not known before it is made.
        #expect(answer.headers["content-length"] == nil)
        switch format {
        case .json: #expect(try answer.json()["values"]?.array?.count == 2_000)
        case .ndjson:
            let lines = answer.text.split(separator: "\n")
            #expect(lines.count == 2_001)
            #expect(lines.last?.hasPrefix("{\"docket\":") == true)
        case .csv: #expect(answer.text.split(separator: "\r\n").count == 2_001)
        }
    }

    @Test func `a query that is wrong is told where and of which kind`() async throws {
        let sample = try SampleConsole()
        let parsing = try await sample.call(Self.path, Self.body("FROM events\n| WHERE (a ==")).json()["error"]
        #expect(parsing?["type"] == "parsing_exception")
        #expect(parsing?["line"] == 2)
        let unknown = try await sample.call(Self.path, Self.body("FROM events | KEEP user.emial"))
        #expect(unknown.status == 400)
        let error = try unknown.json()["error"]
        #expect(error?["type"] == "verification_exception")
        #expect(error?["message"]?.string?.contains("user.email") == true)
        #expect(error?["column"] == 20)
        let filter = try await sample.call(Self.path, Self.body("FROM events", [("filter", "a and")])).json()["error"]
        #expect(filter?["type"] == "parsing_exception")
        #expect(filter?["message"]?.string?.hasPrefix("In `filter`: ") == true)
    }

    @Test func `a filter in KQL holds for all events that are looked at`() async throws {
        let sample = try SampleConsole()
        let json = try await sample.call(
            Self.path,
            Self.body("FROM events | STATS n = COUNT(*)", [("filter", "user.email: user1@*"), ("from", "now-1h")])
        ).json()
        #expect(json["values"] == [[4]])
    }

    @Test func `what is asked reaches the engine as it was asked`() async throws {
        let sample = try SampleConsole()
        _ = try await sample.call(
            Self.path, Self.body("ROW a = 1", [("from", "2026-10-08"), ("to", "now"), ("timeout", "500ms")]))
        let request = try #require(sample.engine.tables.withLock { $0.first })
        #expect(request.tenant == "default")
        #expect(request.text == "ROW a = 1")
        #expect(request.from.map { RFC3339.text($0) } == "2026-10-08T00:00:00.000Z")
        #expect(request.to == .sample)
        #expect(request.limits.time == .milliseconds(500))
        // No wish reaches beyond what the server allows.
        _ = try await sample.call(Self.path, Self.body("ROW a = 1", [("timeout", "9d")]))
        #expect(sample.engine.tables.withLock { $0.last?.limits.time } == SampleConsole.time)
    }

    /// A list in any shape that clients of Elasticsearch send.
    private static func params(_ json: String) throws -> [(String, JSONValue)] {
        [("params", try JSONValue(parsing: json))]
    }

    @Test(arguments: [
        ("FROM events | WHERE user.email == ? | STATS n = COUNT(*)", #"["user1@example.com"]"#, "[[40]]"),
        (
            "FROM events | WHERE user.email IN (?2, ?1) | STATS n = COUNT(*)",
            #"["user1@example.com", "user2@example.com"]"#, "[[80]]"
        ),
        (
            "FROM events | WHERE ??f == ?v | STATS n = COUNT(*)", #"[{"f": "user.email"}, {"v": "user1@example.com"}]"#,
            "[[40]]"
        ),
        ("FROM events | STATS n = ??f(*)", #"[{"f": "count"}, {"unused": 1}]"#, "[[120]]"),
        ("ROW a = ?a, b = ?b, c = ?c", #"[{"a": [1, 2]}, {"b": 1.5}, {"c": null}]"#, "[[[1,2],1.5,null]]"),
        ("ROW a = ?a", #"[{"a": "\" | LIMIT 0 //"}]"#, #"[["\" | LIMIT 0 //"]]"#),
    ])
    func `what its parameters stand for is beside a query`(query: String, params: String, values: String) async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call(Self.path, Self.body(query, Self.params(params)))
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json()["values"]?.text == values)
        #expect(sample.engine.tables.withLock { $0.first?.text } == query)
    }

    @Test func `a parameter that is missing is told with its place`() async throws {
        let sample = try SampleConsole()
        let missing = try await sample.call(
            Self.path, Self.body("FROM events\n| WHERE a == ?no", Self.params(#"[{"n": 1}]"#)))
        #expect(missing.status == 400)
        let error = try missing.json()["error"]
        #expect(error?["type"] == "parsing_exception")
        #expect(error?["message"] == "Unknown query parameter [no], did you mean [n]?")
        #expect(error?["line"] == 2)
        #expect(error?["column"] == 14)
        // What the query asks for is looked at with its parameters.
        let unknown = try await sample.call(
            Self.path, Self.body("FROM events | KEEP ??f", Self.params(#"[{"f": "user.emial"}]"#)))
        let kind = try unknown.json()["error"]
        #expect(kind?["type"] == "verification_exception")
        #expect(kind?["message"]?.string?.contains("user.email") == true)
        #expect(kind?["column"] == 20)
    }

    @Test func `each tenant sees its own events only`() async throws {
        let sample = try SampleConsole()
        let other = [("authorization", "Bearer \(SampleConsole.otherToken)")]
        let query = Self.body("FROM events | STATS n = COUNT(*)")
        #expect(try await sample.send(.post, Self.path, other, body: query).json()["values"] == [[1]])
        #expect(try await sample.call(Self.path, query).json()["values"] == [[120]])
    }

    static let badBodies: [(String, String)] = [
        ("{}", "`query` is missing"), (#"{"query":"ROW a = 1","formt":"csv"}"#, "did you mean `format`?"),
        (#"{"query":"ROW a = 1","zzz":1}"#, "`zzz` is not known; known are"),
        (#"{"query":7}"#, "`query` must be a string"),
        (#"{"query":"ROW a = 1","format":"xml"}"#, "`format` must be one of \"json\", \"ndjson\", \"csv\""),
        (#"{"query":"ROW a = 1","limit":10001}"#, "from 1 to 10000"), (#"{"query":"ROW a = 1","limit":0}"#, "from 1"),
        (#"{"query":"ROW a = 1","timeout":"soon"}"#, "`timeout` must be a length of time"),
        (#"{"query":"ROW a = 1","drop_null_columns":1}"#, "must be true or false"),
        (#"{"query":"ROW a = ?","params":{"a":1}}"#, "`params` must be a list"),
        (#"{"query":"ROW a = ?","params":[1,{"a":2}]}"#, "`params`: Params cannot contain both"),
        (#"{"query":"ROW a = ?","params":[{"a-b":2}]}"#, "`params`: [a-b] is not a valid parameter name"),
        (#"{"query":"ROW a = 1","query":"ROW b = 1"}"#, "`query` stands in the body twice"),
        (#"{"query":"ROW a = 1","tenant":"other"}"#, "`tenant` is not known"),
        (String(repeating: "[", count: 100_000), "The body is not JSON"),
        (#"{"query":"#, "The body is not JSON"),
    ]

    @Test(arguments: badBodies)
    func `a body that is not understood is told why`(body: String, words: String) async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call(Self.path, body)
        #expect(answer.status == 400)
        let message = try answer.json()["error"]?["message"]?.string
        #expect(message?.contains(words) == true, "\(answer.text)")
        #expect(sample.engine.tables.withLock { $0.isEmpty })
    }

    @Test func `what is too long is said to be`() async throws {
        let sample = try SampleConsole()
        let query = "ROW a = \"" + String(repeating: "x", count: 256 << 10) + "\""
        let long = try await sample.call(Self.path, Self.body(query))
        #expect(long.status == 413)
        #expect(try long.json()["error"]?["type"] == "too-long")
        let body = String(repeating: " ", count: Console.bodyBytes) + "{}"
        let tooLong = try await sample.call(Self.path, body)
        #expect(tooLong.status == 413)
        #expect(try tooLong.json()["error"]?["type"] == "too-long")
    }

    @Test func `bytes that are no text are refused`() async throws {
        let sample = try SampleConsole()
        let client = try LeavingClient(sample.base)
        let body: [UInt8] = Array(#"{"query":""#.utf8) + [0xFF, 0xC0, 0x80] + Array(#""}"#.utf8)
        client.send(
            "POST \(Self.path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(SampleConsole.token)\r\n"
                + "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n")
        client.send(bytes: body)
        let answer = client.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("The body is not JSON"))
    }

    // MARK: Ends

    static let calls: [(String, String)] = [
        ("/api/v1/search", #"{"timeout":"1ms"}"#), ("/api/v1/query", #"{"query":"FROM events","timeout":"1ms"}"#),
        ("/api/v1/histogram", #"{"timeout":"1ms"}"#), ("/api/v1/histogram", #"{"by":"user.email","timeout":"1ms"}"#),
        ("/api/v1/fields", #"{"field":"user.email","timeout":"1ms"}"#),
    ]

    @Test(arguments: calls)
    func `an engine that finds nothing in its time is stopped`(path: String, body: String) async throws {
        let sample = try SampleConsole()
        sample.engine.isOpen.update { $0 = false }
        let answer = try await sample.call(path, body)
        #expect(answer.status == 504)
        #expect(try answer.json()["error"]?["type"] == "time-limit")
        #expect(sample.engine.running.value == 0)
    }

    @Test(arguments: calls)
    func `a client that leaves ends its question`(path: String, body: String) async throws {
        let sample = try SampleConsole()
        sample.engine.isOpen.update { $0 = false }
        let client = try LeavingClient(sample.base)
        let body = body.replacing("1ms", with: "1h")
        client.send(
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(SampleConsole.token)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(await eventually { sample.engine.running.value == 1 })
        client.leave()
        #expect(await eventually { sample.engine.running.value == 0 })
        #expect(sample.metrics.exposition().contains("docket_console_clients_gone_total 1"))
    }

    @Test func `a question whose client left while it waited is not asked`() async throws {
        let sample = try SampleConsole(threads: 1)
        sample.engine.isOpen.update { $0 = false }
        let first = Task { [sample = Wrapped(sample)] in
            try await sample.value.call(Self.path, Self.body("ROW a = 1")).status
        }
        #expect(await eventually { sample.engine.running.value == 1 })
        let client = try LeavingClient(sample.base)
        let body = Self.body("ROW b = 2")
        client.send(
            "POST \(Self.path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(SampleConsole.token)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(await eventually { sample.metrics.exposition().contains("docket_console_requests_total 2") })
        client.leave()
        #expect(await eventually { sample.metrics.exposition().contains("docket_console_clients_gone_total 1") })
        sample.engine.isOpen.update { $0 = true }
        #expect(try await first.value == 200)
        #expect(try await sample.call(Self.path, Self.body("ROW c = 3")).status == 200)
        #expect(sample.engine.tables.withLock { $0.map(\.text) } == ["ROW a = 1", "ROW c = 3"])
    }

    @Test func `more questions than there is room for are told to come again`() async throws {
        let sample = try SampleConsole(threads: 1, queue: 1)
        sample.engine.isOpen.update { $0 = false }
        let body = Self.body("ROW a = 1")
        let first = Task { [sample = Wrapped(sample)] in try await sample.value.call(Self.path, body).status }
        #expect(await eventually { sample.engine.running.value == 1 })
        let second = Task { [sample = Wrapped(sample)] in try await sample.value.call(Self.path, body).status }
        #expect(await eventually { sample.metrics.exposition().contains("docket_console_requests_total 2") })
        let answer = try await sample.call(Self.path, body)
        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"] == "1")
        #expect(try answer.json()["error"]?["type"] == "busy")
        sample.engine.isOpen.update { $0 = true }
        #expect(try await first.value == 200)
        #expect(try await second.value == 200)
    }
}
