import Codecs
import Events
import Integrity
import Pipeline
import Platform
import TestKit
import Testing

@testable import Server

@Suite struct `What people do in the console is recorded` {
    private let sink = RecordSinkDouble()
    private let clock = TestClock()
    private let metrics = MetricList()

    private func journal(recordsCalls: Bool = true) -> AccessJournal {
        AccessJournal(sink, recordsCalls: recordsCalls, clock: clock, metrics: metrics)
    }

    private func search(_ query: String = "a", session: String? = "s") -> ReaderAct {
        var act = ReaderAct(
            .search, of: .default, by: ReaderAct.Actor(name: "anna@example.com", id: "user_1", role: .analyst))
        act.query = query
        act.session = session
        return act
    }

    private var documents: [JSONValue] { sink.ownRecords.compactMap { try? JSONValue(parsing: $0) } }
    private var counts: [Int64] { documents.compactMap { $0.value(at: "docket.access.count")?.integer } }

    @Test func `a record says who did what, when and from where`() throws {
        var act = search("event.action: x")
        act.address = "192.0.2.7"
        journal().record(act)
        let document = try #require(documents.first)
        for (name, value) in [
            ("event.action", "console-search"), ("event.outcome", "success"), ("event.dataset", "docket.access"),
            ("user.name", "anna@example.com"), ("user.email", "anna@example.com"), ("source.ip", "192.0.2.7"),
            ("docket.access.query", "event.action: x"), ("docket.access.role", "analyst"),
            ("@timestamp", RFC3339.text(clock.now(), digits: 9)),
        ] {
            #expect(document.value(at: name)?.string == value, "\(name)")
        }
        #expect(sink.batches.first?.entries.first?.kind == .access)
    }

    @Test func `the same again within a minute is counted, and told at its end`() {
        let journal = journal()
        for _ in 0..<50 { journal.record(search()) }
        journal.record(search("b"))
        #expect(counts == [1, 1])
        journal.tellSums(since: clock.steady() - AccessJournal.summedOver)
        #expect(counts == [1, 1])
        clock.advance(AccessJournal.summedOver)
        journal.tellSums(since: clock.steady() - AccessJournal.summedOver)
        #expect(counts == [1, 1, 49])
        journal.record(search())
        #expect(counts == [1, 1, 49, 1])
    }

    @Test func `the end of the server loses no count`() {
        let journal = journal()
        journal.start()
        for _ in 0..<3 { journal.record(search()) }
        journal.stop()
        #expect(counts == [1, 2])
    }

    @Test func `two acts of one moment are two events`() throws {
        let journal = journal()
        journal.record(search("a"))
        journal.record(search("b"))
        let ids = documents.compactMap { $0.value(at: "event.id")?.string }
        #expect(Set(ids).count == 2)
    }

    @Test func `what must be recorded is refused when it cannot be, each time`() {
        let journal = journal()
        var act = search()
        act.action = .export
        #expect(journal.keep(act) && journal.keep(act))
        #expect(counts == [1, 1])
        sink.script([.refuse(Fault(.journalBusy, .again(after: .seconds(1)), "full"))])
        #expect(!journal.keep(act))
        #expect(counts == [1, 1])
        #expect(metrics.exposition().contains("\ndocket_access_records_refused_total 1\n"))
    }

    @Test func `what cannot be told is counted, and a full queue drops`() {
        let journal = journal()
        sink.script([.refuse(Fault(.journalBusy, .again(after: .seconds(1)), "full"))])
        journal.record(search("refused"))
        #expect(metrics.exposition().contains("\ndocket_access_records_lost_total 1\n"))
        sink.script(Array(repeating: .keepInSilence, count: AccessJournal.limit))
        for number in 0..<AccessJournal.limit + 5 { journal.record(search("\(number)")) }
        #expect(documents.count == AccessJournal.limit)
        #expect(metrics.exposition().contains("\ndocket_access_records_lost_total 6\n"))
        sink.end()
    }

    @Test func `what programs read can be left out, and what people do cannot`() {
        let journal = journal(recordsCalls: false)
        journal.record(search(session: nil))
        var export = search(session: nil)
        export.action = .export
        #expect(journal.keep(export) && !journal.wants(export))
        #expect(documents.isEmpty)
        var signIn = search(session: nil)
        signIn.action = .signIn
        journal.record(signIn)
        journal.record(search())
        #expect(documents.count == 2)
    }

    @Test func `a long query is cut`() throws {
        journal().record(search(String(repeating: "ä", count: 10_000)))
        let query = try #require(documents.first?.value(at: "docket.access.query")?.string)
        #expect(query.utf8.count <= 4_096 + 3 && query.hasSuffix("…"))
    }

