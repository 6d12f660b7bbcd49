import Codecs
import Events
import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// The poller against the simulated API over real HTTP. Time is the test's: waiting turns the clock.
struct FeedPollerTests {
    /// A server, a sink and the means to start pollers on them, one after another.
    final class Bench: PollerBench {
        let clock = TestClock()
        let simulator: ComplianceSimulator
        let sink = RecordSinkDouble()
        let client = HTTPClient()
        let lines = Locked<[String]>([])

        init(_ change: (inout ComplianceSimulator.Options) -> Void) throws {
            var options = ComplianceSimulator.Options()
            options.slowness = .milliseconds(5)
            change(&options)
            simulator = try Self.simulator(options, clock)
        }

        deinit {
            client.stop()
            simulator.stop()
        }

        func poller(
            metrics: MetricList = MetricList(), budget: FeedBudget = FeedBudget(),
            _ change: (inout FeedConfiguration) -> Void = { _ in }
        ) -> FeedPoller {
            var configuration = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
            configuration.url = simulator.url
            configuration.timeout = .seconds(10)
            change(&configuration)
            return FeedPoller(
                configuration, with: means(budget: budget), metrics: metrics)
        }

        /// Runs a poller until a condition holds, then stops it.
        ///
        /// - Returns: whether the condition held in time.
        func run(_ poller: FeedPoller, until condition: @Sendable () -> Bool) async -> Bool {
            await run({ await poller.run() }, until: condition)
        }

        var ids: [String] {
            sink.records.map { (try? JSONValue(parsing: $0))?["id"]?.string ?? "?" }
        }

        /// Whether each activity is there exactly once, apart from calls.
        func isWhole() -> Bool {
            let noise = Set(simulator.noise)
            return ids.filter { !noise.contains($0) }.sorted() == simulator.truth.sorted()
        }
    }

    @Test func `two and a half thousand activities arrive exactly once, byte for byte`() async throws {
        let bench = try Bench { $0.count = 2_500 }
        let poller = bench.poller { $0.batchSize = 300 }
        #expect(await bench.run(poller) { bench.ids.count >= 2_500 })
        #expect(bench.isWhole())
        for batch in bench.sink.batches {
            // What Docket says of itself came from nowhere else.
            let peers = batch.entries.map { batch.contexts[Int($0.context)].peer }
            #expect(zip(batch.entries, peers).allSatisfy { $0.kind.isOwn == !$1.hasPrefix("127.0.0.1") })
        }
        let first = bench.sink.batches[0].entries.filter { !$0.kind.isOwn }
        let times = first.map { entry in
            let range = entry.range.range
            let value = try? JSONValue(parsing: Array(bench.sink.batches[0].storage[range]))
            return value?["created_at"]?.string.flatMap { RFC3339.parse($0.utf8) } ?? FeedWorld.start
        }
        #expect(times == times.sorted())
    }

