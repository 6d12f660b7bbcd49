import Codecs
import Events
import Integrity
import Network
import Platform
import Query
import TestKit
import Testing

@testable import Console

/// What is said of a file that somebody takes.
struct ExportReceiptTests {
    private let desk = StubDesk()

    private func sample(_ count: Int = 120) throws -> SampleConsole {
        desk.facts.withLock { $0 = .sample }
        return try SampleConsole(
            (0..<count).map { SampleConsole.event($0, minutesAgo: 1, [("message", "=1+\($0)")]) }, integrity: desk)
    }

    private func digest(_ bytes: [UInt8]) -> String {
        let span = bytes.span
        return (unsafe Digest(of: span.bytes)).hexadecimal
    }

    static let paths: [(path: String, rows: Int, format: String)] = [
        ("/export?format=ndjson", 120, "ndjson"), ("/export?format=csv", 120, "csv"),
        ("/export?format=csv&q=user.email:user0*", 40, "csv"),
        ("/export?l=esql&format=csv&q=FROM+events+%7C+LIMIT+7", 7, "csv"),
        ("/export?l=esql&format=ndjson&q=FROM+events+%7C+LIMIT+7", 7, "ndjson"),
        ("/export?l=eql&format=ndjson&q=any+where+true", 120, "ndjson"),
    ]

    @Test(arguments: paths) func `a whole file has a receipt with its digest`(
        path: String, rows: Int, format: String
    ) async throws {
        let sample = try sample()
        let answer = try await sample.send(.get, path, [try await sample.signIn()])
        #expect(answer.status == 200)
        let begun = try #require(sample.journal.acts(.export).first)
        let act = try #require(sample.journal.acts(.exportReceipt).first)
        #expect(sample.journal.acts(.exportReceipt).count == 1)
        #expect(sample.journal.acts.firstIndex(of: begun) ?? 9 < sample.journal.acts.firstIndex(of: act) ?? 0)
        let receipt = try #require(act.export)
        #expect(receipt.file == .init(rows: rows, bytes: answer.body.count, digest: digest(answer.body)))
        #expect(receipt.id == answer.headers["docket-export"] && begun.export?.id == receipt.id)
        #expect(answer.headers["link"] == "</exports/\(receipt.id)>; rel=\"describedby\"")
        #expect(answer.headers["content-disposition"]?.hasSuffix("-\(receipt.id).\(format)\"") == true)
        #expect(receipt.checkpoint == .init(origin: "docket.example.com/t/00", size: 240, root: "root+of+240"))
        #expect(act.format == format && act.failure == nil && !receipt.isCut)
    }

    @Test(arguments: [1_000, 1_001, 2_500]) func `a file that is sent piece by piece has the digest of all of it`(
        count: Int
    ) async throws {
        for format in ["csv", "ndjson"] {
            let sample = try sample(count)
            let answer = try await sample.send(.get, "/export?format=\(format)", [try await sample.signIn()])
            let file = try #require(sample.journal.acts(.exportReceipt).first?.export?.file)
            #expect(file == .init(rows: count, bytes: answer.body.count, digest: digest(answer.body)))
        }
    }

