import Codecs
import Events
import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// The poller of a directory against the simulated API over real HTTP. Time is the test's: waiting turns the clock.
struct DirectoryPollerTests {
    final class Bench: PollerBench {
        let clock = TestClock()
        let simulator: ComplianceSimulator
        let sink = RecordSinkDouble()
        let client = HTTPClient()
        /// Of the last poller.
        let metrics = Locked(MetricList())
        let lines = Locked<[String]>([])

        init(_ change: (inout ComplianceSimulator.Options) -> Void = { _ in }) throws {
            var options = ComplianceSimulator.Options()
            options.count = 10
            options.requestsPerMinute = 1_000_000
            options.slowness = .milliseconds(5)
            change(&options)
            simulator = try Self.simulator(options, clock)
        }

        deinit {
            client.stop()
            simulator.stop()
        }

        func poller(sink: (any RecordSink)? = nil, metrics: MetricList = MetricList()) -> DirectoryPoller {
            var feed = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
            feed.url = simulator.url
            feed.timeout = .seconds(10)
            self.metrics.withLock { $0 = metrics }
            return DirectoryPoller(
                feed, every: .hours(1), with: means(sink: sink), metrics: metrics)
        }

        /// Runs a poller until a condition holds, then stops it.
        func run(until condition: @Sendable () -> Bool) async -> Bool {
            let poller = poller()
            return await run({ await poller.run() }, until: condition)
        }

        var changes: [JSONValue] { sink.records.compactMap { try? JSONValue(parsing: $0) } }

        /// As the simulator says it: `user_added user_01…`.
        var told: [String] {
            changes.map { "\($0["type"]?.string ?? "") \($0["object_id"]?.string ?? "")" }
        }

        /// Objects that were found, each with where it is: a setting has the same name in every organization.
        var found: [String] {
            changes.filter { $0["type"]?.string?.hasSuffix("_found") == true }.map { change in
                ["object_type", "organization_uuid", "parent_id", "object_id"].map { change[$0]?.string ?? "" }
                    .joined(separator: " ")
            }
        }

        var drifts: [String] { told.filter { !$0.contains("_found ") } }

        /// Looks that came to their end.
        var looks: Int {
            sink.ownRecords.count { (try? JSONValue(parsing: $0))?["event"]?["action"] == "directory-look" }
        }
    }

    @Test func `the first look finds everything, once, and a look at the same writes nothing but that it was made`()
        async throws
    {
        let bench = try Bench()
        #expect(await bench.run { bench.looks >= 3 })
        #expect(Set(bench.found).count == 109 && bench.found.count == 109 && bench.drifts.isEmpty)
        let kinds = Dictionary(grouping: bench.changes) { $0["object_type"]?.string ?? "" }.mapValues(\.count)
        #expect(
            kinds == [
                "organization": 2, "user": 40, "role": 4, "permission": 6, "setting": 12, "api_key": 2, "group": 3,
                "member": 40,
            ])
        let first = try JSONValue(parsing: bench.sink.ownRecords[0])["docket"]?["bookmark"]
        #expect(first?["changes"] == 109 && first?["objects"] == 109 && first?["unread"] == [:])
        #expect(try JSONValue(parsing: bench.sink.ownRecords[1])["docket"]?["bookmark"]?["changes"] == 0)
        #expect(bench.sink.batches.allSatisfy { $0.source == "anthropic-feed.directory" })
    }

    @Test func `what drifts between looks is told, in its order`() async throws {
        let bench = try Bench()
        #expect(await bench.run { bench.looks >= 1 })
        for _ in 0..<24 {
            let before = bench.looks
            bench.simulator.drift()
            #expect(await bench.run { bench.looks > before })
        }
        #expect(bench.drifts == bench.simulator.drifts)
        // Where the memory says when the look before began, a change says so too.
        #expect(bench.changes.suffix(24).allSatisfy { $0["after"]?.string != nil })
    }

    @Test(arguments: [1, 2, 3])
    func `with faults and crashes each drift is told exactly once`(seed: UInt64) async throws {
        let bench = try Bench { options in
            options.seed = seed
            options.faults = [.rateStorm, .error, .unavailable, .overloaded, .slow, .cut, .badJSON]
            options.faultChance = 0.2
        }
        var dice = Dice(seed: seed)
        #expect(await bench.run { bench.looks >= 1 })
        for _ in 0..<12 {
            let before = bench.looks
            bench.simulator.drift()
            bench.sink.script([dice.roll(2) == 0 ? .drop : .keepInSilence])
            #expect(await bench.run { bench.sink.hasCrashed })
            #expect(await bench.run { bench.looks > before })
        }
        #expect(bench.drifts == bench.simulator.drifts)
        #expect(Set(bench.found).count == 109 && bench.found.count == 109)
    }

    @Test func `a scope that is missing leaves the other listings, and is said once`() async throws {
        let bench = try Bench { options in
            options.keys = [SimulatedKey(SimulatedKey.standard.text, scopes: [SimulatedKey.organizationData])]
        }
        #expect(await bench.run { bench.looks >= 2 })
        #expect(bench.told.allSatisfy { !$0.hasPrefix("user_") && !$0.hasPrefix("member_") } && bench.told.count == 29)
        let words = bench.lines.withLock { $0 }.filter { $0.contains("read:compliance_user_data") }
        #expect(words.count == 2, "one for people, one for members: \(words)")
        #expect(
            bench.metrics.withLock { $0.exposition() }.contains(
                "docket_directory_unread{source=\"anthropic-feed.directory\"} 5"))
    }

    @Test func `a wrong key ends it, in words`() async throws {
        let bench = try Bench { $0.keys = [SimulatedKey("sk-ant-api01-other")] }
        await bench.poller().run()
        #expect(bench.told.isEmpty)
        #expect(bench.lines.withLock { $0.joined() }.contains("authentication_error"))
        #expect(
            bench.metrics.withLock { $0.exposition() }.contains(
                "docket_directory_stopped{source=\"anthropic-feed.directory\"} 1"))
    }

    @Test func `a busy journal is asked again`() async throws {
        let bench = try Bench()
        let busy = Fault(.journalBusy, .again(after: .seconds(1)), "busy")
        bench.sink.script([.refuse(busy), .refuse(busy), .keep, .refuse(busy)])
        #expect(await bench.run { bench.looks >= 1 })
        #expect(Set(bench.found).count == 109 && bench.found.count == 109)
    }

    @Test func `an Admin API key cannot look at a directory`() {
        var feed = FeedConfiguration(key: FeedKey("sk-ant-admin01-x"))
        feed.directoryInterval = .hours(1)
        #expect(feed.problems.map(\.key) == ["directory"])
        feed.directoryInterval = .seconds(5)
        #expect(feed.problems.map(\.message) == ["must be 1m to 7d", feed.problems.last?.message])
    }
}
