import Events
import Foundation
import Platform
import TestKit
import Testing

@testable import Pipeline

@Suite struct `The book of decisions` {
    private let now = Timestamp.sample

    private func book(_ folder: BookFolder) throws -> DecisionBook { try DecisionBook(folder: folder.path) }

    private func decide(
        _ book: DecisionBook, _ item: String, _ state: InventoryDecision.State = .approved,
        _ kind: InventoryKind = .plugins, by actor: String = "anna@example.com", owner: String? = nil
    ) throws -> InventoryDecision {
        try book.decide(InventoryOrder(kind, item, state, owner: owner), of: .default, by: actor, now: now)
    }

    @Test func `a decision is there after a restart, with who made it, when and why`() throws {
        let folder = try BookFolder()
        let order = InventoryOrder(
            .servers, "github", .denied, owner: "it@example.com", note: "until \"review\" Ä", reason: "leaks")
        let made = try book(folder).decide(order, of: .default, by: "anna@example.com", now: now)
        let again = try book(folder)
        #expect(again.decisions == [made])
        #expect(again.decisions(about: .servers, of: .default)["github"] == made)
        #expect(again.decisions(about: .plugins, of: .default).isEmpty)
        #expect(again.decisions(about: .servers, of: try #require(TenantName("other"))).isEmpty)
        #expect(made.changedBy == "anna@example.com" && made.changed == now && made.reason == "leaks")
        let mode = try FileManager.default.attributesOfItem(atPath: again.file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `an item has one decision, and what says nothing new is nobody's without a reason`() throws {
        let folder = try BookFolder()
        let book = try book(folder)
        _ = try decide(book, "a", owner: "x")
        #expect(try decide(book, "a", by: "bert", owner: "x").changedBy == "anna@example.com")
        let again = InventoryOrder(.plugins, "a", .approved, owner: "x", reason: "looked at again")
        #expect(try book.decide(again, of: .default, by: "cleo", now: now).changedBy == "cleo")
        #expect(try decide(book, "a", .denied, by: "bert").changedBy == "bert")
        #expect(try decide(book, "a", .unknown).isBare)
        #expect(book.decisions.count == 1)
        // What nobody has decided cannot be forgotten.
        _ = try decide(book, "b", .unknown)
        #expect(book.decisions.count == 1)
    }

    @Test func `two writers lose nothing of each other`() async throws {
        let folder = try BookFolder()
        let path = folder.path
        let failures = await onOwnThread {
            let failures = Locked(0)
            let threads = (0..<4).map { writer in
                OwnThread {
                    for number in 0..<10 {
                        do {
                            let book = try DecisionBook(folder: path)
                            _ = try book.decide(
                                InventoryOrder(.skills, "\(writer)-\(number)", .approved), of: .default,
                                by: "w\(writer)",
                                now: .sample)
                        } catch {
                            failures.withLock { $0 += 1 }
                        }
                    }
                }
            }
            for thread in threads { thread.wait() }
            return failures.withLock { $0 }
        }
        #expect(failures == 0)
        #expect(try Set(book(folder).decisions.map(\.item)).count == 40)
    }

    @Test(arguments: [
        "../../etc/passwd", "..", "\u{202E}txt.exe", "a\nb\r\nc", "<script>alert(1)</script>", "\"},{\"", "\u{0}\u{1}",
        String(repeating: "x", count: InventoryOrder.itemLength), "Z\u{301}\u{327}", " ",
    ])
    func `a name is any text that an attacker chose, and stays what it is`(item: String) throws {
        let folder = try BookFolder()
        _ = try decide(try book(folder), item)
        #expect(try book(folder).decisions.map { Array($0.item.utf8) } == [Array(item.utf8)])
    }

    @Test func `MCP servers are known in lower case, as rules ask for them`() throws {
        let folder = try BookFolder()
        _ = try decide(try book(folder), "GitHub", .approved, .servers)
        _ = try decide(try book(folder), "GITHUB", .denied, .servers)
        _ = try decide(try book(folder), "GitHub", .approved, .plugins)
        #expect(try book(folder).decisions.map(\.item) == ["github", "GitHub"])
    }

    @Test func `what is too long or no line is refused, and the book stays readable`() throws {
        let folder = try BookFolder()
        let book = try book(folder)
        // Lower case may be longer than what was sent.
        let growing = String(repeating: "İ", count: InventoryOrder.itemLength / 2)
        let wrong: [(InventoryOrder, String)] = [
            (InventoryOrder(.skills, "", .approved), "item"),
            (InventoryOrder(.skills, String(repeating: "x", count: InventoryOrder.itemLength + 1), .approved), "item"),
            (InventoryOrder(.servers, growing, .approved), "item"),
            (InventoryOrder(.skills, "a", .approved, owner: String(repeating: "x", count: 255)), "owner"),
            (InventoryOrder(.skills, "a", .approved, owner: ""), "owner"),
            (InventoryOrder(.skills, "a", .approved, note: "two\nlines"), "note"),
            (InventoryOrder(.skills, "a", .approved, reason: String(repeating: "x", count: 1_001)), "reason"),
        ]
        for (order, part) in wrong {
            let error = #expect(throws: DecisionBookError.self) {
                try book.decide(order, of: .default, by: "anna", now: now)
            }
            #expect(error?.description.hasPrefix("the \(part) must be") == true, "\(part)")
        }
        #expect(try self.book(folder).decisions.isEmpty)
    }

    @Test func `a server takes what another wrote, and keeps what it had when the file is broken`() throws {
        let folder = try BookFolder()
        let (server, command) = (try book(folder), try book(folder))
        _ = try decide(command, "a")
        #expect(try server.refresh() && server.decisions.count == 1)
        for broken in [
            "{", #"{"version":2,"decisions":[]}"#, try text(server).replacing(#""by""#, with: #""bye""#),
            try text(server).replacing(#""kind":"plugins","item":"a""#, with: #""kind":"mcp","item":"A""#),
            try text(server).replacing("[\n", with: "[\n" + (try line(server)) + ",\n"),
        ] {
            try Data(broken.utf8).write(to: URL(filePath: server.file))
            #expect(throws: DecisionBookError.self, "\(broken)") { try server.refresh() }
            #expect(server.decisions.count == 1)
        }
    }

    private func text(_ book: DecisionBook) throws -> String { try String(contentsOfFile: book.file, encoding: .utf8) }

    private func line(_ book: DecisionBook) throws -> String {
        String(try #require(try text(book).split(separator: "\n").dropFirst().first))
    }
}
