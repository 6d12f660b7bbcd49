import Events
import Foundation
import Integrity
import Platform
import Synchronization
import TestKit
import Testing

@testable import Pipeline

@Suite struct `The book of credentials` {
    private let now = Timestamp.sample
    private let acme = TenantName("acme")!
    private let checks = PasswordChecks(clock: TestClock())

    private func order(
        _ name: String = "laptops", _ kind: KeptCredential.Kind = .token,
        _ change: (inout CredentialOrder) -> Void = { _ in }
    ) -> CredentialOrder {
        var order = CredentialOrder(name: name, tenant: acme, kind: kind)
        change(&order)
        return order
    }

    /// The id of the credential that a secret is of, and when the secret ends.
    private func find(_ secret: String, user: String? = nil, in book: CredentialBook) -> (
        id: String, until: Timestamp?
    )? {
        guard case .credential(let kept, let until) = book.index.find(secret, user: user, checks) else { return nil }
        return (kept.id, until)
    }

    @Test func `A new book lets nobody in`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        #expect(book.isEmpty)
        for secret in ["", " ", "docket_", "null"] { #expect(find(secret, in: book) == nil) }
        #expect(!FileManager.default.fileExists(atPath: folder.file))
    }

    @Test func `A token that was made is found, also after a start`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        let first = try book.create(order(), now: now)
        let second = try book.create(order(), now: now)
        let secrets = try (#require(first.secret), #require(second.secret))
        #expect(secrets.0 != secrets.1 && secrets.0.hasPrefix("docket_") && secrets.0.utf8.count == 59)
        for book in [book, try folder.book()] {
            #expect(find(secrets.0, in: book)?.id == first.credential.id)
            #expect(find(secrets.1, in: book)?.id == second.credential.id)
        }
        #expect(first.credential.id != second.credential.id)
        // Unless it is told otherwise, a credential cannot open the console.
        #expect(first.credential.uses == [.logs, .traces, .metrics])
    }

    @Test func `Each of ten thousand is found`() throws {
        let folder = try BookFolder()
        let tokens = (0..<10_000).map { Token(shown: "docket_\($0)") }
        let credentials = tokens.enumerated().map { number, token in
            KeptCredential(
                id: "cred_\(number)", name: "n", tenant: acme, kind: .token, uses: .sending, rate: nil, policy: nil,
                created: now, expires: nil, revoked: nil, secrets: [.init(mark: .digest(token.digest))])
        }
        try folder.write(String(decoding: CredentialFile.bytes(credentials), as: UTF8.self))
        let book = try folder.book()
        for number in [0, 1, 4_999, 9_998, 9_999] {
            #expect(find("docket_\(number)", in: book)?.id == "cred_\(number)")
        }
        #expect(find("docket_10000", in: book) == nil)
    }

