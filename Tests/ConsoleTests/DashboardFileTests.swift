import Codecs
import Events
import Platform
import Query
import TestKit
import Testing

@testable import Console

struct DashboardFileTests {
    private static let schema = FieldSchema(FieldCatalog.standard)
    private static let names = Dashboard.files.map(\.name)

    private func text(of name: String) throws -> String {
        let bytes = try #require(Dashboard.files.first { $0.name == name }).bytes
        return String(decoding: bytes, as: UTF8.self)
    }

    private func check(_ text: String, file: String = "test.json") -> String? {
        do throws(DashboardError) {
            let dashboard = try Dashboard(parsing: Array(text.utf8), file: file)
            try DashboardCheck(schema: Self.schema, now: .sample).check(dashboard, file: file)
            return nil
        } catch {
            return error.description
        }
    }

    // MARK: Those of the program

    @Test(arguments: names) func `every query of a file can be answered with the fields that there are`(name: String)
        throws
    {
        #expect(check(try text(of: name), file: name) == nil)
        #expect(name == "\(try #require(Dashboard.standard.first { "\($0.id).json" == name }).id).json")
    }

    /// The panels that Elastic's dashboards for the same data have. A file may have more.
    private static let upstream: [String: Int] = [
        "audit-overview": 12, "code-security": 10, "cost-tokens": 10, "sessions": 6, "permission-decisions": 9,
        "mcp-access": 9, "tool-calls": 9, "traces": 20,
    ]

    @Test func `no panel of Elastic's is missing`() {
        #expect(Self.upstream.values.reduce(0, +) == 85)
        for (id, count) in Self.upstream {
            let panels = Dashboard.standard.first { $0.id == id }?.panels.count ?? 0
            // Sums that Elastic draws in place of the ratio, durations that it does not have, and a heat map are ours.
            let own = ["cost-tokens": 2, "sessions": 3][id] ?? 0
            #expect(panels == count + own, "\(id)")
        }
    }

    @Test func `a field that does not exist is found in queries, filters, controls and clicks`() throws {
        let text = try text(of: "permission-decisions.json")
        for (right, wrong) in [
            ("gen_ai.tool.name, decision", "gen_ai.tool.nam, decision"), ("event.action: tool", "event.acton: tool"),
            ("\"field\": \"user.email\"", "\"field\": \"user.emial\""),
            (
                "{\"decision\": \"claude_code.events.decision,claude_cowork",
                "{\"decision\": \"claude_code.events.decisoin,claude_cowork"
            ), ("claude_code.events.source: config", "claude_code.events.sauce: config"),
        ] {
            #expect(text.contains(right))
            let flaw = check(text.replacing(right, with: wrong)) ?? "nothing"
            #expect(flaw.hasPrefix("test.json: `"), "\(wrong): \(flaw)")
        }
    }

    // MARK: What is wrong with a file

    private static func panel(_ members: String) -> String {
        "{\"id\":\"a\",\"title\":\"A\",\"streams\":[\"events\"],\"queries\":{\"q\":{\"query\":\"STATS n = COUNT(*)\"}},"
            + "\"sections\":[{\"panels\":[{\"id\":\"p\",\"title\":\"P\",\(members)}]}]}"
    }

