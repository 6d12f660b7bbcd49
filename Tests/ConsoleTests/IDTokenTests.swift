import Codecs
import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Console

/// Tokens of an identity provider, and what is believed of them.
struct IDTokenTests {
    private static let now = Timestamp.sample
    private static let issuer = "https://idp.example.com"

    /// Signs as a provider does, with a key that a test may have.
    private struct Signer {
        let key = Ed25519.SecretKey(random: .system)

        func token(_ claims: JSONValue, head: JSONValue = ["alg": "EdDSA", "kid": "one"]) -> String {
            let text = [head, claims].map { Base64URL.text(of: Array($0.text.utf8)) }.joined(separator: ".")
            let bytes = Array(text.utf8)
            return text + "." + Base64URL.text(of: unsafe key.signature(over: bytes.span.bytes))
        }

        func keys(_ id: String = "one", use: String = "sig", algorithm: String? = nil) throws -> JSONWebKeys {
            var key: [JSONValue.Member] = [
                .init("kty", "OKP"), .init("crv", "Ed25519"), .init("kid", .string(id)), .init("use", .string(use)),
                .init("x", .string(Base64URL.text(of: self.key.publicKey.bytes))),
            ]
            if let algorithm { key.append(.init("alg", .string(algorithm))) }
            return try JSONWebKeys(["keys": [.object(key)]])
        }
    }

    private func reason(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let problem as OpenIDProblem {
            return problem.reason
        } catch {
            return "\(error)"
        }
    }

    // MARK: Signatures

    @Test func `RS256, ES256 and EdDSA are believed when the signature is right`() throws {
        let keys = try JSONWebKeys([
            "keys": [
                ["kty": "RSA", "kid": "r", "n": .string(OpenIDVectors.rsaModulus), "e": "AQAB"],
                [
                    "kty": "EC", "crv": "P-256", "kid": "e", "x": .string(OpenIDVectors.pointX),
                    "y": .string(OpenIDVectors.pointY),
                ],
            ]
        ])
        for text in [OpenIDVectors.rs256, OpenIDVectors.es256] {
            let token = try JSONWebToken(text)
            #expect(token.claims["iss"]?.string == Self.issuer)
            #expect(keys.know(token) && keys.verify(token))
        }
        let signer = Signer()
        #expect(try signer.keys().verify(JSONWebToken(signer.token(["sub": "1"]))))
    }

    @Test func `one changed letter of a token is noticed`() throws {
        let keys = try JSONWebKeys([
            "keys": [
                ["kty": "RSA", "kid": "r", "n": .string(OpenIDVectors.rsaModulus), "e": "AQAB"],
                [
                    "kty": "EC", "crv": "P-256", "kid": "e", "x": .string(OpenIDVectors.pointX),
                    "y": .string(OpenIDVectors.pointY),
                ],
            ]
        ])
        for text in [OpenIDVectors.rs256, OpenIDVectors.es256] {
            let letters = Array(text)
            for place in stride(from: 0, to: letters.count, by: 7) where letters[place] != "." {
                var changed = letters
                changed[place] = changed[place] == "A" ? "B" : "A"
                guard let token = try? JSONWebToken(String(changed)) else { continue }
                #expect(!keys.verify(token), "\(place)")
            }
        }
    }

    /// Heads that are refused before anything else is looked at.
    static let heads: [JSONValue] = [
        ["alg": "none"], ["alg": "None"], ["alg": "HS256", "kid": "one"], ["alg": "HS512"], ["alg": "PS256"],
        ["alg": "ES384"], ["alg": "rs256"], ["kid": "one"], ["alg": 1], ["alg": "EdDSA", "crit": ["exp"]],
    ]

    @Test(arguments: heads.indices)
    func `no other algorithm is taken, whatever the token says`(place: Int) {
        let text = Signer().token(["sub": "1"], head: Self.heads[place])
        #expect(throws: OpenIDProblem.self) { _ = try JSONWebToken(text) }
        // Also without a signature, as `none` would have it.
        let bare = text.split(separator: ".").prefix(2).joined(separator: ".") + "."
        #expect(throws: OpenIDProblem.self) { _ = try JSONWebToken(bare) }
    }

