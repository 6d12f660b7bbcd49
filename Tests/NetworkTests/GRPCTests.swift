import Network
import Platform
import TestKit
import Testing

struct GRPCTests {
    private func call(_ body: [UInt8], encoding: String? = nil) -> HTTPRequest {
        var request = HTTPRequest(
            .post, "/a.B/C", headers: ["content-type": "application/grpc"], body: body, peer: Peer(version: .http2))
        if let encoding { request.headers.append("grpc-encoding", encoding) }
        return request
    }

    @Test func `a message is taken out of its frame`() throws {
        let plain = try GRPC.message(of: call([0, 0, 0, 0, 2, 7, 8]))
        #expect(plain.encoding == .identity)
        #expect(Array(plain.bytes) == [7, 8])
        let zipped = try GRPC.message(of: call([1, 0, 0, 0, 1, 9], encoding: "gzip"))
        #expect(zipped.encoding == .gzip)
        #expect(Array(zipped.bytes) == [9])
        #expect(try GRPC.message(of: call([0, 0, 0, 0, 0])).bytes.isEmpty)
    }

    @Test(
        arguments: [
            ([], nil, GRPC.Code.unimplemented), ([0, 0, 0], nil, .internal), ([0, 0, 0, 0, 2, 7], nil, .internal),
            ([0, 255, 255, 255, 255, 7], nil, .internal), ([0, 0, 0, 0, 1, 7, 0, 0, 0, 0, 1, 7], nil, .unimplemented),
            ([1, 0, 0, 0, 1, 7], nil, .internal), ([1, 0, 0, 0, 1, 7], "identity", .internal),
            ([1, 0, 0, 0, 1, 7], "deflate", .unimplemented), ([2, 0, 0, 0, 1, 7], "gzip", .internal),
        ] as [([UInt8], String?, GRPC.Code)])
    func `a wrong frame has its status`(body: [UInt8], encoding: String?, code: GRPC.Code) {
        do throws(GRPC.Failure) {
            _ = try GRPC.message(of: call(body, encoding: encoding))
            Issue.record("it was taken")
        } catch {
            #expect(error.code == code)
            #expect(error.response.status == 200)
            #expect(error.response.headers["grpc-status"] == "\(code.rawValue)")
        }
    }

    @Test(arguments: [
        ("application/grpc", true), ("application/grpc+proto", true), ("application/grpc;charset=utf-8", true),
        ("application/grpc-web", false), ("application/json", false), ("", false),
    ])
    func `a call is known by its type`(type: String, isCall: Bool) {
        var request = HTTPRequest(.post, "/", headers: ["content-type": type], peer: Peer(version: .http2))
        #expect(GRPC.isCall(request) == isCall)
        request.peer.version = .http11
        #expect(!GRPC.isCall(request))
    }

    @Test func `a failure is a head alone, its message percent-encoded, its details in base64`() {
        let response = GRPC.failure(.resourceExhausted, "100 % full\n€", details: [1, 2, 3, 4, 255])
        #expect(response.headers["grpc-status"] == "8")
        #expect(response.headers["grpc-message"] == "100 %25 full%0A%E2%82%AC")
        #expect(response.headers["grpc-status-details-bin"] == "AQIDBP8")
        #expect(response.body.isEmpty && response.trailers.isEmpty)
    }

    @Test func `an answer over the wire has its status in the trailers`() throws {
        let server = try HTTPServer(
            listeners: [
                Listener("127.0.0.1", port: 0) { request, responder in
                    guard GRPC.isCall(request), request.path == "/a.B/C" else {
                        return responder.send(GRPC.unknownMethod)
                    }
                    do throws(GRPC.Failure) {
                        responder.send(GRPC.answer(Array(try GRPC.message(of: request).bytes)))
                    } catch {
                        responder.send(error.response)
                    }
                }
            ], log: .init("test", least: .error))
        server.start()
        defer { server.stop(grace: .milliseconds(0)) }
        let folder = try TemporaryFolder()
        let file = try folder.write("call", [0, 0, 0, 0, 5] + Array("hello".utf8))
        func curl(_ path: String) -> String {
            Shell.run(
                "curl", "-sS", "--noproxy", "*", "--http2-prior-knowledge", "-H", "content-type: application/grpc",
                "-H", "te: trailers", "--data-binary", "@\(file)", "-i", "http://\(server.addresses[0])\(path)"
            ).output
        }
        let good = curl("/a.B/C")
        #expect(good.hasPrefix("HTTP/2 200"))
        #expect(good.contains("\0\0\0\0\u{5}hello"))
        #expect(good.contains("grpc-status: 0"), "\(good)")
        let bad = curl("/a.B/D")
        #expect(bad.contains("grpc-status: 12\r\n"))
        #expect(!bad.contains("content-length: 0"))
    }
}