    /// Files that a program takes, with their rows.
    static let calls: [(path: String, body: String, rows: Int)] = [
        ("search", #"{"format":"ndjson","size":50}"#, 50), ("search", #"{"format":"ndjson","size":2500}"#, 1_500),
        ("search", #"{"format":"csv","query":"user.email:user0*","size":2500}"#, 500),
        ("search", #"{"language":"eql","query":"any where true","format":"ndjson","size":7}"#, 7),
        ("query", #"{"query":"FROM events | KEEP user.email | LIMIT 7","format":"csv"}"#, 7),
        ("query", #"{"query":"FROM events | LIMIT 1500","format":"ndjson"}"#, 1_500),
    ]

    @Test(arguments: calls) func `a file that a program takes has a receipt, too`(
        path: String, body: String, rows: Int
    ) async throws {
        let sample = try sample(1_500)
        let answer = try await sample.call("/api/v1/\(path)", body)
        #expect(answer.status == 200)
        #expect(sample.journal.acts(.export).count == 1 && sample.journal.acts(.exportReceipt).count == 1)
        let act = try #require(sample.journal.acts(.exportReceipt).first)
        let receipt = try #require(act.export)
        #expect(receipt.file == .init(rows: rows, bytes: answer.body.count, digest: digest(answer.body)))
        #expect(receipt.id == answer.headers["docket-export"])
        #expect(answer.headers["link"] == "</exports/\(receipt.id)>; rel=\"describedby\"")
        let format = try #require(act.format)
        #expect(answer.headers["content-disposition"]?.hasSuffix("-\(receipt.id).\(format)\"") == true)
        #expect(receipt.checkpoint?.size == 240 && act.failure == nil && sample.journal.acts(.search).isEmpty)
    }

    @Test func `the receipt of a program's file says what was asked, and whether there was more`() async throws {
        let sample = try sample()
        let body =
            #"{"format":"csv","query":"user.email:user0*","from":"now-1h","size":3,"fields":["event.id","user.*"]}"#
        _ = try await sample.call("/api/v1/search", body)
        let act = try #require(sample.journal.acts(.exportReceipt).first)
        #expect(act.query == "user.email:user0*" && act.language == "kql" && act.format == "csv")
        let receipt = try #require(act.export)
        #expect(receipt.from == .sample - .hours(1) && receipt.to == nil && receipt.isCut)
        #expect(receipt.columns == ["event.id", "user.email"])
        let table = #"{"query":"FROM events | STATS n = COUNT(*)","filter":"user.email:user1*","format":"csv"}"#
        _ = try await sample.call("/api/v1/query", table)
        let other = try #require(sample.journal.acts(.exportReceipt).last)
        #expect(other.language == "esql" && other.export?.filter == "user.email:user1*" && other.export?.isCut == false)
    }

    @Test(arguments: calls) func `a program's file has no receipt where the record leaves out what programs read`(
        path: String, body: String, rows: Int
    ) async throws {
        let sample = try sample(1_500)
        let whole = try await sample.call("/api/v1/\(path)", body)
        sample.journal.leavesOut.withLock { $0 = true }
        let answer = try await sample.call("/api/v1/\(path)", body)
        #expect(answer.status == 200 && answer.headers["docket-export"] == nil && answer.headers["link"] == nil)
        // The last line says how long it took.
        #expect(answer.text.split(separator: "\n").count == whole.text.split(separator: "\n").count)
        #expect(sample.journal.acts(.export).count == 1 && sample.journal.acts(.exportReceipt).count == 1)
        let session = try await sample.signIn(.analyst)
        let own = try await sample.send(
            .post, "/api/v1/\(path)", [session, ("sec-fetch-site", "same-origin")], body: body)
        #expect(own.headers["docket-export"] != nil)
    }

    @Test func `a page of JSON is no file`() async throws {
        let sample = try sample()
        for (path, body) in [("search", "{}"), ("query", #"{"query":"FROM events | LIMIT 3"}"#)] {
            let answer = try await sample.call("/api/v1/\(path)", body)
            #expect(answer.status == 200 && answer.headers["docket-export"] == nil)
        }
        #expect(sample.journal.acts(.exportReceipt).isEmpty && sample.journal.acts(.export).isEmpty)
        #expect(sample.journal.acts(.search).count == 2)
    }

    @Test(arguments: calls) func `a program's file whose receipt cannot be kept does not end as if it were whole`(
        path: String, body: String, rows: Int
    ) async throws {
        let sample = try sample(1_500)
        sample.journal.refused.withLock { $0 = .exportReceipt }
        let answer = try? await sample.call("/api/v1/\(path)", body)
        #expect(answer == nil || answer?.status == 503)
        sample.journal.refused.withLock { $0 = .export }
        #expect(try await sample.call("/api/v1/\(path)", body).status == 503)
    }

    @Test func `a program's file that fails says so`() async throws {
        let sample = try sample()
        sample.engine.failsFrom.withLock { $0 = 0 }
        for (path, body, _) in Self.calls {
            #expect(try await sample.call("/api/v1/\(path)", body).status >= 500)
            #expect(sample.journal.acts(.exportReceipt).last?.failure != nil)
        }
    }

    @Test func `a receipt says what was asked`() async throws {
        let sample = try sample()
        let path = "/export?format=csv&q=gen_ai.tool.name:Bash&f=-user.email:a&cols=message&from=now-1h&to=now"
        _ = try await sample.send(.get, path, [try await sample.signIn()])
        let act = try #require(sample.journal.acts(.exportReceipt).first)
        #expect(act.query == "gen_ai.tool.name:Bash" && act.language == "kql")
        let receipt = try #require(act.export)
        #expect(receipt.filter == "not user.email: \"a\"" && receipt.columns == ["@timestamp", "message"])
        #expect(receipt.from == .sample - .hours(1) && receipt.to == .sample)
        let document = try JSONValue(parsing: act.own(id: receipt.id, at: .sample).document)
        #expect(document.value(at: "event.id")?.string == receipt.id)
        #expect(document.value(at: "docket.export.filter")?.string == receipt.filter)
        #expect(document.value(at: "docket.export.checkpoint.size")?.integer == 240)
        #expect(document.value(at: "file.hash.sha256")?.string == receipt.file?.digest)
        #expect(document.value(at: "message")?.string == "An export was whole")
    }

    @Test(arguments: [120, 2_500]) func `a file whose receipt cannot be kept does not end as if it were whole`(
        count: Int
    ) async throws {
        let sample = try sample(count)
        let session = try await sample.signIn()
        sample.journal.refused.withLock { $0 = .exportReceipt }
        let answer = try? await sample.send(.get, "/export", [session])
        #expect(answer == nil || answer?.status == 503)
        #expect(sample.journal.acts(.export).count == 1)
        sample.journal.refused.withLock { $0 = .export }
        #expect(try await sample.send(.get, "/export", [session]).status == 503)
    }

    @Test func `an export that breaks off says so`() async throws {
        let sample = try sample(2_500)
        let session = try await sample.signIn()
        sample.engine.failsFrom.withLock { $0 = 2 }
        let answer = try? await sample.send(.get, "/export", [session])
        #expect(answer == nil)
        let act = try #require(sample.journal.acts(.exportReceipt).first)
        #expect(act.failure != nil && act.export?.file == nil)
        let document = try JSONValue(parsing: act.own(id: "x", at: .sample).document)
        #expect(document.value(at: "message")?.string == "An export broke off")
        #expect(document.value(at: "event.outcome")?.string == "failure")
    }

    @Test func `cells that a spreadsheet would take for a formula get an apostrophe, unless a program asks`()
        async throws
    {
        let sample = try sample(1)
        let session = try await sample.signIn()
        let safe = try await sample.send(.get, "/export?format=csv&cols=message", [session]).text
        #expect(safe.contains(",'=1+0\r\n"))
        let raw = try await sample.send(.get, "/export?format=csv&raw=1&cols=message", [session]).text
        #expect(raw.contains(",=1+0\r\n"))
        let table = "/export?l=esql&format=csv&q=FROM+events+%7C+KEEP+message"
        #expect(try await sample.send(.get, table, [session]).text.contains("\r\n'=1+0"))
        #expect(try await sample.send(.get, table + "&raw=1", [session]).text.contains("\r\n=1+0"))
        let page = try await sample.send(.get, "/search", [session]).text
        #expect(page.contains("/export?format=csv&amp;raw=1&amp;"))
    }

    // MARK: Pages

    /// The event that the record has of an export.
    private func told(_ change: (inout ReaderAct) -> Void = { _ in }) -> ListEngine.Event {
        var act = ReaderAct(.exportReceipt, of: .default, by: .init(name: "anna@example.com", id: "u", role: .analyst))
        var receipt = ExportReceipt(id: "export_1")
        receipt.file = .init(rows: 3, bytes: 99, digest: String(repeating: "ab", count: 32))
        receipt.checkpoint = .init(origin: "docket.example.com/t/00", size: 240, root: "root+of+240")
        receipt.columns = ["a", "b"]
        (act.query, act.language, act.format, act.export) = ("<b>", "kql", "csv", receipt)
        change(&act)
        return ListEngine.Event(
            tenant: "default",
            hit: SearchHit(
                id: "export_1", time: .sample, stream: "docket.access",
                document: act.own(id: "export_1", at: .sample).document))
    }

    @Test func `a receipt is a page and a file`() async throws {
        let sample = try SampleConsole([told()])
        let session = try await sample.signIn()
        let page = try await sample.send(.get, "/exports/export_1", [session])
        #expect(page.status == 200)
        for part in [
            "✓ Whole", String(repeating: "ab", count: 32), "240 records of docket.example.com/t/00", "&lt;b&gt;",
            "data-value=\"99\"", "anna@example.com", "a; b", "/events/export_1?tab=proof", "/exports/export_1.json",
        ] {
            #expect(page.text.contains(part), "\(part)")
        }
        let file = try await sample.send(.get, "/exports/export_1.json", [session])
        #expect(file.headers["content-disposition"] == "attachment; filename=\"receipt-export_1.json\"")
        let receipt = try #require(ExportReceiptFile(file.body))
        #expect(receipt.id == "export_1" && receipt.bytes == 99 && receipt.digest.hasPrefix("abab"))
        #expect(receipt.json["query"] == "<b>" && receipt.json["columns"] == ["a", "b"])
        #expect(
            receipt.json["checkpoint"] == ["origin": "docket.example.com/t/00", "size": 240, "root": "root+of+240"])
        #expect(try await sample.send(.get, "/exports/none", [session]).status == 404)
        #expect(try await sample.send(.get, "/exports/none.json", [session]).status == 404)
        #expect(try await sample.send(.get, "/exports/export_1.json").status == 303)
    }

    @Test func `an event that a sender calls a receipt is none`() async throws {
        let own = told()
        let forged = ListEngine.Event(
            tenant: "default",
            hit: SearchHit(id: "export_1", time: .sample, stream: "events", document: own.hit.document))
        let sample = try SampleConsole([forged])
        let session = try await sample.signIn()
        #expect(try await sample.send(.get, "/exports/export_1", [session]).status == 404)
        #expect(try await sample.send(.get, "/exports", [session]).text.contains("No file was taken yet."))
    }

    @Test func `exports are listed, also those that broke off, which have no file`() async throws {
        let sample = try SampleConsole([told()])
        let session = try await sample.signIn()
        #expect(try await sample.send(.get, "/exports", [session]).text.contains("href=\"/exports/export_1\">✓"))
        let broken = try SampleConsole([
            told {
                $0.export?.file = nil
                $0.failure = "broken"
            }
        ])
        let other = try await broken.signIn()
        #expect(try await broken.send(.get, "/exports", [other]).text.contains(">✕ broken off"))
        #expect(try await broken.send(.get, "/exports/export_1", [other]).text.contains("✕ Broken off"))
        let file = try await broken.send(.get, "/exports/export_1.json", [other])
        #expect(ExportReceiptFile.isOne(file.body) && ExportReceiptFile(file.body) == nil)
    }

    @Test func `who may not see what others search for does not see it in a receipt`() async throws {
        let sample = try SampleConsole([told { $0.export?.filter = "filter-of-somebody" }])
        for (role, sees) in [(Role.viewer, false), (.auditor, true), (.analyst, true)] {
            let page = try await sample.send(.get, "/exports/export_1", [try await sample.signIn(role)]).text
            #expect(page.contains("&lt;b&gt;") == sees && page.contains("filter-of-somebody") == sees, "\(role)")
        }
    }
}
