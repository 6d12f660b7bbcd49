import Events
import Network
import Platform
import TestKit
import Testing

@testable import Console

/// Signing in with a name and a password, and what a role may then do.
struct PeopleTests {
    private func form(_ name: String, _ password: String) -> String {
        "name=\(name)&password=\(password.replacing(" ", with: "+"))&next=%2F"
    }

    @Test func `a name and a password begin a session, which the record tells of`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn(.viewer)
        let page = try await sample.send(.get, "/account", [session])
        #expect(page.status == 200 && page.text.contains("data-key=\"role\">viewer<"))
        let act = try #require(sample.journal.acts(.signIn).first)
        #expect(act.actor == ReaderAct.Actor(name: "viewer", id: "user_viewer", role: .viewer))
        #expect(act.way == "password" && act.failure == nil && act.address == "127.0.0.1")
        // What names the session in the record lets nobody in.
        #expect(act.session.map { session.1.contains($0) } == false)
    }

    @Test func `a wrong password, a name of nobody and a disabled account look the same`() async throws {
        let sample = try SampleConsole()
        sample.people.change("auditor") { $0.isDisabled = true }
        var pages: Set<String> = []
        for (name, password) in [
            ("viewer", "wrong"), ("nobody1", "wrong"), ("auditor", PeopleDouble.password("auditor")),
        ] {
            let answer = try await sample.sendForm("/sign-in", form(name, password))
            #expect(answer.status == 401 && answer.headers["set-cookie"] == nil)
            pages.insert(answer.text.replacing(name, with: "NAME"))
        }
        #expect(pages.count == 1)
        let failures = sample.journal.acts(.signIn)
        #expect(failures.count == 3 && failures.allSatisfy { $0.failure != nil })
        // What nobody is called may be a password in the wrong box.
        #expect(failures.map(\.actor.name) == ["viewer", nil, "auditor"])
    }

    @Test func `no more than two passwords are looked at, and who finds the queue full comes again`() async throws {
        let sample = try SampleConsole()
        sample.people.isOpen.update { $0 = false }
        let (base, client) = (sample.base, HTTPClient(proxy: .none, connections: 64))
        let answers = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let request = HTTPClientRequest(
                        .post, base + "/sign-in", headers: ["sec-fetch-site": "same-origin"],
                        body: Array("name=viewer&password=\(number)".utf8))
                    return try? await client.send(request).status
                }
            }
            var answers: [Int?] = []
            // Two are looked at and 32 wait: the other six are told at once, and all the rest once it goes on.
            for await answer in group {
                answers.append(answer)
                if answers.count == 6 { sample.people.isOpen.update { $0 = true } }
            }
            return answers
        }
        #expect(answers.prefix(6).allSatisfy { $0 == 429 })
        #expect(sample.people.looks.withLock { $0.most } == 2)
    }

    @Test func `one account is tried slower and slower, from wherever`() {
        let clock = HandClock()
        let delay = AccountDelay(clock: clock)
        for _ in 0..<AccountDelay.free {
            #expect(delay.wait(for: "anna", from: "192.0.2.1") == nil)
            delay.failed("Anna")
        }
        var waits: [Int] = []
        for number in 0..<12 {
            let wait = delay.wait(for: "anna", from: "192.0.2.\(number)")
            waits.append(wait ?? 0)
            clock.move(.seconds(Int64(wait ?? 0)))
            #expect(delay.wait(for: "ANNA", from: "198.51.100.1") == nil)
            delay.failed("anna")
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
        #expect(delay.wait(for: "berta", from: "192.0.2.1") == nil)
    }

    @Test func `what others try does not keep a person out where they were in before`() {
        let delay = AccountDelay(clock: HandClock())
        delay.succeeded("anna", from: "192.0.2.1")
        for _ in 0..<20 { delay.failed("anna") }
        #expect(delay.wait(for: "anna", from: "192.0.2.1") == nil)
        #expect(delay.wait(for: "anna", from: "198.51.100.1") != nil)
    }

    @Test func `a session ends when role, password or state of its person change`() async throws {
        let changes: [@Sendable (inout PeopleDouble.Person) -> Void] = [
            { $0.isDisabled = true },
            {
                let user = $0.user
                $0.user = ConsoleUser(
                    id: user.id, name: user.name, display: nil, tenant: user.tenant, role: .auditor, mark: user.mark)
            },
            {
                let user = $0.user
                $0.user = ConsoleUser(
                    id: user.id, name: user.name, display: nil, tenant: user.tenant, role: user.role, mark: "2")
            },
        ]
        for change in changes {
            let sample = try SampleConsole()
            let (viewer, admin) = (try await sample.signIn(.viewer), try await sample.signIn(.admin))
            sample.people.change("viewer", change)
            #expect(try await sample.send(.get, "/search", [viewer]).status == 303)
            #expect(try await sample.send(.get, "/search", [admin]).status == 200)
            #expect(sample.journal.acts(.sessionEnd).map(\.actor.name) == ["viewer"])
        }
    }

    @Test func `a request looks for its session once`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn(.analyst)
        let token = try await sample.formToken(session)
        let requests: [(HTTPMethod, String, String)] = [
            (.get, "/search", ""), (.get, "/account", ""), (.post, "/api/v1/search", "{}"),
            (.post, "/look", "form-token=\(token)&set=theme:dark"), (.get, "/none", ""),
        ]
        for (method, path, body) in requests {
            let before = sample.people.asked.value
            _ = try await sample.send(method, path, [session, ("sec-fetch-site", "same-origin")], body: body)
            #expect(sample.people.asked.value == before + 1, "\(path)")
        }
    }

    // MARK: Roles

    /// Which role gets what where.
    static let doors: [(HTTPMethod, String, String, [Role])] = [
        (.get, "/search", "", Role.allCases), (.get, "/events/evt_7", "", Role.allCases),
        (.get, "/account", "", Role.allCases),
        (.get, "/export?q=", "", [.auditor, .analyst, .admin]),
        (.post, "/api/v1/search", "{}", Role.allCases),
        (.post, "/api/v1/search", #"{"format":"ndjson"}"#, [.auditor, .analyst, .admin]),
        (.post, "/api/v1/query", #"{"query":"FROM events"}"#, [.analyst, .admin]),
        (.post, "/api/v1/fields", #"{}"#, Role.allCases),
        (.post, "/api/v1/fields", #"{"field":"event.action"}"#, Role.allCases),
        (.post, "/api/v1/fields", #"{"field":"process.command_line"}"#, [.analyst, .admin]),
        (.post, "/api/v1/histogram", #"{"by":"process.command_line"}"#, [.analyst, .admin]),
        (.get, "/api/v1/events/evt_7", "", Role.allCases),
    ]

    @Test(arguments: doors.indices)
    func `each door is open to those roles that may go through it`(place: Int) async throws {
        let (method, path, body, roles) = Self.doors[place]
        let sample = try SampleConsole()
        for role in Role.allCases {
            let session = try await sample.signIn(role)
            let answer = try await sample.send(method, path, [session, ("sec-fetch-site", "same-origin")], body: body)
            #expect((answer.status != 403) == roles.contains(role), "\(role) \(path) \(body): \(answer.status)")
            if !roles.contains(role) { #expect(answer.text.contains("Your role may not do this")) }
        }
    }

    @Test func `the table of roles is what the guide says`() {
        let may = { (permission: Permission) in Role.allCases.filter { $0.may(permission) } }
        #expect(may(.search) == Role.allCases)
        #expect(may(.content) == [.analyst, .admin])
        #expect(may(.people) == [.admin])
        #expect(may(.queries) == [.auditor, .analyst, .admin])
        #expect(may(.proofs) == [.auditor, .analyst, .admin])
        // Nobody but an admin asks for a hold and approves it.
        #expect(Set(may(.holdRequest)).intersection(may(.holdApproval)) == [.admin])
    }

    @Test func `a token that searches is an analyst's, and one that does everything an admin's`() {
        #expect(Credential(id: "cred_1", tenant: .default, uses: [.search]).role == .analyst)
        #expect(Credential(id: "cred_1", tenant: .default, uses: .all).role == .admin)
        #expect(Credential(id: "cred_1", tenant: .default, uses: [.search, .hold]).role == .analyst)
    }

    // MARK: Content

    private static let secret = "the words of a prompt"

    private func console() throws -> SampleConsole {
        try SampleConsole([SampleConsole.event(1, minutesAgo: 1, [("message", Self.secret)])])
    }

    @Test func `who may not see content sees who, what and when, and not what was written`() async throws {
        for path in ["/search", "/events/evt_1?tab=json", "/api/v1/events/evt_1", "/export?q="] {
            for role in Role.allCases where role != .viewer || path != "/export?q=" {
                let sample = try console()
                let session = try await sample.signIn(role)
                let page = try await sample.send(.get, path, [session])
                #expect(page.status == 200 && page.text.contains("user1@example.com"))
                // Pages cover content until somebody asks for it.
                let shows = role.may(.content) && (path.hasPrefix("/api") || path.hasPrefix("/export"))
                #expect(page.text.contains(Self.secret) == shows, "\(role) \(path)")
            }
        }
    }

    @Test func `content is hidden at any depth, and what tells who is not`() {
        let document =
            #"{"event":{"action":"a"},"claude_code":{"events":{"prompt_text":"x","tool_input":{"b":["y",1]}}}}"#
        let shown = ContentCurtain.draw(over: Array(document.utf8))
        let hidden = ContentCurtain.word
        #expect(shown.fields == ["claude_code.events.prompt_text", "claude_code.events.tool_input.b"])
        #expect(
            String(decoding: shown.document, as: UTF8.self)
                == #"{"event":{"action":"a"},"claude_code":{"events":{"prompt_text":"\#(hidden)","tool_input":{"b":["\#(hidden)",1]}}}}"#
        )
        #expect(!ContentCurtain.hasContent(Array(#"{"event":{"action":"a"},"user":{"email":"b@example.com"}}"#.utf8)))
        #expect(ContentCurtain.hasContent(Array("{".utf8)))
        // Those who watch who looks see what was looked for.
        let query = Array(#"{"docket":{"access":{"query":"x","role":"admin"}}}"#.utf8)
        #expect(ContentCurtain.draw(over: query).fields == ["docket.access.query"])
        #expect(ContentCurtain.draw(over: query, showsQueries: true).document == query)
    }

    @Test func `what somebody looks at is recorded, and what cannot be is not shown`() async throws {
        let sample = try console()
        let analyst = try await sample.signIn(.analyst)
        _ = try await sample.send(.get, "/search?q=event.action:*", [analyst])
        #expect(sample.journal.acts(.search).map(\.query) == ["event.action:*"])
        #expect(try await sample.send(.get, "/events/evt_1", [analyst]).status == 200)
        #expect(sample.journal.acts(.eventView).map(\.event) == ["evt_1"])
        #expect(try await sample.send(.get, "/api/v1/events/evt_1", [analyst]).status == 200)
        #expect(sample.journal.acts(.contentView).map(\.event) == ["evt_1"])
        #expect(try await sample.send(.get, "/export?q=Bash", [analyst]).status == 200)
        #expect(sample.journal.acts(.export).map(\.query) == ["Bash"])
        sample.journal.isBroken.withLock { $0 = true }
        for path in ["/api/v1/events/evt_1", "/export?q=Bash"] {
            let answer = try await sample.send(.get, path, [analyst])
            #expect(answer.status == 503 && !answer.text.contains(Self.secret), "\(path)")
        }
        // Without content there is nothing that could not be taken back.
        let viewer = try await sample.signIn(.viewer)
        #expect(try await sample.send(.get, "/events/evt_1", [viewer]).status == 200)
        #expect(sample.journal.acts(.eventView).map(\.actor.name) == ["analyst", "viewer"])
    }

    // MARK: Forms

    @Test func `a form without the token of its session changes nothing`() async throws {
        let sample = try SampleConsole()
        let (session, other) = (try await sample.signIn(.viewer), try await sample.signIn(.admin))
        let (token, foreign) = (try await sample.formToken(session), try await sample.formToken(other))
        #expect(token != foreign)
        for path in ["/sign-out", "/account/password", "/account/sessions"] {
            for body in ["", "form-token=", "form-token=\(foreign)", "form-token=\(token)0"] {
                #expect(try await sample.sendForm(path, body, [session]).status == 403, "\(path) \(body)")
            }
            // The right token from another site is as good as none.
            let headers = [session, ("sec-fetch-site", "cross-site")]
            let answer = try await sample.send(.post, path, headers, body: "form-token=\(token)")
            #expect(answer.status == 403)
        }
        #expect(try await sample.send(.get, "/search", [session]).status == 200)
        let script = try await sample.sendForm("/sign-out", "", [session, ("x-form-token", token)])
        #expect(script.status == 303)
        #expect(try await sample.send(.get, "/search", [session]).status == 303)
    }

    @Test func `a changed password ends all other sessions and goes on under a new name`() async throws {
        let sample = try SampleConsole()
        let (session, other) = (try await sample.signIn(.viewer), try await sample.signIn(.viewer))
        let token = try await sample.formToken(session)
        let old = PeopleDouble.password("viewer").replacing(" ", with: "+")
        let wrong = try await sample.sendForm(
            "/account/password", "form-token=\(token)&old=x&new=long+enough+for+it", [session])
        #expect(wrong.status == 403 && wrong.text.contains("another one"))
        let short = try await sample.sendForm(
            "/account/password", "form-token=\(token)&old=\(old)&new=short", [session])
        #expect(short.status == 400 && short.text.contains("too short"))
        let done = try await sample.sendForm(
            "/account/password", "form-token=\(token)&old=\(old)&new=long+enough+for+it", [session])
        #expect(done.status == 303)
        let cookie = try #require(done.headers["set-cookie"]).prefix { $0 != ";" }
        for ended in [session, other] { #expect(try await sample.send(.get, "/search", [ended]).status == 303) }
        #expect(try await sample.send(.get, "/search", [("cookie", String(cookie))]).status == 200)
    }

    @Test func `people see and end their own sessions, and nobody else's`() async throws {
        let sample = try SampleConsole()
        let first = try await sample.signIn(.viewer)
        sample.clock.move(.seconds(1))
        let (second, other) = (try await sample.signIn(.viewer), try await sample.signIn(.admin))
        func names(_ session: (String, String)) async throws -> [String] {
            let page = try await sample.send(.get, "/account", [session]).text
            return page.matches(of: /name="session" value="([0-9a-f]{16})"/).map { String($0.1) }
        }
        let (own, foreign) = (try await names(second), try await names(other))
        #expect(own.count == 2 && foreign.count == 1)
        let token = try await sample.formToken(second)
        let stolen = try await sample.sendForm(
            "/account/sessions", "form-token=\(token)&session=\(foreign[0])", [second])
        #expect(stolen.status == 303)
        #expect(try await sample.send(.get, "/search", [other]).status == 200)
        // The newest is listed first, so the last is the other one.
        _ = try await sample.sendForm("/account/sessions", "form-token=\(token)&session=\(own[1])", [second])
        #expect(try await sample.send(.get, "/search", [first]).status == 303)
        #expect(try await sample.send(.get, "/search", [second]).status == 200)
        #expect(sample.journal.acts(.sessionEnd).map(\.session) == [own[1]])
    }
}
