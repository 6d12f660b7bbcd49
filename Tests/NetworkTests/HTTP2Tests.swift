import Network
import Platform
import TestKit
import Testing

struct HTTP2Tests {
    private func curl(_ sample: SampleServer, _ path: String, _ options: String = "") -> (code: Int32, output: String) {
        Shell.run(
            "sh", "-c",
            "curl -sS --noproxy '*' --http2-prior-knowledge \(options) 'http://127.0.0.1:\(sample.port)\(path)'")
    }

    @Test func `a client with prior knowledge is understood on the plain port`() throws {
        let sample = try SampleServer()
        #expect(curl(sample, "/peer").output == "127.0.0.1 false 2 -")
        let echo = curl(sample, "/echo?a=b", "-d hello -D -")
        #expect(echo.output.hasPrefix("HTTP/2 200"))
        #expect(echo.output.contains("x-target: /echo?a=b\r\n"))
        #expect(echo.output.contains("content-length: 5\r\n"))
        #expect(echo.output.hasSuffix("hello"))
        #expect(curl(sample, "/bytes?count=7", "-I").output.contains("content-length: 7\r\n"))
        #expect(curl(sample, "/no-content", "-i").output.hasPrefix("HTTP/2 204"))
        #expect(curl(sample, "/dropped", "-w '%{http_code}' -o /dev/null").output == "500")
    }

    @Test func `what the gate finds goes with the request`() throws {
        let sample = try SampleServer(hasWords: true) { $0.bodyBytes = 4 }
        #expect(curl(sample, "/finding", "-H 'x-find: seven' -d ab").output == "seven")
        #expect(curl(sample, "/finding").output == "-")
        // Of unknown length, so it is the body that is too large and not what the head says of it.
        let sent = Shell.run(
            "sh", "-c",
            "echo 123456789 | curl -sS --noproxy '*' --http2-prior-knowledge -X POST -T - -H 'x-find: seven' "
                + "'http://127.0.0.1:\(sample.port)/echo'")
        #expect(sent.output == "tooLarge seven")
    }

