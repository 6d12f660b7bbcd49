import Console
import Network
import Platform
import TestKit
import Testing

struct OperationsTests {
    @Test func `a process that answers is alive`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.send(.get, "/healthz")
        #expect(answer.status == 200)
        #expect(answer.text == "alive\n")
    }

    @Test func `readiness is what the server says`() async throws {
        let sample = try SampleConsole()
        #expect(try await sample.send(.get, "/readyz").status == 200)
        sample.readiness.withLock { $0 = .notReady("the journal recovers") }
        let answer = try await sample.send(.get, "/readyz")
        #expect(answer.status == 503)
        #expect(answer.text == "not ready: the journal recovers\nanthropic-feed: resting\n")
    }

    @Test(arguments: [
        ("localhost", nil, true), ("docket.example.com", nil, false), ("docket.example.com", SampleConsole.token, true),
        ("docket.example.com", "wrong", false),
    ])
    func `how sources are doing is told to whoever may read the metrics`(
        host: String, token: String?, isTold: Bool
    ) async throws {
        let sample = try SampleConsole()
        let headers = [("host", host)] + (token.map { [("authorization", "Bearer \($0)")] } ?? [])
        let answer = try await sample.send(.get, "/readyz", headers)
        #expect(answer.status == 200 && answer.text == (isTold ? "ready\nanthropic-feed: resting\n" : "ready\n"))
    }

    @Test func `metrics are text, and counted`() async throws {
        let sample = try SampleConsole()
        _ = try await sample.call("/api/v1/search", "{}")
        let answer = try await sample.send(.get, "/metrics")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text.contains("docket_console_searches_total 1\n"))
    }

    static let hosts: [(String, Int)] = [
        ("localhost", 200), ("LOCALHOST:8600", 200), ("127.0.0.1:8600", 200), ("[::1]:8600", 200),
        ("docket.example.com", 401), ("127.0.0.1.example.com", 401), ("localhost.example.com", 401),
    ]

    @Test(arguments: hosts)
    func `metrics are open only under a name of this machine`(host: String, status: Int) async throws {
        let sample = try SampleConsole()
        #expect(try await sample.send(.get, "/metrics", [("host", host)]).status == status)
        let withToken = try await sample.send(
            .get, "/metrics", [("host", host), ("authorization", "Bearer \(SampleConsole.token)")])
        #expect(withToken.status == 200)
    }

    @Test func `in front of another listener they answer before its gate`() throws {
        let pages = OperationsPages(
            readiness: { .ready }, metrics: { "m 1\n" }, admit: { SampleConsole.admit($0, $1) })
        let intake = Listener(
            "0.0.0.0", port: 0, gate: { _ in HTTPResponse(401, text: "no") },
            handler: { _, responder in responder.send(HTTPResponse(200, text: "intake")) })
        let server = try HTTPServer(
            listeners: [pages.before(intake)], loops: 1, log: Log("test", least: .error, write: { _ in }))
        server.start()
        defer { server.stop(grace: .milliseconds(0)) }
        let client = HTTPClient(proxy: .none)
        func status(_ path: String, _ headers: HTTPHeaders = [:]) throws -> Int {
            let url = "http://127.0.0.1:\(server.addresses[0].port)\(path)"
            return try client.sendBlocking(HTTPClientRequest(.get, url, headers: headers)).status
        }
        #expect(try status("/healthz") == 200)
        #expect(try status("/readyz") == 200)
        #expect(try status("/v1/logs") == 401)
        #expect(try status("/metricsx") == 401)
        // This listener is open to other machines.
        #expect(try status("/metrics") == 401)
        #expect(try status("/metrics", ["authorization": "Bearer \(SampleConsole.token)"]) == 200)
        for _ in 0..<10 { #expect(try status("/metrics", ["authorization": "Bearer wrong"]) == 401) }
        #expect(try status("/metrics", ["authorization": "Bearer \(SampleConsole.token)"]) == 429)
    }
}

struct WorkerPoolTests {
    @Test func `work is done in order, and what waits is done before the end`() {
        let pool = WorkerPool("test", threads: 1, queue: 100)
        let done = Locked<[Int]>([])
        for number in 0..<100 { while !pool.submit({ done.withLock { $0.append(number) } }) {} }
        pool.stop()
        #expect(done.withLock { $0 } == Array(0..<100))
        #expect(!pool.submit {})
    }

    @Test func `a thread begins when there is work for it`() {
        let pool = WorkerPool("test", threads: 3, queue: 1)
        #expect(pool.begun == 0)
        let door = Waitable(false)
        for number in 1...3 {
            // At once, for what a thread takes does not wait.
            #expect(pool.submit { _ = door.wait { $0 ? true : nil } })
            #expect(pool.begun == number)
        }
        door.update { $0 = true }
        pool.stop()
    }

    @Test func `a full queue refuses`() {
        let pool = WorkerPool("test", threads: 2, queue: 3)
        let door = Waitable(false)
        let running = Gauge()
        let work: @Sendable () -> Void = {
            running.add(1)
            _ = door.wait { $0 ? true : nil }
        }
        for expected in 1...2 {
            #expect(pool.submit(work))
            #expect(eventually { running.value == expected })
        }
        for _ in 0..<3 { #expect(pool.submit(work)) }
        #expect(!pool.submit(work))
        #expect(pool.waiting == 3)
        door.update { $0 = true }
        pool.stop()
        #expect(running.value == 5)
    }

    @Test func `a cancellation calls each once`() {
        let cancellation = Cancellation()
        let calls = Counter()
        cancellation.whenCancelled { calls.add() }
        #expect(!cancellation.isCancelled)
        cancellation.cancel()
        cancellation.cancel()
        #expect(cancellation.isCancelled)
        cancellation.whenCancelled { calls.add() }
        #expect(calls.value == 2)
    }
}
