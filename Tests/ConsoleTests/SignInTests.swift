import Codecs
import Network
import Platform
import TestKit
import Testing

struct SignInTests {
    @Test func `without a session every page leads to the form and back`() async throws {
        let sample = try SampleConsole()
        for path in ["/search", "/search?q=Bash&from=now-1h&to=now", "/events/evt_7", "/export?q="] {
            let answer = try await sample.send(.get, path)
            #expect(answer.status == 303, "\(path)")
            let form = try await sample.send(.get, answer.headers["location"] ?? "")
            #expect(form.status == 200)
            #expect(form.text.contains("<h1 id=\"heading\">Sign in</h1>"))
            let shown = path.replacing("&", with: "&amp;")
            #expect(form.text.contains("name=\"next\" value=\"\(shown)\""), "\(form.text)")
        }
    }

    @Test func `the right token begins a session and goes where the person wanted to`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.sendForm(
            "/sign-in", "token=\(SampleConsole.token)&next=%2Fevents%2Fevt_7%3Fa%3Db")
        #expect(answer.status == 303)
        #expect(answer.headers["location"] == "/events/evt_7?a=b")
        let cookie = try #require(answer.headers["set-cookie"])
        #expect(cookie.hasPrefix("docket-session="))
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict"] { #expect(cookie.contains(part)) }
        let name = cookie.dropFirst("docket-session=".count).prefix { $0 != ";" }
        #expect(name.count == 64)
        let other = try await sample.signIn().1
        #expect(other != "docket-session=\(name)")
    }

    static let foreign: [String] = [
        "https://example.com/", "//example.com/", "/\\example.com", "\\\\example.com", "javascript:alert(1)", "", "x",
        "///example.com",
    ]

    @Test(arguments: foreign)
    func `the way back never leaves this server`(target: String) async throws {
        let sample = try SampleConsole()
        let encoded = target.utf8.map { "%" + hex($0) }.joined()
        let answer = try await sample.sendForm("/sign-in", "token=\(SampleConsole.token)&next=\(encoded)")
        #expect(answer.headers["location"] == "/")
    }

    private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    @Test func `a wrong token is told, and no session begins`() async throws {
        let sample = try SampleConsole()
        for token in ["", "wrong", "\(SampleConsole.token)x"] {
            let answer = try await sample.sendForm("/sign-in", "token=\(token)&next=%2F")
            #expect(answer.status == 401)
            #expect(answer.headers["set-cookie"] == nil)
            #expect(answer.text.contains("The credential is not known."))
            #expect(!answer.text.contains(SampleConsole.token))
        }
    }

    /// Head fields that a form from elsewhere comes with, or that say nothing.
    static let others: [[(String, String)]] = [
        [], [("sec-fetch-site", "cross-site")], [("sec-fetch-site", "same-site")], [("sec-fetch-site", "none")],
        [("origin", "null")], [("origin", "https://example.com")],
        [("origin", "http://127.0.0.1")], [("sec-fetch-site", "cross-site"), ("origin", "SELF")],
    ]

    @Test(arguments: others.indices)
    func `a form from another site does nothing`(place: Int) async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let headers = Self.others[place].map { ($0.0, $0.1 == "SELF" ? sample.base : $0.1) }
        let signIn = try await sample.send(.post, "/sign-in", headers, body: "token=\(SampleConsole.token)")
        #expect(signIn.status == 403)
        #expect(signIn.headers["set-cookie"] == nil)
        let signOut = try await sample.send(.post, "/sign-out", headers + [session])
        #expect(signOut.status == 403)
        let search = try await sample.send(.post, "/api/v1/search", headers + [session], body: "{}")
        #expect(search.status == 403)
        #expect(try search.json()["error"]?["type"] == "forbidden")
        #expect(try await sample.send(.get, "/search", [session]).status == 200)
    }

    @Test func `an older browser proves its origin by name`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.send(
            .post, "/sign-in", [("origin", sample.base)], body: "token=\(SampleConsole.token)")
        #expect(answer.status == 303)
    }

    @Test func `behind a proxy that ends TLS the cookie is secure too`() async throws {
        let sample = try SampleConsole()
        let host = sample.base.dropFirst("http://".count)
        let answer = try await sample.send(
            .post, "/sign-in", [("origin", "https://\(host)")], body: "token=\(SampleConsole.token)")
        #expect(answer.headers["set-cookie"]?.hasSuffix("; Secure") == true)
    }

    @Test func `signing out ends the session for good`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let token = try await sample.formToken(session)
        let answer = try await sample.sendForm("/sign-out", "form-token=\(token)", [session])
        #expect(answer.status == 303)
        #expect(answer.headers["set-cookie"]?.contains("Max-Age=0") == true)
        #expect(try await sample.send(.get, "/search", [session]).status == 303)
        #expect(try await sample.send(.get, "/sign-out").status == 405)
    }

    @Test func `a session ends when it is not used, and after half a day in any case`() async throws {
        let sample = try SampleConsole()
        let idle = try await sample.signIn()
        sample.clock.move(.minutes(59))
        #expect(try await sample.send(.get, "/search", [idle]).status == 200)
        sample.clock.move(.minutes(61))
        #expect(try await sample.send(.get, "/search", [idle]).status == 303)
        let used = try await sample.signIn()
        for _ in 0..<13 {
            #expect(try await sample.send(.get, "/search", [used]).status == 200)
            sample.clock.move(.minutes(55))
        }
        sample.clock.move(.minutes(10))
        #expect(try await sample.send(.get, "/search", [used]).status == 303)
    }

    @Test func `after ten wrong tokens an address waits`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        for _ in 0..<10 { #expect(try await sample.sendForm("/sign-in", "token=wrong").status == 401) }
        let answer = try await sample.sendForm("/sign-in", "token=\(SampleConsole.token)")
        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"] == "6")
        let call = try await sample.call("/api/v1/search", "{}")
        #expect(call.status == 429)
        #expect(try call.json()["error"]?["type"] == "too-many-attempts")
        // Who is in stays in.
        #expect(try await sample.send(.get, "/search", [session]).status == 200)
        sample.clock.move(.seconds(6))
        #expect(try await sample.sendForm("/sign-in", "token=\(SampleConsole.token)").status == 303)
    }

    /// Why a credential is refused, and how that is answered.
    static let refusals: [(String, Int, String, String)] = [
        ("wrong", 401, "unauthenticated", "not known"), ("expired", 401, "unauthenticated", "has expired"),
        ("revoked", 401, "unauthenticated", "was revoked"), ("use", 403, "forbidden", "may not search"),
        ("tenant", 403, "forbidden", "different tenants"), ("rate", 429, "too-many-requests", "later"),
        ("busy", 429, "busy", "later"),
    ]

    @Test(arguments: refusals)
    func `form and API say why a credential is refused`(
        secret: String, status: Int, type: String, words: String
    ) async throws {
        let sample = try SampleConsole()
        let form = try await sample.sendForm("/sign-in", "token=\(secret)")
        #expect(form.status == status && form.text.contains(words) && form.headers["set-cookie"] == nil)
        let call = try await sample.send(.post, "/api/v1/search", [("authorization", "Bearer \(secret)")], body: "{}")
        #expect(call.status == status)
        #expect(try call.json()["error"]?["type"]?.string == type)
        for answer in [form, call] {
            #expect(answer.headers["retry-after"] == (status == 429 || status == 503 ? "2" : nil))
        }
    }

    @Test func `a session ends with the credential that began it`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let other = try await sample.signIn(SampleConsole.otherToken)
        sample.revoked.withLock { _ = $0.insert("cred_1") }
        #expect(try await sample.send(.get, "/search", [session]).status == 303)
        #expect(try await sample.send(.get, "/search", [other]).status == 200)
        // Nor does it come back.
        sample.revoked.withLock { $0 = [] }
        #expect(try await sample.send(.get, "/search", [session]).status == 303)
    }

    @Test func `the API takes a key, and not a scheme that it does not know`() async throws {
        let sample = try SampleConsole()
        #expect(
            try await sample.send(.post, "/api/v1/search", [("x-api-key", SampleConsole.token)], body: "{}").status
                == 200)
        let digest = try await sample.send(.post, "/api/v1/search", [("authorization", "Digest x")], body: "{}")
        #expect(digest.status == 401)
    }

    @Test func `a session sees its own tenant only`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn(SampleConsole.otherToken)
        let page = try await sample.send(.get, "/search", [session])
        #expect(page.text.contains(">1 event<"))
        #expect(page.text.contains("evt_1000"))
        #expect(try await sample.send(.get, "/events/evt_1000", [session]).status == 200)
        #expect(try await sample.send(.get, "/events/evt_7", [session]).status == 404)
    }
}
