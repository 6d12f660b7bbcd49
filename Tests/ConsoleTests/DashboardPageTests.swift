import Codecs
import Events
import Network
import Platform
import Query
import TestKit
import Testing

@testable import Console

/// Dashboards over a list of events: one each five minutes, 120 within ten hours.
struct DashboardPageTests {
    private static let file = """
        {"id": "calls", "title": "Calls", "source": "the list", "streams": ["events"],
         "controls": [{"field": "user.email", "title": "User"}],
         "queries": {"totals": {"query": "STATS calls = COUNT(*), people = COUNT_DISTINCT(user.email)"}},
         "sections": [{"panels": [
           {"id": "calls", "title": "Calls", "mark": "tile", "use": "totals", "value": "calls", "unit": "calls", "previous": true},
           {"id": "people", "title": "People", "mark": "tile", "use": "totals", "value": "people", "unit": "people"},
           {"id": "over-time", "title": "Over time", "mark": "bars",
            "query": "STATS calls = COUNT(*) BY time = BUCKET(@timestamp, $bucket), user.email", "by": "user.email", "value": "calls"},
           {"id": "users", "title": "Users", "mark": "ranking", "most": 2, "query": "STATS calls = COUNT(*) BY user.email",
            "by": "user.email", "value": "calls"},
           {"id": "failures", "title": "Failures", "mark": "ranking", "filter": "event.outcome: failure",
            "query": "STATS calls = COUNT(*) BY user.email", "by": "user.email", "value": "calls"},
           {"id": "latest", "title": "Latest", "mark": "table", "query": "KEEP @timestamp, user.email, event.sequence | SORT @timestamp DESC | LIMIT 5",
            "columns": [{"column": "@timestamp", "title": "Time"}, {"column": "user.email", "title": "User"}]}
         ]}]}
        """

    private func sample(_ events: [ListEngine.Event] = SampleConsole.events()) throws -> SampleConsole {
        try SampleConsole(events, dashboards: [Dashboard(parsing: Array(Self.file.utf8), file: "calls.json")])
    }

    private func page(_ sample: SampleConsole, _ query: String = "") async throws -> HTTPResponse {
        try await sample.send(.get, "/dashboards/calls\(query)", [try await sample.signIn()])
    }

    /// What stands in one panel.
    private func panel(_ id: String, _ page: String) throws -> String {
        let start = try #require(page.firstRange(of: "id=\"panel-\(id)\""))
        let rest = page[start.upperBound...]
        return String(rest[..<(try #require(rest.firstRange(of: "</article>"))).lowerBound])
    }

    @Test func `the panels say what the events say`() async throws {
        let page = try await page(try sample()).text
        #expect(try panel("calls", page).contains("data-key=\"value\" data-value=\"120\">120 calls<"))
        #expect(try panel("people", page).contains("data-value=\"3\""))
        let bars = try panel("over-time", page).matches(
            of: /data-key="[^"]+Z user\d@example\.com" data-value="([\d.]+)"/)
        #expect(bars.reduce(0) { $0 + (Double($1.1) ?? 0) } == 120)
        let users = try panel("users", page).matches(of: /<td class="number" data-key="([^"]+)" data-value="([\d.]+)"/)
        #expect(
            users.map { "\($0.1) \($0.2)" } == ["user0@example.com 40", "user1@example.com 40", "other (1) 40"])
        #expect(try panel("failures", page).contains(">Nothing matched.<"))
        #expect(try panel("latest", page).matches(of: /data-key="user\.email"/).count == 5)
        #expect(page.contains("<option value=\"user.email:user0@example.com\">user0@example.com (40)</option>"))
    }

    @Test func `a page asks each question once`() async throws {
        let sample = try sample()
        _ = try await page(sample)
        let asked = sample.engine.tables.withLock {
            $0.map { "\($0.text) | \($0.filter) | \($0.from?.nanoseconds ?? 0)" }
        }
        #expect(Set(asked).count == asked.count)
        #expect(
            asked.filter { $0.contains("people = COUNT_DISTINCT") }.count == 2,
            "the period that is shown, and the one before")
    }