    @Test func `a stream that is reset, and a connection that ends, are noticed`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send(
            HTTP2Frames.open + HTTP2Frames.headers(1, HTTP2Frames.request("/held"))
                + HTTP2Frames.headers(3, HTTP2Frames.request("/held"))
                + HTTP2Frames.headers(5, HTTP2Frames.request("/echo")))
        #expect(eventually { sample.held.count == 2 })
        #expect(sample.held.gone.value == 0)
        // RST_STREAM with CANCEL.
        client.send([0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8])
        #expect(eventually { sample.held.gone.value == 1 })
        client.endSending()
        #expect(eventually { sample.held.gone.value == 2 })
    }

    @Test func `a preface that comes byte by byte is understood`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        let sent = HTTP2Frames.open + HTTP2Frames.headers(1, HTTP2Frames.request("/echo"))
        for byte in sent { client.send([byte]) }
        #expect(eventually { sample.server.counters.requests.value == 1 })
    }

    @Test func `a method that begins like the preface is HTTP 1`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send("PR")
        client.send("OPFIND /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(status(client.receiveAll()) == 200)
    }

    @Test func `large bodies go both ways`() throws {
        let sample = try SampleServer()
        let folder = try TemporaryFolder()
        let body = (0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try folder.write("body", body)
        #expect(curl(sample, "/echo", "--data-binary '@\(file)' -o '\(file).echo'").code == 0)
        #expect(Shell.run("cmp", file, "\(file).echo").code == 0)
        let streamed = curl(sample, "/stream?count=100&size=100000", "-o /dev/null -w '%{size_download}'")
        #expect(streamed.output == "10000000")
    }

    @Test(.enabled(if: Shell.has("h2load")))
    func `many streams run at a time`() throws {
        let sample = try SampleServer()
        let (_, output) = Shell.run(
            "h2load", "-n", "2000", "-c", "4", "-m", "50", "http://127.0.0.1:\(sample.port)/bytes?count=20000")
        #expect(output.contains("2000 succeeded, 0 failed"), "\(output)")
        #expect(sample.server.counters.requests.value == 2_000)
    }

    @Test(.enabled(if: Shell.has("nghttp")))
    func `another client takes an upload and trailers`() throws {
        let sample = try SampleServer()
        let folder = try TemporaryFolder()
        let file = try folder.write("body", [UInt8](repeating: 0x61, count: 300_000))
        let (code, output) = Shell.run(
            "nghttp", "-v", "-d", file, "-H", ":method: POST", "http://127.0.0.1:\(sample.port)/size")
        #expect(code == 0)
        #expect(output.contains("300000"))
    }

    @Test func `the gate refuses before the body, and the upload is told to stop`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send(HTTP2Frames.open)
        client.send(
            HTTP2Frames.headers(1, HTTP2Frames.request("/echo", method: 3, [("x-refuse", "401")]), ends: false))
        var bytes: [UInt8] = []
        while !HTTP2Frames.frames(bytes).contains(where: { $0.type == 3 && $0.id == 1 }) {
            let more = client.receive()
            guard !more.isEmpty else { break }
            bytes += more
        }
        let reset = HTTP2Frames.frames(bytes).first { $0.type == 3 }
        #expect(reset.map { Array($0.payload) } == [0, 0, 0, 0])
        #expect(String(decoding: bytes, as: UTF8.self).contains("refused by the gate"))
        #expect(sample.server.counters.requests.value == 0)
    }

    @Test(arguments: [("a", "200"), ("A", "200"), ("b", "400"), ("a:80", "400")])
    func `a Host that is not the authority is refused`(host: String, status: String) throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send(HTTP2Frames.open + HTTP2Frames.headers(1, HTTP2Frames.request("/peer", [("host", host)])))
        client.endSending()
        let answer = client.receiveAllBytes()
        #expect(sample.server.counters.requests.value == (status == "200" ? 1 : 0))
        #expect(String(decoding: answer, as: UTF8.self).contains("bad-host") == (status == "400"))
    }

    @Test(arguments: [
        ("-H 'x-refuse: 401' -d hello", "401"), ("-H 'x-big: \(String(repeating: "a", count: 40_000))'", "431"),
        ("-H 'expect: 100-continue' -d hello", "200"),
    ])
    func `the limits are those of HTTP 1`(options: String, status: String) throws {
        let sample = try SampleServer()
        let answer = curl(sample, "/echo", "\(options) -o /dev/null -w '%{http_code}'")
        #expect(answer.output.contains(status), "\(answer)")
    }

    @Test(
        .enabled(if: Shell.has("nghttp")),
        arguments: [("text/plain", ":status: 413"), ("application/grpc", "grpc-status: 8")])
    func `a body larger than the limit is refused before its end`(type: String, status: String) throws {
        let sample = try SampleServer { $0.bodyBytes = 100_000 }
        let folder = try TemporaryFolder()
        let file = try folder.write("body", [UInt8](repeating: 0x61, count: 3_000_000))
        let (_, output) = Shell.run(
            "nghttp", "-v", "--no-content-length", "-d", file, "-H", "content-type: \(type)",
            "http://127.0.0.1:\(sample.port)/size")
        #expect(output.contains(status), "\(output.suffix(2_000))")
        #expect(sample.server.counters.requests.value == 0)
        #expect(eventually { sample.server.counters.inFlightBytes.value == 0 })
    }

    // MARK: Floods

    private func isCut(_ sample: SampleServer, _ client: RawClient, _ pieces: some Sequence<[UInt8]>) -> [UInt8] {
        let sending = OwnThread { [pieces = pieces.map { $0 }] in
            client.send(HTTP2Frames.open)
            var batch: [UInt8] = []
            for piece in pieces {
                batch += piece
                if batch.count > 16_000 {
                    client.send(batch)
                    batch = []
                }
            }
            client.send(batch)
        }
        let answer = client.receiveAllBytes()
        sending.wait()
        #expect(eventually { sample.server.counters.connections.value == 0 })
        return answer
    }

    @Test func `a head of continuations without end is cut off`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        let first = HTTP2Frames.headers(1, HTTP2Frames.request("/echo"), isComplete: false)
        let more = HTTP2Frames.frame(9, id: 1, [0x00, 0x01, 0x78, 0x01, 0x79])
        _ = isCut(sample, client, [first] + Array(repeating: more, count: 20_000))
        #expect(sample.server.counters.requests.value == 0)
    }

    @Test func `a small head that unpacks to a huge one is cut off`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        // One large field goes into the table, then one byte means it, thousands of times.
        let large: [UInt8] = [0x40, 0x01, 0x78, 0x7F, 0x81, 0x17] + [UInt8](repeating: 0x61, count: 3_072)
        let block = HTTP2Frames.request("/echo") + large + [UInt8](repeating: 0xBE, count: 10_000)
        _ = isCut(sample, client, [HTTP2Frames.headers(1, block)])
        #expect(sample.server.counters.requests.value == 0)
    }

    @Test func `rapid resets are cut off`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        let block = HTTP2Frames.request("/held")
        let pairs = (0..<20_000).map { number -> [UInt8] in
            let id = UInt32(2 * number + 1)
            return HTTP2Frames.headers(id, block) + HTTP2Frames.reset(id)
        }
        #expect(!HTTP2Frames.goAways(isCut(sample, client, pairs)).isEmpty)
        #expect(sample.server.counters.requests.value < 2_000)
        sample.held.answer(HTTPResponse(200))
    }

    @Test func `streams that the server is made to reset are cut off`() throws {
        let sample = try SampleServer()
        let block = HTTP2Frames.request("/echo", method: 3)
        let pairs = (0..<5_000).map { number -> [UInt8] in
            let id = UInt32(2 * number + 1)
            // A window that overflows is an error of the stream.
            return HTTP2Frames.headers(id, block, ends: false) + HTTP2Frames.frame(8, id: id, [0x7F, 0xFF, 0xFF, 0xFF])
        }
        #expect(HTTP2Frames.goAways(isCut(sample, RawClient(port: sample.port), pairs)).contains(11))
    }

    @Test(arguments: [
        HTTP2Frames.frame(6, id: 0, [0, 0, 0, 0, 0, 0, 0, 0]), HTTP2Frames.frame(4, id: 0),
        HTTP2Frames.frame(2, id: 1, [0, 0, 0, 0, 1]),
    ])
    func `frames that only cost work are cut off`(frame: [UInt8]) throws {
        let sample = try SampleServer()
        let answer = isCut(sample, RawClient(port: sample.port), Array(repeating: frame, count: 20_000))
        #expect(HTTP2Frames.goAways(answer).allSatisfy { $0 == 11 })
    }

    @Test(arguments: [
        HTTP2Frames.data(1, [], ends: false),
        HTTP2Frames.frame(0, flags: 8, id: 1, [9] + [UInt8](repeating: 0, count: 9)),
    ])
    func `data frames without data are cut off`(empty: [UInt8]) throws {
        let sample = try SampleServer()
        let open = HTTP2Frames.headers(1, HTTP2Frames.request("/echo", method: 3), ends: false)
        _ = isCut(sample, RawClient(port: sample.port), [open] + Array(repeating: empty, count: 20_000))
    }

    @Test func `more streams than allowed are refused`() throws {
        let sample = try SampleServer { $0.streamsPerConnection = 4 }
        let client = RawClient(port: sample.port)
        client.send(HTTP2Frames.open)
        for number in 0..<10 {
            client.send(HTTP2Frames.headers(UInt32(2 * number + 1), HTTP2Frames.request("/held")))
        }
        #expect(eventually { sample.held.count >= 4 })
        client.send(HTTP2Frames.frame(6, id: 0, [0, 0, 0, 0, 0, 0, 0, 0]))
        #expect(sample.held.count == 4)
        sample.held.answer(HTTPResponse(200))
    }

    // MARK: Time

    @Test func `a head that does not end is cut off`() throws {
        let sample = try SampleServer { $0.headTime = .milliseconds(100) }
        let client = RawClient(port: sample.port)
        client.send(HTTP2Frames.open + HTTP2Frames.headers(1, HTTP2Frames.request("/echo"), isComplete: false))
        #expect(!client.receiveAllBytes().isEmpty)
    }

    @Test func `a body that does not end is refused, and the connection goes on`() throws {
        let sample = try SampleServer { $0.bodyTime = .milliseconds(100) }
        let client = RawClient(port: sample.port)
        client.send(HTTP2Frames.open + HTTP2Frames.headers(1, HTTP2Frames.request("/echo", method: 3), ends: false))
        var text = ""
        while !text.contains("body-too-slow") {
            let more = client.receive()
            guard !more.isEmpty else { break }
            text += String(decoding: more, as: UTF8.self)
        }
        client.send(HTTP2Frames.headers(3, HTTP2Frames.request("/echo")))
        #expect(eventually { sample.server.counters.requests.value == 1 })
    }

    @Test func `an idle connection is told to go`() throws {
        let sample = try SampleServer { $0.idleTime = .milliseconds(50) }
        let client = RawClient(port: sample.port)
        client.send(HTTP2Frames.open)
        #expect(HTTP2Frames.goAways(client.receiveAllBytes()) == [0])
    }

    @Test func `a client whose window stays shut is cut off, and its writer told`() throws {
        let sample = try SampleServer { $0.stallTime = .milliseconds(200) }
        let client = RawClient(port: sample.port)
        client.send(HTTP2Frames.open + HTTP2Frames.headers(1, HTTP2Frames.request("/stream?count=100&size=100000")))
        #expect(eventually { sample.held.lastWriter?.isCancelled == true })
        #expect(sample.held.written.value < 2_000_000)
    }

    @Test func `stopping lets a stream finish`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send(HTTP2Frames.open + HTTP2Frames.headers(1, HTTP2Frames.request("/held")))
        #expect(eventually { sample.held.count == 1 })
        let server = sample.server
        let stopping = OwnThread { server.stop(grace: .seconds(10)) }
        sample.held.answer(HTTPResponse(200, text: "finished"))
        let answer = client.receiveAllBytes()
        stopping.wait()
        #expect(HTTP2Frames.goAways(answer) == [0])
        #expect(String(decoding: answer, as: UTF8.self).contains("finished"))
    }

    @Test(arguments: 0..<8)
    func `no mutated frames end the server`(seed: UInt64) throws {
        let sample = try SampleServer(loops: 1)
        var dice = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func roll(_ sides: Int) -> Int {
            dice ^= dice << 13
            dice ^= dice >> 7
            dice ^= dice << 17
            return Int(dice % UInt64(sides))
        }
        let good =
            HTTP2Frames.headers(
                1, HTTP2Frames.request("/echo", method: 3, [("content-type", "application/grpc")]), ends: false)
            + HTTP2Frames.data(1, [0, 0, 0, 0, 1, 7])
            + HTTP2Frames.headers(3, HTTP2Frames.request("/stream?count=3&size=9"))
            + HTTP2Frames.frame(8, id: 0, [0, 0, 1, 0]) + HTTP2Frames.reset(3)
        for _ in 0..<125 {
            var bytes = good
            for _ in 0...roll(6) { bytes[roll(bytes.count)] = UInt8(roll(256)) }
            let client = RawClient(port: sample.port)
            client.send(HTTP2Frames.open + bytes)
            client.endSending()
            _ = client.receiveAllBytes()
        }
        #expect(curl(sample, "/peer").output == "127.0.0.1 false 2 -")
        #expect(eventually { sample.server.counters.connections.value == 0 })
        #expect(sample.server.counters.inFlightBytes.value == 0)
    }
}