    @Test func `each page that is kept is followed by what was asked and what came of it`() async throws {
        let bench = try Bench { $0.count = 500 }
        let poller = bench.poller { $0.batchSize = 100 }
        #expect(await bench.run(poller) { bench.ids.count >= 500 })
        let pages = try bench.sink.ownRecords.map { try #require(JSONValue(parsing: $0)["docket"]?["bookmark"]) }
        #expect(pages.count == bench.sink.batches.count)
        #expect(pages.reduce(0) { $0 + Int($1["kept"]?.integer ?? 0) } == 500)
        #expect(pages.allSatisfy { $0["request"]?.string?.hasPrefix("/v1/compliance/activities?limit=") ?? false })
        #expect(pages.allSatisfy { $0["source"]?.string == "anthropic-feed" && $0["request_id"]?.string != nil })
        for (page, batch) in zip(pages, bench.sink.batches) {
            #expect(page["kept"]?.integer == Int64(batch.entries.count - 1))
            #expect(batch.entries.last?.kind == .bookmark)
        }
    }

    @Test(arguments: [1, 2, 3])
    func `with every fault on, and crashes, each activity arrives exactly once`(seed: UInt64) async throws {
        let bench = try Bench { options in
            options.seed = seed
            options.count = 2_500
            options.after = .minutes(90)
            options.faults = Set(SimulatedFault.allCases)
            options.faultChance = 0.3
        }
        var dice = Dice(seed: seed)
        let end = FeedWorld.start + .minutes(115)
        var crashes = 0
        while bench.clock.now() < end {
            // A few appends go well, then the process ends, before or after the page was durable.
            let good = [RecordSinkDouble.Act](repeating: .keep, count: dice.roll(7))
            bench.sink.script(good + [dice.roll(2) == 0 ? .drop : .keepInSilence])
            let poller = bench.poller { configuration in
                configuration.batchSize = 200
                configuration.overlapInterval = .minutes(2)
            }
            let clock = bench.clock
            let sink = bench.sink
            #expect(await bench.run(poller) { sink.hasCrashed || clock.now() >= end })
            crashes += 1
        }
        #expect(crashes > 3)
        #expect(bench.isWhole())
        #expect(Set(bench.ids).count == bench.ids.count)
    }

    @Test func `a busy journal gets the same page again, and a full one too`() async throws {
        let bench = try Bench { $0.count = 500 }
        let busy = Fault(.journalBusy, .again(after: .seconds(1)), "busy")
        bench.sink.script([.refuse(busy), .refuse(busy), .keep, .refuse(busy)])
        let poller = bench.poller { $0.batchSize = 100 }
        #expect(await bench.run(poller) { bench.ids.count >= 500 })
        #expect(bench.isWhole())
    }

    @Test func `a disk that failed stops the poller`() async throws {
        let bench = try Bench { $0.count = 50 }
        bench.sink.script([.refuse(Fault(.diskFailed, .stop, "The disk failed."))])
        let poller = bench.poller()
        #expect(await bench.run(poller) { poller.health.state == .stopped })
        #expect(poller.health.lastFault?.code == .diskFailed)
    }

    @Test func `a batch that is too large for the journal comes again in smaller pages`() async throws {
        let bench = try Bench { $0.count = 200 }
        bench.sink.script([.refuse(Fault(.recordTooLarge, .aside, "too large"))])
        let poller = bench.poller { $0.batchSize = 200 }
        #expect(await bench.run(poller) { bench.ids.count >= 200 })
        #expect(bench.isWhole())
        #expect(bench.sink.batches[0].entries.count { !$0.kind.isOwn } == 100)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let key: String
        var scopes: Set<String> = [SimulatedKey.activities]
        var organizations: [String] = []
        let code: Fault.Code
        let words: String
    }

    static let refusals: [Refusal] = [
        Refusal(
            testDescription: "wrong key", key: "sk-ant-api01-other", code: .credentialsRefused,
            words: "is wrong, or was deleted"),
        Refusal(
            testDescription: "key for models", key: "sk-ant-api03-other", code: .credentialsRefused,
            words: "cannot read the feed"),
        Refusal(
            testDescription: "missing scope", key: SimulatedKey.standard.text,
            scopes: ["read:compliance_org_data"], code: .credentialsRefused, words: "read:compliance_activities"),
        Refusal(
            testDescription: "foreign organization", key: SimulatedKey.standard.text, organizations: ["org_foreign"],
            code: .credentialsRefused, words: "organization_ids"),
    ]

    @Test(arguments: refusals)
    func `what only a person can mend stops the poller, in words`(refusal: Refusal) async throws {
        let bench = try Bench { options in
            options.count = 10
            options.keys = [SimulatedKey(SimulatedKey.standard.text, scopes: refusal.scopes)]
        }
        let metrics = MetricList()
        let poller = bench.poller(metrics: metrics) { configuration in
            configuration.key = FeedKey(refusal.key)
            configuration.organizationIDs = refusal.organizations
        }
        #expect(await bench.run(poller) { poller.health.state == .stopped })
        let fault = try #require(poller.health.lastFault)
        #expect(fault.code == refusal.code)
        #expect(fault.detail.contains(refusal.words), "\(fault.detail)")
        #expect(bench.ids.isEmpty)
        let logged = bench.lines.withLock { $0.joined() }
        #expect(!logged.contains(refusal.key) && logged.contains(fault.code.rawValue))
        #expect(metrics.exposition().contains("docket_feed_stopped{source=\"anthropic-feed\"} 1"))
    }

    /// The server would refuse the last of them.
    @Test func `only the types that are wanted are kept, also where the server does not know them`() async throws {
        let bench = try Bench { $0.count = 2_000 }
        let poller = bench.poller {
            $0.activityTypes = ["claude_chat_created", "claude_chat_viewed", "type_of_tomorrow"]
        }
        #expect(await bench.run(poller) { poller.health.completeUntil != nil })
        let types = Set(bench.sink.records.map { (try? JSONValue(parsing: $0))?["type"]?.string ?? "?" })
        #expect(types == ["claude_chat_created", "claude_chat_viewed"])
    }

    @Test func `health and metrics tell how far it is`() async throws {
        let bench = try Bench { options in
            options.count = 300
            options.faults = [.selfNoise]
        }
        let metrics = MetricList()
        let poller = bench.poller(metrics: metrics)
        #expect(poller.health.state == .starting)
        #expect(
            await bench.run(poller) {
                (poller.health.completeUntil ?? FeedWorld.start) > FeedWorld.start + .minutes(10)
            })
        let health = poller.health
        #expect(health.state == .ended)
        #expect(health.lastFault == nil && health.lastAnswer != nil && health.newest != nil)
        #expect(health.lastRequestID?.hasPrefix("req_") == true)
        let text = metrics.exposition()
        #expect(text.contains("docket_feed_activities_total{source=\"anthropic-feed\"} \(bench.ids.count)"))
        #expect(!text.contains("docket_feed_self_noise_total{source=\"anthropic-feed\"} 0"))
        #expect(!text.contains("docket_feed_known_total{source=\"anthropic-feed\"} 0"))
    }

