import Codecs
import Network
import Platform
import Query
import TestKit
import Testing

struct PageTests {
    // MARK: Heads

    static let paths: [String] = [
        "/", "/search", "/search?q=(", "/search?from=never", "/sessions", "/sessions?q=(", "/sessions/none", "/people",
        "/people/user1%40example.com", "/entities/ip/none", "/inventory", "/cost", "/fleet", "/events/evt_7",
        "/events/none", "/events/evt_7?tab=proof", "/export", "/exports", "/exports/none", "/exports/none.json",
        "/compare", "/compare?a=evt_7&b=evt_8", "/compare?event=evt_7&event=none", "/search?explain=1", "/s/none", "/s",
        "/sign-in", "/nowhere", "/api/v1/x",
        "/api/v1/events/evt_7", "/api/v1/search", "/healthz", "/readyz", "/metrics", "/sign-out",
    ]

    @Test(arguments: paths)
    func `every answer has strict headers`(path: String) async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        for headers in [[], [session]] {
            for method in [HTTPMethod.get, .head, .post, .other("PATCH")] {
                let answer = try await sample.send(method, path, headers)
                let policy = answer.headers["content-security-policy"] ?? ""
                for part in [
                    "default-src 'none'", "style-src 'self'", "img-src 'self'", "form-action 'self'",
                    "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
                    "require-trusted-types-for 'script'", "trusted-types 'none'",
                ] {
                    #expect(policy.contains(part), "\(method) \(path)")
                }
                #expect(!policy.contains("unsafe"))
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["referrer-policy"] == "same-origin")
                #expect(answer.headers["cross-origin-opener-policy"] == "same-origin")
                #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
                #expect(answer.headers["cache-control"] == "no-store", "\(method) \(path)")
            }
        }
    }

    @Test func `style and icon come from this server and may be kept`() async throws {
        let sample = try SampleConsole()
        let page = try await sample.send(.get, "/sign-in").text
        let links = page.matches(of: /(?:href|src)="(\/assets\/[^"]+)"/).map { String($0.1) }
        #expect(links.count == 2)
        for link in links {
            let answer = try await sample.send(.get, link)
            #expect(answer.status == 200)
            #expect(answer.headers["cache-control"]?.contains("immutable") == true)
            #expect(answer.headers["content-security-policy"] != nil)
            #expect(!answer.body.isEmpty)
            #expect(!answer.text.contains("url("))
        }
        #expect(links.contains { $0.hasSuffix(".css") } && links.contains { $0.hasSuffix(".svg") })
        #expect(try await sample.send(.get, "/assets/console.0.css").status == 404)
    }

    @Test func `pages hold no script but our own files, no style and no address elsewhere`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        for path in Self.paths {
            let answer = try await sample.send(.get, path, [session])
            guard answer.headers["content-type"]?.hasPrefix("text/html") == true else { continue }
            let text = answer.text.replacing(
                /<script type="module" src="\/assets\/[0-9a-f]+\/[a-z]+\.js"><\/script>/, with: "")
            for word in ["<script", "<style", " style=", "javascript:", "http://", "https://", " src=", "<img"] {
                #expect(!text.contains(word), "\(word) in \(path)")
            }
            #expect(text.firstMatch(of: /\son[a-z]+=/) == nil)
            #expect(answer.text.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\" data-theme=\"auto\""))
            #expect(answer.text.matches(of: /<h1/).count == 1, "\(path)")
            for landmark in ["<main id=\"main\"", "<header>", "<footer>", "href=\"#main\""] {
                #expect(answer.text.contains(landmark), "\(landmark) in \(path)")
            }
        }
    }

    @Test func `a wrong method is told which are right`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.send(.delete, "/search")
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "GET, HEAD")
        #expect(try await sample.send(.get, "/api/v1/search").headers["allow"] == "POST")
    }

    // MARK: Search

    private func search(_ sample: SampleConsole, _ query: String = "") async throws -> HTTPResponse {
        try await sample.send(.get, "/search\(query)", [try await sample.signIn()])
    }

    @Test func `the first page shows the last day, newest first`() async throws {
        let sample = try SampleConsole()
        let page = try await search(sample).text
        #expect(page.contains("data-value=\"120\">120 events<"))
        let ids = page.matches(of: /<tr data-key="(evt_\d+)"/).map { String($0.1) }
        #expect(ids == (0..<100).map { "evt_\($0)" })
        #expect(page.contains("user0@example.com ran Bash"))
        #expect(page.contains("✓ success"))
        #expect(page.contains("<time datetime=\"2026-10-08T08:14:18.137Z\">2026-10-08 08:14:18.137</time>"))
        #expect(page.contains("name=\"last\" value=\"24h\" form=\"search\" aria-current=\"true\""))
        #expect(sample.engine.requests.withLock { $0.first?.from } == .sample - .hours(24))
    }

    @Test func `paging reaches every event once`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        var (path, ids): (String?, [String]) = ("/search", [])
        while let next = path {
            let page = try await sample.send(.get, next, [session]).text
            ids += page.matches(of: /<tr data-key="(evt_\d+)"/).map { String($0.1) }
            path = page.firstMatch(of: /href="([^"]+)" data-testid="older"/).map {
                String($0.1).replacing("&amp;", with: "&")
            }
        }
        #expect(ids == (0..<120).map { "evt_\($0)" })
    }

    @Test func `the bars say what the engine says, and lead to their own time`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let page = try await sample.send(.get, "/search?q=user.email:+user1*&from=now-6h&to=now", [session]).text
        let bars = page.matches(of: /data-key="([^"]+Z)" data-value="(\d+)"/).map { (String($0.1), Int($0.2) ?? -1) }
        let request = SearchRequest(
            tenant: "default", text: "user.email: user1*", from: .sample - .hours(6), to: .sample)
        let histogram = try sample.engine.histogram(request, buckets: 60)
        let filled = histogram.buckets.filter { $0.count > 0 }
        #expect(bars.map(\.0) == filled.map { RFC3339.text($0.start) })
        #expect(bars.map(\.1) == filled.map(\.count))
        #expect(bars.reduce(0) { $0 + $1.1 } == 24)
        let links = page.matches(of: /<a href="([^"]+)" tabindex="-1"><title>([^<]+)<\/title>/)
        #expect(links.count == histogram.buckets.count)
        let place = try #require(histogram.buckets.firstIndex { $0.count > 0 })
        let count = histogram.buckets[place].count
        #expect(String(links[place].2).hasSuffix(": \(count) events"))
        let narrow = try await sample.send(.get, String(links[place].1).replacing("&amp;", with: "&"), [session]).text
        #expect(narrow.contains("data-value=\"\(count)\">"))
        let table = page.matches(of: /<tr><td>[^<]+<\/td><td class="number">(\d+) events<\/td>/)
        #expect(table.map { Int($0.1) } == filled.map(\.count))
    }

    @Test func `a button for a time keeps the query that is being typed`() async throws {
        let sample = try SampleConsole()
        let answer = try await search(sample, "?q=a%3Ab&from=now-24h&to=now&last=7d")
        #expect(answer.status == 303)
        #expect(answer.headers["location"] == "/search?q=a%3Ab&from=now-7d&to=now")
        let all = try await search(sample, "?q=&from=now-24h&to=now&last=all")
        #expect(all.headers["location"] == "/search?q=&from=&to=")
        #expect(
            try await search(sample, "?q=&from=&to=").text.contains(
                "value=\"all\" form=\"search\" aria-current=\"true\""))
    }

    @Test func `a query that cannot be read is shown with its place and a hint`() async throws {
        let sample = try SampleConsole()
        let answer = try await search(sample, "?q=event.action%3A%20tool_result%20and%20(")
        #expect(answer.status == 400)
        let query = "event.action: tool_result and ("
        let flaw = #expect(throws: QueryError.self) { try KQL.parse(query) }
        let shown = try #require(flaw).rendered(in: SourceText(query))
        let escaped = shown.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
            .replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        #expect(answer.text.contains(escaped))
        #expect(answer.text.contains("^"))
        #expect(answer.text.contains(">\n\(query)</textarea>"))
        #expect(answer.text.contains("aria-describedby=\"query-problem\""))
    }

    static let badTimes: [(String, String)] = [
        ("?from=never&to=now", "The start of the time cannot be understood."),
        ("?from=now-1h&to=then", "The end of the time cannot be understood."),
        ("?from=now&to=now-1h", "The end of the time is not behind its start."),
    ]

    @Test(arguments: badTimes)
    func `a time that cannot be understood is told at its field`(query: String, problem: String) async throws {
        let answer = try await search(try SampleConsole(), query)
        #expect(answer.status == 400)
        #expect(answer.text.contains(problem))
        #expect(answer.text.contains("aria-invalid=\"true\""))
    }

    @Test func `nothing found offers more time`() async throws {
        let sample = try SampleConsole()
        let page = try await search(sample, "?q=event.action:none").text
        #expect(page.contains(">0 events<"))
        #expect(page.contains("href=\"/search?q=event.action%3Anone&amp;from=&amp;to=\">Look in all time</a>"))
        let all = try await search(sample, "?q=event.action:none&from=&to=").text
        #expect(all.contains("No event matches this query."))
    }

    @Test func `what the engine cannot do is told`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let cases: [(SearchError, Int, String)] = [
            (.busy, 429, "Too many searches run"), (.timeLimit, 504, "took too long"),
            (.failed("The store is closed."), 503, "The store is closed."), (.cancelled, 503, "cancelled"),
        ]
        for (error, status, words) in cases {
            sample.engine.failure.withLock { $0 = error }
            // The frame and the form are on their way before the engine is asked.
            let answer = try await sample.send(.get, "/search?q=Bash", [session])
            #expect(answer.status == 200)
            #expect(answer.text.contains(words))
            #expect(answer.text.contains(">\nBash</textarea>"))
            let table = try await sample.send(.get, "/search?l=esql&q=FROM%20events", [session])
            #expect(table.status == status)
            #expect(table.headers["retry-after"] == (error == .busy ? "1" : nil))
            #expect(try await sample.send(.get, "/events/evt_7", [session]).status == status)
            #expect(try await sample.send(.get, "/export", [session]).status == status)
        }
    }

    @Test func `an export is every event of the query, a line each`() async throws {
        let events = (0..<2_500).map { SampleConsole.event($0, minutesAgo: 1 + Int64($0) / 100) }
        let sample = try SampleConsole(events)
        let page = try await search(sample).text
        let link = try #require(page.firstMatch(of: /href="([^"]+)" data-act="export" data-about="ndjson"/)).1
        let answer = try await sample.send(
            .get, String(link).replacing("&amp;", with: "&"), [try await sample.signIn()])
        #expect(answer.headers["content-type"] == "application/x-ndjson")
        #expect(answer.headers["docket-total"] == "2500")
        let id = try #require(answer.headers["docket-export"])
        #expect(
            answer.headers["content-disposition"] == "attachment; filename=\"docket-2026-10-08T081518-\(id).ndjson\"")
        let lines = answer.body.split(separator: 10).map { Array($0) }
        #expect(Set(lines) == Set(events.map(\.hit.document)))
        #expect(lines.count == 2_500)
    }

    // MARK: One event

    @Test func `an event is shown with all fields and as it is stored`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let overview = try await sample.send(.get, "/events/evt_7", [session]).text
        #expect(overview.contains("<h1>user1@example.com ran Bash</h1>"))
        #expect(overview.contains("<dt>Tool</dt><dd>Bash</dd>"))
        let page = try await sample.send(.get, "/events/evt_7?tab=table", [session]).text
        let fields = page.matches(of: /<th scope="row"[^>]*>([^<]+)<\/th>/).map { String($0.1) }
        #expect(
            fields == ["@timestamp", "event.id", "event.action", "event.outcome", "user.email", "gen_ai.tool.name"])
        let json = try await sample.send(.get, "/events/evt_7?tab=json", [session]).text
        #expect(json.contains("&quot;event&quot;: {\n    &quot;id&quot;: &quot;evt_7&quot;,"))
        #expect(page.contains("href=\"/search?from=&amp;to=&amp;f=user.email%3Auser1%40example.com\""))
        #expect(try await sample.send(.get, "/events/none", [try await sample.signIn()]).status == 404)
    }

    @Test func `an id may be any text`() async throws {
        for id in ["a/b c", "/x", "?q=<b>&\"'", "日本", "%2F"] {
            let sample = try SampleConsole([SampleConsole.event(1, minutesAgo: 1, id: id)])
            let session = try await sample.signIn()
            let page = try await sample.send(.get, "/search", [session]).text
            let open = try #require(page.firstMatch(of: /&amp;open=([^"&]+)"/)).1
            let flyout = try await sample.send(.get, "/search?open=\(open)&tab=json", [session])
            #expect(flyout.text.contains("data-testid=\"flyout\""))
            let event = try await sample.send(.get, "/events/\(open)?tab=json", [session])
            #expect(event.status == 200, "\(id)")
            let stored = try #require(event.text.firstMatch(of: /href="(\/api\/v1\/events\/[^"]+)"/)).1
            #expect(try await sample.send(.get, String(stored), [session]).json()["event"]?["id"]?.string == id)
        }
    }

    @Test(arguments: MarkupTests.hostile)
    func `hostile text in every field is shown as text`(text: String) async throws {
        let names = [
            "message", "user.email", "event.action", "process.command_line", "a<b>\"'&", text, "event.outcome",
        ]
        let document: JSONValue = .object(
            [.init("gen_ai", ["tool": ["name": .string(text)]])] + names.map { .init($0, .string(text)) })
        let hit = SearchHit(id: text, time: .sample - .minutes(1), stream: text, document: Array(document.text.utf8))
        let sample = try SampleConsole([.init(tenant: "default", hit: hit)])
        let session = try await sample.signIn()
        let list = try await sample.send(.get, "/search", [session])
        let id = try #require(list.text.firstMatch(of: /&amp;open=([^"&]+)"/)).1
        var pages = [list]
        for path in [
            "/events/\(id)", "/search?open=\(id)&tab=overview", "/search?open=\(id)&tab=table",
            "/search?open=\(id)&tab=json", "/search?open=\(id)&tab=context", "/search?open=\(id)&tab=related",
            "/search?q=\(id)", "/search?l=esql&q=\(id)", "/search?l=eql&q=\(id)", "/search?f=user.email:\(id)",
            "/search?f=-?\(id)", "/search?cols=\(id),user.email", "/search?sort=\(id)", "/search?by=\(id)",
            "/search?field=user.email", "/search?field=\(id)", "/search?from=\(id)",
        ] {
            pages.append(try await sample.send(.get, path, [session]))
        }
        for page in pages {
            #expect(page.status == 200 || page.status == 400)
            #expect(page.text.firstMatch(of: /<(script(?! type="module")|img|b>|b |svg\/)/) == nil)
            // Between our own quotes nothing can end a value: every quote of a tag is one that we wrote.
            for tag in page.text.matches(of: /<[a-z][^<>]*>/) {
                #expect(tag.0.firstMatch(of: /^<[a-z0-9]+( [a-zA-Z][a-zA-Z0-9-]*(="[^"<>]*")?)*>$/) != nil, "\(tag.0)")
                #expect(tag.0.replacing(/="[^"]*"/, with: "").firstMatch(of: /\son/) == nil, "\(tag.0)")
            }
            for address in page.text.matches(of: /(?:href|action)="([^"]*)"/) {
                #expect(address.1.hasPrefix("/") || address.1.hasPrefix("#"), "\(address.1)")
                #expect(!address.1.hasPrefix("//"))
            }
        }
    }

    @Test func `a long value is cut and can be opened`() async throws {
        let long = String(repeating: "x", count: 5_000) + "end-of-text"
        let sample = try SampleConsole([SampleConsole.event(1, minutesAgo: 1, [("message", long)])])
        let session = try await sample.signIn()
        let token = try await sample.formToken(session)
        #expect(try await sample.sendForm("/content", "event=evt_1&form-token=\(token)", [session]).status == 303)
        let page = try await sample.send(.get, "/events/evt_1?tab=table", [session]).text
        #expect(page.contains(String(repeating: "x", count: 2_000) + "…</span><details><summary>Show all 5,011 bytes"))
        #expect(page.contains("end-of-text</span>"))
    }
}
