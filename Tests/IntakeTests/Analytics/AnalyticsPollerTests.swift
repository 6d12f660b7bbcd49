import Codecs
import Events
import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// The poller against simulated reports over real HTTP. Time is the test's: waiting turns the clock.
struct AnalyticsPollerTests {
    /// A server, a sink and the means to start pollers on them, one after another.
    final class Bench: PollerBench {
        let clock = TestClock()
        let simulator: ComplianceSimulator
        let sink = RecordSinkDouble()
        let client = HTTPClient()
        let lines = Locked<[String]>([])

        init(_ change: (inout ComplianceSimulator.Options) -> Void = { _ in }) throws {
            var options = ComplianceSimulator.Options()
            options.count = 0
            options.slowness = .milliseconds(5)
            change(&options)
            simulator = try Self.simulator(options, clock)
        }

        deinit {
            client.stop()
            simulator.stop()
        }

        func poller(
            _ api: AnalyticsConfiguration.API, sink: (any RecordSink)? = nil, metrics: MetricList = MetricList(),
            _ change: (inout AnalyticsConfiguration) -> Void = { _ in }
        ) -> AnalyticsPoller {
            let key: SimulatedKey = api == .enterprise ? .enterprise : .console
            var configuration = AnalyticsConfiguration(api: api, key: FeedKey(key.text))
            configuration.url = simulator.url
            configuration.timeout = .seconds(10)
            change(&configuration)
            return AnalyticsPoller(
                configuration, with: means(sink: sink), metrics: metrics)
        }

        /// Runs a poller until a condition holds, then stops it.
        ///
        /// - Returns: whether the condition held in time.
        func run(_ poller: AnalyticsPoller, until condition: @Sendable () -> Bool) async -> Bool {
            await run(withinSeconds: 60, { await poller.run() }, until: condition)
        }

        /// The newest reading of each unit, and of it the newest row of each name, as a store has it.
        var newest: [String: String] {
            var units: [String: [String: String]] = [:]
            for batch in sink.batches {
                var fresh: Set<String> = []
                for entry in batch.entries where entry.kind == .reportRow {
                    let context = batch.contexts[Int(entry.context)]
                    guard let shared = try? JSONValue(parsing: Array(batch.storage[context.resource.range])),
                        let facts = ReportFacts(shared),
                        let row = try? JSONValue(parsing: Array(batch.storage[entry.range.range]))
                    else { continue }
                    let unit = facts.unit(of: batch.source)
                    if fresh.insert(unit).inserted { units[unit] = [:] }
                    if facts.isEmpty { continue }
                    let name = AnalyticsPollerTests.name(facts.report, facts.start, row)
                    for other in units.keys { units[other]?[name] = nil }
                    units[unit]?[name] = row.text
                }
            }
            return units.values.reduce(into: [:]) { $0.merge($1) { one, _ in one } }
        }

        /// What the reports say now of some days, by name.
        func truth(
            _ reports: [Report], days: ClosedRange<Int64>, width: BucketWidth = .day
        ) -> [String: String] {
            let minutes = [.day: 1_440, .hour: 60, .minute: 1][width] ?? 0
            var rows: [String: String] = [:]
            for report in reports {
                let shape = ReportShape.of(report)
                var path = String(shape.path.split(separator: "/organizations/").last ?? "")
                path = String(path.trimmingPrefix("analytics/"))
                if report == .consoleCost { path = "console/cost_report" }
                for back in days {
                    let day = UTCDay(clock.now() - .days(back))
                    if day > shape.lastDay(at: clock.now()) { continue }
                    for minute in stride(from: 0, to: 1_440, by: minutes) {
                        let part = width == .day ? nil : (minute, minutes)
                        let start = RFC3339.text(day.start + .minutes(Int64(minute)))
                        let groups = Set(shape.groups(nil))
                        for row in simulator.reportRows(path, of: day.start, groups: groups, in: part) {
                            rows[AnalyticsPollerTests.name(report, start, row)] = row.text
                        }
                    }
                }
            }
            return rows
        }