    private static let flaws: [(String, String)] = [
        ("{", "test.json: is no JSON: "), ("[]", "test.json: must be an object"),
        ("{\"id\":\"A b\"}", "test.json: `id`: `A b` must be small letters, digits and hyphens, 64 at most"),
        ("{\"id\":\"a\"}", "test.json: `title`: is missing; a text belongs here"),
        ("{\"id\":\"a\",\"id\":\"b\"}", "test.json: `id`: stands here twice"),
        ("{\"id\":\"a\",\"title\":\"A\"}", "test.json: `streams`: is missing; name data streams, such as [\"events\"]"),
        (
            "{\"id\":\"a\",\"title\":\"A\",\"streams\":[\"events\"],\"sections\":[]}",
            "test.json: `sections`: must have 1 to 64 panels"
        ),
        (
            panel("\"mark\":\"pie\""),
            "test.json: `sections[0].panels[0].mark`: `pie` is none of: tile, bars, lines, area, ranking, table, heatmap, bullet, text"
        ),
        (
            panel("\"mark\":\"tile\",\"width\":5,\"use\":\"q\",\"value\":\"n\""),
            "test.json: `sections[0].panels[0].width`: must be 3, 4, 6 or 12"
        ),
        (
            panel("\"mark\":\"tile\",\"use\":\"r\",\"value\":\"n\""),
            "test.json: `sections[0].panels[0].use`: there is no query `r`; there are: q"
        ),
        (
            panel("\"mark\":\"tile\",\"use\":\"q\",\"value\":\"n\",\"colour\":\"red\""),
            "test.json: `sections[0].panels[0].colour`: is not known here; there are: "
        ),
        (panel("\"mark\":\"tile\",\"use\":\"q\""), "test.json: `sections[0].panels[0].value`: a tile shows one column"),
        (
            panel("\"mark\":\"bars\",\"use\":\"q\",\"value\":\"n\""),
            "test.json: `sections[0].panels[0].query`: must make groups `BY time = BUCKET(@timestamp, $bucket)`"
        ),
        (
            panel("\"mark\":\"tile\",\"use\":\"q\",\"value\":\"m\""),
            "test.json: `panel p`: its query gives no column `m`; it gives: n"
        ),
        (
            panel("\"mark\":\"tile\",\"query\":\"STATS n = \",\"value\":\"n\""), "test.json: `panel p`: query: 1:"
        ),
        (
            panel(
                "\"mark\":\"tile\",\"streams\":[\"anthropic.audits\"],\"query\":\"STATS n = COUNT(*)\",\"value\":\"n\""),
            "test.json: `panel p`: query: "
        ),
        (
            panel(
                "\"mark\":\"tile\",\"use\":\"q\",\"value\":\"n\",\"levels\":[{\"from\":1,\"level\":\"bad\"},{\"from\":1,\"level\":\"good\"}]"
            ), "test.json: `sections[0].panels[0].levels[1].from`: must be greater than the one before"
        ),
    ]

    @Test(arguments: flaws.indices) func `what is wrong is said with file, key and remedy`(place: Int) {
        let (text, start) = Self.flaws[place]
        let said = check(text) ?? "nothing"
        #expect(said.hasPrefix(start), "\(said)")
    }

    // MARK: Those of the operator

    @Test func `a folder is read in the order of its names, and takes the place of what has the same id`() throws {
        let folder = try TemporaryFolder()
        let own = Self.panel("\"mark\":\"tile\",\"use\":\"q\",\"value\":\"n\"")
        try folder.write("b.json", Array(own.utf8))
        try folder.write("a.json", Array(own.replacing("\"id\":\"a\"", with: "\"id\":\"traces\"").utf8))
        try folder.write("notes.txt", Array("not read".utf8))
        let dashboards = try Dashboard.own(in: folder.path, schema: Self.schema, now: .sample)
        #expect(dashboards.map(\.id) == ["traces", "a"])
        let shelf = DashboardShelf(own: dashboards)
        #expect(shelf.dashboards.map(\.id) == Dashboard.standard.map(\.id) + ["a"])
        #expect(shelf["traces"]?.title == "A")
        #expect(try Dashboard.own(in: folder.file("none"), schema: Self.schema, now: .sample).isEmpty)
        try folder.write("c.json", Array(own.utf8))
        let error = #expect(throws: DashboardError.self) {
            try Dashboard.own(in: folder.path, schema: Self.schema, now: .sample)
        }
        #expect(error?.description == "\(folder.path)/c.json: `id`: another file has `a` already")
    }
}
