import Codecs
import Events
import Network
import Platform
import Query
import TestKit
import Testing

@testable import Console

/// Content is covered until somebody who may see it asks for it.
struct RevealTests {
    private static let secret = "the words of a prompt"
    private static let command = "deploy --to production"
    private static let cover = "[21 characters, not shown]"
    private static let event = "/events/evt_1?tab=json"

    private func console() throws -> SampleConsole {
        func event(_ number: Int) -> ListEngine.Event {
            let time = Timestamp.sample - .minutes(1)
            let document: JSONValue = [
                "@timestamp": .string(RFC3339.text(time)), "message": .string(Self.secret),
                "event": ["id": .string("evt_\(number)"), "action": "tool_result", "outcome": "success"],
                "user": ["email": "user1@example.com"], "gen_ai": ["tool": ["name": "Bash"]],
                "process": ["command_line": .string(Self.command)],
            ]
            return ListEngine.Event(
                tenant: "default",
                hit: SearchHit(
                    id: "evt_\(number)", time: time, stream: "claude_code.events", document: Array(document.text.utf8)))
        }
        return try SampleConsole([event(1), event(2)])
    }

    private func reveal(
        _ sample: SampleConsole, _ session: (String, String), _ fields: String = "event=evt_1&next=%2Fevents%2Fevt_1"
    ) async throws -> HTTPResponse {
        try await sample.reveal(fields, session)
    }

    private func text(_ sample: SampleConsole, _ path: String, _ session: (String, String)) async throws -> String {
        try await sample.send(.get, path, [session]).text
    }

    @Test func `everybody sees how much is covered, and who may see it has a button`() async throws {
        let sample = try console()
        for role in Role.allCases {
            let session = try await sample.signIn(role)
            for tab in EventTab.allCases {
                let page = try await text(sample, "/events/evt_1?tab=\(tab.rawValue)", session)
                #expect(!page.contains(Self.secret) && !page.contains(Self.command), "\(role) \(tab)")
                #expect(page.contains("2 fields of this event") && page.contains("user1@example.com"), "\(role) \(tab)")
                #expect(page.contains("data-testid=\"reveal\"") == role.may(.content), "\(role) \(tab)")
                #expect(page.contains("one of the roles analyst, admin") != role.may(.content), "\(role) \(tab)")
            }
            #expect(try await text(sample, Self.event, session).contains(Self.cover))
        }
        #expect(sample.journal.acts(.contentView).isEmpty)
        #expect(sample.journal.acts(.eventView).first?.event == "evt_1")
    }

    @Test func `content is shown for one event, in one session, for a while, and the record says so first`()
        async throws
    {
        let sample = try console()
        let (session, other) = (try await sample.signIn(.analyst), try await sample.signIn(.analyst))
        let answer = try await reveal(
            sample, session, "event=evt_1&reason=+ticket+7+&next=%2Fevents%2Fevt_1%3Ftab%3Djson")
        #expect(answer.status == 303 && answer.headers["location"] == Self.event)
        let acts = sample.journal.acts(.contentView)
        #expect(acts.map(\.event) == ["evt_1"] && acts.map(\.reason) == ["ticket 7"])
        #expect(acts.first?.fields.sorted() == ["message", "process.command_line"])
        for tab in ["overview", "table", "json"] {
            #expect(try await text(sample, "/events/evt_1?tab=\(tab)", session).contains(Self.command), "\(tab)")
        }
        let flyout = try await text(sample, "/search?open=evt_1&tab=json", session)
        #expect(flyout.contains(Self.secret) && flyout.contains("data-testid=\"revealed\""))
        #expect(try await !text(sample, "/events/evt_2?tab=json", session).contains(Self.secret))
        #expect(try await !text(sample, Self.event, other).contains(Self.secret))
        sample.clock.move(.minutes(14))
        #expect(try await text(sample, Self.event, session).contains(Self.secret))
        sample.clock.move(.minutes(1))
        #expect(try await text(sample, Self.event, session).contains(Self.cover))
        #expect(sample.journal.acts(.contentView).count == 1)
    }

