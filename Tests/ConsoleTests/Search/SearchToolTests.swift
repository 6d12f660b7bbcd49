import Codecs
import Events
import Network
import Platform
import Query
import TestKit
import Testing

@testable import Console

/// What can be done with a search and its rows.
struct SearchToolTests {
    // MARK: Columns

    @Test(arguments: [
        ("/search", ["stream", "event.action", "user.email", "event.outcome"]),
        ("/search?cols=user.email,message", ["user.email", "message"]),
    ]) func `the sentence of an event stands behind its time, before all columns`(path: String, columns: [String])
        async throws
    {
        let sample = try SampleConsole([SampleConsole.event(1, minutesAgo: 1)])
        let page = try await sample.send(.get, path, [try await sample.signIn()]).text
        let headings = page.matches(of: /<th scope="col" data-key="([^"]+)"/).map { String($0.1) }
        #expect(headings == ["@timestamp", "event"] + columns)
        let cells = page.matches(of: /<td data-heading="([^"]+)"/).map { String($0.1) }
        #expect(cells.prefix(3) == ["Choose", "Time", "Event"] && cells.count == 3 + columns.count)
    }

    @Test func `a column that is pinned stays so by its address, as long as it is a column`() async throws {
        let sample = try SampleConsole([SampleConsole.event(1, minutesAgo: 1)])
        let session = try await sample.signIn()
        let plain = try await sample.send(.get, "/search?cols=user.email,message", [session]).text
        #expect(!plain.contains("class=\"pinned\"") && plain.contains("cols=user.email%2Cmessage&amp;pin=message\""))
        let page = try await sample.send(.get, "/search?cols=user.email,message&pin=message,none", [session]).text
        #expect(page.contains("<th scope=\"col\" data-key=\"message\" class=\"pinned\">"))
        #expect(page.contains("<td data-heading=\"message\" data-about=\"message\" class=\"pinned\">"))
        #expect(page.matches(of: /class="pinned"/).count == 2)
        // Taken off, or gone with its column; all other links keep it.
        #expect(page.contains("cols=user.email%2Cmessage\" aria-label=\"Let message go with the others\""))
        #expect(page.contains("cols=user.email\" aria-label=\"Remove message\""))
        #expect(page.contains("cols=message%2Cuser.email&amp;pin=message\""))
    }

    // MARK: Comparing

    private func fields(_ text: String) -> EventFields { EventFields(Array(text.utf8)) }

    @Test func `fields of two events are the same, different, or only in one`() {
        let comparison = EventComparison(
            fields(#"{"a":1,"b":["x","y"],"c":"only","e":"","n":null}"#),
            fields(#"{"b":["y","x"],"a":1,"d":{"e":2},"e":""}"#))
        #expect(
            comparison.rows == [
                .init(name: "a", state: .same, first: ["1"], second: ["1"]),
                .init(name: "b", state: .different, first: ["x", "y"], second: ["y", "x"]),
                .init(name: "c", state: .onlyFirst, first: ["only"], second: []),
                .init(name: "e", state: .same, first: [""], second: [""]),
                .init(name: "d.e", state: .onlySecond, first: [], second: ["2"]),
            ])
        let covered = EventComparison(fields(#"{"m":"[x]"}"#), fields(#"{"m":"[x]"}"#), covered: ["m"])
        // Of what is not shown nobody can tell whether it is the same.
        #expect(covered.rows.map(\.state) == [.covered])
        #expect(comparison.sorted.map(\.name) == ["b", "c", "d.e", "a", "e"])
    }

    @Test func `two events are compared by either kind of address, and looking is recorded`() async throws {
        let sample = try SampleConsole([
            SampleConsole.event(0, minutesAgo: 1, [("message", "<one>")]), SampleConsole.event(1, minutesAgo: 2),
        ])
        let session = try await sample.signIn(.analyst)
        for path in ["/compare?a=evt_0&b=evt_1", "/compare?event=evt_0&event=evt_1"] {
            let page = try await sample.send(.get, path, [session])
            #expect(page.status == 200)
            let states = page.text.matches(
                of: /<tr data-key="([^"]+)"[^>]*><th[^>]*>[^<]*<\/th><td[^>]* data-about="([a-z-]+)"/
            )
            .map { "\($0.1) \($0.2)" }
            #expect(
                states == [
                    "@timestamp different", "event.id different", "user.email different", "message only-first",
                    "event.action same", "event.outcome same", "gen_ai.tool.name same",
                ])
            #expect(page.text.contains("data-key=\"different\" data-value=\"3\""))
            // Content is covered here as on the page of an event.
            #expect(!page.text.contains("one&gt;") && page.text.contains("/compare?a=evt_1&amp;b=evt_0"))
        }
        #expect(sample.journal.acts(.contentView).isEmpty)
        #expect(sample.journal.acts(.eventView).map(\.event) == ["evt_0", "evt_1", "evt_0", "evt_1"])
        let viewer = try await sample.signIn(.viewer)
        #expect(!(try await sample.send(.get, "/compare?a=evt_0&b=evt_1", [viewer]).text.contains("&lt;one&gt;")))
        #expect(try await sample.send(.get, "/compare?a=evt_0&b=none", [session]).status == 404)
        for path in ["/compare", "/compare?event=evt_0", "/compare?event=a&event=b&event=c"] {
            #expect(try await sample.send(.get, path, [session]).status == 400)
        }
    }

    @Test func `each row can be chosen, and the boxes belong to one form`() async throws {
        let sample = try SampleConsole()
        let page = try await sample.send(.get, "/search", [try await sample.signIn()]).text
        let boxes = page.matches(of: /<input type="checkbox" name="event" value="(evt_\d+)" form="choice"/)
        #expect(boxes.map { String($0.1) } == (0..<100).map { "evt_\($0)" })
        #expect(page.matches(of: /<form class="choices" id="choice" method="get" action="\/compare"/).count == 1)
    }

    // MARK: In ES|QL

    private func terms(_ query: String, _ change: (inout SearchTerms) -> Void = { _ in }) -> SearchTerms {
        SearchTerms(PageTerms(query: query, time: .all)).changed(change)
    }

    static let queries: [(String, [Pill])] = [
        ("", []), ("user.email: user1*", []), ("message: \"a \\\"quoted\\\" \\\\ text\"", []),
        ("event.action: tool_result and not gen_ai.tool.name: \"B\\\"ash\"", []),
        (
            "gen_ai.tool.name: Bash",
            [Pill("user.email", "user1@example.com", isNegated: true), Pill("event.action", nil)]
        ),
        ("@timestamp >= now-3h", []), ("tool", []),
    ]

    @Test(arguments: queries) func `a search finds the same events in ES|QL`(query: String, pills: [Pill]) throws {
        let engine = ListEngine(SampleConsole.events(), now: .sample)
        let terms = terms(query) { $0.page.pills = pills }
        let translated = try #require(TranslatedQuery.terms(terms, engine.schema, now: .sample))
        #expect(
            translated.language == .esql && translated.page.pills.isEmpty && translated.page.time == terms.page.time)
        let text = translated.page.query.replacing("| LIMIT 100", with: "| LIMIT 1000")
        let table = try engine.table(TableRequest(tenant: "default", text: text))
        #expect(table.rows.count == (try engine.search(SearchRequest(tenant: "default", text: terms.filter)).total))
    }

    @Test func `columns and order go along, and names that are no columns do not`() throws {
        let terms = terms("user.email: a") {
            $0.columns = ["user.email", "not.known"]
            $0.sort = .init("user.email", isDescending: false)
        }
        let text = TranslatedQuery.text(terms, ListEngine.schema, now: .sample)
        #expect(
            text == """
                FROM events
                | WHERE KQL("user.email: a")
                | SORT `user.email` ASC
                | KEEP `@timestamp`, `user.email`
                | LIMIT 100
                """)
    }

    @Test func `what the two readers of KQL understand differently is not translated`() {
        #expect(TranslatedQuery.text(terms("message: ("), ListEngine.schema, now: .sample) == nil)
        #expect(TranslatedQuery.text(terms("related.user: { a: b }"), ListEngine.schema, now: .sample) == nil)
        #expect(TranslatedQuery.terms(terms("a") { $0.language = .eql }, ListEngine.schema, now: .sample) == nil)
    }

    @Test func `who may not ask in ES|QL is not led there`() async throws {
        let sample = try SampleConsole()
        for (role, isOffered) in [(Role.viewer, false), (.analyst, true)] {
            let page = try await sample.send(.get, "/search?q=Bash", [try await sample.signIn(role)]).text
            #expect(page.contains("data-testid=\"as-esql\"") == isOffered)
        }
    }

    // MARK: Explaining

    @Test func `how a search is answered is said when it is asked for`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let page = try await sample.send(.get, "/search?q=Bash", [session]).text
        #expect(
            page.contains("q=Bash&amp;from=now-24h&amp;to=now&amp;explain=1")
                && !page.contains("data-testid=\"explanation\""))
        // This engine does not tell.
        let told = try await sample.send(.get, "/search?q=Bash&explain=1", [session]).text
        #expect(told.contains("Nothing is known of how this is answered.") && !told.contains("data-testid=\"explain\""))
        #expect(!told.contains("format=csv&amp;q=Bash&amp;from=now-24h&amp;to=now&amp;explain"))
    }

    @Test func `an explanation says who does what, and what is read`() {
        var memory = QueryExplanation.Source(stream: "a", isInMemory: true)
        (memory.rows, memory.sql, memory.found, memory.milliseconds) = (5, "true", 2, 1)
        var files = QueryExplanation.Source(stream: "a", isInMemory: false)
        (files.rows, files.bytes, files.files, files.filesPassedOver) = (1_000, 2_048, 3, 4)
        let view = ExplanationView(
            explanation: QueryExplanation(
                steps: [.init(.tables, "test", detail: "<is>"), .init(.server, "sorts")], sources: [memory, files]),
            closed: LocalAddress("/search"))
        let text = MarkupWriter.text(of: view.markup)
        #expect(
            text.contains("<li data-key=\"tables\"><strong>Tables</strong> test<pre") && text.contains("&lt;is&gt;"))
        #expect(text.contains("<li data-key=\"server\"><strong>Server</strong> sorts</li>"))
        let numbers = text.matches(of: /class="number"(?: data-value="(\d+)")?>/).map { $0.1.map(String.init) }
        #expect(
            numbers == [nil, nil, nil, nil, nil, nil, "5", nil, nil, nil, "2", "1", "1000", "2048", "3", "4", nil, nil])
        #expect(text.contains("files<span class=\"muted\">, cannot hold an answer</span>"))
    }

    // MARK: Fields

    @Test func `the values of a number have a range and a median, and all were counted`() async throws {
        let events = [1, 5, 6, 100].map { number in
            let document =
                "{\"@timestamp\":\"2026-10-08T08:00:00.000Z\",\"event\":{\"id\":\"e\(number)\",\"sequence\":\(number)}}"
            return ListEngine.Event(
                tenant: "default",
                hit: SearchHit(
                    id: "e\(number)", time: .sample - .minutes(15), stream: "events", document: Array(document.utf8)))
        }
        let sample = try SampleConsole(events)
        let page = try await sample.send(.get, "/search?field=event.sequence", [try await sample.signIn()]).text
        let facts = try #require(page.firstMatch(of: /data-testid="field-values"><p class="muted">([^<]+)</)?.1)
        #expect(
            facts
                == "In 4 of 4 events; 4 distinct, about; 1 to 100; median 5.50. All events were counted, not a sample.")
    }
}
