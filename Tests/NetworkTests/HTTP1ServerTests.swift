import Network
import Platform
import TestKit
import Testing

struct HTTP1ServerTests {
    @Test func `one connection serves many requests`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        for number in 0..<5 {
            client.send("GET /echo?\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = client.receive(until: "\r\n\r\n")
            #expect(answer.contains("x-target: /echo?\(number)\r\n"))
            #expect(answer.contains("Content-Length: 0\r\n"))
            #expect(!answer.contains("Connection:"))
            #expect(answer.contains("\r\nDate: "))
        }
        #expect(sample.server.counters.accepted.value == 1)
    }

    @Test func `requests sent at once are answered in their order, also when the first takes long`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send(
            "GET /held HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecond"
                + "GET /echo?third HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(eventually { sample.held.count == 1 })
        #expect(sample.server.counters.requests.value == 1)
        sample.held.answer(HTTPResponse(200, text: "first"))
        let answer = client.receiveAll()
        let places = ["first", "second", "/echo?third"].compactMap { answer.ranges(of: $0).first?.lowerBound }
        #expect(places.count == 3)
        #expect(places == places.sorted())
    }

    @Test func `who leaves before the answer is noticed once, who has it is not`() throws {
        let sample = try SampleServer()
        let leaving = RawClient(port: sample.port)
        leaving.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { sample.held.count == 1 })
        #expect(sample.held.gone.value == 0)
        leaving.endSending()
        #expect(eventually { sample.held.gone.value == 1 })
        // It only said that it sends no more: the answer is for it all the same.
        sample.held.answer(HTTPResponse(200, text: "for you"))
        #expect(leaving.receiveAll().hasSuffix("for you"))
        let staying = RawClient(port: sample.port)
        staying.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { sample.held.count == 1 })
        sample.held.answer(HTTPResponse(200, text: "first"))
        #expect(staying.receive(until: "first").hasSuffix("first"))
        staying.send("GET /size HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(staying.receive(until: "\r\n\r\n0").hasSuffix("0"))
        staying.endSending()
        #expect(staying.receiveAll().isEmpty)
        #expect(sample.held.gone.value == 1)
    }

    @Test func `a thousand pipelined requests have a thousand answers`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send(
            String(repeating: "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", count: 999)
                + "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(client.receiveAll().ranges(of: "HTTP/1.1 200 OK").count == 1_000)
    }

    @Test func `a client that pipelines behind a slow answer is not read without end`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { sample.held.count == 1 })
        client.send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n")
        client.send([UInt8](repeating: 0x61, count: 1_000_000))
        #expect(sample.server.counters.inFlightBytes.value == 0)
        sample.held.answer(HTTPResponse(200, text: "first"))
        #expect(client.receiveAll().hasSuffix("1000000"))
    }

    @Test func `a chunked body arrives whole`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        client.send("5\r\nhello\r\n")
        client.send("7\r\n, world\r\n0\r\n\r\n")
        #expect(client.receiveAll().hasSuffix("\r\n\r\nhello, world"))
    }

    @Test func `a client that asks first is told to go on`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("hello")
        #expect(client.receive(until: "hello").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test(arguments: ["Content-Length: 99999999", "Content-Length: 5\r\nX-Refuse: 401"])
    func `a client that asks first is refused before it sends its body`(fields: String) throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\(fields)\r\n\r\n")
        let answer = client.receiveAll()
        #expect([401, 413].contains(status(answer)))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(!answer.contains("100 Continue"))
    }

    @Test func `what the gate finds goes with the request, and to no other`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("POST /finding HTTP/1.1\r\nHost: a\r\nX-Find: seven\r\nContent-Length: 2\r\n\r\nab")
        #expect(client.receive(until: "seven").hasSuffix("seven"))
        client.send("GET /finding HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(client.receiveAll().hasSuffix("\r\n\r\n-"))
    }

    @Test func `a body that is refused behind the gate has what it found`() throws {
        let sample = try SampleServer(hasWords: true) { $0.bodyBytes = 4 }
        let client = RawClient(port: sample.port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nX-Find: seven\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send("9\r\n123456789\r\n0\r\n\r\n")
        #expect(client.receiveAll().hasSuffix("tooLarge seven"))
    }

    @Test func `the gate refuses before a body is read`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\nX-Refuse: 401\r\n\r\n")
        let answer = client.receiveAll()
        #expect(status(answer) == 401)
        #expect(answer.hasSuffix("refused by the gate"))
        #expect(sample.server.counters.requests.value == 0)
    }

    @Test func `a client that goes on sending still gets to read its refusal`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\nX-Refuse: 401\r\n\r\n")
        client.send([UInt8](repeating: 0x61, count: 9_000_000))
        #expect(status(client.receiveAll()) == 401)
    }

    @Test func `a refused request without a body leaves the connection in order`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("GET /echo HTTP/1.1\r\nHost: a\r\nX-Refuse: 401\r\n\r\n")
        #expect(status(client.receive(until: "gate")) == 401)
        client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(status(client.receive(until: "\r\n\r\n")) == 200)
    }

    @Test func `HEAD has the length of the body and not the body`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("HEAD /bytes?count=7 HTTP/1.1\r\nHost: a\r\n\r\n")
        client.send("HEAD /stream?count=7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let answer = client.receiveAll()
        #expect(answer.contains("Content-Length: 7\r\n"))
        #expect(answer.contains("Transfer-Encoding: chunked\r\n"))
        #expect(!answer.contains("aaaaaaa") && !answer.contains("bbb"))
    }

    @Test func `a status without a body has no length`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("GET /no-content HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let answer = client.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(!answer.contains("Content-Length"))
    }

    @Test func `HTTP 1.0 closes unless it asks to keep the connection`() throws {
        let sample = try SampleServer()
        let kept = RawClient(port: sample.port)
        kept.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(kept.receive(until: "\r\n\r\n").contains("Connection: keep-alive\r\n"))
        kept.send("GET /stream?count=3&size=2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let answer = kept.receiveAll()
        #expect(answer.hasSuffix("\r\n\r\nbbbbbb"))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(!answer.contains("chunked"))
    }

    @Test func `a streamed answer comes in chunks and leaves the connection in order`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("GET /stream?count=2&size=3 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.receive(until: "\r\n0\r\n\r\n").hasSuffix("\r\n\r\n3\r\nbbb\r\n3\r\nbbb\r\n0\r\n\r\n"))
        client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(status(client.receive(until: "\r\n\r\n")) == 200)
    }

    @Test func `a dropped responder answers 500`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("GET /dropped HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(status(client.receive(until: "}")) == 500)
        #expect(sample.server.counters.unanswered.value == 1)
    }

    @Test func `a second answer is dropped and counted`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("GET /twice HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(client.receiveAll().hasSuffix("first"))
        #expect(sample.server.counters.secondAnswers.value == 1)
    }

    @Test func `an answer may come after the client has gone`() throws {
        let sample = try SampleServer()
        do {
            let client = RawClient(port: sample.port)
            client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(eventually { sample.held.count == 1 })
        }
        sample.held.answer(HTTPResponse(200, body: [UInt8](repeating: 0x61, count: 8 << 20)))
        #expect(eventually { sample.server.counters.connections.value == 0 })
    }

    @Test func `a client that ends its side still gets its answer`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        client.endSending()
        #expect(eventually { sample.held.count == 1 })
        sample.held.answer(HTTPResponse(200, text: "late"))
        #expect(client.receiveAll().hasSuffix("late"))
    }

    @Test func `a connection serves as many requests as the limit says`() throws {
        let sample = try SampleServer { $0.requestsPerConnection = 2 }
        let client = RawClient(port: sample.port)
        client.send(String(repeating: "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", count: 3))
        let answer = client.receiveAll()
        #expect(answer.ranges(of: "HTTP/1.1 200").count == 2)
        #expect(answer.ranges(of: "Connection: close").count == 1)
    }
}