    @Test func `a receipt is an event with the name of its export, and says its query and its digest whole`() throws {
        let redaction = RedactingSink(
            sink, policy: RedactionPolicy(), keys: nil, metrics: RedactionMetrics(metrics), clock: clock,
            log: Log("test", least: .error) { _ in }, selfTest: { _ in [] })
        let query = "message: \(String(repeating: "ä ", count: 10_000))"
        var act = search(session: nil)
        act.action = .exportReceipt
        act.query = query
        var receipt = ExportReceipt(id: "export_1")
        receipt.file = .init(rows: 1, bytes: 2, digest: String(repeating: "0123456789abcdef", count: 4))
        receipt.checkpoint = .init(
            origin: "docket.example.com/t/00", size: 9, root: "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
        (receipt.from, receipt.to, receipt.filter) = (clock.now(), clock.now(), "a: \"AKIAIOSFODNN7EXAMPLQ\"")
        act.export = receipt
        // Also of programs, of which nothing else is told.
        #expect(AccessJournal(redaction, recordsCalls: false, clock: clock, metrics: metrics).keep(act))
        let document = try #require(documents.first)
        for (name, value) in [
            ("event.id", "export_1"), ("docket.access.query", query), ("file.hash.sha256", receipt.file?.digest),
            ("docket.export.id", "export_1"),
            ("docket.export.checkpoint.root", receipt.checkpoint?.root),
            ("docket.export.checkpoint.origin", "docket.example.com/t/00"),
            ("docket.export.from", RFC3339.text(clock.now(), digits: 9)),
        ] {
            #expect(document.value(at: name)?.string == value, "\(name)")
        }
        #expect(document.value(at: "docket.export.filter")?.string?.contains("AKIA") == false)
    }

    @Test func `a secret in a query does not get to the journal`() throws {
        let policy = RedactionPolicy()
        let redaction = RedactingSink(
            sink, policy: policy, keys: nil, metrics: RedactionMetrics(metrics), clock: clock,
            log: Log("test", least: .error) { _ in }, selfTest: { _ in [] })
        let secret = "AKIAIOSFODNN7EXAMPLQ"
        AccessJournal(redaction, clock: clock, metrics: metrics).record(search("aws_access_key_id=\(secret)"))
        let document = try #require(documents.first)
        let query = try #require(document.value(at: "docket.access.query")?.string)
        #expect(!query.contains(secret), "\(query)")
        // Who it was stays, though it is an address.
        #expect(document.value(at: "user.email")?.string == "anna@example.com")
    }
}

@Suite struct `Changes of users are recorded` {
    private static let password = "a long enough password"
    private let sink = RecordSinkDouble()
    private let now = Timestamp(milliseconds: 1_791_446_400_000)

    private func chronicle(_ folder: TemporaryFolder) throws -> BookChronicle<KeptUser> {
        let book = try UserBook(folder: folder.path)
        return BookChronicle(
            "users", data: folder.path, fileName: KeptUser.toldFile, sink: sink,
            log: Log("test", least: .error) { _ in }, lines: { book.users })
    }

    private var told: [String] {
        sink.ownRecords.compactMap { try? JSONValue(parsing: $0) }.map { document in
            let changes = document.value(at: "docket.access.changes")?.array?.compactMap(\.string) ?? []
            return ([document.value(at: "event.action")?.string ?? ""] + changes).joined(separator: ", ")
        }
    }

    @Test func `each change is told once, also when it was made while no server ran`() throws {
        let folder = try TemporaryFolder()
        let book = try UserBook(folder: folder.path)
        _ = try book.create(
            UserOrder(name: "anna", tenant: .default, role: .viewer, password: Self.password), by: "root", now: now)
        try chronicle(folder).tell()
        #expect(told == ["user-created, role: viewer"])
        _ = try book.setRole(.admin, of: "anna", by: "root", now: now + .seconds(1))
        _ = try book.setPassword(Self.password + "2", of: "anna", by: "root", now: now + .seconds(2))
        _ = try book.setState(.disabled, of: "anna", by: "root", now: now + .seconds(3))
        try chronicle(folder).tell()
        try chronicle(folder).tell()
        _ = try book.setState(.removed, of: "anna", by: "boss", now: now + .seconds(4))
        try chronicle(folder).tell()
        #expect(
            told == [
                "user-created, role: viewer", "user-changed, role: viewer to admin, state: active to disabled",
                "user-password-changed", "user-removed",
            ])
        let last = try JSONValue(parsing: try #require(sink.ownRecords.last))
        #expect(last.value(at: "user.name")?.string == "boss")
        #expect(last.value(at: "docket.access.account")?.string == "anna")
        let text = sink.ownRecords.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(!text.contains("argon2id") && !text.contains(Self.password))
    }

    @Test func `what the journal refuses is told the next time, under the same id`() throws {
        let folder = try TemporaryFolder()
        let book = try UserBook(folder: folder.path)
        _ = try book.create(
            UserOrder(name: "anna", tenant: .default, role: .viewer, password: Self.password), by: "root", now: now)
        let chronicle = try chronicle(folder)
        sink.script([.refuse(Fault(.journalBusy, .again(after: .seconds(1)), "full"))])
        chronicle.tell()
        #expect(told.isEmpty)
        chronicle.tell()
        #expect(told == ["user-created, role: viewer"])
        // A crash before the list was written.
        try FolderDisk(folder: folder.path).remove(KeptUser.toldFile)
        try self.chronicle(folder).tell()
        let ids = sink.ownRecords.compactMap { try? JSONValue(parsing: $0).value(at: "event.id")?.string }
        #expect(ids.count == 2 && Set(ids).count == 1)
    }
}
