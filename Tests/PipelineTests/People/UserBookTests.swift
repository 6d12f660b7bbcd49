import Events
import Foundation
import Integrity
import Platform
import Testing

@testable import Pipeline

@Suite struct `The book of users` {
    private let now = Timestamp.sample
    private static let password = "a long enough password"

    private func order(_ name: String, _ role: Role = .viewer, _ password: String = Self.password) -> UserOrder {
        UserOrder(name: name, tenant: .default, role: role, password: password)
    }

    private func book(_ folder: BookFolder) throws -> UserBook { try UserBook(folder: folder.path) }

    @Test func `a user signs in with the password, and the file has no more than a costly hash of it`() throws {
        let folder = try BookFolder()
        let book = try book(folder)
        let user = try book.create(order("anna@example.com", .analyst), by: "test", now: now)
        let desk = try PasswordDesk(book)
        #expect(desk.check("Anna@Example.com", Self.password) == user)
        #expect(desk.check("anna@example.com", Self.password + "x") == nil)
        #expect(desk.check("berta@example.com", Self.password) == nil)
        let text = try String(contentsOfFile: book.file, encoding: .utf8)
        #expect(!text.contains(Self.password))
        #expect(text.contains("$argon2id$v=19$m=19456,t=2,p=1$"))
        let mode = try FileManager.default.attributesOfItem(atPath: book.file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `what is written is read again`() throws {
        let folder = try BookFolder()
        let book = try book(folder)
        var full = order("anna@example.com", .admin)
        full.display = "Anna \"A\" Ä"
        _ = try book.create(full, by: "root (command line)", now: now)
        _ = try book.create(order("berta"), by: "test", now: now)
        _ = try book.setState(.removed, of: "berta", by: "test", now: now + .seconds(1))
        #expect(try self.book(folder).users == book.users)
    }

    @Test func `a name is one person's, whatever the case of its letters, until the person is removed`() throws {
        let folder = try BookFolder()
        let book = try book(folder)
        let first = try book.create(order("anna"), by: "test", now: now)
        #expect(throws: UserBookError.taken(name: "ANNA")) { try book.create(order("ANNA"), by: "test", now: now) }
        _ = try book.setState(.removed, of: "Anna", by: "test", now: now)
        let second = try book.create(order("ANNA"), by: "test", now: now)
        #expect(first.id != second.id)
        #expect(book.user(named: "anna")?.id == second.id)
        #expect(book.user(id: first.id)?.state == .removed)
        #expect(throws: UserBookError.unknown(name: "berta")) {
            try book.setRole(.admin, of: "berta", by: "test", now: now)
        }
    }

    @Test func `who is disabled or removed does not sign in`() throws {
        let folder = try BookFolder()
        let book = try book(folder)
        _ = try book.create(order("anna"), by: "test", now: now)
        let desk = try PasswordDesk(book)
        for (state, mayIn) in [(KeptUser.State.disabled, false), (.active, true), (.removed, false)] {
            _ = try book.setState(state, of: "anna", by: "test", now: now)
            #expect((desk.check("anna", Self.password) != nil) == mayIn, "\(state)")
        }
    }

    /// Texts that are no passwords of `anna-the-analyst`.
    static let weak = ["", "short", "elevenbytes", "anna-the-analyst", "Anna-The-Analyst", "abababababababab"]

    @Test(arguments: weak)
    func `a weak password is refused with a remedy`(password: String) throws {
        let folder = try BookFolder()
        let book = try book(folder)
        let error = #expect(throws: UserBookError.self) {
            try book.create(order("anna-the-analyst", .viewer, password), by: "test", now: now)
        }
        #expect(error?.description.contains("--generate") == true)
        #expect(!FileManager.default.fileExists(atPath: book.file))
    }

    @Test func `another password changes the mark, and a role does not`() throws {
        let folder = try BookFolder()
        let book = try book(folder)
        let first = try book.create(order("anna"), by: "test", now: now)
        let promoted = try book.setRole(.admin, of: "anna", by: "boss", now: now + .seconds(1))
        let changed = try book.setPassword(Self.password, of: "anna", by: "anna", now: now + .seconds(2))
        #expect(first.passwordMark == promoted.passwordMark && promoted.passwordMark != changed.passwordMark)
        #expect(promoted.changedBy == "boss" && changed.changed == now + .seconds(2))
        // The same again is no change.
        #expect(try book.setRole(.admin, of: "anna", by: "other", now: now + .seconds(3)) == changed)
    }

    @Test func `a server sees what the command line changed, and keeps what it had when the file is broken`() throws {
        let folder = try BookFolder()
        let (server, command) = (try book(folder), try book(folder))
        #expect(try !server.refresh())
        _ = try command.create(order("anna"), by: "test", now: now)
        #expect(try server.refresh() && server.user(named: "anna") != nil)
        try Data("{".utf8).write(to: URL(filePath: server.file))
        #expect(throws: UserBookError.self) { try server.refresh() }
        #expect(server.user(named: "anna") != nil)
        try FileManager.default.removeItem(atPath: server.file)
        #expect(throws: UserBookError.book(.gone(file: server.file))) { try server.refresh() }
    }

    @Test func `who has the longest name changes the password, and the book is read again`() throws {
        let folder = try BookFolder()
        let book = try book(folder)
        let name = String(repeating: "a", count: 242) + "@example.com"
        _ = try book.create(order(name), by: "test", now: now)
        _ = try book.setPassword(Self.password + "2", of: name, by: name, now: now + .seconds(1))
        #expect(try self.book(folder).users.map(\.changedBy) == [name])
    }

    /// What is wrong with a line, and where the message says so.
    static let flaws = [
        (#""name":"anna""#, #""name":"a b""#, "users[0].name"),
        (#""role":"viewer""#, #""role":"root""#, "users[0].role"),
        (#""state":"active""#, #""state":"gone""#, "users[0].state"), (#""by":"test""#, #""by":"""#, "users[0].by"),
        (#""tenant":"default""#, #""tenant":"A""#, "users[0].tenant"), (#""id":"user_"#, #""id":"usr_"#, "users[0].id"),
        (#""role":"viewer""#, #""role":"viewer","rol":"admin""#, "users[0].rol"),
        ("m=19456", "m=1048576", "users[0].argon2id"), (#""version":1"#, #""version":2"#, "version"),
    ]

    @Test(arguments: flaws.indices)
    func `a line that cannot be read stops the start, with its place`(place: Int) throws {
        let (good, bad, where_) = Self.flaws[place]
        let folder = try BookFolder()
        let book = try book(folder)
        _ = try book.create(order("anna"), by: "test", now: now)
        let text = try String(contentsOfFile: book.file, encoding: .utf8)
        #expect(text.contains(good))
        try Data(text.replacingOccurrences(of: good, with: bad).utf8).write(to: URL(filePath: book.file))
        let error = #expect(throws: UserBookError.self) { try self.book(folder) }
        #expect(error?.description.contains(" \(where_) ") == true, "\(error?.description ?? "read")")
    }
}
