import Codecs
import Events
import Platform
import Testing

@testable import Intake

/// Which days are asked for, and what becomes of refused and expired questions.
struct ReportMachineTests {
    private static let now = RFC3339.parse("2026-10-08T08:00:00Z".utf8) ?? Timestamp(nanoseconds: 0)

    private static func page(_ report: Report, _ text: String) throws -> (ReportPage, [UInt8]) {
        let body = Array(text.utf8)
        return (try ReportPage(body, of: report), body)
    }

    /// Reads everything, each day with one row.
    private static func round(_ machine: inout ReportMachine, at now: Timestamp) throws -> [String] {
        machine.beginRound()
        var asked: [String] = []
        while let question = machine.question(at: now) {
            asked.append("\(question.from.date)..\(question.until.date)")
            let (page, body) = try page(question.report, #"{"data":[{"model":"a"}],"next_page":null}"#)
            machine.commit(try machine.take(page, body, of: question, at: now))
        }
        return asked
    }

    @Test func `the first look reaches back, the next ones ask for the newest days, and once a day for a month`() throws
    {
        var machine = ReportMachine(.userUsage, .init(lookBackDays: 40), place: nil)
        var now = Self.now
        let first = try Self.round(&machine, at: now)
        #expect(first.count == 40)
        now = now + .hours(1)
        let second = try Self.round(&machine, at: now)
        #expect(second == ["2026-10-07..2026-10-08", "2026-10-08..2026-10-09"])
        now = now + .hours(24)
        let third = try Self.round(&machine, at: now)
        #expect(third.first == "2026-09-10..2026-09-11")
    }

    @Test func `days of a long stop are read too`() throws {
        var machine = ReportMachine(.userUsage, .init(lookBackDays: 10), place: nil)
        _ = try Self.round(&machine, at: Self.now)
        let asked = try Self.round(&machine, at: Self.now + .days(50))
        #expect(asked.first == "2026-10-07..2026-10-08" && asked.count == 52)
    }

    @Test func `reports of engagement end with the last day that is counted, and begin with 2026`() throws {
        var machine = ReportMachine(.users, .init(lookBackDays: 365), place: nil)
        let asked = try Self.round(&machine, at: Self.now)
        #expect(asked.first == "2026-01-01..2026-01-02" && asked.last == "2026-10-06..2026-10-07")
        var later = ReportMachine(.users, .init(lookBackDays: 1), place: nil)
        let last = try Self.round(&later, at: Self.now + .hours(2))
        #expect(last == ["2026-10-07..2026-10-08"])
    }

    @Test func `buckets are asked for in windows of 31 days`() throws {
        var machine = ReportMachine(.cost, .init(lookBackDays: 70), place: nil)
        machine.beginRound()
        let asked = machine.question(at: Self.now)
        let question = try #require(asked)
        #expect(question.until.number - question.from.number == 31)
        #expect(
            question.target
                == "/v1/organizations/analytics/cost_report?starting_at=2026-07-31T00%3A00%3A00Z"
                + "&ending_at=2026-08-31T00%3A00%3A00Z&bucket_width=1d&group_by%5B%5D=product&group_by%5B%5D=model&limit=31"
        )
    }

    @Test func `a day that is not counted yet ends the look without a fault`() throws {
        var machine = ReportMachine(.users, .init(lookBackDays: 3), place: nil)
        machine.beginRound()
        let asked = machine.question(at: Self.now)
        let question = try #require(asked)
        let (page, body) = try Self.page(.users, #"{"data":[],"next_page":null}"#)
        machine.commit(try machine.take(page, body, of: question, at: Self.now))
        let isRefused = machine.refused(at: Self.now)
        #expect(isRefused)
        let next = machine.question(at: Self.now)
        #expect(next == nil)
        machine.beginRound()
        let later = machine.question(at: Self.now)
        #expect(later?.from == question.from - 1)
    }

    @Test func `an old day that is refused is a fault`() throws {
        var machine = ReportMachine(.users, .init(lookBackDays: 60), place: nil)
        machine.beginRound()
        _ = machine.question(at: Self.now)
        let isRefused = machine.refused(at: Self.now)
        #expect(!isRefused)
        var cost = ReportMachine(.cost, .init(), place: nil)
        cost.beginRound()
        _ = cost.question(at: Self.now)
        let isCostRefused = cost.refused(at: Self.now)
        #expect(!isCostRefused)
    }

    @Test func `an expired cursor begins the window again, a few times`() throws {
        var machine = ReportMachine(.cost, .init(), place: nil)
        machine.beginRound()
        let asked = machine.question(at: Self.now)
        let question = try #require(asked)
        let (page, body) = try Self.page(.cost, #"{"data":[],"has_more":true,"next_page":"page_2"}"#)
        for _ in 0..<ReportMachine.mostExpirations {
            machine.commit(try machine.take(page, body, of: question, at: Self.now))
            let second = machine.question(at: Self.now)
            #expect(second?.page == "page_2")
            let again = machine.cursorExpired()
            let first = machine.question(at: Self.now)
            #expect(again && first == question)
        }
        let isCursorexpired = machine.cursorExpired()
        #expect(!isCursorexpired)
    }

    @Test func `a page that points at itself or nowhere is not followed`() throws {
        var machine = ReportMachine(.cost, .init(), place: nil)
        machine.beginRound()
        let asked = machine.question(at: Self.now)
        let question = try #require(asked)
        let (nowhere, body) = try Self.page(.cost, #"{"data":[],"has_more":true,"next_page":null}"#)
        #expect(throws: FeedPageContradiction.self) { try machine.take(nowhere, body, of: question, at: Self.now) }
        let (page, other) = try Self.page(.cost, #"{"data":[],"has_more":true,"next_page":"x"}"#)
        machine.commit(try machine.take(page, other, of: question, at: Self.now))
        #expect(throws: FeedPageContradiction.self) { try machine.take(page, other, of: question, at: Self.now) }
    }

    @Test func `a bookmark is read as it was written`() throws {
        var machine = ReportMachine(.userCost, .init(lookBackDays: 20), place: nil)
        _ = try Self.round(&machine, at: Self.now)
        machine.beginRound()
        _ = machine.question(at: Self.now + .hours(1))
        var bookmark = ReportBookmark()
        bookmark.places[.userCost] = machine.place
        bookmark.places[.users] = ReportPlace()
        #expect(ReportBookmark(bookmark.bytes) == bookmark)
        #expect(ReportBookmark(Array(#"{"version":2,"reports":{}}"#.utf8)) == nil)
        #expect(ReportBookmark([]) == nil)
        #expect(ReportBookmark(Array(#"{"version":1,"reports":{"new":{"seen":{}}}}"#.utf8)) == nil)
    }
}
