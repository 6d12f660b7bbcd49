import Events
import Foundation
import Pipeline
import Platform
import Testing

@Suite struct `The book of credentials` {
    /// A folder that goes away with the value.
    private final class Folder {
        let path: String
        init() throws {
            path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        var file: String { "\(path)/\(CredentialBook.fileName)" }
        func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file)) }
        func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
    }

    private let now = Timestamp(nanoseconds: 1_791_447_318_000_000_000)
    private let acme = TenantName("acme")!

    @Test func `A new book lets nobody in`() throws {
        let folder = try Folder()
        let book = try CredentialBook(folder: folder.path)
        #expect(book.isEmpty)
        for secret in ["", " ", "docket_", "null"] { #expect(book.credential(for: secret) == nil) }
    }

    @Test func `A token that was made is let in for its tenant, also after a start`() throws {
        let folder = try Folder()
        let book = try CredentialBook(folder: folder.path)
        let first = try book.add(tenant: acme, chosen: nil, now: now)
        let second = try book.add(tenant: .default, chosen: nil, now: now)
        #expect(first != second && first.hasPrefix("docket_") && first.utf8.count == 59)
        for book in [book, try CredentialBook(folder: folder.path)] {
            #expect(!book.isEmpty)
            #expect(book.credential(for: first)?.tenant == acme)
            #expect(book.credential(for: second)?.tenant == .default)
            #expect(book.credential(for: first)?.id != book.credential(for: second)?.id)
        }
    }

    @Test func `What is nearly a token is none`() throws {
        let folder = try Folder()
        let book = try CredentialBook(folder: folder.path)
        let token = try book.add(tenant: .default, chosen: nil, now: now)
        for wrong in [
            String(token.dropLast()), token + "a", token.uppercased(), " " + token, token + "\n",
            String(token.dropFirst(7)),
        ] {
            #expect(book.credential(for: wrong) == nil, "\(wrong)")
        }
    }

    @Test func `The file holds no token and is its owner's alone`() throws {
        let folder = try Folder()
        let book = try CredentialBook(folder: folder.path)
        let token = try book.add(tenant: .default, chosen: nil, now: now)
        let chosen = try book.add(tenant: .default, chosen: "chosen-by-a-person", now: now)
        #expect(chosen == "chosen-by-a-person")
        let text = try folder.text()
        #expect(!text.contains(token) && !text.contains(token.dropFirst(7)) && !text.contains(chosen))
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // The id is public: it must not help to find the token.
        let id = try #require(book.credential(for: token)?.id)
        #expect(id.hasPrefix("cred_") && !token.contains(id.dropFirst(5)))
    }

    @Test func `The same token chosen again is one entry`() throws {
        let folder = try Folder()
        for _ in 0..<3 { _ = try CredentialBook(folder: folder.path).add(tenant: .default, chosen: "same", now: now) }
        #expect(try folder.text().components(separatedBy: "\"id\"").count == 2)
    }

    private static let unreadable = [
        "", "{}", "[]", "nonsense", #"{"version":2,"credentials":[]}"#, #"{"version":1}"#,
        #"{"version":1,"credentials":[{}]}"#,
        #"{"version":1,"credentials":[{"id":"a","tenant":"A B","sha256":"00","created":"2026-10-08T08:15:18Z"}]}"#,
        #"{"version":1,"credentials":[{"id":"a","tenant":"a","sha256":"00","created":"2026-10-08T08:15:18Z"}]}"#,
    ]

    @Test(arguments: unreadable)
    func `A book that cannot be read lets nobody in and is not written over`(text: String) throws {
        let folder = try Folder()
        try folder.write(text)
        let error = #expect(throws: CredentialBookError.self) { try CredentialBook(folder: folder.path) }
        #expect(error?.description.contains(folder.file) == true)
        #expect(try folder.text() == text)
    }
}
