import Network
import Platform
import TestKit
import Testing

/// What a server in front of evidence must not misread: each row is a request and its answer.
struct HTTP1AbuseTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let sent: String
        let status: Int
        var testDescription: String { name }

        init(_ name: String, _ sent: String, _ status: Int) {
            self.name = name
            self.sent = sent
            self.status = status
        }
    }

    static let refused: [Row] = [
        Row(
            "length and chunked",
            "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Row(
            "chunked and length",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        Row(
            "two lengths", "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        Row(
            "the same length twice",
            "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
        Row("a list of lengths", "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", 400),
        Row("a signed length", "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", 400),
        Row("a negative length", "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello", 400),
        Row(
            "a length beyond 64 bits", "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            400),
        Row(
            "a length of 64 bits", "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n", 413
        ),
        Row(
            "an unknown transfer coding",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
        Row(
            "chunked not last",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
        Row(
            "gzip and chunked", "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            501),
        Row(
            "chunked twice",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        Row(
            "chunked in HTTP/1.0", "POST /size HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Row("a space before the colon", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n", 400),
        Row(
            "a space before the colon of a length", "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello",
            400),
        Row("a folded line", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n", 400),
        Row("a folded line behind an empty value", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A:\r\n c\r\n\r\n", 400),
        Row("a line folded by a tab", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tc\r\n\r\n", 400),
        Row("a space behind the request line", "GET /echo HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        Row("NUL in a value", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n", 400),
        Row("NUL in a name", "GET /echo HTTP/1.1\r\nHost: a\r\nX\0A: b\r\n\r\n", 400),
        Row("a bare CR in a value", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n", 400),
        Row("bare LF as line end", "GET /echo HTTP/1.1\nHost: a\n\n", 400),
        Row("bare LF behind a field", "GET /echo HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n", 400),
        Row(
            "a hexadecimal prefix in a chunk size",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 400),
        Row(
            "a chunk size beyond 64 bits",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000000\r\nx", 400),
        Row(
            "a chunk longer than said",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n", 400),
        Row("bare LF behind the request line", "GET /echo HTTP/1.1\nHost: a\r\n\r\n", 400),
        Row("a bare CR before the end", "GET /echo HTTP/1.1\r\nHost: a\r\n\r\r\n", 400),
        Row("two spaces in the request line", "GET  /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a Host that is none", "GET /echo HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        Row("a Host with a user", "GET /echo HTTP/1.1\r\nHost: b@a\r\n\r\n", 400),
        Row("an absolute target with a user", "GET http://b@a/echo HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("an absolute target without a host", "GET http:///echo HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row(
            "a trailer without a name",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n: a\r\n\r\n", 400),
        Row(
            "a trailer with a space before its colon",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX : a\r\n\r\n", 400),
        Row(
            "a folded trailer",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n b\r\n\r\n", 400),
        Row("an empty first field name", "GET /echo HTTP/1.1\r\n: b\r\nHost: a\r\n\r\n", 400),
        Row("an empty field name", "GET /echo HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),
        Row("a field without a colon", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A\r\n\r\n", 400),
        Row("no Host", "GET /echo HTTP/1.1\r\n\r\n", 400),
        Row("two Hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Row("a target with a space", "GET /ec ho HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a target with a fragment", "GET /echo#a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a target beyond ASCII", "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a target that is no path", "GET echo HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        Row("an unknown method", "BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a method in lower case", "get /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("HTTP/0.9", "GET /echo\r\n\r\n", 505),
        Row("HTTP/3", "GET /echo HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        Row(
            "an unknown expectation", "POST /size HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx", 417
        ),
        Row("a TLS hello", "\u{16}\u{03}\u{01}\u{02}\0\u{01}\0\u{01}", 400),
        Row("garbage", "\r\n\r\n\0\0\0\0", 400),
        Row("a target too long", "GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        Row(
            "a head too large",
            "GET /echo HTTP/1.1\r\nHost: a\r\nX-A: " + String(repeating: "a", count: 40_000) + "\r\n\r\n", 431),
        Row(
            "a head without end", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A: " + String(repeating: "a", count: 200_000), 431
        ),
        Row(
            "too many fields", "GET /echo HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 101) + "\r\n",
            431),
        Row("a body too large", "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n", 413),
        Row(
            "trailers without end",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                + String(repeating: "X: yyyyyyyy\r\n", count: 10_000), 431),
        Row(
            "a chunk extension without end",
            "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;"
                + String(repeating: "a", count: 10_000), 400),
        Row(
            "a folded line in two pieces of one target", "GET http://example.com\r\n/echo HTTP/1.1\r\nHost: a\r\n\r\n",
            400),
    ]

    @Test(arguments: refused)
    func `a malformed request is answered, and the connection ends`(row: Row) throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send(row.sent)
        let answer = client.receiveAll()
        #expect(status(answer) == row.status, "\(answer)")
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.contains("\r\n\r\n{\"error\":\""))
        #expect(answer.ranges(of: "Date: ").count == 1)
        #expect(sample.server.counters.requests.value == 0)
    }

    @Test(arguments: refused.filter { $0.sent.utf8.count < 1_000 })
    func `a malformed request is refused in the same way when it comes byte by byte`(row: Row) throws {
        let sample = try SampleServer(loops: 1)
        let client = RawClient(port: sample.port)
        for byte in row.sent.utf8 { client.send([byte]) }
        let answer = client.receiveAll()
        #expect(status(answer) == row.status, "\(answer)")
        #expect(answer.ranges(of: "Date: ").count == 1)
    }

    static let served: [Row] = [
        Row(
            "an absolute target", "GET http://example.com/echo?a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200),
        Row(
            "an absolute target in capitals", "GET HTTP://A/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200),
        Row("an empty Host", "GET /echo HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", 200),
        Row("a Host of an IPv6 address", "GET /echo HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n", 200),
        Row("line ends before the request", "\r\n\r\nGET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200),
        Row("an empty value", "GET /echo HTTP/1.1\r\nHost: a\r\nX-A:\r\nX-B: b\r\nConnection: close\r\n\r\n", 200),
        Row("no space behind the colon", "GET /echo HTTP/1.1\r\nHost:a\r\nConnection:close\r\n\r\n", 200),
        Row(
            "spaces around a value",
            "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length:   5  \r\nConnection: close\r\n\r\nhello", 200),
        Row("HTTP/1.0 without Host", "GET /echo HTTP/1.0\r\n\r\n", 200),
        Row(
            "an upgrade nobody speaks",
            "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n", 200),
        Row(
            "chunks with an extension and trailers",
            "POST /size HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
            200),
        Row(
            "a body that looks like a folded line",
            "POST /size HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 7\r\n\r\n a\r\n b\n", 200),
    ]

    @Test(arguments: served, [false, true])
    func `an unusual but correct request is served`(row: Row, byteByByte: Bool) throws {
        let sample = try SampleServer(loops: 1)
        let client = RawClient(port: sample.port)
        if byteByByte {
            for byte in row.sent.utf8 { client.send([byte]) }
        } else {
            client.send(row.sent)
        }
        let answer = client.receiveAll()
        #expect(status(answer) == row.status, "\(answer)")
        #expect(answer.contains("Connection: close\r\n"))
    }

    @Test func `what stands behind a refused request is not served`() throws {
        let sample = try SampleServer()
        let client = RawClient(port: sample.port)
        client.send(
            "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = client.receiveAll()
        #expect(answer.ranges(of: "Date: ").count == 1)
        #expect(sample.server.counters.requests.value == 0)
    }

    /// Method: a thousand requests, each broken in up to eight bytes by a seed; after each the server must
    /// still answer a good one.
    @Test(arguments: 0..<8)
    func `no mutated request ends the server`(seed: UInt64) throws {
        let sample = try SampleServer(loops: 1) { $0.headTime = .milliseconds(50) }
        var dice = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func roll(_ sides: Int) -> Int {
            dice ^= dice << 13
            dice ^= dice >> 7
            dice ^= dice << 17
            return Int(dice % UInt64(sides))
        }
        let seeds = (Self.served + Self.refused).map { Array($0.sent.utf8) }.filter { $0.count < 500 }
        for _ in 0..<125 {
            var bytes = seeds[roll(seeds.count)]
            for _ in 0...roll(8) {
                let place = roll(bytes.count)
                switch roll(3) {
                case 0: bytes[place] = UInt8(roll(256))
                case 1: bytes.insert(UInt8(roll(256)), at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            let client = RawClient(port: sample.port)
            client.send(bytes)
            client.endSending()
            _ = client.receiveAll()
        }
        let client = RawClient(port: sample.port)
        client.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(status(client.receiveAll()) == 200)
        #expect(eventually { sample.server.counters.connections.value == 0 })
        #expect(sample.server.counters.inFlightBytes.value == 0)
    }
}
