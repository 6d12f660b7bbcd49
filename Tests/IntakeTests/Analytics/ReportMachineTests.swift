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

    private static func take(
        _ machine: inout ReportMachine, _ text: String, at now: Timestamp = now
    ) throws -> ReportMachine.Take {
        let asked = machine.question(at: now)
        let question = try #require(asked)
        let (page, body) = try Self.page(question.report, text)
        let take = try machine.take(page, body, of: question, at: now)
        machine.commit(take)
        return take
    }

    @Test func `a day with fewer pages than before says which are gone, once`() throws {
        var machine = ReportMachine(.userUsage, .init(lookBackDays: 1), place: nil)
        let first = #"{"data":[{"model":"a"}],"has_more":true,"next_page":"2"}"#
        let last = #"{"data":[{"model":"b"}],"has_more":false,"next_page":null}"#
        machine.beginRound()
        _ = try Self.take(&machine, first)
        let second = try Self.take(&machine, last)
        #expect(second.page == 1 && second.kept == [0] && second.emptied.isEmpty)
        machine.beginRound()
        // The day before, for the first time.
        let before = try Self.take(&machine, #"{"data":[]}"#)
        #expect(before.kept.isEmpty && before.emptied.isEmpty)
        let less = try Self.take(&machine, #"{"data":[{"model":"a"}],"has_more":false}"#)
        #expect(less.kept.isEmpty && less.known == 1)
        #expect(
            less.emptied == [.init(start: "2026-10-08T00:00:00Z", end: "2026-10-09T00:00:00Z", page: 1)])
        machine.beginRound()
        _ = try Self.take(&machine, #"{"data":[]}"#)
        let nothing = try Self.take(&machine, #"{"data":[]}"#)
        #expect(nothing.emptied.map(\.page) == [0] && nothing.revised == 1)
        machine.beginRound()
        _ = try Self.take(&machine, #"{"data":[]}"#)
        let still = try Self.take(&machine, #"{"data":[]}"#)
        #expect(still.emptied.isEmpty && still.revised == 0)
    }

    private static func buckets(_ rows: [(start: String, rows: String)]) -> String {
        let list = rows.map { #"{"starting_at":"2026-10-08T\#($0.start):00Z","results":[\#($0.rows)]}"# }
        return #"{"data":[\#(list.joined(separator: ","))],"has_more":false}"#
    }

    @Test func `hours are compared each for itself, and an empty one is told`() throws {
        var machine = ReportMachine(.usage, .init(lookBackDays: 1, width: .hour), place: nil)
        machine.beginRound()
        let first = try Self.take(&machine, Self.buckets([("00:00", ""), ("01:00", "{}"), ("02:00", #"{"a":1}"#)]))
        #expect(first.kept == [1, 2] && first.emptied.isEmpty && first.known == 1)
        machine.beginRound()
        let second = try Self.take(&machine, Self.buckets([("00:00", "{}"), ("01:00", ""), ("02:00", #"{"a":1}"#)]))
        #expect(second.kept == [0] && second.known == 1 && second.revised == 1)
        #expect(second.emptied.map(\.start) == ["2026-10-08T01:00:00Z"])
        #expect(second.unitStarts.isEmpty)
    }

    @Test func `minutes are compared and kept by the hour, and pages hold whole hours`() throws {
        var machine = ReportMachine(.usage, .init(lookBackDays: 1, width: .minute), place: nil)
        machine.beginRound()
        let first = try Self.take(
            &machine, Self.buckets([("07:00", ""), ("07:01", "{}"), ("07:02", "{}"), ("08:00", "{}")]))
        #expect(first.kept == [1, 2, 3] && first.known == 0)
        #expect(first.unitStarts == [1: "2026-10-08T07:00:00Z", 2: "2026-10-08T07:00:00Z"])
        machine.beginRound()
        // The same row, a minute later.
        let moved = try Self.take(
            &machine, Self.buckets([("07:00", ""), ("07:01", "{}"), ("07:03", "{}"), ("08:00", "{}")]))
        #expect(moved.kept == [1, 2] && moved.known == 1 && moved.revised == 1)
        machine.beginRound()
        let empty = try Self.take(&machine, Self.buckets([("07:00", ""), ("07:01", ""), ("08:00", "{}")]))
        #expect(empty.kept.isEmpty && empty.emptied.map(\.start) == ["2026-10-08T07:00:00Z"])
        machine.beginRound()
        var limits: [Int?] = []
        for _ in 0..<4 {
            limits.append(machine.question(at: Self.now)?.limit)
            machine.askForLess()
        }
        #expect(limits == [240, 120, 60, 60])
    }

    static let targets: [(Report, BucketWidth, String)] = [
        (.usage, .hour, "bucket_width=1h&group_by%5B%5D=product&group_by%5B%5D=model&limit=168"),
        (.messagesUsage, .minute, "limit=1440"), (.consoleCost, .minute, "limit=31"),
        (.consoleCost, .hour, "bucket_width=1d&"), (.users, .hour, "date=2026-10-05&limit=1000"),
    ]

    @Test(arguments: targets)
    func `the width of buckets is asked for where it can be chosen`(
        report: Report, width: BucketWidth, part: String
    ) throws {
        var machine = ReportMachine(report, .init(lookBackDays: 2, width: width), place: nil)
        machine.beginRound()
        let asked = machine.question(at: Self.now)
        let target = try #require(asked).target
        #expect(target.contains(part), "\(target)")
        #expect(target.contains("bucket_width") == (ReportShape.of(report).stride == .buckets))
    }

    @Test func `of more digests than are kept those of the newest days stay`() throws {
        var place = ReportPlace()
        let first = try #require(UTCDay("2026-07-01"))
        for day in 0..<90 {
            for hour in 0..<24 { place.remember(UInt64(day * 24 + hour + 1), of: first + day, part: hour) }
        }
        #expect(place.seen.values.reduce(0) { $0 + $1.count } <= ReportPlace.seenLimit)
        for day in 50..<90 { #expect(place.digest(of: first + day, part: 23) == UInt64(day * 24 + 24)) }
        place.remember(7, of: first, part: 23)
        #expect(
            place.digest(of: first, part: 23) == nil, "an older day takes no place from younger ones when it is full")
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
