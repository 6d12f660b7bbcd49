import Events
import Network
import Platform
import TestKit
import Testing

@testable import Intake

@Suite struct `Browsers that send telemetry` {
    private static let page = "https://office.example.com"
    private let sink = RecordSinkDouble()

    private func intake(_ origins: [String] = [page]) -> OTLPIntake {
        OTLPIntake(
            sink: sink, limits: .init(bodyBytes: 1_000, unpackedBytes: 1_000), cors: CORS(origins: origins),
            metrics: MetricList()
        ) {
            $0.secret == "right" ? Credential(id: "cred_1", tenant: .default) : nil
        }
    }

    private func preflight(_ target: String = "/v1/traces", from origin: String = page) -> HTTPRequest {
        HTTPRequest(
            .options, target,
            headers: [
                "origin": origin, "access-control-request-method": "POST",
                "access-control-request-headers": "authorization,content-type",
            ])
    }

    @Test(arguments: ["/v1/logs", "/v1/traces", "/v1/metrics", "/default/v1/traces", "/other/v1/logs"])
    func `A page of a known origin gets leave without a credential`(target: String) throws {
        let answer = try #require(intake().gate(preflight(target)))
        #expect(answer.status == 204 && answer.body.isEmpty)
        #expect(answer.headers["access-control-allow-origin"] == Self.page)
        #expect(answer.headers["access-control-allow-methods"] == "POST")
        let allowed = try #require(answer.headers["access-control-allow-headers"]).split(separator: ", ")
        for name in ["authorization", "content-type", "content-encoding", "x-api-key", "traceparent"] {
            #expect(allowed.contains(Substring(name)))
        }
        #expect(answer.headers["access-control-max-age"] == "7200")
        #expect(answer.headers.all("vary") == ["Origin"])
        #expect(!answer.headers.contains("access-control-allow-credentials"))
    }

    @Test(arguments: [
        "https://other.example.com", "http://office.example.com", "https://office.example.com:8443", "null",
        "https://office.example.com.evil.example.com", "https://OFFICE.example.com", "",
    ])
    func `A page of another origin gets none`(origin: String) throws {
        let answer = try #require(intake().gate(preflight(from: origin)))
        #expect(answer.status == 403)
        #expect(!answer.headers.contains { $0.name.hasPrefix("access-control-") })
        #expect(try #require(intake([]).gate(preflight(from: origin))).status == 403)
    }

    @Test func `A star lets every page send, and each is called by its name`() throws {
        for origin in [Self.page, "https://other.example.com", "null"] {
            let answer = try #require(intake(["*"]).gate(preflight(from: origin)))
            #expect(answer.status == 204)
            #expect(answer.headers["access-control-allow-origin"] == origin)
        }
    }

    @Test func `What is no question of a browser is answered as before`() {
        #expect(intake().gate(HTTPRequest(.options, "/v1/logs"))?.status == 405)
        #expect(intake().gate(HTTPRequest(.options, "/v1/logs", headers: ["origin": Self.page]))?.status == 405)
        #expect(intake().gate(preflight("/v1/other"))?.status == 404)
        var call = preflight("/opentelemetry.proto.collector.logs.v1.LogsService/Export")
        call.peer.version = .http2
        #expect(intake().gate(call)?.status == 404)
    }

    @Test func `Origins are known as browsers write them`() throws {
        let intake = intake(["HTTPS://Office.Example.com:443", "https://127.0.0.1:8443"])
        #expect(try #require(intake.gate(preflight())).status == 204)
        #expect(try #require(intake.gate(preflight(from: "https://127.0.0.1:8443"))).status == 204)
    }

    // MARK: Answers

    /// A server of its own, and what it answers to a page.
    private func answers(_ body: (@Sendable (HTTPHeaders, [UInt8]) throws -> HTTPResponse) throws -> Void) throws {
        let intake = intake()
        let listener = Listener(
            "127.0.0.1", port: 0, bodyBytes: 1_000, gate: { intake.gate($0) },
            bodyRefusal: { intake.refusal($0, $1) }, handler: { intake.handle($0, $1) })
        let server = try HTTPServer(listeners: [listener], loops: 1, log: Log("test", write: { _ in }))
        server.start()
        defer { server.stop(grace: .milliseconds(0)) }
        let client = HTTPClient(proxy: .none)
        let url = "http://\(server.addresses[0])/v1/logs"
        try body { headers, body in
            try client.sendBlocking(HTTPClientRequest(.post, url, headers: headers, body: body))
        }
    }

    private static let rows: [(String, HTTPHeaders, [UInt8], RecordSinkDouble.Act?, Int)] = [
        ("kept", ["authorization": "Bearer right"], Array(one.utf8), nil, 200),
        ("empty", ["authorization": "Bearer right"], Array("{}".utf8), nil, 200),
        ("no credential", [:], Array("{}".utf8), nil, 401),
        ("malformed", ["authorization": "Bearer right"], Array("[".utf8), nil, 400),
        ("too large", ["authorization": "Bearer right"], [UInt8](repeating: 0x20, count: 1_001), nil, 413),
        ("busy", ["authorization": "Bearer right"], Array(one.utf8), .refuse(busy), 503),
    ]
    private static let one = #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"}}]}]}]}"#
    private static let busy = Fault(.journalBusy, .again(after: .seconds(1)), "The journal is busy.")

    @Test func `A known page may read answers and refusals, and another may not`() throws {
        try answers { send in
            for (name, headers, body, act, status) in Self.rows {
                var headers = headers
                headers.append("content-type", "application/json")
                for origin in [Self.page, "https://other.example.com"] {
                    headers.set("origin", origin)
                    sink.script(act.map { [$0] } ?? [])
                    let answer = try send(headers, body)
                    #expect(answer.status == status, "\(name)")
                    let isKnown = origin == Self.page
                    #expect(answer.headers["access-control-allow-origin"] == (isKnown ? origin : nil), "\(name)")
                    #expect(
                        answer.headers["access-control-expose-headers"] == (isKnown ? "Retry-After" : nil), "\(name)")
                    #expect(answer.headers["vary"] == "Origin", "\(name)")
                    #expect((answer.headers["retry-after"] != nil) == (status == 503), "\(name)")
                }
                headers.remove("origin")
                sink.script(act.map { [$0] } ?? [])
                #expect(try !send(headers, body).headers.contains("vary"), "not for a browser: \(name)")
            }
        }
        #expect(sink.records.count == 3)
    }
}