        /// Expects that what holds now of some days is what the reports say now, and no row more.
        func expectTruth(
            _ reports: [Report], days: ClosedRange<Int64>, width: BucketWidth = .day, atLeast count: Int,
            _ place: SourceLocation = #_sourceLocation
        ) {
            let dates = Set(days.map { UTCDay(clock.now() - .days($0)).date })
            let found = newest.filter { dates.contains(String($0.key.split(separator: "|")[1].prefix(10))) }
            let truth = truth(reports, days: days, width: width)
            #expect(truth.count >= count, sourceLocation: place)
            let wrong = Set(truth.keys).union(found.keys).filter { truth[$0] != found[$0] }
            #expect(wrong.isEmpty, "\(wrong.sorted().prefix(5))", sourceLocation: place)
        }
    }

    /// What sets a row apart: everything that is text, but money.
    static func name(_ report: Report, _ start: String, _ row: JSONValue) -> String {
        func texts(_ value: JSONValue) -> [String] {
            (value.members ?? []).flatMap { member -> [String] in
                if ["amount", "list_amount", "starting_at", "ending_at"].contains(member.key) { return [] }
                if let text = member.value.string { return [text] }
                if let flag = member.value.bool, member.key == "is_remote" { return ["\(flag)"] }
                return texts(member.value)
            }
        }
        return ([report.rawValue, String(start.prefix(16))] + texts(row)).joined(separator: "|")
    }

    @Test(arguments: AnalyticsConfiguration.API.allCases)
    func `every report arrives whole, page by page`(api: AnalyticsConfiguration.API) async throws {
        let bench = try Bench {
            $0.reportRequestsPerMinute = 60
            $0.reportPageLimit = 5
        }
        let metrics = MetricList()
        let poller = bench.poller(api, metrics: metrics) { $0.lookBackDays = 40 }
        #expect(await bench.run(poller) { poller.health.lastRound != nil })
        // The clock may have gone over midnight on the way, which the oldest day tells.
        bench.expectTruth(api.reports, days: 1...38, atLeast: 1_000)
        #expect(bench.sink.records.count == bench.newest.count, "what does not change comes once")
        #expect(poller.health.stopped.isEmpty)
        let text = metrics.exposition()
        #expect(text.contains("docket_analytics_stopped{source=\"anthropic-analytics\"} 0"))
    }

    @Test(arguments: [UInt64(1), 2, 3], AnalyticsConfiguration.API.allCases)
    func `with every fault on, killed and started again, the newest figures are the truth`(
        seed: UInt64, api: AnalyticsConfiguration.API
    ) async throws {
        let bench = try Bench { options in
            options.seed = seed
            options.reportRequestsPerMinute = 10_000
            options.reportPageLimit = 5
            options.faults = Set(SimulatedFault.allCases)
            options.faultChance = 0.15
        }
        for turn in 0..<3 {
            let before = bench.sink.batches.count
            bench.sink.script(Array(repeating: .keep, count: 15) + [turn == 1 ? .keepInSilence : .drop])
            let poller = bench.poller(api) { $0.lookBackDays = 35 }
            #expect(await bench.run(poller) { bench.sink.batches.count >= before + 15 })
            bench.simulator.reviseReports()
        }
        bench.simulator.reviseReports()
        // All that may have changed is read within a day.
        bench.clock.advance(.hours(26))
        bench.sink.script([])
        let done = bench.clock.now() + .hours(30)
        let poller = bench.poller(api) { $0.lookBackDays = 35 }
        #expect(await bench.run(poller) { (poller.health.lastRound ?? FeedWorld.start) > done })
        bench.expectTruth(api.reports, days: 3...30, atLeast: 500)
        #expect(poller.health.stopped.isEmpty, "\(poller.health.stopped)")
    }

    @Test func `revised figures come again, and nothing else`() async throws {
        let bench = try Bench { $0.reportRequestsPerMinute = 10_000 }
        let poller = bench.poller(.enterprise) {
            $0.reports = [.cost]
            $0.lookBackDays = 60
        }
        #expect(await bench.run(poller) { poller.health.lastRound != nil })
        let first = bench.sink.records.count
        bench.clock.advance(.days(2))
        bench.simulator.reviseReports()
        let second = bench.poller(.enterprise) { $0.reports = [.cost] }
        #expect(await bench.run(second) { second.health.lastRound != nil })
        // 29 days of which figures changed, and two that are new.
        let again = bench.sink.records.count - first
        #expect(again <= 31 * 100 && again >= 29 * 9)
        bench.expectTruth([.cost], days: 0...29, atLeast: 250)
    }

