import Codecs
import Events
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// Sources that are looked at from time to time, and those that send by themselves.
struct LookCoverageTests {
    private static let start = FeedWorld.start
    private static func hour(_ number: Int64) -> Timestamp { start + .hours(number) }

    private static func batch(
        _ source: SourceName, at accepted: Timestamp, _ kind: RecordKind? = nil, from credentials: [String] = [],
        _ note: CoverageNote? = nil
    ) -> JournaledBatch {
        var batch = RecordBatch(tenant: .default, source: source, storage: Array("{}".utf8))
        for (number, credential) in credentials.enumerated() {
            batch.contexts.append(.init(credential: credential))
            guard let kind else { continue }
            batch.entries.append(
                .init(kind: kind, encoding: .json, context: UInt32(number), range: ByteRange(start: 0, count: 2)))
        }
        note?.own(of: source).append(to: &batch)
        return JournaledBatch(batch: batch, firstSequence: 0, accepted: accepted, position: .start, end: .start)
    }

    private static func rows(
        _ batches: [JournaledBatch], now: Timestamp, from: Timestamp = start, isThere: Bool = true
    ) -> [CoverageRow] {
        let beats = isThere ? CoverageLedgerTests.heartbeats(start..<now) : []
        var ledger = CoverageLedger(from..<now, now: now)
        for batch in CoverageLedgerTests.inOrder(batches + beats) { ledger.follow(batch) }
        return ledger.rows
    }

