import Events
import Foundation
import Network
import Pipeline
import Platform
import TestKit
import Testing

@Suite struct `Who is let in` {
    private let folder: BookFolder
    private let book: CredentialBook
    private let clock = TestClock(.sample)
    private let metrics = MetricList()
    private let doorkeeper: Doorkeeper
    private let acme = TenantName("acme")!
    private let other = TenantName("other")!

    init() throws {
        folder = try BookFolder()
        book = try folder.book()
        doorkeeper = Doorkeeper(book: book, requestsPerSecond: 20, clock: clock, metrics: metrics)
    }

    private func create(
        _ kind: KeptCredential.Kind = .token, tenant: TenantName? = nil,
        _ change: (inout CredentialOrder) -> Void = { _ in }
    ) throws -> (credential: KeptCredential, secret: String?) {
        var order = CredentialOrder(name: "a", tenant: tenant ?? acme, kind: kind)
        change(&order)
        return try book.create(order, now: clock.now())
    }

    /// What comes of a request with a header and a certificate: a tenant's name, or the reason against it.
    private func outcome(
        _ header: String? = nil, key: String? = nil, certificate: String? = nil, for use: Credential.Use = .logs
    ) -> String {
        var headers = HTTPHeaders()
        if let header { headers.append("authorization", header) }
        if let key { headers.append("x-api-key", key) }
        let request = HTTPRequest(
            .post, "/v1/logs", headers: headers, peer: Peer(clientCertificateSubject: certificate))
        switch doorkeeper.admit(request, for: use) {
        case .success(let credential): return credential.tenant.text
        case .failure(let refusal): return refusal.reason.rawValue
        }
    }

    private func basic(_ pair: String) -> String { "Basic " + Data(pair.utf8).base64EncodedString() }

    @Test func `Every way of showing a credential leads to its tenant`() throws {
        let token = try #require(try create().secret)
        _ = try create(.basic(user: "org")) { $0.password = "license-key" }
        _ = try create(.certificate(subject: "CN=collector-7,O=Example"))
        #expect(outcome("Bearer \(token)") == "acme")
        #expect(outcome("bearer  \(token)") == "acme")
        #expect(outcome(key: token) == "acme")
        #expect(outcome(basic("anybody:\(token)")) == "acme")
        #expect(outcome(basic("org:license-key")) == "acme")
        #expect(outcome(certificate: "CN=collector-7,O=Example") == "acme")
    }

    @Test func `Nothing, and what is not known, lets nobody in`() throws {
        _ = try create(.basic(user: "org")) { $0.password = "license-key" }
        #expect(outcome() == "missing")
        for wrong in [
            "Bearer docket_wrong", "Bearer", "Digest x", "Basic !", basic("org:wrong"), basic("else:license-key"),
        ] {
            #expect(outcome(wrong) == "unknown", "\(wrong)")
        }
        #expect(outcome("Bearer license-key") == "unknown")
        #expect(outcome(certificate: "CN=stranger") == "unknown")
        let text = metrics.exposition()
        #expect(text.contains("docket_auth_refused_total{reason=\"missing\"} 1\n"))
        #expect(text.contains("docket_auth_refused_total{reason=\"unknown\"} 8\n"))
    }

    @Test func `A header goes before a certificate, of the same tenant alone`() throws {
        let token = try #require(try create { $0.uses = [.traces] }.secret)
        let foreign = try #require(try create(tenant: other).secret)
        _ = try create(.certificate(subject: "CN=a"))
        #expect(outcome("Bearer \(token)", certificate: "CN=a", for: .traces) == "acme")
        // The certificate may send logs, the token may not, and it is the token that counts.
        #expect(outcome("Bearer \(token)", certificate: "CN=a") == "use")
        #expect(outcome("Bearer \(foreign)", certificate: "CN=a") == "tenant")
        #expect(outcome("Bearer wrong", certificate: "CN=a") == "unknown")
        #expect(outcome("Nonsense", certificate: "CN=a") == "unknown")
        // A certificate that is in no book may be the network's way of doing things.
        #expect(outcome("Bearer \(foreign)", certificate: "CN=stranger") == "other")
    }

    @Test(arguments: Credential.Use.allCases)
    func `A credential is good for its uses and no others`(use: Credential.Use) throws {
        let made = try create { $0.uses = [use] }
        let token = try #require(made.secret)
        for tried in Credential.Use.allCases {
            #expect(outcome("Bearer \(token)", for: tried) == (tried == use ? "acme" : "use"))
            #expect(doorkeeper.holds(made.credential.id, for: tried) == (tried == use))
        }
    }

    @Test func `It ends by time, by hand, and with its rotation`() throws {
        let made = try create { $0.expires = clock.now() + .hours(1) }
        let token = try #require(made.secret)
        let id = made.credential.id
        #expect(outcome("Bearer \(token)") == "acme")
        let next = try book.rotate(id, overlap: .minutes(10), now: clock.now()).secret
        #expect(outcome("Bearer \(token)") == "acme" && outcome("Bearer \(next)") == "acme")
        clock.advance(.minutes(10))
        #expect(outcome("Bearer \(token)") == "expired" && outcome("Bearer \(next)") == "acme")
        clock.advance(.minutes(50))
        #expect(outcome("Bearer \(next)") == "expired" && !doorkeeper.holds(id, for: .logs))
        _ = try book.revoke(id, now: clock.now())
        #expect(outcome("Bearer \(next)") == "revoked" && !doorkeeper.holds(id, for: .logs))
        #expect(!doorkeeper.holds("cred_0", for: .logs))
    }

    @Test func `The message tells the remedy and nothing of the credential`() throws {
        let made = try create { $0.uses = [.traces] }
        let token = try #require(made.secret)
        let request = HTTPRequest(.post, "/v1/logs", headers: ["authorization": "Bearer \(token)"])
        guard case .failure(let refusal) = doorkeeper.admit(request, for: .logs) else {
            Issue.record("let in")
            return
        }
        #expect(refusal.message == "The credential may not send logs; ask for one with the use logs.")
    }

    @Test func `A credential has its rate, and the others have theirs`() throws {
        let slow = try #require(try create { $0.rate = 3 }.secret)
        let free = try #require(try create().secret)
        #expect((0..<4).map { _ in outcome("Bearer \(slow)") } == ["acme", "acme", "acme", "rate"])
        #expect(outcome("Bearer \(free)") == "acme")
        guard case .failure(let refusal) = doorkeeper.admit(.bearer(slow), from: Peer(), for: .logs) else {
            Issue.record("let in")
            return
        }
        let wait = try #require(refusal.retryAfter)
        #expect(wait > .milliseconds(300) && wait <= .milliseconds(334))
        clock.advance(wait)
        #expect((0..<2).map { _ in outcome("Bearer \(slow)") } == ["acme", "rate"])
        #expect(metrics.exposition().contains("docket_auth_refused_total{reason=\"rate\"} 3\n"))
    }

    @Test func `All credentials of a tenant share its rate, and what one is refused costs the tenant nothing`() throws {
        let slow = try #require(try create { $0.rate = 1 }.secret)
        let tokens = try [slow, #require(try create().secret), #require(try create().secret)]
        let foreign = try #require(try create(tenant: other).secret)
        for _ in 0..<50 { _ = outcome("Bearer \(slow)") }
        let got = (0..<30).map { outcome("Bearer \(tokens[1 + $0 % 2])") }
        #expect(got.filter { $0 == "acme" }.count == 19)
        #expect(outcome("Bearer \(foreign)") == "other")
        clock.advance(.seconds(1))
        #expect(outcome("Bearer \(tokens[1])") == "acme")
    }
}
