import Codecs
import Console
import Events
import Pipeline
import Platform
import Query
import Store
import TestKit
import Testing

@testable import Server

@Suite struct `Lists of what is approved` {
    private let sink = RecordSinkDouble()
    private let clock = TestClock()
    private let folder: TemporaryFolder
    private let log = Log("test", least: .error) { _ in }

    init() throws { folder = try TemporaryFolder() }

    private func desk(files: [(String, String)] = []) throws -> DecisionDesk {
        for (name, text) in files { try folder.write("\(name).csv", Array(text.utf8)) }
        let book = try DecisionBook(folder: folder.path)
        let lists = try QueryLists(folder: folder.path, places: AddressBook(), log: log)
        return DecisionDesk(
            book, ApprovalLists(lists, book), data: folder.path, sink: sink, clock: clock, log: log)
    }

    private func decide(
        _ desk: DecisionDesk, _ kind: InventoryKind, _ item: String, _ state: InventoryDecision.State,
        owner: String? = nil, note: String? = nil, reason: String? = nil
    ) throws {
        try desk.decide(
            InventoryOrder(kind, item, state, owner: owner, note: note, reason: reason), of: .default,
            by: "anna@example.com")
    }

    /// The rows of a list, their cells as text.
    private func rows(_ desk: DecisionDesk, _ list: String, of tenant: TenantName = .default) -> [[String]]? {
        desk.lists.lists(of: tenant).lookup(list).map { lookup in
            lookup.rows.map { row in
                zip(row, lookup.columns).map { value, column in
                    if case .null = value { "" } else { value.text(column.type) }
                }
            }
        }
    }

    @Test func `decisions are the list that rules join with, each tenant's its own`() throws {
        let desk = try desk()
        #expect(rows(desk, "list_mcp_approved") == [])
        try decide(desk, .servers, "GitHub", .approved, owner: "it@example.com")
        try decide(desk, .servers, "linear", .denied)
        try decide(desk, .servers, "sentry", .unknown, owner: "bert")
        #expect(
            rows(desk, "list_mcp_approved") == [
                ["github", "true", "it@example.com"], ["linear", "false", ""], ["sentry", "", "bert"],
            ])
        let lists = desk.lists.lists(of: .default)
        #expect(lists.lookup("list_mcp_approved")?.columns.map(\.name) == ["mcp_server", "approved", "owner"])
        #expect(lists.policy("list_mcp_approved")?.matchField == "mcp_server")
        #expect(lists.names == InventoryKind.allCases.map(\.list).sorted())
        #expect(rows(desk, "list_mcp_approved", of: try #require(TenantName("other"))) == [])
        #expect(rows(desk, "list_other") == nil)
    }

    @Test func `a file counts first and is not changed here`() throws {
        // Decided before there was a file.
        try decide(try self.desk(), .servers, "github", .approved)
        let file = "item,approved:boolean,ticket\ngithub,false,T-1\nlinear,,T-2\n"
        let desk = try desk(files: [("list_mcp_approved", file), ("hosts", "host,owner\na,b\n")])
        for item in ["github", "GITHUB", "linear"] {
            #expect(throws: InventoryProblem.self) { try decide(desk, .servers, item, .approved) }
        }
        try decide(desk, .servers, "sentry", .approved, owner: "it")
        #expect(
            rows(desk, "list_mcp_approved") == [
                ["github", "false", "T-1"], ["linear", "", "T-2"], ["sentry", "true", ""],
            ])
        #expect(rows(desk, "hosts") == [["a", "b"]])
        let entries = desk.entries(about: .servers, of: .default)
        #expect(entries.fixed["github"] == .init(state: .denied, owner: nil))
        #expect(entries.fixed["linear"] == .init(state: .unknown, owner: nil))
        #expect(entries.decisions.keys.sorted() == ["github", "sentry"] && entries.problem == nil)
    }

    @Test func `a file that decisions cannot stand in stays as it is, and the reason is told`() throws {
        let desk = try desk(files: [("list_skills_approved", "skill,approved\na,yes\n")])
        #expect(rows(desk, "list_skills_approved") == [["a", "yes"]])
        let problem = try #require(desk.entries(about: .skills, of: .default).problem)
        #expect(problem.contains("list_skills_approved.csv") && problem.contains("approved:boolean"))
        #expect(throws: InventoryProblem(problem)) { try decide(desk, .skills, "b", .approved) }
        #expect(sink.ownRecords.isEmpty)
    }

    @Test func `each decision is a record of who, what, before, after and why`() throws {
        let desk = try desk()
        try decide(desk, .servers, "GitHub", .approved, owner: "it", reason: "reviewed")
        try decide(desk, .servers, "github", .denied, owner: "sec", note: "it leaks")
        clock.advance(.seconds(1))
        try decide(desk, .servers, "github", .denied, owner: "sec", note: "it leaks")
        try decide(desk, .servers, "github", .denied, owner: "sec", note: "it leaks", reason: "again")
        try decide(desk, .servers, "github", .unknown)
        let documents = try sink.ownRecords.map { try JSONValue(parsing: $0) }
        #expect(
            documents.map { $0.value(at: "docket.access.changes")?.array?.compactMap(\.string) } == [
                ["state: unknown to approved", "owner: nobody to it"],
                ["state: approved to denied", "owner: it to sec", "note: written"],
                ["confirmed: denied"],
                ["state: denied to unknown", "owner: sec to nobody", "note: removed"],
            ])
        let first = try #require(documents.first)
        for (name, value) in [
            ("event.action", "inventory-decided"), ("user.name", "anna@example.com"),
            ("docket.access.list", "list_mcp_approved"), ("docket.access.item", "github"),
            ("docket.access.reason", "reviewed"), ("event.dataset", "docket.access"),
        ] {
            #expect(first.value(at: name)?.string == value, "\(name)")
        }
        #expect(documents[1].value(at: "docket.access.note")?.string == "it leaks")
    }

    @Test func `a decision of the command line is told by the server that starts next`() throws {
        _ = try DecisionBook(folder: folder.path).decide(
            InventoryOrder(.models, "m", .denied), of: .default, by: "root (command line)", now: clock.now())
        try desk().chronicle.tell()
        try desk().chronicle.tell()
        #expect(sink.ownRecords.count == 1)
    }

    @Test func `what the journal refuses is decided, and told the next time`() throws {
        let desk = try desk()
        sink.script([.refuse(Fault(.journalBusy, .again(after: .seconds(1)), "full"))])
        try decide(desk, .models, "m", .denied)
        #expect(sink.ownRecords.isEmpty && rows(desk, "list_models_approved") == [["m", "false", ""]])
        desk.chronicle.tell()
        #expect(sink.ownRecords.count == 1)
    }
}
