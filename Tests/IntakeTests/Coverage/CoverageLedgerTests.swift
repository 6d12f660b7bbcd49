import Codecs
import Events
import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// What is said of each hour, and why.
struct CoverageLedgerTests {
    /// A full hour.
    static let start = FeedWorld.start
    static let source: SourceName = "anthropic-feed"

    static func hour(_ number: Int64) -> Timestamp { start + .hours(number) }

    /// A page as a poller writes it down, with activities created at these moments.
    static func page(
        _ walk: String, at accepted: Timestamp, covers: Range<Timestamp>? = nil, kept: [Timestamp] = [],
        erased: Int = 0, _ change: (inout FeedPageRecord) -> Void = { _ in }
    ) -> JournaledBatch {
        var batch = RecordBatch(tenant: .default, source: source, contexts: [.init()])
        for (number, time) in kept.enumerated() {
            let text = Array(#"{"id":"activity_\#(time.nanoseconds)","created_at":"\#(RFC3339.text(time))"}"#.utf8)
            let range = ByteRange(start: batch.storage.count, count: text.count)
            let encoding = number < erased ? RecordEncoding.erased : .json
            batch.entries.append(.init(kind: .activity, encoding: encoding, context: 0, range: range))
            batch.storage += text
        }
        var record = FeedPageRecord(source: source, walk: walk)
        record.origin = start
        record.covers = covers
        record.kept = kept.count
        for number in Set(kept.map(FeedPageRecord.hour)).sorted() {
            record.hours.append(.init(number: number, kept: kept.count { FeedPageRecord.hour(of: $0) == number }))
        }
        change(&record)
        record.own.append(to: &batch)
        return JournaledBatch(batch: batch, firstSequence: 0, accepted: accepted, position: .start, end: .start)
    }

    static func rows(_ batches: [JournaledBatch], now: Timestamp) -> [CoverageRow] {
        var ledger = CoverageLedger(start..<now, now: now)
        for batch in batches { ledger.follow(batch) }
        return ledger.rows
    }

    /// A word of Docket's, each four minutes, so that it was there.
    static func heartbeats(_ range: Range<Timestamp>) -> [JournaledBatch] {
        stride(from: range.lowerBound.nanoseconds, to: range.upperBound.nanoseconds, by: 240_000_000_000).map {
            JournaledBatch(
                batch: OwnRecord.heartbeat.batch(of: .default), firstSequence: 0,
                accepted: Timestamp(nanoseconds: $0), position: .start, end: .start)
        }
    }

    static func inOrder(_ batches: [JournaledBatch]) -> [JournaledBatch] {
        batches.sorted { $0.accepted < $1.accepted }
    }

    @Test func `an hour is whole when all of it was listed and all that was listed is here`() {
        let now = Self.hour(2) + .minutes(2)
        let times = [Self.start + .minutes(1), Self.start + .minutes(61)]
        let rows = Self.rows(
            [
                Self.page("forward", at: now - .minutes(1), covers: Self.start..<now - .minutes(2), kept: times) {
                    $0.hours[0].leftOut = 3
                }
            ], now: now)
        #expect(rows.map(\.state) == [.whole, .whole, .open])
        #expect(rows.map(\.received) == [1, 1, 0])
        #expect(rows.map(\.expected) == [4, 1, nil])
        #expect(rows[0].leftOut == 3 && rows.allSatisfy { $0.cause == nil && $0.duplicate == 0 && $0.missing == 0 })
    }

    @Test func `what comes twice or late is counted, and what is there once is once`() {
        let now = Self.hour(1) + .minutes(5)
        let time = Self.start + .minutes(1)
        let rows = Self.rows(
            [
                Self.page("forward", at: now, covers: Self.start..<now - .minutes(1), kept: [time]),
                Self.page("overlap", at: now, kept: [time, Self.start + .minutes(2)]),
            ], now: now)
        #expect(rows[0].received == 2 && rows[0].duplicate == 1 && rows[0].late == 1)
    }

    struct Cause: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let batches: [JournaledBatch]
        var hour = 0
        let state: CoverageRow.State
        let words: String?
    }

    /// Asked at a quarter past three.
    static let now = hour(3) + .minutes(15)

    static func trouble(_ walk: String, _ code: Fault.Code) -> JournaledBatch {
        page(walk, at: now - .minutes(1)) {
            $0.trouble = [.init(code: code, since: hour(1), until: now - .minutes(1), count: 9)]
        }
    }

    static let begun = page("forward", at: hour(1), covers: start..<hour(1))