    @Test(arguments: [BucketWidth.hour, .minute])
    func `buckets of an hour or a minute are revised too, and one that is empty then has no rows`(
        width: BucketWidth
    ) async throws {
        let bench = try Bench { $0.reportRequestsPerMinute = 100_000 }
        func change(_ configuration: inout AnalyticsConfiguration) {
            configuration.reports = [.usage]
            configuration.lookBackDays = 8
            configuration.bucketWidth = width
        }
        let poller = bench.poller(.enterprise, change)
        #expect(await bench.run(poller) { poller.health.lastRound != nil })
        bench.expectTruth([.usage], days: 2...6, width: width, atLeast: 400)
        let first = bench.sink.records.count
        bench.clock.advance(.days(2))
        bench.simulator.reviseReports()
        bench.simulator.reviseReports()
        let metrics = MetricList()
        let second = bench.poller(.enterprise, metrics: metrics, change)
        #expect(await bench.run(second) { second.health.lastRound != nil })
        bench.expectTruth([.usage], days: 2...6, width: width, atLeast: 300)
        #expect(!metrics.exposition().contains("docket_analytics_emptied_total{source=\"anthropic-analytics\"} 0"))
        #expect(bench.sink.records.count > first)
        let third = bench.poller(.enterprise, change)
        let before = bench.sink.batches.count
        #expect(await bench.run(third) { third.health.lastRound != nil })
        let again = bench.sink.batches[before...].flatMap(\.entries).count { $0.kind == .reportRow }
        #expect(again == 0, "what is as it was becomes no record")
    }

    @Test func `buckets with as many groups as are listed say that there may be more`() async throws {
        let bench = try Bench()
        let metrics = MetricList()
        let poller = bench.poller(.enterprise, metrics: metrics) { $0.reports = [.usage] }
        #expect(await bench.run(poller) { poller.health.lastRound != nil })
        var sizes: [Bool: Set<Int>] = [:]
        for batch in bench.sink.batches {
            for (number, context) in batch.contexts.enumerated() where !context.resource.isEmpty {
                let facts = try #require(
                    ReportFacts(try JSONValue(parsing: Array(batch.storage[context.resource.range]))))
                sizes[facts.isCut, default: []].insert(batch.entries.count { Int($0.context) == number })
            }
        }
        #expect(sizes == [true: [100], false: [9]])
        #expect(!metrics.exposition().contains("docket_analytics_cut_total{source=\"anthropic-analytics\"} 0"))
    }

    @Test func `a key of the wrong kind stops the poller and is not in the log`() async throws {
        let bench = try Bench()
        let key = "sk-ant-admin01-0123456789"
        let metrics = MetricList()
        let poller = bench.poller(.enterprise, metrics: metrics) { $0.key = FeedKey(key) }
        #expect(await bench.run(poller) { poller.health.state == .stopped })
        let lines = bench.lines.withLock { $0 }
        #expect(lines.contains { $0.contains("say `api: console`") })
        #expect(!lines.contains { $0.contains(key) })
        #expect(metrics.exposition().contains("docket_analytics_stopped{source=\"anthropic-analytics\"} 1"))
    }

    @Test func `a report that is forbidden stops alone`() async throws {
        let bench = try Bench { $0.reportKeys = [SimulatedKey(SimulatedKey.enterprise.text, scopes: [])] }
        let poller = bench.poller(.enterprise) { $0.reports = [.users, .usage] }
        #expect(await bench.run(poller) { poller.health.state == .stopped })
        #expect(Set(poller.health.stopped.keys) == [.users, .usage])
        #expect(bench.lines.withLock { $0 }.contains { $0.contains("needs the scope read:analytics") })
    }

    @Test func `each page that is kept is followed by what was asked and what came of it`() async throws {
        let bench = try Bench()
        let poller = bench.poller(.console) { $0.reports = [.claudeCode] }
        #expect(await bench.run(poller) { poller.health.lastRound != nil })
        let pages = try bench.sink.ownRecords.map { try #require(JSONValue(parsing: $0)["docket"]?["bookmark"]) }
        #expect(pages.count == bench.sink.batches.count && pages.count > 80)
        #expect(pages.reduce(0) { $0 + Int($1["rows"]?.integer ?? 0) } >= bench.sink.records.count)
        #expect(
            pages.allSatisfy {
                $0["request"]?.string?.hasPrefix("/v1/organizations/usage_report/claude_code?starting_at=") ?? false
            })
    }
}
