import Codecs
import Events
import Network
import Platform
import Query
import TestKit
import Testing

@testable import Console

/// Queries that are too long for an address.
struct LongQueryTests {
    private func long(_ number: Int = 0, bytes: Int = 7_000) -> String {
        "event.sequence: \(number) or message: \(String(repeating: "x", count: bytes))"
    }

    private func ids(_ page: String) -> [String] { page.matches(of: /<tr data-key="(evt_\d+)"/).map { String($0.1) } }

    private func post(
        _ sample: SampleConsole, _ session: (String, String), _ text: String, address: String = "/search"
    ) async throws -> HTTPResponse {
        let token = try await sample.formToken(session)
        let body = [("form-token", token), ("address", address), ("q", text)].map {
            "\($0.0)=\(LocalAddress.encode($0.1))"
        }.joined(separator: "&")
        return try await sample.sendForm("/s", body, [session])
    }

    @Test func `a long query gets a short address, which shows what it finds`() async throws {
        let query = "user.email: user1* or \(long())"
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let answer = try await post(
            sample, session, query, address: "/search?from=now-6h&to=now&cols=user.email&last=7d")
        #expect(answer.status == 303)
        let place = try #require(answer.headers["location"])
        #expect(place == "/s/\(KeptQuery(.kql, query).id)?from=now-7d&to=now&cols=user.email")
        let page = try await sample.send(.get, place, [session]).text
        #expect(page.contains("data-value=\"40\">40 events<"))
        #expect(page.contains(">\n\(query)</textarea>"))
        // The text is in the box, in the title and in the form that keeps a saved search whole; no link has it.
        let links = page.matches(of: /href="([^"]*)"/).map { String($0.1) }
        #expect(links.allSatisfy { $0.utf8.count < 2_000 })
        #expect(links.contains { $0.hasPrefix("/s/") && $0.contains("open=evt_1") })
        let export = try #require(links.first { $0.hasPrefix("/export?format=ndjson") })
        let file = try await sample.send(.get, export.replacing("&amp;", with: "&"), [session])
        #expect(file.body.count { $0 == 10 } == 40)
        // Asked in ES|QL it is long, too, and posted.
        let form = try #require(
            page.firstMatch(of: /name="address" value="([^"]*)"><input type="hidden" name="q" value="([^"]*)"/))
        #expect(form.1 == "/search?l=esql&amp;from=now-7d&amp;to=now" && form.2.hasPrefix("FROM events\n| WHERE KQL("))
        #expect(sample.journal.acts(.exportReceipt).first?.query == query)
        // Whoever is of another tenant, or nobody, does not get there.
        #expect(try await sample.send(.get, place, [try await sample.signIn(SampleConsole.otherToken)]).status == 404)
        #expect(try await sample.send(.get, place).status == 303)
    }

    @Test func `a short query goes into the address`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let answer = try await post(sample, session, "a b", address: "/search?l=esql&from=&to=&open=evt_1")
        #expect(answer.headers["location"] == "/search?l=esql&q=a%20b&from=&to=")
        #expect(try await sample.sendForm("/s", "q=a", [session]).status == 403)
    }

    @Test func `a query that is longer than any may be is not taken`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let answer = try await post(sample, session, long(bytes: KeptQuery.length))
        #expect(answer.status == APIError.Kind.tooLong.status && answer.headers["location"] == nil)
    }

    @Test func `a mistake in a kept query is shown in it`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let place = try #require(try await post(sample, session, long() + " and (").headers["location"])
        let page = try await sample.send(.get, place, [session])
        #expect(page.status == 400 && page.text.contains("data-testid=\"query-problem\""))
    }

    @Test func `a query that is not kept is said to be gone`() async throws {
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        for path in ["/s/0123", "/search?s=0123", "/export?s=0123", "/tail?s=0123"] {
            #expect(try await sample.send(.get, path, [session]).status == 404, "\(path)")
        }
    }

    @Test func `a saved search of a long query is kept for good`() async throws {
        let query = "user.email: user1* or \(long())"
        let sample = try SampleConsole()
        let session = try await sample.signIn()
        let token = try await sample.formToken(session)
        let address = LocalAddress.encode(LocalAddress("/search", query: [("q", query)]).text)
        let answer = try await sample.sendForm("/searches", "form-token=\(token)&name=n&query=\(address)", [session])
        // Never posted to the shelf, and still known by its id.
        let place = try #require(answer.headers["location"])
        #expect(place.hasPrefix("/s/\(KeptQuery(.kql, query).id)"))
        #expect(try await sample.send(.get, place, [session]).text.contains("data-value=\"40\">40 events<"))
    }

    // MARK: Shelf

    @Test func `queries outlast a restart, and the oldest go`() throws {
        let disk = SimulatedDisk(seed: 1)
        let shelf = QueryShelf(disk: disk)
        let queries = (0...QueryShelf.most).map { KeptQuery(.kql, long($0, bytes: 10)) }
        for query in queries { try shelf.keep(query, of: .default) }
        let again = QueryShelf(disk: disk)
        #expect(try again.query(queries[0].id, of: .default) == nil)
        #expect(try again.query(queries[1].id, of: .default) == queries[1])
        // What is asked again is the newest again.
        try again.keep(queries[1], of: .default)
        try again.keep(KeptQuery(.esql, "FROM x"), of: .default)
        #expect(try again.query(queries[1].id, of: .default) == queries[1])
        #expect(try again.query(queries[2].id, of: .default) == nil)
        #expect(try again.query(queries[1].id, of: try #require(TenantName("other"))) == nil)
    }

    @Test func `all of them together have a bound`() throws {
        let shelf = QueryShelf(disk: nil)
        let count = QueryShelf.bytes / KeptQuery.length
        let text = String(repeating: "x", count: KeptQuery.length - 10)
        let queries = (0..<count + 2).map { KeptQuery(.kql, text + "\($0)") }
        for query in queries { try shelf.keep(query, of: .default) }
        #expect(try shelf.query(queries[0].id, of: .default) == nil)
        #expect(try shelf.query(queries[count + 1].id, of: .default) != nil)
        #expect(try queries.filter { try shelf.query($0.id, of: .default) != nil }.count >= count - 1)
    }

    @Test func `a file that is none of queries is said, and not written over`() throws {
        let disk = SimulatedDisk(seed: 1)
        try disk.replace("queries-default.json", with: Array("{}".utf8))
        let shelf = QueryShelf(disk: disk)
        #expect(throws: SavedSearchBook.Refusal.self) { try shelf.keep(KeptQuery(.kql, "a"), of: .default) }
        #expect(try disk.contents(of: "queries-default.json") == Array("{}".utf8))
    }

    @Test func `an id is of language and text`() {
        let ids = [KeptQuery(.kql, "a"), KeptQuery(.eql, "a"), KeptQuery(.kql, "b")].map(\.id)
        #expect(Set(ids).count == 3 && ids.allSatisfy { $0.count == 32 })
    }
}
