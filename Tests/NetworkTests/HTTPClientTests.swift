import Network
import Platform
import TestKit
import Testing

struct HTTPClientTests {
    private let client = HTTPClient(proxy: .none)

    private func address(_ sample: SampleServer, _ path: String) -> String { "http://127.0.0.1:\(sample.port)\(path)" }

    @Test(arguments: [HTTPMethod.get, .post, .put, .delete, .options, .other("PATCH")])
    func `a request arrives as it was given`(method: HTTPMethod) async throws {
        let sample = try SampleServer()
        let body = method == .get ? [] : Array("body of \(method.name)".utf8)
        let answer = try await client.send(HTTPClientRequest(method, address(sample, "/echo?a=b"), body: body))
        #expect(answer.status == 200)
        #expect(answer.headers["X-Method"] == method.name)
        #expect(answer.headers["x-target"] == "/echo?a=b")
        #expect(answer.body == body)
    }

    @Test func `large bodies go both ways`() async throws {
        let sample = try SampleServer()
        let body = (0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let answer = try await client.send(HTTPClientRequest(.post, address(sample, "/echo"), body: body))
        #expect(answer.body == body)
        let streamed = try await client.send(HTTPClientRequest(.get, address(sample, "/stream?count=100&size=100000")))
        #expect(streamed.body.count == 10_000_000)
    }

    @Test func `many requests run at a time over few connections`() async throws {
        let sample = try SampleServer()
        let (client, base) = (client, address(sample, "/bytes?count="))
        let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await client.send(HTTPClientRequest(.get, "\(base)\(number)")).body.count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sizes.sorted() == Array(0..<200))
    }

    @Test func `one request after another uses one connection`() throws {
        let sample = try SampleServer { $0.idleTime = .minutes(60) }
        // From a thread of its own: a task that must wait for its turn between two requests can wait longer than
        // curl keeps an idle connection.
        let (client, url) = (client, address(sample, "/echo"))
        OwnThread { for _ in 0..<20 { _ = try? client.sendBlocking(HTTPClientRequest(.get, url)) } }.wait()
        #expect(sample.server.counters.requests.value == 20)
        #expect(sample.server.counters.accepted.value == 1)
    }

    @Test func `HEAD has no body`() throws {
        let sample = try SampleServer()
        let answer = try client.sendBlocking(HTTPClientRequest(.head, address(sample, "/bytes?count=5")))
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
        #expect(answer.headers["content-length"] == "5")
    }

    @Test func `a status of refusal is an answer`() throws {
        let sample = try SampleServer()
        #expect(try client.sendBlocking(HTTPClientRequest(.get, address(sample, "/nowhere"))).status == 404)
    }

    private func kind(_ request: HTTPClientRequest) async -> HTTPClientError.Kind? {
        do throws(HTTPClientError) {
            _ = try await client.send(request)
            return nil
        } catch {
            #expect(!error.message.contains("secret"), "\(error)")
            return error.kind
        }
    }

    @Test func `each failure has its kind, and its message no secret`() async throws {
        let sample = try SampleServer()
        var large = HTTPClientRequest(.get, address(sample, "/bytes?count=2000&secret"))
        large.responseBytes = 1_999
        #expect(await kind(large) == .tooLarge)
        large.responseBytes = 2_000
        #expect(await kind(large) == nil)
        var slow = HTTPClientRequest(.get, address(sample, "/held?secret"), headers: ["authorization": "Bearer secret"])
        slow.totalTime = .milliseconds(50)
        #expect(await kind(slow) == .timeout)
        #expect(await kind(HTTPClientRequest(.get, "http://127.0.0.1:1/secret")) == .connect)
        #expect(await kind(HTTPClientRequest(.get, "http://nobody.invalid/secret")) == .resolve)
        #expect(await kind(HTTPClientRequest(.get, "https://127.0.0.1:\(sample.port)/secret")) == .tls)
        #expect(await kind(HTTPClientRequest(.get, "file:///etc/passwd")) == .unusable)
        #expect(await kind(HTTPClientRequest(.get, "")) == .unusable)
    }

    @Test func `cancelling a task ends its transfer`() async throws {
        let sample = try SampleServer()
        let url = address(sample, "/held")
        let task = Task { await kind(HTTPClientRequest(.get, url)) }
        #expect(await eventually { sample.held.count == 1 })
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(await Task { await kind(HTTPClientRequest(.get, url)) }.cancelledAtOnce() == .cancelled)
    }

    @Test func `a stopped client ends its transfers`() async throws {
        let sample = try SampleServer()
        let url = address(sample, "/held")
        let mortal = HTTPClient(proxy: .none)
        let transfer = Task { () -> HTTPClientError.Kind? in
            do throws(HTTPClientError) {
                _ = try await mortal.send(HTTPClientRequest(.get, url))
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(await eventually { sample.held.count == 1 })
        mortal.stop()
        #expect(await transfer.value == .cancelled)
    }

    @Test func `redirects are followed only when asked`() throws {
        let server = try HTTPServer(
            listeners: [
                Listener("127.0.0.1", port: 0) { request, responder in
                    responder.send(
                        request.path == "/old"
                            ? HTTPResponse(302, headers: ["location": "/new"]) : HTTPResponse(200, text: "new"))
                }
            ], log: Log("test", least: .error))
        server.start()
        defer { server.stop(grace: .milliseconds(0)) }
        var request = HTTPClientRequest(.get, "http://\(server.addresses[0])/old")
        #expect(try client.sendBlocking(request).status == 302)
        request.redirects = 1
        let answer = try client.sendBlocking(request)
        #expect(answer.status == 200)
        #expect(answer.headers["location"] == nil)
    }
}

extension Task where Failure == Never {
    /// Cancels before there was time to do anything, and waits for the result.
    fileprivate func cancelledAtOnce() async -> Success {
        cancel()
        return await value
    }
}