    @Test func `each sender is told for itself, and how long it has been silent, also over the start of the span`() {
        let now = Self.hour(4) + .minutes(30)
        let rows = Self.rows(
            [
                Self.batch(
                    "otlp-http", at: Self.start + .minutes(10), .otlpLog, from: ["laptops", "build", "laptops"]),
                Self.batch("otlp-http", at: Self.hour(3) + .minutes(5), .otlpLog, from: ["build"]),
            ], now: now, from: Self.hour(2))
        let told = rows.map { "\($0.part) \($0.state) \($0.received) \($0.cause ?? "")" }
        #expect(
            told == [
                "build silent 0 silent for 2 h 50 min", "build received 1 ", "build open 0 silent for 1 h 25 min",
                "laptops silent 0 silent for 2 h 50 min", "laptops silent 0 silent for 3 h 50 min",
                "laptops open 0 silent for 4 h 20 min",
            ])
    }

    @Test func `who is silent for a month is not waited for, and who sends as the thousand-and-first is one of many`() {
        let late = Self.start + .days(31)
        let gone = Self.rows(
            [Self.batch("otlp-http", at: Self.start, .otlpLog, from: ["old"])], now: late, from: late - .hours(3))
        #expect(gone.isEmpty)
        let names = (0..<CoverageLedger.senderLimit + 5).map { "sender-\($0)" }
        let rows = Self.rows(
            names.map { Self.batch("otlp-http", at: Self.start, .otlpLog, from: [$0]) }, now: Self.hour(1))
        #expect(rows.count == CoverageLedger.senderLimit + 1)
        #expect(rows.first { $0.part == CoverageLedger.otherSenders }?.received == 5)
    }

    private static func look(
        _ at: Timestamp, part: String = "", covers: Range<Timestamp>? = nil, due: Timestamp? = nil,
        trouble: Fault.Code? = nil, isStopped: Bool = false
    ) -> JournaledBatch {
        var note = CoverageNote(part: part)
        note.origin = start
        (note.covers, note.due, note.trouble, note.isStopped) = (covers, due, trouble, isStopped)
        return batch("anthropic-feed.directory", at: at, .directory, from: ["key"], note)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let looks: [JournaledBatch]
        var isThere = true
        let states: [CoverageRow.State]
        var cause: String?
    }

    private static let now = hour(3) + .minutes(30)
    private static let first = look(hour(1), covers: start..<hour(1), due: hour(3))

    static let cases: [Case] = [
        Case(
            testDescription: "a look is due", looks: [first, look(hour(2), covers: hour(1)..<hour(2), due: hour(4))],
            states: [.whole, .whole, .open, .open]),
        Case(
            testDescription: "none came when one was due", looks: [first], states: [.whole, .gap, .gap, .gap],
            cause: "not read yet"),
        Case(
            testDescription: "the server is gone", looks: [first], isThere: false,
            states: [.whole, .gap, .gap, .gap], cause: "no server was there"),
        Case(
            testDescription: "the key is refused, and that is known before a look is due",
            looks: [first, look(hour(2), due: hour(9), trouble: .credentialsRefused, isStopped: true)],
            states: [.whole, .gap, .gap, .gap], cause: "the key was refused; a person must act"),
        Case(
            testDescription: "one look failed in between",
            looks: [
                first, look(hour(2), trouble: .unreachable), look(hour(3), covers: hour(2)..<hour(3), due: hour(5)),
            ],
            states: [.whole, .gap, .whole, .open], cause: "not read yet"),
        Case(
            testDescription: "the last look failed", looks: [first, look(hour(2), trouble: .unreachable)],
            states: [.whole, .gap, .gap, .gap], cause: "the API could not be reached"),
    ]

    @Test(arguments: cases) func `what a source that is looked at says becomes hours`(_ test: Case) {
        let rows = Self.rows(test.looks, now: Self.now, isThere: test.isThere)
        #expect(rows.map(\.state) == test.states)
        #expect(Set(rows.filter { $0.state == .gap }.map(\.cause)) == (test.cause.map { [$0] } ?? []))
        #expect(rows.allSatisfy { $0.expected == nil && $0.missing == 0 })
        #expect(rows.reduce(0) { $0 + $1.received } == test.looks.count)
    }

    @Test func `a note is read as it was written, and other records are none`() {
        var note = CoverageNote(part: "usage")
        note.origin = Self.start
        note.covers = Self.start..<Self.hour(1)
        note.due = Self.hour(2)
        note.trouble = .unreachable
        note.isStopped = true
        #expect(CoverageNote(document: note.own(of: "x").document) == note)
        #expect(CoverageNote(document: CoverageNote().own(of: "x").document) == CoverageNote())
        #expect(CoverageNote(document: OwnRecord.heartbeat.document) == nil)
    }

    struct Place: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let place: CoveragePlace
        let whole: Int
        let withGap: Int
        var oldest: Timestamp?
    }

    static let places: [Place] = [
        Place(
            testDescription: "all is read",
            place: CoveragePlace(origin: start, ends: [.init(whole: hour(3) + .minutes(25), lag: .minutes(10))]),
            whole: 3, withGap: 0),
        Place(
            testDescription: "an end that stands still",
            place: CoveragePlace(origin: start, ends: [.init(whole: hour(1) + .minutes(30), lag: .minutes(10))]),
            whole: 1, withGap: 2, oldest: hour(1) + .minutes(30)),
        Place(
            testDescription: "an end that may stand still",
            place: CoveragePlace(origin: start, ends: [.init(whole: hour(1), lag: .hours(6))]), whole: 1, withGap: 0),
        Place(
            testDescription: "a past that is not read, and two gaps in one hour",
            place: CoveragePlace(
                origin: start,
                gaps: [
                    start + .minutes(20)..<start + .minutes(30), start + .minutes(40)..<hour(1), start..<start,
                ], ends: [.init(whole: now, lag: .minutes(10))]),
            whole: 2, withGap: 1, oldest: start + .minutes(20)),
        Place(
            testDescription: "one report is behind the others",
            place: CoveragePlace(
                origin: start, ends: [.init(whole: now, lag: .hours(1)), .init(whole: hour(1), lag: .hours(1))]),
            whole: 1, withGap: 2, oldest: hour(1)),
    ]

    @Test(arguments: places) func `figures follow from the place`(_ test: Place) {
        let figures = test.place.figures(at: Self.now)
        #expect(figures.whole == test.whole && figures.withGap == test.withGap, "\(figures)")
        #expect(figures.oldestGap == test.oldest)
    }

    @Test func `six years of hours are counted, not walked`() {
        let place = CoveragePlace(
            origin: Self.start - .days(2_190), gaps: [Self.start - .days(2_190)..<Self.start - .days(100)],
            ends: [.init(whole: Self.start, lag: .minutes(10))])
        let figures = place.figures(at: Self.start)
        #expect(figures.withGap == 2_090 * 24 && figures.whole == 100 * 24)
    }

    @Test func `reports that are read are whole, one that is refused says so, and figures agree with the record`()
        async throws
    {
        let bench = try AnalyticsPollerTests.Bench { $0.reportRequestsPerMinute = 10_000 }
        let sink = StampedSink(bench.clock)
        let metrics = MetricList()
        let poller = bench.poller(.enterprise, sink: sink, metrics: metrics) {
            $0.reports = [.cost, .users]
            $0.lookBackDays = 10
        }
        let first = bench.clock.now()
        #expect(await bench.run(poller) { (poller.health.lastRound ?? first) > first + .hours(30) })
        let now = bench.clock.now()
        var ledger = CoverageLedger(first - .days(20)..<now, now: now)
        for batch in sink.batches { ledger.follow(batch) }
        let rows = ledger.rows
        #expect(Set(rows.map(\.part)) == ["cost", "users"])
        #expect(rows.allSatisfy { $0.state != .gap }, "\(rows.first { $0.state == .gap }.map { "\($0)" } ?? "")")
        // Of people a day comes a day and a half later.
        let open = Dictionary(grouping: rows.filter { $0.state == .open }, by: \.part).mapValues(\.count)
        #expect((open["cost"] ?? 0) <= 3 && (10...60).contains(open["users"] ?? 0), "\(open)")
        #expect(metrics.exposition().contains("docket_coverage_gap_hours{source=\"anthropic-analytics\"} 0"))
        #expect(!metrics.exposition().contains("docket_coverage_whole_hours{source=\"anthropic-analytics\"} 0"))
        #expect(poller.status.contains("cost up to"))
        // A new start without a right to read.
        let refused = bench.poller(.enterprise, sink: sink) {
            $0.reports = [.cost, .users]
            $0.key = FeedKey("sk-ant-api01-unknown")
        }
        #expect(await bench.run(refused) { refused.health.state == .stopped })
        bench.clock.advance(.days(3))
        var later = CoverageLedger(now..<bench.clock.now(), now: bench.clock.now(), silence: .days(9))
        for batch in sink.batches { later.follow(batch) }
        let gaps = later.rows.filter { $0.state == .gap && $0.part == "cost" }
        #expect(gaps.count > 60 && Set(gaps.map(\.cause)) == ["the key was refused; a person must act"])
        let figures = try #require(refused.health.place).figures(at: bench.clock.now())
        #expect(figures.withGap > 0 && figures.oldestGap != nil)
    }

    @Test func `a directory is whole between its looks`() async throws {
        let bench = try DirectoryPollerTests.Bench()
        let sink = StampedSink(bench.clock)
        let metrics = MetricList()
        let poller = bench.poller(sink: sink, metrics: metrics)
        let end = bench.clock.now() + .hours(5)
        #expect(await bench.run({ await poller.run() }, until: { bench.clock.now() > end }))
        let now = bench.clock.now()
        var ledger = CoverageLedger(now - .hours(12)..<now, now: now)
        for batch in sink.batches { ledger.follow(batch) }
        let rows = ledger.rows
        #expect(rows.count(where: { $0.state == .whole }) >= 3)
        #expect(rows.allSatisfy { $0.state == .whole || $0.state == .open })
        #expect(rows.reduce(0) { $0 + $1.received } == sink.batches.flatMap(\.batch.entries).count { !$0.kind.isOwn })
        #expect(metrics.exposition().contains("docket_coverage_gap_hours{source=\"anthropic-feed.directory\"} 0"))
        #expect(poller.status.contains("looked at 2"))
    }
}