    @Test func `who would wait for a question asks the next one`() async throws {
        let file = """
            {"id": "two", "title": "Two", "source": "the list", "streams": ["events"], "controls": [],
             "sections": [{"panels": [
               {"id": "a", "title": "A", "mark": "tile", "query": "STATS calls = COUNT(*)", "value": "calls"},
               {"id": "b", "title": "B", "mark": "tile", "query": "STATS calls = COUNT(*)", "value": "calls"},
               {"id": "c", "title": "C", "mark": "ranking", "query": "STATS calls = COUNT(*) BY user.email", "by": "user.email",
                "value": "calls"}
             ]}]}
            """
        let sample = try SampleConsole(dashboards: [Dashboard(parsing: Array(file.utf8), file: "two.json")])
        let session = try await sample.signIn()
        sample.engine.isOpen.update { $0 = false }
        let answer = Task { [sample = Wrapped(sample)] in
            try await sample.value.send(.get, "/dashboards/two?from=now-24h&to=now", [session]).text
        }
        // The two tiles need the same answer first, and two threads make the page.
        #expect(await eventually { sample.engine.running.value == 2 })
        sample.engine.isOpen.update { $0 = true }
        #expect(try await answer.value.contains("data-value=\"120\""))
    }

    @Test func `what is filtered holds for panels, pills and links`() async throws {
        let sample = try sample()
        let page = try await page(sample, "?f=-user.email:user1@example.com&q=gen_ai.tool.name:Bash").text
        #expect(try panel("calls", page).contains("data-value=\"80\""))
        #expect(page.contains("<li class=\"pill negated\" data-key=\"-user.email:user1@example.com\">"))
        let only =
            "/dashboards/calls?q=gen_ai.tool.name%3ABash&amp;from=now-24h&amp;to=now&amp;f=-user.email%3Auser1%40example.com"
        let users = try panel("users", page)
        #expect(users.contains("href=\"\(only)&amp;f=user.email%3Auser0%40example.com\" data-act=\"filter\""))
        #expect(users.contains("href=\"\(only)&amp;f=-user.email%3Auser0%40example.com\" class=\"without\""))
        // A pill that no control shows goes along with the form.
        #expect(page.contains("<input type=\"hidden\" name=\"f\" value=\"-user.email:user1@example.com\">"))
        let search = String(
            try panel("failures", page).firstMatch(of: /href="(\/search[^"]+)" data-act="search"/)?.1 ?? "")
        let found = try await sample.send(
            .get, String(search).replacing("&amp;", with: "&"), [try await sample.signIn()])
        #expect(found.status == 200 && found.text.contains("data-value=\"0\">0 events<"))
    }

    @Test func `a control shows what is chosen`() async throws {
        let page = try await page(try sample(), "?f=user.email:user2@example.com").text
        #expect(page.contains("<option value=\"user.email:user2@example.com\" selected>"))
        #expect(!page.contains("<input type=\"hidden\" name=\"f\""))
        #expect(try panel("calls", page).contains("data-value=\"40\""))
    }

    @Test func `it says whether nothing was received, ever or in this time`() async throws {
        let none = try await page(try sample([])).text
        #expect(try panel("users", none).contains("No such source is connected: nothing of the list has ever arrived."))
        let past = try await page(try sample(), "?from=2020&to=2021").text
        #expect(try panel("users", past).contains("No data received in this time."))
        #expect(try panel("calls", past).contains("No data received"))
        #expect(!(try panel("calls", past)).contains("data-key=\"value\""), "unknown is not zero")
    }

    @Test func `time in which nothing was received is hatched, also where a filter finds nothing`() async throws {
        let page = try await page(try sample(), "?q=user.email:user0@example.com").text
        let bars = try panel("over-time", page)
        // Events reach ten of the 24 hours back.
        let hatched = try #require(bars.firstMatch(of: /data-key="unknown" data-value="(\d+)"/)?.1)
        #expect((25...30).contains(Int(hatched) ?? 0), "\(hatched)")
    }

    @Test func `a filter that cannot be read is said once`() async throws {
        let answer = try await page(try sample(), "?q=(")
        #expect(answer.status == 400 && answer.text.contains("data-testid=\"query-problem\""))
        #expect(!answer.text.contains("data-testid=\"panel\""))
        #expect(try await page(try sample(), "?from=never").status == 400)
    }

    @Test func `a panel's numbers come as CSV`() async throws {
        let sample = try sample()
        let session = try await sample.signIn()
        let answer = try await sample.send(.get, "/dashboards/calls/panels/users.csv?from=now-1h&to=now", [session])
        #expect(answer.headers["content-type"]?.hasPrefix("text/csv") == true)
        let id = try #require(answer.headers["docket-export"])
        #expect(answer.headers["content-disposition"] == "attachment; filename=\"calls-users-\(id).csv\"")
        let lines = answer.text.split(separator: "\r\n").map(String.init)
        #expect(lines[0] == "calls,user.email")
        #expect(Set(lines.dropFirst()) == ["4,user0@example.com", "4,user1@example.com", "4,user2@example.com"])
        for path in ["/dashboards/calls/panels/none.csv", "/dashboards/none/panels/users.csv", "/dashboards/none"] {
            #expect(try await sample.send(.get, path, [session]).status == 404)
        }
        #expect(try await sample.send(.get, "/dashboards/calls/panels/users.csv").status == 303)
    }

