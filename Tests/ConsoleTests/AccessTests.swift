import Events
import Network
import Platform
import Testing

@testable import Console

struct AccessTests {
    private let asked = Counter()
    private let access: Access

    init() {
        let (clock, asked) = (HandClock(), asked)
        access = Access(
            sessions: SessionList(clock: clock), attempts: AttemptLimit(clock: clock),
            admit: {
                asked.add()
                return SampleConsole.admit($0, $1)
            }, holds: { _ in true })
    }

    private func outcome(_ method: HTTPMethod, _ headers: HTTPHeaders = [:], certificate: String?) -> String {
        let peer = Peer(isTLS: true, clientCertificateSubject: certificate)
        do throws(Access.Refusal) {
            return try access.viewer(of: HTTPRequest(method, "/", headers: headers, peer: peer)).tenant.text
        } catch {
            return "\(error)".prefix { $0 != "(" }.description
        }
    }

    @Test func `a client certificate is let in`() {
        #expect(outcome(.get, certificate: "CN=auditor") == "default")
        #expect(outcome(.post, certificate: "CN=auditor") == "default")
        #expect(outcome(.get, certificate: "CN=stranger") == "refused")
        #expect(outcome(.get, certificate: nil) == "noCredential")
        // What is shown on purpose counts.
        #expect(outcome(.get, ["authorization": "Bearer wrong"], certificate: "CN=auditor") == "refused")
        #expect(outcome(.get, ["x-api-key": SampleConsole.otherToken], certificate: "CN=auditor") == "other")
    }

    @Test func `a browser shows a certificate by itself, so its page must be one of ours`() {
        #expect(outcome(.post, ["sec-fetch-site": "cross-site"], certificate: "CN=auditor") == "otherOrigin")
        #expect(outcome(.post, ["origin": "https://example.com"], certificate: "CN=auditor") == "otherOrigin")
        #expect(outcome(.post, ["sec-fetch-site": "same-origin"], certificate: "CN=auditor") == "default")
    }

    @Test func `what the gate found is not asked for again`() throws {
        var request = HTTPRequest(.post, "/", headers: ["authorization": "Bearer \(SampleConsole.token)"])
        request.finding = try access.reader(of: request)
        #expect(try access.viewer(of: request).tenant == .default)
        #expect(asked.value == 1)
    }
}
