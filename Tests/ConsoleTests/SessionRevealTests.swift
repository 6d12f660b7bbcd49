import Codecs
import Events
import Network
import Platform
import Query
import TestKit
import Testing

@testable import Console

/// What was written in a session is covered on its page until somebody who may see it asks for it.
struct SessionRevealTests {
    typealias E = SessionEvents

    /// In every text of content, and nowhere else.
    private static let hush = "hush"
    private static let path = "/sessions/s-1"
    private static let wish = "session=s-1&next=%2Fsessions%2Fs-1"

    private static let call: JSONValue.Member = .init(
        "gen_ai",
        ["tool": ["name": "Bash", "call": ["id": "toolu_1", "arguments": ["subagent_type": "hush agent type"]]]])

    private static let events: [ListEngine.Event] = [
        E.document(
            "claude_code", "user_prompt", -100, sequence: 0,
            [.init("prompt_text", "hush prompt"), .init("prompt_length", .integer(11))]),
        E.document(
            "claude_code", "tool_decision", -96, sequence: 1,
            [
                .init("decision", "accept"), .init("source", "user_temporary"),
                .init("tool_parameters_flattened", ["mcp_server_name": "hush server"]),
            ],
            [call, .init("process", ["command_line": "curl https://hush.example.com"])]),
        E.document(
            "claude_code", "tool_result", -94, sequence: 2, [],
            [
                call, .init("process", ["command_line": "curl https://hush.example.com"]),
                .init("file", ["path": "/hush/file"]), .init("url", ["full": "https://hush.example.com/a"]),
                .init("error", ["message": "hush error"]), .init("event", ["outcome": "failure"]),
            ]),
        E.document("claude_code", "api_error", -92, sequence: 3, [], [.init("error", ["message": "hush refusal"])]),
        E.document("claude_code", "subagent_completed", -90, sequence: 4, [.init("agent_type", "hush agent")]),
    ]

    private func sample() throws -> SampleConsole { try SampleConsole(Self.events, schema: SampleCatalog.schema) }

    private func page(_ sample: SampleConsole, _ session: (String, String), _ path: String = path) async throws
        -> String
    {
        let answer = try await sample.send(.get, path, [session])
        #expect(answer.status == 200)
        return answer.text
    }

    /// All numbers of a page in their order.
    private func numbers(_ page: String) -> [String] {
        page.matches(of: /data-value="([^"]*)"/).map { String($0.1) }
    }

    @Test func `nobody sees what was written before they ask, and all see how much it is`() async throws {
        let sample = try sample()
        for role in Role.allCases {
            let session = try await sample.signIn(role)
            for path in [Self.path, "\(Self.path)?only=unseen"] {
                let page = try await page(sample, session, path)
                #expect(!page.contains(Self.hush), "\(role)")
                #expect(page.contains("data-testid=\"cover\"") && page.contains("of this session are what somebody"))
                #expect(page.contains("data-testid=\"reveal\"") == role.may(.content), "\(role)")
                #expect(page.contains("one of the roles analyst, admin") != role.may(.content), "\(role)")
            }
            let page = try await page(sample, session)
            #expect(page.contains("1. [11 characters, not shown]") && page.contains("[29 characters, not shown]"))
            #expect(page.contains("Bash") && page.contains("person, once"))
        }
        #expect(sample.journal.acts(.contentView).isEmpty)
        #expect(sample.journal.acts(.search).first?.query == SessionReader.filter("s-1"))
    }

    @Test func `content is shown for one session to who asked, for a while, and the record says so first`() async throws
    {
        let sample = try sample()
        let (session, other) = (try await sample.signIn(.analyst), try await sample.signIn(.analyst))
        let covered = try await page(sample, session)
        let answer = try await sample.reveal("\(Self.wish)&reason=+ticket+7+", session)
        #expect(answer.status == 303 && answer.headers["location"] == Self.path)
        let act = try #require(sample.journal.acts(.contentView).first)
        #expect(act.query == SessionReader.filter("s-1") && act.language == "kql" && act.reason == "ticket 7")
        #expect(
            act.fields == [
                "claude_code.events.agent_type", "claude_code.events.prompt_text",
                "claude_code.events.tool_parameters_flattened.mcp_server_name", "error.message", "file.path",
                "process.command_line", "url.full",
            ])
        let shown = try await page(sample, session)
        for text in [
            "1. hush prompt", "curl https://hush.example.com", "/hush/file", "hush.example.com", "hush server",
            "hush error", "hush refusal", "hush agent", "data-testid=\"revealed\"",
        ] {
            #expect(shown.contains(text), "\(text)")
        }
        #expect(!shown.contains("not shown]") && !shown.contains("data-testid=\"cover\""))
        #expect(numbers(shown) == numbers(covered))
        // Neither another session of the same person nor the events on pages of their own.
        #expect(try await !page(sample, other).contains(Self.hush))
        #expect(try await !page(sample, session, "/events/evt_s-1_0?tab=json").contains(Self.hush))
        sample.clock.move(.minutes(15))
        #expect(try await !page(sample, session).contains(Self.hush))
        #expect(sample.journal.acts(.contentView).count == 1)
    }

    @Test func `nobody sees content without the role and a record`() async throws {
        let sample = try sample()
        for role in [Role.viewer, .auditor] {
            let session = try await sample.signIn(role)
            #expect(try await sample.reveal(Self.wish, session).status == 403)
            #expect(try await !page(sample, session).contains(Self.hush))
        }
        let session = try await sample.signIn(.analyst)
        sample.journal.isBroken.withLock { $0 = true }
        #expect(try await sample.reveal(Self.wish, session).status == 503)
        sample.journal.isBroken.withLock { $0 = false }
        #expect(try await sample.reveal("session=none", session).status == 404)
        let long = String(repeating: "x", count: WrittenLine.length + 1)
        #expect(try await sample.reveal("\(Self.wish)&reason=\(long)", session).status == 400)
        #expect(try await !page(sample, session).contains(Self.hush))
        #expect(sample.journal.acts(.contentView).isEmpty)
    }

    @Test func `a session without content has nothing to ask for`() async throws {
        let sample = try SampleConsole([E.document("claude_code", "hook_registered", -1, sequence: 0)])
        let page = try await page(sample, try await sample.signIn(.analyst))
        #expect(!page.contains("data-testid=\"cover\"") && !page.contains("data-testid=\"revealed\""))
    }

    @Test func `what is no content is shown, and content that is asked for as a fact comes covered`() throws {
        let document = Array(
            #"{"event":{"action":"a","sequence":7},"process":{"command_line":"ls"},"docket":{"redaction":{"detectors":["x"]}}}"#
                .utf8)
        var fields = SessionFields(document, isCovered: true)
        #expect(fields["event.action"] == "a" && fields["event.sequence"] == "7")
        #expect(fields["process.command_line"] == "[2 characters, not shown]" && fields.taken.isEmpty)
        #expect(fields.values("docket.redaction.detectors") == ["x"] && fields.values("process.command_line").isEmpty)
        #expect(fields.text("file.path", "process.command_line")?.shown == "[2 characters, not shown]")
        #expect(fields.taken == ["process.command_line"])
        var open = SessionFields(document, isCovered: false)
        #expect(open.text("process.command_line")?.shown == "ls")
    }
}
