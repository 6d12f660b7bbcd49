import Events
import Platform
import Query
import TestKit
import Testing

@testable import Server

struct SilenceTests {
    private static func hour(_ hour: Int64) -> Timestamp {
        Timestamp(nanoseconds: (480_000 + hour) * 3_600_000_000_000)
    }

    private func rhythm(_ hours: some Sequence<Int64>) -> SourceRhythm {
        var rhythm = SourceRhythm()
        for hour in hours {
            rhythm.add(Self.hour(hour))
            rhythm.add(Self.hour(hour) + .minutes(59))
        }
        return rhythm
    }

    /// Ten to six, on five of seven days.
    private var office: [Int64] {
        (0..<Int64(14)).filter { $0 % 7 < 5 }.flatMap { day in (10..<18).map { day * 24 + $0 } }
    }

    @Test func `a source that sends each hour is silent after three`() {
        let steady = rhythm(0..<300)
        for now in [300, 302] as [Int64] { #expect(steady.silence(now: Self.hour(now)) == nil) }
        #expect(
            steady.silence(now: Self.hour(303)) == Silence(since: Self.hour(300), longestBefore: .seconds(0)))
    }

    @Test func `nights and weekends of an office are not silence, and a Tuesday without anything is`() {
        let rhythm = rhythm(office)
        // Friday at six until Monday at ten are 64 hours; half as long again is 96.
        let friday = Int64(11 * 24 + 18)
        #expect(rhythm.silence(now: Self.hour(friday + 96)) == nil)
        #expect(
            rhythm.silence(now: Self.hour(friday + 97)) == Silence(since: Self.hour(friday), longestBefore: .hours(64)))
    }

    @Test func `of a source that is new nothing is said before a weekend has gone by`() {
        #expect(rhythm(0..<11).silence(now: Self.hour(500)) == nil, "too little is known")
        let young = rhythm(0..<24)
        #expect(young.silence(now: Self.hour(24 + 72)) == nil)
        #expect(young.silence(now: Self.hour(24 + 73)) != nil)
        #expect(SourceRhythm().silence(now: Self.hour(1)) == nil)
    }

    // MARK: Looking

    /// Answers with the same rows, or not at all.
    private final class Engine: TableEngine {
        let rows = Locked<[[ESQLValue]]?>(nil)
        let asked = Locked<[TableRequest]>([])

        func table(_ request: TableRequest) throws(SearchError) -> ESQLAnswer {
            asked.withLock { $0.append(request) }
            guard let rows = rows.withLock({ $0 }) else { throw .busy }
            let columns = [("events", ESQLType.long), ("source", .keyword), ("hour", .date)]
            return ESQLAnswer(
                columns: columns.enumerated().map { number, column in
                    ESQLColumn(number: number, name: column.0, type: column.1, mayBeMany: false)
                }, rows: rows)
        }
    }

    @Test func `what is silent is told of its own tenant, and is known until it can be looked at again`() {
        let (engine, metrics, clock) = (Engine(), MetricList(), TestClock())
        let watch = SilenceWatch(
            engine, of: { [.default] }, metrics: metrics, clock: clock, log: Log("test", write: { _ in }))
        watch.look()
        #expect(watch.sentences(for: .default).isEmpty, "nothing is known")
        let now = clock.now().nanoseconds / 3_600_000_000_000
        let silent = (0..<Int64(250)).map { now - 300 + $0 }
        let steady = (0..<Int64(300)).map { now - 300 + $0 }
        engine.rows.withLock {
            $0 =
                silent.map { [.integer(3), .text("claude_code.events"), .integer($0 * 3_600_000)] }
                + steady.map { [.integer(3), .text("anthropic.audit"), .integer($0 * 3_600_000)] }
        }
        watch.look()
        let sentences = watch.sentences(for: .default)
        #expect(sentences.count == 1 && sentences[0].hasPrefix("claude_code.events: nothing has come since 2"))
        #expect(sentences[0].hasSuffix("in four weeks it never paused for more than 1 hour."))
        #expect(watch.sentences(for: TenantName("other")!).isEmpty)
        #expect(metrics.readings("docket_silent_sources").map(\.value) == [1])
        engine.rows.withLock { $0 = nil }
        watch.look()
        #expect(watch.sentences(for: .default) == sentences)
        let request = engine.asked.withLock { $0[0] }
        #expect(request.from == clock.now() - SilenceWatch.lookBack && request.tenant == "default")
    }
}