    @Test func `nobody sees content without the role, the token of the session and a record`() async throws {
        let sample = try console()
        for role in [Role.viewer, .auditor] {
            let session = try await sample.signIn(role)
            #expect(try await reveal(sample, session).status == 403)
            #expect(try await !text(sample, Self.event, session).contains(Self.secret))
        }
        let session = try await sample.signIn(.analyst)
        let foreign = try await sample.formToken(try await sample.signIn(.admin))
        for body in ["event=evt_1", "event=evt_1&form-token=\(foreign)"] {
            #expect(try await sample.sendForm("/content", body, [session]).status == 403)
        }
        let body = "event=evt_1&form-token=\(try await sample.formToken(session))"
        let elsewhere = try await sample.send(
            .post, "/content", [session, ("sec-fetch-site", "cross-site")], body: body)
        #expect(elsewhere.status == 403)
        #expect(try await sample.send(.get, "/content?\(body)", [session]).status == 405)
        sample.journal.isBroken.withLock { $0 = true }
        #expect(try await reveal(sample, session).status == 503)
        #expect(try await text(sample, Self.event, session).contains(Self.cover))
        sample.journal.isBroken.withLock { $0 = false }
        #expect(try await reveal(sample, session, "event=evt_3").status == 404)
        #expect(try await reveal(sample, session, "next=%2F").status == 400)
        let long = String(repeating: "x", count: 1_001)
        #expect(try await reveal(sample, session, "event=evt_1&reason=\(long)").status == 400)
        #expect(try await text(sample, Self.event, session).contains(Self.cover))
        #expect(sample.journal.acts(.contentView).isEmpty)
    }

    @Test func `a session that lost the role shows no content`() async throws {
        let sample = try console()
        let session = try await sample.signIn(.analyst)
        #expect(try await reveal(sample, session).status == 303)
        sample.people.change("analyst") { person in
            let user = person.user
            person.user = ConsoleUser(
                id: user.id, name: user.name, display: nil, tenant: user.tenant, role: .viewer, mark: user.mark)
        }
        #expect(try await sample.send(.get, Self.event, [session]).status == 303)
    }

    @Test func `lists cover content, and filters by it still find events`() async throws {
        let sample = try console()
        let session = try await sample.signIn(.analyst)
        #expect(try await reveal(sample, session).status == 303)
        let query = "process.command_line: deploy*"
        for path in [
            "/search?q=\(query)&cols=message,process.command_line", "/search?q=\(query)",
            "/search?l=eql&q=any+where+process.command_line+like+%22deploy*%22",
            "/events/evt_2?tab=context&same=person",
        ] {
            let page = try await text(sample, path.replacing(" ", with: "+"), session)
            #expect(page.contains("evt_1") && page.contains("characters, not shown]"), "\(path)")
            #expect(!page.contains("deploy --to") && !page.contains(Self.secret), "\(path)")
        }
        let values = try await text(sample, "/search?field=process.command_line", session)
        #expect(values.contains("covered in lists") && !values.contains("deploy"))
        let palette = try await text(sample, "/palette?q=evt_1", session)
        #expect(palette.contains("evt_1") && !palette.contains("deploy"))
    }

    @Test func `a table that somebody wrote covers content until the session asks`() async throws {
        let sample = try console()
        let session = try await sample.signIn(.analyst)
        let query = "FROM+events+%7C+STATS+n+%3D+COUNT(*)+BY+process.command_line"
        let covered = try await text(sample, "/search?l=esql&q=\(query)", session)
        #expect(!covered.contains(Self.command) && covered.contains(ContentCurtain.word))
        #expect(covered.contains("data-testid=\"reveal\"") && covered.contains("Texts of this table"))
        #expect(try await reveal(sample, session, "query=\(query)&next=%2F").status == 303)
        #expect(try await text(sample, "/search?l=esql&q=\(query)", session).contains(Self.command))
        let act = try #require(sample.journal.acts(.contentView).first)
        #expect(act.query == "FROM events | STATS n = COUNT(*) BY process.command_line" && act.language == "esql")
        let other = try await text(sample, "/search?l=esql&q=FROM+events+%7C+KEEP+message", session)
        #expect(!other.contains(Self.secret))
        let plain = try await text(
            sample, "/search?l=esql&q=FROM+events+%7C+STATS+n+%3D+COUNT(*)+BY+user.email", session)
        #expect(plain.contains("user1@example.com") && !plain.contains("data-testid=\"cover\""))
    }

    @Test func `a program that reads by the API is answered as before`() async throws {
        let sample = try console()
        let answer = try await sample.send(
            .get, "/api/v1/events/evt_1", [("authorization", "Bearer \(SampleConsole.token)")])
        #expect(answer.text.contains(Self.secret))
        #expect(sample.journal.acts(.contentView).map(\.event) == ["evt_1"])
    }

    @Test func `what was asked for first is covered again when too much was`() {
        var revealed = RevealedContent()
        let start = Timestamp.sample
        for number in 0...RevealedContent.most {
            revealed.add(.event(id: "\(number)"), start + .milliseconds(Int64(number)))
        }
        let now = start + .seconds(1)
        #expect(!revealed.shows(.event(id: "0"), now) && revealed.shows(.event(id: "1"), now))
        #expect(revealed.shows(.event(id: "\(RevealedContent.most)"), now))
        let all: [CoveredContent] = [
            .event(id: "a"), .session(id: "a"), .table(query: "a"), .table(query: "b"),
        ]
        #expect(Set(all.map(\.digest)).count == all.count)
    }
}
