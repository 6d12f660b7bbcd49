import Network
import Platform
import TestKit
import Testing

struct TLSTests {
    private let certificates: Certificates
    private let client = HTTPClient(proxy: .none)

    init() throws { certificates = try Certificates() }

    private func configuration(_ clients: TLSConfiguration.ClientCertificates = .ignored) -> TLSConfiguration {
        TLSConfiguration(
            certificateFile: certificates.server, keyFile: certificates.serverKey,
            clientAuthorityFile: clients == .ignored ? nil : certificates.authority, clientCertificates: clients)
    }

    private func request(
        _ sample: SampleServer, _ path: String, body: [UInt8] = [], shows: Bool = false
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            body.isEmpty ? .get : .post, "https://127.0.0.1:\(sample.port)\(path)", body: body)
        request.tls.authorityFile = certificates.authority
        if shows {
            request.tls.certificateFile = certificates.client
            request.tls.keyFile = certificates.clientKey
        }
        return request
    }

    private func text(_ sample: SampleServer, _ path: String, shows: Bool = false) throws -> String {
        String(decoding: try client.sendBlocking(request(sample, path, shows: shows)).body, as: UTF8.self)
    }

    @Test func `a client that trusts the authority speaks HTTP 2`() throws {
        let sample = try SampleServer(tls: configuration())
        #expect(try text(sample, "/peer") == "127.0.0.1 true 2 -")
    }

    @Test(arguments: ["--http1.1", "--http2", "--http1.0", "--tlsv1.3", "--tls-max 1.2"])
    func `other clients agree on a version`(option: String) throws {
        let sample = try SampleServer(tls: configuration())
        let (code, output) = Shell.run(
            "sh", "-c",
            "curl -sS --noproxy '*' \(option) --cacert '\(certificates.authority)' https://127.0.0.1:\(sample.port)/peer"
        )
        #expect(code == 0)
        #expect(output.hasPrefix("127.0.0.1 true "), "\(output)")
    }

    @Test func `TLS 1 1 is refused`() throws {
        let sample = try SampleServer(tls: configuration())
        let (code, _) = Shell.run(
            "curl", "-sS", "--noproxy", "*", "--tls-max", "1.1", "-k", "https://127.0.0.1:\(sample.port)/peer")
        #expect(code != 0)
    }

    @Test func `large bodies go both ways`() throws {
        let sample = try SampleServer(tls: configuration())
        let body = (0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try client.sendBlocking(request(sample, "/echo", body: body)).body == body)
        #expect(try client.sendBlocking(request(sample, "/stream?count=100&size=100000")).body.count == 10_000_000)
        let (code, output) = Shell.run(
            "curl", "-sS", "--http1.1", "--noproxy", "*", "-k", "-o", "/dev/null", "-w", "%{size_download}",
            "https://127.0.0.1:\(sample.port)/stream?count=100&size=100000")
        #expect(code == 0)
        #expect(output == "10000000")
    }

    @Test func `a client without trust sends nothing`() throws {
        let sample = try SampleServer(tls: configuration())
        var request = request(sample, "/echo")
        request.tls.authorityFile = nil
        do {
            _ = try client.sendBlocking(request)
            Issue.record("it was trusted")
        } catch {
            #expect(error.kind == .tls)
        }
        #expect(sample.server.counters.requests.value == 0)
    }

    @Test func `a required client certificate is verified and its subject given`() throws {
        let sample = try SampleServer(tls: configuration(.required))
        #expect(try text(sample, "/peer", shows: true) == "127.0.0.1 true 2 CN=collector-7,O=Example")
        #expect(throws: HTTPClientError.self) { try text(sample, "/peer") }
        #expect(sample.server.counters.requests.value == 1)
    }

    @Test func `an optional client certificate may be missing, but not be wrong`() throws {
        let sample = try SampleServer(tls: configuration(.optional))
        #expect(try text(sample, "/peer") == "127.0.0.1 true 2 -")
        #expect(try text(sample, "/peer", shows: true) == "127.0.0.1 true 2 CN=collector-7,O=Example")
        let others = try Certificates()
        var request = request(sample, "/peer")
        request.tls.certificateFile = others.client
        request.tls.keyFile = others.clientKey
        #expect(throws: HTTPClientError.self) { try client.sendBlocking(request) }
    }

    @Test func `a server whose key is not that of its certificate does not start`() throws {
        var configuration = configuration()
        configuration.keyFile = certificates.clientKey
        #expect(throws: NetworkError.certificate(file: certificates.clientKey, reason: "key values mismatch")) {
            try SampleServer(tls: configuration)
        }
        let missing = certificates.folder.file("missing")
        configuration.keyFile = missing
        #expect(throws: NetworkError.certificate(file: missing, reason: "No such file or directory")) {
            try SampleServer(tls: configuration)
        }
    }

    @Test func `a handshake that does not come to its end is closed`() throws {
        let sample = try SampleServer(tls: configuration()) { $0.headTime = .milliseconds(100) }
        let client = RawClient(port: sample.port)
        client.send([0x16, 0x03, 0x01, 0x02, 0x00])
        #expect(client.receiveAll() == "")
        #expect(eventually { sample.server.counters.connections.value == 0 })
    }

    @Test func `plain HTTP on a TLS port gets no answer in clear`() throws {
        let sample = try SampleServer(tls: configuration())
        let client = RawClient(port: sample.port)
        client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(!client.receiveAll().contains("HTTP/1.1"))
        #expect(sample.server.counters.requests.value == 0)
    }
}
