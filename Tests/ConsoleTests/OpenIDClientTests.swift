import Codecs
import Integrity
import Network
import Platform
import TestKit
import Testing

@testable import Console

/// What is asked of a provider, how often, and what is taken for an answer.
struct OpenIDClientTests {
    /// Answers what a test says, and counts what it is asked for.
    private final class Provider: Sendable {
        let answers = Locked<[String: JSONValue]>([:])
        let asked = Locked<[String]>([])
        let url: String
        private let server: HTTPServer

        init() throws {
            let (answers, asked) = (answers, asked)
            let listener = Listener("127.0.0.1", port: 0) { request, responder in
                asked.withLock { $0.append(request.path) }
                let answer = answers.withLock { $0[request.path] }
                responder.send(HTTPResponse(answer == nil ? 404 : 200, body: Array((answer ?? .null).text.utf8)))
            }
            server = try HTTPServer(listeners: [listener], loops: 1, log: Log("test", least: .error) { _ in })
            server.start()
            url = "http://\(server.addresses[0])"
            offer([])
        }

        deinit { server.stop(grace: .milliseconds(0)) }

        /// - Parameter changes: members of the discovery document; `nil` takes one out.
        func offer(_ changes: [(String, String?)]) {
            var members = [
                ("issuer", url), ("authorization_endpoint", url + "/authorize"), ("token_endpoint", url + "/token"),
                ("jwks_uri", url + "/keys"),
            ]
            for (name, value) in changes {
                members.removeAll { $0.0 == name }
                if let value { members.append((name, value)) }
            }
            let document = JSONValue.object(members.map { .init($0.0, .string($0.1)) })
            answers.withLock { $0["/.well-known/openid-configuration"] = document }
        }

        func publish(_ key: Ed25519.SecretKey, as id: String) {
            let text = Base64URL.text(of: key.publicKey.bytes)
            let document: JSONValue = [
                "keys": .array([["kty": "OKP", "crv": "Ed25519", "kid": .string(id), "x": .string(text)]])
            ]
            answers.withLock { $0["/keys"] = document }
        }

        func count(_ path: String) -> Int { asked.withLock { $0.filter { $0 == path }.count } }
    }

    private let provider: Provider
    private let clock = HandClock()
    private let client: OpenIDClient

    init() throws {
        provider = try Provider()
        client = OpenIDClient(
            OpenIDConfiguration(issuer: provider.url, clientID: "docket", console: "https://docket.example.com"),
            clock: clock)
    }

    private static func token(_ key: Ed25519.SecretKey, _ id: String) throws -> JSONWebToken {
        let text = #"{"alg":"EdDSA","kid":"\#(id)"}"#
        let signed = Array((Base64URL.text(of: Array(text.utf8)) + ".e30").utf8)
        let signature = Base64URL.text(of: unsafe key.signature(over: signed.span.bytes))
        return try JSONWebToken(String(decoding: signed, as: UTF8.self) + "." + signature)
    }

    /// What is wrong, asked on a thread that may wait.
    private func reason(_ body: @escaping @Sendable (OpenIDClient) throws(OpenIDProblem) -> Void) async -> String? {
        let client = client
        return await onOwnThread {
            do throws(OpenIDProblem) {
                try body(client)
                return nil
            } catch {
                return error.reason
            }
        }
    }

    private func verify(_ key: Ed25519.SecretKey, _ id: String) async throws -> String? {
        let token = try Self.token(key, id)
        return await reason { (client) throws(OpenIDProblem) in try client.verify(token) }
    }

    @Test func `keys are asked for once an hour, and for a new name once a minute`() async throws {
        let (first, second) = (Ed25519.SecretKey(random: .system), Ed25519.SecretKey(random: .system))
        provider.publish(first, as: "one")
        for _ in 0..<3 { #expect(try await verify(first, "one") == nil) }
        #expect(provider.count("/keys") == 1)
        provider.publish(second, as: "two")
        // Whoever makes up names does not make this server ask all day.
        for _ in 0..<3 { #expect(try await verify(second, "two")?.contains("does not publish") == true) }
        #expect(provider.count("/keys") == 1)
        clock.move(.minutes(1))
        #expect(try await verify(second, "two") == nil)
        #expect(try await verify(first, "one")?.contains("does not publish") == true)
        #expect(provider.count("/keys") == 2)
        clock.move(.hours(1))
        #expect(try await verify(second, "two") == nil)
        #expect(provider.count("/keys") == 3 && provider.count("/.well-known/openid-configuration") == 2)
    }

    /// Changes of what a provider says of itself, and a word of what is said of them.
    static let offers: [([(String, String?)], String)] = [
        ([("issuer", "https://evil.example.com")], "calls itself otherwise"), ([("issuer", nil)], "calls itself"),
        ([("jwks_uri", "http://evil.example.com/keys")], "`jwks_uri`"), ([("jwks_uri", nil)], "`jwks_uri`"),
        ([("token_endpoint", "http://evil.example.com/")], "`token_endpoint`"),
        ([("authorization_endpoint", "javascript:alert(1)")], "`authorization_endpoint`"),
        ([("authorization_endpoint", "https://a.example.com/\"><script>")], "`authorization_endpoint`"),
    ]

    @Test(arguments: offers.indices)
    func `a provider that offers something else is not believed`(place: Int) async {
        let (changes, words) = Self.offers[place]
        provider.offer(changes)
        let reason = await reason { (client) throws(OpenIDProblem) in _ = try client.offer() }
        #expect(reason?.contains(words) == true, "\(reason ?? "believed")")
        // The next try asks again: it may be mended.
        provider.offer([])
        #expect(await self.reason { (client) throws(OpenIDProblem) in _ = try client.offer() } == nil)
    }

    @Test func `an answer that is too large or no object is none`() async {
        provider.answers.withLock { $0["/.well-known/openid-configuration"] = .array([]) }
        let wrong = await reason { (client) throws(OpenIDProblem) in _ = try client.offer() }
        #expect(wrong?.contains("no JSON object") == true)
        let large = String(repeating: "x", count: 300 << 10)
        provider.offer([("more", large)])
        let tooLarge = await reason { (client) throws(OpenIDProblem) in _ = try client.offer() }
        #expect(tooLarge?.contains("too-large") == true)
    }
}