    @Test func `what is no token is refused`() {
        let good = Signer().token(["sub": "1"])
        let twice = Base64URL.text(of: Array(#"{"alg":"EdDSA","alg":"none"}"#.utf8)) + good.drop { $0 != "." }
        for text in ["", ".", "..", "a.b", "a.b.c", good + ".x", good + "=", " " + good, String(twice), "\(good)\n"] {
            #expect(throws: OpenIDProblem.self, "\(text.prefix(20))") { _ = try JSONWebToken(text) }
        }
        let large = Signer().token(["sub": .string(String(repeating: "x", count: 70_000))])
        #expect(reason { _ = try JSONWebToken(large) }?.contains("64 KiB") == true)
    }

    @Test func `the key that the token names must have signed it, and be for that`() throws {
        let (signer, other) = (Signer(), Signer())
        let token = try JSONWebToken(signer.token(["sub": "1"]))
        #expect(try !other.keys().verify(token))
        #expect(try !signer.keys("two").know(token))
        #expect(try !signer.keys(use: "enc").know(token))
        #expect(try !signer.keys(algorithm: "RS256").know(token))
        #expect(try signer.keys(algorithm: "EdDSA").verify(token))
        // The kind of the key says the algorithm: a token that says RS256 is not verified with a key of a curve.
        let keys = try signer.keys()
        let claimed = try JSONWebToken(signer.token(["sub": "1"], head: ["alg": "RS256", "kid": "one"]))
        #expect(!keys.know(claimed) && !keys.verify(claimed))
    }

    @Test func `keys that are too small are none`() throws {
        let keys = try JSONWebKeys(["keys": [["kty": "RSA", "n": .string(OpenIDVectors.smallModulus), "e": "AQAB"]]])
        #expect(try !keys.know(JSONWebToken(OpenIDVectors.rs256)))
    }

    // MARK: Claims

    private static let seconds = now.nanoseconds / 1_000_000_000

    private static func claims(_ changes: [(String, JSONValue?)] = []) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("iss", .string(issuer)), .init("aud", "docket"), .init("sub", "person-1"),
            .init("exp", .integer(seconds + 300)), .init("iat", .integer(seconds)), .init("nonce", "n"),
        ]
        for (key, value) in changes {
            members.removeAll { $0.key == key }
            if let value { members.append(.init(key, value)) }
        }
        return .object(members)
    }

    private func flaw(_ changes: [(String, JSONValue?)], maxAge: Timestamp.Span? = nil) -> String? {
        reason {
            try IDTokenCheck(
                issuer: Self.issuer, clientID: "docket", nonce: "n", maxAge: maxAge, now: Self.now
            ).check(Self.claims(changes))
        }
    }

    static let good: [[(String, JSONValue?)]] = [
        [], [("aud", ["docket"])], [("aud", ["other", "docket"]), ("azp", "docket")], [("azp", "docket")],
        // A minute between two clocks.
        [("exp", .integer(seconds - 59))], [("iat", .integer(seconds + 59))], [("nbf", .integer(seconds + 59))],
        [("exp", .double(Double(seconds) + 0.5))],
    ]

    @Test(arguments: good.indices)
    func `a token that is about this sign-in is believed`(place: Int) {
        #expect(flaw(Self.good[place]) == nil)
    }

    /// What is wrong, and a word of what is said of it.
    static let bad: [([(String, JSONValue?)], String)] = [
        ([("iss", "https://idp.example.com/")], "oidc.issuer"), ([("iss", nil)], "oidc.issuer"),
        ([("aud", "other")], "oidc.client_id"), ([("aud", nil)], "oidc.client_id"), ([("aud", [])], "oidc.client_id"),
        ([("aud", ["other", "docket"])], "azp"), ([("azp", "other")], "azp"),
        ([("aud", ["other", "docket"]), ("azp", "other")], "azp"),
        ([("exp", .integer(seconds - 60))], "expired"), ([("exp", nil)], "exp"), ([("exp", "soon")], "exp"),
        ([("exp", .double(1e300))], "exp"), ([("exp", .integer(-1))], "exp"),
        ([("iat", .integer(seconds + 61))], "iat"), ([("iat", nil)], "iat"),
        ([("nbf", .integer(seconds + 61))], "nbf"), ([("nonce", "m")], "nonce"), ([("nonce", nil)], "nonce"),
        ([("sub", "")], "sub"), ([("sub", nil)], "sub"),
        ([("sub", .string(String(repeating: "x", count: 256)))], "sub"),
    ]

    @Test(arguments: bad.indices)
    func `a token that is about something else says what`(place: Int) {
        let (changes, word) = Self.bad[place]
        let flaw = flaw(changes)
        #expect(flaw?.contains(word) == true, "\(flaw ?? "believed")")
    }