    @Test func `a bookmark of another version stops the poller instead of starting over`() async throws {
        let bench = try Bench { $0.count = 1 }
        let batch = RecordBatch(tenant: .default, source: "anthropic-feed", bookmark: Array(#"{"version":9}"#.utf8))
        try await bench.sink.append(batch)
        let poller = bench.poller()
        #expect(await bench.run(poller) { poller.health.state == .stopped })
        #expect(poller.health.lastFault?.detail.contains("another version") == true)
    }

    @Test func `a server that is not there is tried again until it is`() async throws {
        let bench = try Bench { $0.count = 100 }
        bench.simulator.stop()
        let poller = bench.poller()
        #expect(await bench.run(poller) { poller.health.lastFault?.code == .unreachable })
        #expect(poller.health.state == .ended)
    }

    @Test func `it ends promptly, also while it waits`() async throws {
        let bench = try Bench { $0.count = 10 }
        var configuration = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
        configuration.url = bench.simulator.url
        configuration.interval = .hours(1)
        let poller = FeedPoller(
            configuration,
            with: PollerMeans(
                sink: bench.sink, client: bench.client, log: Log("test", least: .error, write: { _ in })),
            metrics: MetricList())
        let task = Task { await poller.run() }
        #expect(await eventually { poller.health.state == .resting })
        let before = SystemClock().steady()
        task.cancel()
        await task.value
        #expect(SystemClock().steady() - before < .minutes(1))
    }

    @Test func `two feeds of one organization share its requests, and are never told that there are none`() async throws
    {
        let bench = try Bench { options in
            options.count = 600
            options.requestsPerMinute = 30
        }
        let budget = FeedBudget()
        let metrics = MetricList()
        let pollers = ["one", "two"].map { name in
            bench.poller(metrics: metrics, budget: budget) { configuration in
                configuration.name = SourceName(name)
                configuration.batchSize = 10
            }
        }
        let tasks = pollers.map { poller in Task { await poller.run() } }
        #expect(await eventually(withinSeconds: 60, { bench.ids.count >= 1_200 }, isolation: nil))
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        #expect(bench.ids.count == 1_200)
        #expect(budget.limit == 30)
        let told = metrics.exposition()
        for name in ["one", "two"] {
            #expect(told.contains("docket_feed_faults_total{source=\"\(name)\",code=\"rate-limited\"} 0"))
        }
    }

    @Test func `the past is read beside the present, and says how far it is`() async throws {
        let bench = try Bench { options in
            options.count = 3_000
            options.before = .days(20)
        }
        let metrics = MetricList()
        let poller = bench.poller(metrics: metrics) { configuration in
            configuration.initialInterval = .days(30)
            configuration.batchSize = 100
        }
        let share = Locked<Double?>(nil)
        #expect(
            await bench.run(poller) {
                if let now = poller.health.backfillShare { share.withLock { $0 = now } }
                return bench.ids.count >= 3_000 && poller.health.backfillShare == nil
            })
        #expect(bench.isWhole())
        #expect(metrics.exposition().contains("docket_feed_backfill_permille{source=\"anthropic-feed\"} 1000"))
        #expect(bench.lines.withLock { $0.contains { $0.contains("the past is read") } })
    }

    @Test(arguments: FeedConfiguration.SelfNoise.allCases)
    func `its own calls are kept, counted or left out, and nothing else is`(wish: FeedConfiguration.SelfNoise)
        async throws
    {
        let bench = try Bench { options in
            options.count = 200
            options.faults = [.selfNoise]
        }
        let metrics = MetricList()
        let poller = bench.poller(metrics: metrics) { $0.selfNoise = wish }
        #expect(
            await bench.run(poller) {
                (poller.health.completeUntil ?? FeedWorld.start) > FeedWorld.start + .minutes(10)
            })
        #expect(bench.isWhole() || wish == .drop)
        let noise = Set(bench.simulator.noise)
        let kept = bench.ids.count { noise.contains($0) }
        let others = bench.sink.records.count {
            String(decoding: $0, as: UTF8.self).contains("compliance_api_accessed")
        }
        let leftOut = metrics.exposition().split(separator: "\n").first { $0.hasPrefix("docket_feed_left_out_total") }
        switch wish {
        case .keep: #expect(kept > 5 && leftOut?.hasSuffix(" 0") == true)
        case .count: #expect(kept == 0 && others > 0 && leftOut?.hasSuffix(" 0") == false)
        case .drop: #expect(kept == 0 && others == 0 && leftOut?.hasSuffix(" 0") == true)
        }
        // What is not kept is in the record all the same.
        let recorded = bench.sink.ownRecords.compactMap { FeedPageRecord(document: $0)?.leftOut }.reduce(0, +)
        #expect(leftOut?.hasSuffix(" \(recorded)") == true)
        // Ten looks, and not one more for each call that is told of.
        #expect(bench.simulator.requests < 30)
    }

    @Test func `what a person must mend is in the record`() async throws {
        let bench = try Bench { $0.count = 1 }
        let poller = bench.poller { $0.key = FeedKey("sk-ant-api01-other") }
        #expect(await bench.run(poller) { poller.health.state == .stopped })
        let record = try #require(bench.sink.ownRecords.last.flatMap { FeedPageRecord(document: $0) })
        #expect(record.walk == "stopped" && record.trouble.map(\.code) == [.credentialsRefused])
    }
}
