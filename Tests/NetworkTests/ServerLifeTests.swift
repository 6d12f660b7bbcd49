import Network
import Platform
import TestKit
import Testing

struct ServerLifeTests {
    private func server(_ listeners: [Listener]) throws(NetworkError) -> HTTPServer {
        try HTTPServer(listeners: listeners, log: Log("test", least: .error))
    }

    @Test func `a second server on the same port does not start`() throws {
        let first = try server([Listener("127.0.0.1", port: 0) { _, _ in }])
        let port = first.addresses[0].port
        let free = Listener("127.0.0.1", port: 0) { _, _ in }
        #expect(throws: NetworkError.cannotBind("127.0.0.1:\(port)", errno: 98)) {
            _ = try server([free, Listener("127.0.0.1", port: port) { _, _ in }])
        }
        first.start()
        #expect(throws: NetworkError.self) { _ = try server([Listener("127.0.0.1", port: port) { _, _ in }]) }
    }

    @Test(arguments: [("localhost", 1), ("127.0.0.1", 65_536), ("127.0.0.1", -1), ("", 1), ("1.2.3.4.5", 1)])
    func `an address that is none is refused`(address: String, port: Int) {
        #expect(throws: NetworkError.badAddress("\(address):\(port)")) {
            _ = try server([Listener(address, port: port) { _, _ in }])
        }
    }

    @Test func `several listeners have their own handlers, also over IPv6`() throws {
        let server = try server(
            ["127.0.0.1", "127.0.0.1", "::1"].enumerated().map { number, address in
                Listener(address, port: 0) { request, responder in
                    responder.send(HTTPResponse(200, text: "\(number) \(request.peer.address)"))
                }
            })
        server.start()
        defer { server.stop(grace: .milliseconds(0)) }
        let client = HTTPClient(proxy: .none)
        for (number, address) in server.addresses.enumerated() {
            let answer = try client.sendBlocking(HTTPClientRequest(.get, "http://\(address)/"))
            #expect(String(decoding: answer.body, as: UTF8.self) == "\(number) \(address.address)")
        }
    }

    @Test func `stopping lets a request finish, closes idle connections and takes no new ones`() throws {
        let sample = try SampleServer()
        let port = sample.port
        let idle = RawClient(port: port)
        idle.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(idle.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
        let busy = RawClient(port: port)
        busy.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { sample.held.count == 1 })

        let server = sample.server
        let stopping = OwnThread { server.stop(grace: .seconds(10)) }
        #expect(idle.receiveAll() == "")
        #expect(eventually { RawClient(port: port).receive().isEmpty })
        sample.held.answer(HTTPResponse(200, text: "finished"))
        let answer = busy.receiveAll()
        stopping.wait()
        #expect(answer.hasSuffix("finished"))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(sample.server.counters.connections.value == 0)
    }

    @Test func `stopping cuts off what does not finish in the grace`() throws {
        let sample = try SampleServer()
        let busy = RawClient(port: sample.port)
        busy.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { sample.held.count == 1 })
        sample.server.stop(grace: .milliseconds(50))
        #expect(busy.receiveAll() == "")
        sample.held.answer(HTTPResponse(200))
        #expect(sample.server.counters.connections.value == 0)
    }

    @Test func `one connection too many is told so`() throws {
        let sample = try SampleServer { $0.connections = 2 }
        let clients = [RawClient(port: sample.port), RawClient(port: sample.port)]
        #expect(eventually { sample.server.counters.connections.value == 2 })
        let answer = RawClient(port: sample.port).receiveAll()
        #expect(status(answer) == 503)
        #expect(answer.contains("retry-after: 1\r\n"))
        _ = clients
    }

    @Test func `bytes beyond the budget of the server are refused, and the budget comes back`() throws {
        let sample = try SampleServer { $0.inFlightBytes = 1_500_000 }
        let body = [UInt8](repeating: 0x61, count: 1_000_000)
        let first = RawClient(port: sample.port)
        first.send("POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        first.send(body)
        #expect(eventually { sample.held.count == 1 })
        let second = RawClient(port: sample.port)
        second.send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        second.send(body)
        let refused = second.receiveAll()
        #expect(status(refused) == 503)
        #expect(refused.contains("retry-after: 1\r\n"))
        sample.held.answer(HTTPResponse(200))
        #expect(eventually { sample.server.counters.inFlightBytes.value == 0 })
        let third = RawClient(port: sample.port)
        third.send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        third.send(body)
        #expect(third.receive(until: "1000000").hasSuffix("1000000"))
    }

    @Test func `connections are spread over the loops`() throws {
        let sample = try SampleServer(loops: 2)
        let clients = (0..<20).map { _ in RawClient(port: sample.port) }
        for client in clients { client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n") }
        for client in clients { #expect(status(client.receive(until: "\r\n\r\n")) == 200) }
    }
}