    @Test func `who must have shown the provider lately who they are`() {
        let hour = Timestamp.Span.hours(1)
        #expect(flaw([("auth_time", .integer(Self.seconds - 3_600))], maxAge: hour) == nil)
        #expect(flaw([("auth_time", .integer(Self.seconds - 3_661))], maxAge: hour) != nil)
        #expect(flaw([], maxAge: hour) != nil)
    }

    // MARK: Persons

    private func configuration() -> OpenIDConfiguration {
        var configuration = OpenIDConfiguration(
            issuer: Self.issuer, clientID: "docket", console: "https://docket.example.com")
        configuration.roles = [.admin: ["ops"], .analyst: ["soc"], .viewer: ["staff", "soc"]]
        configuration.domains = ["example.com"]
        return configuration
    }

    private func person(_ members: [JSONValue.Member], _ configuration: OpenIDConfiguration) throws -> ProvidedUser {
        try ClaimedPerson(configuration: configuration).user(
            .object([.init("sub", "person-1")] + members), idToken: "t")
    }

    private func member(_ email: String, _ groups: JSONValue, isVerified: JSONValue = .bool(true)) -> [JSONValue.Member]
    {
        [.init("email", .string(email)), .init("email_verified", isVerified), .init("groups", groups)]
    }

    @Test func `the group that may most gives the role`() throws {
        let configuration = configuration()
        let right: [(JSONValue, Role)] = [
            (.array(["staff"]), .viewer), (.array(["soc"]), .analyst), (.array(["staff", "ops", "soc"]), .admin),
            (.string("ops"), .admin),
        ]
        for (groups, role) in right {
            #expect(try person(member("anna@example.com", groups), configuration).role == role)
        }
        let wrong: [JSONValue] = [.array([]), .array(["others"]), .string("OPS"), .array([1]), .null]
        for groups in wrong {
            #expect(
                reason { _ = try person(member("a@example.com", groups), configuration) }?.contains("oidc.roles")
                    == true)
        }
        var generous = configuration
        generous.standardRole = .viewer
        #expect(try person(member("a@example.com", ["others"]), generous).role == .viewer)
    }

    @Test func `a claim may lie deeper`() throws {
        var configuration = configuration()
        configuration.roleClaim = "realm_access.roles"
        let claim = JSONValue.Member("realm_access", ["roles": ["soc"]])
        #expect(try person(member("a@example.com", []) + [claim], configuration).role == .analyst)
    }

    @Test func `an address is verified and of a domain that may come in`() {
        let configuration = configuration()
        for email in [
            "anna@evil.example", "anna@sub.example.com", "anna@example.com.evil.example", "anna@evilexample.com",
            "anna", "a b@example.com",
        ] {
            #expect(throws: OpenIDProblem.self, "\(email)") { _ = try person(member(email, ["ops"]), configuration) }
        }
        for flag in [.bool(false), "false", .null, 1] as [JSONValue] {
            let flaw = reason { _ = try person(member("anna@example.com", ["ops"], isVerified: flag), configuration) }
            #expect(flaw?.contains("email_verified") == true)
        }
        #expect(
            reason { _ = try person(member("Anna@EXAMPLE.com", ["ops"], isVerified: "true"), configuration) } == nil)
    }

    // MARK: The way

    @Test func `a state is good once and for ten minutes`() {
        let clock = HandClock()
        let flows = OpenIDFlows(clock: clock)
        let (first, second) = (flows.begin(next: LocalAddress("/")), flows.begin(next: LocalAddress("/")))
        #expect(Set([first.state, first.nonce, first.verifier, first.browser, second.state]).count == 5)
        #expect(flows.end(first.state) != nil)
        #expect(flows.end(first.state) == nil)
        clock.move(.minutes(10))
        #expect(flows.end(second.state) == nil)
        #expect(flows.end("") == nil)
    }

    @Test func `who is on the way is bounded`() {
        let flows = OpenIDFlows(clock: HandClock())
        let states = (0..<OpenIDFlows.most + 1).map { _ in flows.begin(next: LocalAddress("/")).state }
        #expect(states.filter { flows.end($0) != nil }.count == OpenIDFlows.most)
    }

    @Test func `secrets go over TLS, or to this machine`() {
        for url in ["https://idp.example.com", "http://127.0.0.1:9", "http://localhost/x", "http://[::1]:9/"] {
            #expect(OpenIDConfiguration.isSafe(url), "\(url)")
        }
        for url in [
            "http://idp.example.com", "https://", "ftp://x", "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "https://a b", "https://a\"b", "javascript:alert(1)", "",
        ] {
            #expect(!OpenIDConfiguration.isSafe(url), "\(url)")
        }
    }
}
