import Network
import Platform
import TestKit
import Testing

/// Certificates that change while the server runs.
struct TLSRenewalTests {
    private let certificates: Certificates
    private let lines = Locked<[String]>([])
    private let metrics = MetricList()

    init() throws { certificates = try Certificates() }

    private func server() throws -> SampleServer {
        let tls = TLSConfiguration(certificateFile: certificates.server, keyFile: certificates.serverKey)
        let log = Log("test") { [lines] line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        return try SampleServer(tls: tls, log: log, metrics: metrics)
    }

    /// What a new connection is shown.
    private func serial(_ sample: SampleServer) -> String {
        Shell.run(
            "sh", "-c",
            "openssl s_client -connect 127.0.0.1:\(sample.port) </dev/null 2>/dev/null | openssl x509 -noout -serial"
        ).output
    }

    private func reloads(_ result: String) -> String? {
        metrics.exposition().split(separator: "\n").first {
            $0.hasPrefix("docket_tls_reloads_total{result=\"\(result)\"}")
        }
        .map(String.init)
    }

    @Test func `A new certificate is seen by new connections, and old ones go on`() throws {
        let sample = try server()
        // One client, one connection, kept.
        let client = HTTPClient(proxy: .none, connections: 1)
        var request = HTTPClientRequest(.get, "https://127.0.0.1:\(sample.port)/peer")
        request.tls.authorityFile = certificates.authority
        #expect(try client.sendBlocking(request).status == 200)
        #expect(serial(sample) == "serial=02\n")

        sample.server.renewCertificates(always: false)
        #expect(sample.server.counters.certificatesRenewed.value == 0, "nothing has changed")
        try certificates.issue("server", "/CN=renewed", serial: 9)
        #expect(serial(sample) == "serial=02\n", "not asked to look yet")
        sample.server.renewCertificates(always: false)
        #expect(serial(sample) == "serial=09\n")
        #expect(sample.server.counters.certificatesRenewed.value == 1)

        let accepted = sample.server.counters.accepted.value
        #expect(try client.sendBlocking(request).status == 200)
        #expect(sample.server.counters.accepted.value == accepted, "over the connection of before")
    }

    @Test func `What cannot be used is told once, and the certificate before stays until the next change`() throws {
        let sample = try server()
        try certificates.folder.write("server.pem", Array("nonsense".utf8))
        sample.server.renewCertificates(always: false)
        #expect(serial(sample) == "serial=02\n")
        #expect(reloads("failure") == #"docket_tls_reloads_total{result="failure"} 1"#)
        let errors = lines.withLock { $0.filter { $0.contains(#""level":"error""#) } }
        #expect(errors.count == 1 && errors[0].contains(certificates.server))
        sample.server.renewCertificates(always: false)
        #expect(sample.server.counters.certificatesRefused.value == 1, "the same files are not read again")
        sample.server.renewCertificates(always: true)
        #expect(sample.server.counters.certificatesRefused.value == 2)

        // A pair that does not belong together, as between the two writes of a renewal.
        try certificates.issue("other", "/CN=other", serial: 8)
        #expect(Shell.run("cp", certificates.folder.file("other.pem"), certificates.server).code == 0)
        sample.server.renewCertificates(always: false)
        #expect(sample.server.counters.certificatesRefused.value == 3)
        #expect(serial(sample) == "serial=02\n")
        #expect(Shell.run("cp", certificates.folder.file("other.key"), certificates.serverKey).code == 0)
        sample.server.renewCertificates(always: false)
        #expect(serial(sample) == "serial=08\n")
        #expect(reloads("success") == #"docket_tls_reloads_total{result="success"} 1"#)
    }

    @Test(arguments: ["rename", "symbolic link", "folder of links"])
    func `A renewal is seen however it is made`(way: String) throws {
        let folder = certificates.folder
        func shell(_ line: String) { #expect(Shell.run("sh", "-c", "cd '\(folder.path)' && \(line)").code == 0) }
        switch way {
        case "rename": break
        case "symbolic link":
            shell(
                "mv server.pem one.pem && mv server.key one.key && ln -s one.pem server.pem && ln -s one.key server.key"
            )
        default:
            // As Kubernetes mounts a secret: the files point through a link of the folder, which is replaced.
            shell("mkdir one && mv server.pem server.key one && ln -s one now")
            shell("ln -s now/server.pem server.pem && ln -s now/server.key server.key")
        }
        let sample = try server()
        #expect(serial(sample) == "serial=02\n")
        try certificates.issue("new", "/CN=new", serial: 7)
        switch way {
        case "rename": shell("mv new.pem server.pem && mv new.key server.key")
        case "symbolic link": shell("ln -sfn new.pem server.pem && ln -sfn new.key server.key")
        default:
            shell("mkdir two && mv new.pem two/server.pem && mv new.key two/server.key")
            shell("ln -s two next && mv -T next now")
        }
        sample.server.renewCertificates(always: false)
        #expect(serial(sample) == "serial=07\n")
    }

    @Test func `The end of a certificate is a metric, and a warning when it is near`() throws {
        let sample = try server()
        func end() -> Int? {
            metrics.exposition().split(separator: "\n").first {
                $0.hasPrefix("docket_tls_certificate_expiry_seconds{")
            }?
            .split(separator: " ").last.flatMap { Int($0) }
        }
        let now = Int(SystemClock().now().nanoseconds / 1_000_000_000)
        let first = try #require(end())
        #expect((now + 86_400...now + 3 * 86_400).contains(first), "made for two days")
        let warnings = { lines.withLock { $0.filter { $0.contains("must be renewed") } } }
        #expect(warnings().count == 1 && warnings()[0].contains(#""level":"warning""#))
        try certificates.issue("server", "/CN=renewed", serial: 9, days: 90)
        sample.server.renewCertificates(always: false)
        #expect(try #require(end()) > first + 80 * 86_400)
        #expect(warnings().count == 1)
        #expect(lines.withLock { $0.last?.contains(#""days":89"#) } == true)
        // What has no end by RFC 5280 is no reason to stop.
        try certificates.issue("server", "/CN=eternal", serial: 10, days: 2_900_000)
        sample.server.renewCertificates(always: false)
        #expect(sample.server.counters.certificatesRenewed.value == 2)
        #expect(warnings().count == 1)
    }

    @Test func `Listeners with the same certificate and other trust are one certificate in the metrics`() throws {
        let tls = TLSConfiguration(certificateFile: certificates.server, keyFile: certificates.serverKey)
        var strict = tls
        strict.clientAuthorityFile = certificates.authority
        strict.clientCertificates = .required
        let listeners = [tls, tls, strict].map { Listener("127.0.0.1", port: 0, tls: $0) { _, _ in } }
        let server = try HTTPServer(listeners: listeners, log: Log("test", write: { _ in }), metrics: metrics)
        server.renewCertificates(always: true)
        #expect(server.counters.certificatesRenewed.value == 2, "one for each set of files")
        let series = metrics.exposition().split(separator: "\n").filter {
            $0.hasPrefix("docket_tls_certificate_expiry_seconds{")
        }
        #expect(series.count == 1)
    }
}