    static let causes: [Cause] = [
        Cause(
            testDescription: "the backlog is not read", batches: [page("window", at: now, covers: hour(2)..<now)],
            state: .gap, words: "the window is not walked yet"),
        Cause(
            testDescription: "the key was refused",
            batches: [begun] + heartbeats(hour(1)..<now) + [trouble("stopped", .credentialsRefused)], hour: 1,
            state: .gap, words: "the key was refused; a person must act"),
        Cause(
            testDescription: "the requests are used up",
            batches: [begun] + heartbeats(hour(1)..<now) + [trouble("waiting", .rateLimited)], hour: 2, state: .gap,
            words: "the requests of the minute were used up"),
        Cause(
            testDescription: "the journal is full",
            batches: [begun] + heartbeats(hour(1)..<now) + [trouble("waiting", .journalBusy)], hour: 1, state: .gap,
            words: "the journal was full"),
        Cause(testDescription: "no server", batches: [begun], hour: 2, state: .gap, words: "no server was there"),
        Cause(
            testDescription: "nobody knows", batches: [begun] + heartbeats(hour(1)..<now), hour: 1, state: .gap,
            words: "not read yet"),
        Cause(
            testDescription: "made up for after an absence",
            batches: [begun, page("forward", at: now, covers: hour(1)..<now - .minutes(1))], hour: 1, state: .whole,
            words: "read late: no server was there"),
        Cause(
            testDescription: "made up for after a storm",
            batches: [begun] + heartbeats(hour(1)..<now) + [
                page("forward", at: now, covers: hour(1)..<now - .minutes(1)) {
                    $0.trouble = [.init(code: .rateLimited, since: hour(1), until: now, count: 9)]
                }
            ], hour: 1, state: .whole, words: "read late: the requests of the minute were used up"),
        Cause(
            testDescription: "erased",
            batches: [
                page("forward", at: now, covers: start..<now, kept: [start, start + .seconds(1)], erased: 1)
            ], state: .gap, words: "erased"),
        Cause(
            testDescription: "lost",
            batches: [
                page("forward", at: now, covers: start..<now, kept: [start]) { $0.hours[0].kept = 2 }
            ], state: .gap, words: "not in the journal any more; see docket verify"),
        Cause(
            testDescription: "in time", batches: [page("forward", at: now, covers: start..<now - .minutes(2))], hour: 3,
            state: .open, words: nil),
    ]

    @Test(arguments: causes)
    func `each gap has its cause`(cause: Cause) throws {
        let rows = Self.rows(Self.inOrder(cause.batches), now: Self.now)
        try #require(rows.count == 4)
        #expect(rows[cause.hour].state == cause.state)
        #expect(rows[cause.hour].cause == cause.words)
    }

    @Test func `a source that sends by itself is silent, or the server was not there`() throws {
        var batch = RecordBatch(tenant: .default, source: "otlp-http", storage: [1, 2], contexts: [.init()])
        for _ in 0..<2 {
            batch.entries.append(
                .init(kind: .otlpLog, encoding: .protobuf, context: 0, range: ByteRange(start: 0, count: 2)))
        }
        let first = JournaledBatch(
            batch: batch, firstSequence: 0, accepted: Self.start + .minutes(3), position: .start, end: .start)
        let rows = Self.rows(
            Self.inOrder([first] + Self.heartbeats(Self.start..<Self.hour(2))), now: Self.hour(3) + .minutes(20))
        #expect(rows.map(\.state) == [.received, .silent, .gap, .gap])
        #expect(rows.map(\.received) == [2, 0, 0, 0])
        #expect(rows[1].cause == "silent for 1 h 57 min")
        #expect(rows[2].cause == "no server was there")
    }

    @Test func `what is written down of a page is read again`() throws {
        var record = FeedPageRecord(source: Self.source, walk: "backfill")
        record.request = "/v1/x?limit=1"
        record.requestID = "req_1"
        record.rows = 9
        record.kept = 5
        record.known = 2
        record.leftOut = 2
        record.late = 1
        record.refused = 1
        record.firstID = "a"
        record.hasMore = true
        record.origin = Self.start - .days(3)
        record.covers = Self.start..<Self.hour(1)
        record.hours = [.init(number: 7, kept: 5, leftOut: 2)]
        record.trouble = [.init(code: .unreachable, since: Self.start, until: Self.hour(1), count: 4)]
        #expect(FeedPageRecord(document: record.own.document) == record)
        #expect(FeedPageRecord(document: OwnRecord.heartbeat.document) == nil)
    }

    @Test func `trouble is told by its first and last time, and in bounds`() {
        var troubles = FeedTroubles()
        troubles.note(.rateLimited, at: Self.start)
        troubles.note(.rateLimited, at: Self.hour(1))
        troubles.note(.unreachable, at: Self.hour(2))
        #expect(troubles.all.map(\.count) == [2, 1])
        #expect(troubles.all[0].since == Self.start && troubles.all[0].until == Self.hour(1))
        for number in 0..<200 { troubles.note(number % 2 == 0 ? .rateLimited : .unreachable, at: Self.hour(3)) }
        #expect(troubles.all.count == FeedTroubles.limit)
        #expect(troubles.all.reduce(0) { $0 + $1.count } == 203)
    }

    @Test(arguments: 0..<20)
    func `stretches of time are joined, and what is new of one is told`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var covered = CoveredTime()
        var model: Set<Int64> = []
        func moment(_ second: Int64) -> Timestamp { Timestamp(nanoseconds: second) }
        for _ in 0..<60 {
            let low = Int64(dice.roll(90))
            let high = low + 1 + Int64(dice.roll(12))
            let added = covered.insert(moment(low)..<moment(high))
            let new = Set(low..<high).subtracting(model)
            #expect(Set(added.flatMap { $0.lowerBound.nanoseconds..<$0.upperBound.nanoseconds }) == new)
            model.formUnion(low..<high)
            let gap = covered.firstGap(in: moment(0)..<moment(102))
            #expect(gap?.lowerBound.nanoseconds == (0..<102).first { !model.contains($0) })
            let all = covered.ranges
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        }
    }
}