    @Test func `what was written is covered in panels and controls whatever the role, and files have it by role`()
        async throws
    {
        let file = """
            {"id": "calls", "title": "Calls", "source": "the list", "streams": ["events"],
             "controls": [{"field": "process.command_line", "title": "Command"}],
             "sections": [{"panels": [
               {"id": "ranking", "title": "Commands", "mark": "ranking", "value": "calls", "by": "process.command_line",
                "query": "STATS calls = COUNT(*) BY process.command_line"},
               {"id": "reckoned", "title": "Words", "mark": "bars", "value": "calls", "by": "said", "fields": {"said": ""},
                "query": "STATS calls = COUNT(*) BY time = BUCKET(@timestamp, $bucket), said = TO_UPPER(process.command_line)"},
               {"id": "latest", "title": "Latest", "mark": "table", "query": "KEEP user.email, process.command_line",
                "columns": [{"column": "user.email", "title": "User"}, {"column": "process.command_line", "title": "Command"}]},
               {"id": "users", "title": "Users", "mark": "ranking", "value": "calls", "by": "user.email",
                "query": "STATS calls = COUNT(*) BY user.email"}
             ]}]}
            """
        let events = [SampleConsole.event(1, minutesAgo: 5, [("process.command_line", "hush")])]
        let sample = try SampleConsole(
            events, dashboards: [Dashboard(parsing: Array(file.utf8), file: "calls.json")])
        for role in Role.allCases {
            let session = try await sample.signIn(role)
            let page = try await sample.send(.get, "/dashboards/calls", [session]).text
            #expect(!page.lowercased().contains("hush"), "\(role)")
            for id in ["ranking", "reckoned", "latest"] {
                let panel = try panel(id, page)
                #expect(panel.contains(ContentCurtain.word) && panel.contains("data-key=\"covered\""), "\(role) \(id)")
            }
            let users = try panel("users", page)
            #expect(users.contains("user1@example.com") && !users.contains("data-key=\"covered\""), "\(role)")
            let answer = try await sample.send(.get, "/dashboards/calls/panels/latest.csv", [session])
            #expect(answer.text.contains("hush") == role.may(.content), "\(role)")
            #expect((answer.status == 200) == role.may(.export), "\(role)")
        }
        #expect(sample.journal.acts(.contentView).isEmpty)
    }

    @Test func `of the program's own panels only what an error says is covered`() {
        let schema = SampleCatalog.schema
        let covered = Dashboard.standard.flatMap { dashboard in
            dashboard.panels.flatMap { panel -> [String] in
                let curtain = TableCurtain(panel.query?.steps ?? "", schema)
                return panel.namedColumns.filter { $0.unit == nil && curtain.hides($0) }
                    .map { "\(dashboard.id) \(panel.id) \($0.name)" }
            }
        }
        #expect(covered.sorted() == ["mcp-access failed error", "tool-calls failed-calls error"])
        for control in Dashboard.standard.flatMap(\.controls) {
            let curtain = TableCurtain("STATS n = COUNT(*) BY value = \(control.value)", schema)
            #expect(!curtain.hides("value"), "\(control.field)")
            #expect(!control.field.split(separator: ",").contains { curtain.hides(String($0)) }, "\(control.field)")
        }
    }

    @Test func `a failure is said in its panel, and the others still come`() async throws {
        let sample = try sample()
        sample.engine.failsFrom.withLock { $0 = 0 }
        let page = try await page(sample).text
        #expect(page.matches(of: /<p class="problem" role="alert">/).count >= 6)
        #expect(page.hasSuffix("</html>\n"))
        let partial = try self.sample()
        partial.engine.failure.withLock { $0 = .timeLimit }
        #expect(try await self.page(partial).text.contains("class=\"problem\""))
    }

    @Test func `all dashboards are listed, those of the operator last`() async throws {
        let sample = try sample()
        let session = try await sample.signIn()
        let page = try await sample.send(.get, "/dashboards", [session]).text
        let ids = page.matches(of: /<li data-key="([^"]+)"><a href="\/dashboards\/([^"]+)">/).map { String($0.2) }
        #expect(ids == Dashboard.standard.map(\.id) + ["calls"])
        #expect(try await sample.send(.get, "/", [session]).headers["location"] == "/dashboards/audit-overview")
    }

    @Test func `a name from an event is text in every place`() async throws {
        let name = "\"><script>alert(1)</script>"
        let events = [SampleConsole.event(1, minutesAgo: 5, [("user.email", name)])]
        let page = try await page(try sample(events)).text
        #expect(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    }
}