    @Test func `What is nearly a token is none`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        let token = try #require(try book.create(order(), now: now).secret)
        for wrong in [
            String(token.dropLast()), token + "a", token.uppercased(), " " + token, token + "\n",
            String(token.dropFirst(7)),
        ] {
            #expect(find(wrong, in: book) == nil, "\(wrong)")
        }
    }

    @Test func `Everything that was ordered is in the file and comes back`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        var made: [KeptCredential] = []
        for kind in [
            KeptCredential.Kind.token, .basic(user: "acme"), .certificate(subject: "CN=collector-7,O=Example"),
        ] {
            made.append(
                try book.create(
                    order("Ä \"quoted\"", kind) {
                        $0.uses = [.logs, .search]
                        $0.rate = 50
                        $0.policy = "strict"
                        $0.expires = now + Timestamp.Span(nanoseconds: 1)
                    }, now: now
                ).credential)
        }
        _ = try book.revoke(made[0].id, now: now)
        made[0] = book.credentials[0]
        #expect(made[0].revoked == now)
        #expect(try folder.book().credentials == made)
    }

    @Test func `The file holds no secret and is its owner's alone`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        let token = try #require(try book.create(order(), now: now).secret)
        let password = try #require(try book.create(order("b", .basic(user: "u")), now: now).secret)
        _ = try book.bootstrap(chosen: "chosen-by-a-person", now: now)
        let text = try folder.text()
        for secret in [token, String(token.dropFirst(7)), password, "chosen-by-a-person"] {
            #expect(!text.contains(secret))
            let bytes = Array(secret.utf8)
            let digest = unsafe Digest(of: bytes.span.bytes).hexadecimal
            // A digest is kept of what is random alone.
            #expect(text.contains(digest) == (secret == token))
        }
        #expect(text.components(separatedBy: "$argon2id$v=19$m=19456,t=2,p=1$").count == 3)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    // MARK: Revoking and rotating

    @Test func `Revoking is for good, and the first time counts`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        let made = try book.create(order(), now: now)
        #expect(try book.revoke(made.credential.id, now: now).revoked == now)
        #expect(try book.revoke(made.credential.id, now: now + .days(1)).revoked == now)
        #expect(try folder.book().credentials[0].state(at: now) == .revoked)
        #expect(throws: CredentialBookError.self) {
            try book.rotate(made.credential.id, overlap: .hours(1), now: now)
        }
        #expect(throws: CredentialBookError.self) { try book.revoke("cred_0", now: now) }
    }

    @Test func `A rotated secret lives for the overlap, and no longer when it is rotated again`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        let made = try book.create(order(), now: now)
        let id = made.credential.id
        let first = try #require(made.secret)
        let second = try book.rotate(id, overlap: .hours(24), now: now).secret
        #expect(find(first, in: book)?.until == now + .hours(24))
        #expect(try #require(find(second, in: book)).until == nil)
        let third = try book.rotate(id, overlap: .hours(48), now: now + .hours(1)).secret
        #expect(find(first, in: book)?.until == now + .hours(24))
        #expect(find(second, in: book)?.until == now + .hours(49))
        // Those that are over are forgotten.
        _ = try book.rotate(id, overlap: .seconds(0), now: now + .hours(30))
        #expect(find(first, in: book) == nil)
        #expect(find(second, in: book)?.until == now + .hours(30))
        #expect(find(third, in: book)?.until == now + .hours(30))
    }

    @Test func `No more than eight secrets are good at a time`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        let id = try book.create(order(), now: now).credential.id
        for _ in 0..<7 { _ = try book.rotate(id, overlap: .hours(1), now: now) }
        let error = #expect(throws: CredentialBookError.self) { try book.rotate(id, overlap: .hours(1), now: now) }
        #expect(error?.description.contains("--overlap") == true)
        _ = try book.rotate(id, overlap: .hours(1), now: now + .hours(1))
    }

    @Test func `A user name or a subject is of one credential at a time`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        for kind in [KeptCredential.Kind.basic(user: "acme"), .certificate(subject: "CN=a")] {
            let first = try book.create(order("a", kind), now: now).credential
            let error = #expect(throws: CredentialBookError.self) { try book.create(order("b", kind), now: now) }
            #expect(error?.description.contains(first.id) == true)
            _ = try book.revoke(first.id, now: now)
            let second = try book.create(order("b", kind) { $0.expires = now + .hours(1) }, now: now).credential
            // It has expired, so there may be another.
            let third = try book.create(order("c", kind), now: now + .hours(1)).credential
            #expect(first.id != second.id && second.id != third.id)
            if case .certificate(let subject) = kind {
                #expect(book.index.credential(subject: subject)?.id == third.id)
                _ = try book.revoke(third.id, now: now)
                #expect(book.index.credential(subject: subject)?.id == second.id)
            }
        }
    }

    @Test func `The user name counts for a password and not for a token`() throws {
        let folder = try BookFolder()
        let book = try folder.book()
        let made = try book.create(order("b", .basic(user: "acme")) { $0.password = "license-key-1" }, now: now)
        #expect(made.secret == "license-key-1")
        #expect(find("license-key-1", user: "acme", in: book)?.id == made.credential.id)
        #expect(find("license-key-2", user: "acme", in: book) == nil)
        #expect(find("license-key-1", user: "other", in: book) == nil)
        #expect(find("license-key-1", in: book) == nil)
        let token = try book.create(order(), now: now)
        let secret = try #require(token.secret)
        for user in [nil, "", "acme", "anybody"] {
            #expect(find(secret, user: user, in: book)?.id == token.credential.id)
        }
    }

    // MARK: The first tokens

    @Test func `An empty book gets a token to search and a token to send, once`() throws {
        let folder = try BookFolder()
        let late = try folder.book()
        let tokens = try #require(try folder.book().bootstrap(chosen: nil, now: now))
        let book = try folder.book()
        #expect(try book.bootstrap(chosen: nil, now: now) == nil)
        #expect(try late.bootstrap(chosen: nil, now: now) == nil, "the book is not what it was when it was read")
        #expect(find(tokens.search, in: book)?.id == book.credentials[0].id)
        #expect(find(tokens.sending, in: book)?.id == book.credentials[1].id)
        #expect(book.credentials.map(\.uses) == [[.search], .sending])
        #expect(book.credentials.map(\.tenant) == [.default, .default])
        #expect(tokens.search != tokens.sending && book.credentials[0].id != book.credentials[1].id)
    }

    @Test func `A chosen token is one credential, and another choice takes its place`() throws {
        let folder = try BookFolder()
        let made = try folder.book().create(order(), now: now)
        for _ in 0..<3 { #expect(try folder.book().bootstrap(chosen: "first-choice", now: now) == nil) }
        let first = try folder.book()
        let id = try #require(find("first-choice", in: first)).id
        #expect(first.credentials.count == 2)
        _ = try folder.book().bootstrap(chosen: "second-choice", now: now)
        let second = try folder.book()
        #expect(second.credentials.count == 2)
        #expect(find("first-choice", in: second) == nil)
        #expect(find("second-choice", in: second)?.id == id)
        #expect(try find(#require(made.secret), in: second)?.id == made.credential.id)
        // Revoked, it does not come back by a start; another choice is another credential.
        _ = try second.revoke(id, now: now)
        _ = try second.bootstrap(chosen: "second-choice", now: now)
        #expect(second.credentials.first { $0.id == id }?.state(at: now) == .revoked)
        _ = try second.bootstrap(chosen: "third-choice", now: now)
        #expect(find("third-choice", in: second)?.id != id)
        #expect(second.credentials.count == 3)
    }

    @Test func `Version 1 is read, keeps its rights, and a chosen token in it is hashed`() throws {
        let folder = try BookFolder()
        let digests = ["docket_random", "chosen"].map { Token(shown: $0).digest.hexadecimal }
        let entries = digests.enumerated().map { number, digest in
            #"{"id":"cred_\#(number)","tenant":"acme","sha256":"\#(digest)","created":"2026-10-08T08:15:18.000Z"}"#
        }
        try folder.write(#"{"version":1,"credentials":[\#(entries.joined(separator: ","))]}"#)
        let book = try folder.book()
        #expect(find("docket_random", in: book)?.id == "cred_0")
        #expect(book.credentials.map(\.uses) == [.all, .all])
        _ = try book.bootstrap(chosen: "chosen", now: now)
        let text = try folder.text()
        #expect(text.hasPrefix(#"{"version":2,"#))
        #expect(text.contains(digests[0]) && !text.contains(digests[1]))
        for book in [book, try folder.book()] {
            #expect(find("chosen", in: book)?.id == "cred_1")
            #expect(find("docket_random", in: book)?.id == "cred_0")
        }
    }

    // MARK: The file

    private static let good =
        #""id":"cred_1","name":"a","tenant":"a","kind":"token","uses":["logs"],"created":"2026-10-08T08:15:18Z""#

    private static func second(_ members: String, _ more: String = "") -> String {
        "{\"version\":2,\"credentials\":[{\(members)\(more)}]}"
    }

    /// Files, and what the message about them names.
    private static let unreadable: [(String, String)] = [
        ("", "no JSON"), ("nonsense", "no JSON"), ("{}", "version"), ("[]", "version"),
        (#"{"version":3,"credentials":[]}"#, "version"), (#"{"version":2}"#, "credentials"),
        (#"{"version":1,"credentials":[{}]}"#, "credentials[0].id"),
        (#"{"version":1,"credentials":[{"id":"cred_a","tenant":"A B","sha256":"0","created":"x"}]}"#, ".tenant"),
        (#"{"version":2,"credentials":[7]}"#, "credentials[0]"),
        (second(good.replacing("cred_1", with: "1")), ".id"),
        (second(good.replacing("token", with: "tokens")), ".kind"),
        (second(good.replacing("token", with: "basic")), ".user"),
        (second(good.replacing("token", with: "certificate")), ".subject"),
        (second(good, #","user":"a""#), ".user"), (second(good.replacing(#"["logs"]"#, with: "[]")), ".uses"),
        (second(good.replacing("logs", with: "log")), ".uses"), (second(good, #","rate":0"#), ".rate"),
        (second(good, #","rate":1.5"#), ".rate"), (second(good, #","expires":"tomorrow""#), ".expires"),
        (second(good, #","revokd":"2026-10-08T08:15:18Z""#), ".revokd"), (second(good, #","id":"cred_2""#), ".id"),
        (second(good, #","secrets":[{"sha256":"00"}]"#), ".secrets[0].sha256"),
        (second(good, #","secrets":[{"argon2id":"$argon2id$v=19$m=1048576,t=16,p=1$c2FsdA$aGFzaA"}]"#), ".argon2id"),
        (second(good + "},{" + good), "credentials[1].id"),
    ]

    @Test(arguments: unreadable)
    func `A book that cannot be read lets nobody in and is not written over`(text: String, place: String) throws {
        let folder = try BookFolder()
        try folder.write(text)
        let error = #expect(throws: CredentialBookError.self) { try folder.book() }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("\(folder.file): ") && message.contains(place), "\(message)")
        #expect(message.hasSuffix("restore the file from a copy"))
        #expect(try folder.text() == text)
    }

    @Test func `The least that must stand in a file is enough`() throws {
        let folder = try BookFolder()
        try folder.write(Self.second(Self.good))
        #expect(try folder.book().credentials.map(\.id) == ["cred_1"])
    }

    // MARK: While a server runs

    @Test func `A change from elsewhere is taken over, and a bad one is not`() throws {
        let folder = try BookFolder()
        let (server, command) = (try folder.book(), try folder.book())
        #expect(try !server.refresh())
        let made = try command.create(order(), now: now)
        let secret = try #require(made.secret)
        #expect(find(secret, in: server) == nil)
        #expect(try server.refresh())
        #expect(find(secret, in: server)?.id == made.credential.id)
        #expect(try !server.refresh())
        try folder.write("{")
        #expect(throws: CredentialBookError.self) { try server.refresh() }
        #expect(find(secret, in: server)?.id == made.credential.id)
        try FileManager.default.removeItem(atPath: folder.file)
        #expect(throws: CredentialBookError.self) { try server.refresh() }
        #expect(find(secret, in: server)?.id == made.credential.id)
    }

    @Test func `Changes at the same time are all kept`() throws {
        let folder = try BookFolder()
        let path = folder.path
        let failures = Atomic<Int>(0)
        let order = order()
        let now = now
        let threads = (0..<4).map { _ in
            TestKit.OwnThread {
                for _ in 0..<10 {
                    do {
                        _ = try CredentialBook(folder: path).create(order, now: now)
                    } catch {
                        failures.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        for thread in threads { thread.wait() }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(try folder.book().credentials.count == 40)
    }

    @Test func `The watch says once what is wrong, and goes on when it is right`() throws {
        let folder = try BookFolder()
        let metrics = MetricList()
        let lines = Locked<[String]>([])
        let log = Log("test", write: { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } })
        let server = try folder.book()
        let watch = BookWatch(server, log: log, metrics: metrics)
        try folder.write("{")
        for _ in 0..<3 { watch.look() }
        #expect(lines.withLock { $0.count } == 1)
        #expect(metrics.exposition().contains("docket_credentials_reloads_total{result=\"failure\"} 1\n"))
        try folder.write(Self.second(Self.good))
        watch.look()
        #expect(server.credentials.map(\.id) == ["cred_1"])
        #expect(metrics.exposition().contains("docket_credentials_reloads_total{result=\"success\"} 1\n"))
        watch.start()
        _ = try folder.book().revoke("cred_1", now: now)
        #expect(eventually { server.credentials[0].revoked != nil })
        watch.stop()
    }
}
