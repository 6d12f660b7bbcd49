import Codecs
import Events
import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// Listings of chats and sessions against the simulated API over real HTTP. Time is the test's: waiting turns the clock.
struct ListingPollerTests {
    final class Bench: PollerBench {
        let clock = TestClock()
        let simulator: ComplianceSimulator
        let sink = RecordSinkDouble()
        let client = HTTPClient()
        /// Of the last poller.
        let metrics = Locked(MetricList())
        let lines = Locked<[String]>([])
        let kind: ListedKind
        let keepsTitles: Bool

        init(
            _ kind: ListedKind, titles: Bool = false, _ change: (inout ComplianceSimulator.Options) -> Void = { _ in }
        ) throws {
            self.kind = kind
            keepsTitles = titles
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

        func poller() -> ListingPoller {
            var feed = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
            feed.url = simulator.url
            feed.timeout = .seconds(10)
            feed.keepsTitles = keepsTitles
            let metrics = MetricList()
            self.metrics.withLock { $0 = metrics }
            return ListingPoller(
                kind, of: feed, every: .hours(1), with: means(), metrics: metrics)
        }

        /// Runs a poller until a condition holds, then stops it.
        func run(until condition: @Sendable () -> Bool) async -> Bool {
            let poller = poller()
            return await run({ await poller.run() }, until: condition)
        }

        var listed: [JSONValue] { sink.records.compactMap { try? JSONValue(parsing: $0) } }
        var ids: [String] { listed.compactMap { $0["object_id"]?.string } }
        /// Looks that came to their end.
        var looks: Int { sink.ownRecords.count }
    }

    @Test(arguments: [(ListedKind.chat, 60), (.localSession, 30), (.remoteSession, 30)])
    func `the first look lists everything, once, and a look at the same nothing`(kind: ListedKind, count: Int)
        async throws
    {
        let bench = try Bench(kind)
        #expect(await bench.run { bench.looks >= 3 })
        #expect(bench.ids.count == count && Set(bench.ids).count == count)
        #expect(bench.listed.allSatisfy { $0["object_type"]?.string == kind.rawValue })
        #expect(bench.sink.batches.allSatisfy { $0.source.text == "anthropic-feed.\(kind.rawValue)s" })
        let look = try JSONValue(parsing: bench.sink.ownRecords[0])["docket"]?["bookmark"]
        #expect(look?["objects"] == .integer(Int64(count)) && look?["changes"] == .integer(Int64(count)))
        #expect(try JSONValue(parsing: bench.sink.ownRecords[1])["docket"]?["bookmark"]?["changes"] == 0)
    }

    @Test(arguments: [ListedKind.chat, .remoteSession])
    func `what goes on is listed again, in its new state`(kind: ListedKind) async throws {
        let bench = try Bench(kind)
        #expect(await bench.run { bench.looks >= 1 })
        let before = bench.ids.count
        bench.simulator.goOn()
        // A chat that went on within the last minute may not be listed yet.
        #expect(await bench.run { bench.ids.count > before })
        #expect(bench.ids.count == before + 1)
        let object = bench.listed.last?[kind.objectName]
        if kind == .remoteSession { #expect(object?["status"] == "completed") }
        let first = bench.listed.first { $0["object_id"] == bench.listed.last?["object_id"] }
        #expect(first?[kind.objectName]?["updated_at"] != object?["updated_at"])
    }

    @Test(arguments: ListedKind.allCases)
    func `names and titles are not in the record unless they are to be kept`(kind: ListedKind) async throws {
        func names(_ titles: Bool) async throws -> Int {
            let bench = try Bench(kind, titles: titles)
            #expect(await bench.run { bench.looks >= 1 })
            return bench.listed.count {
                $0[kind.objectName]?["name"] != nil || $0[kind.objectName]?["title"] != nil
            }
        }
        #expect(try await names(false) == 0)
        #expect(try await names(true) == (kind == .chat ? 60 : kind == .remoteSession ? 30 : 0))
    }

    @Test(arguments: [1, 2, 3])
    func `with faults and crashes each state is listed exactly once`(seed: UInt64) async throws {
        let bench = try Bench(.chat) { options in
            options.seed = seed
            options.faults = [.rateStorm, .error, .unavailable, .overloaded, .slow, .cut, .badJSON, .expiredCursor]
            options.faultChance = 0.2
        }
        var dice = Dice(seed: seed)
        for round in 0..<8 {
            bench.sink.script([dice.roll(2) == 0 ? .drop : .keepInSilence])
            #expect(await bench.run { bench.sink.hasCrashed })
            let looks = bench.looks
            #expect(await bench.run { bench.looks > looks })
            if round % 2 == 0 { bench.simulator.goOn() }
        }
        let looks = bench.looks
        #expect(await bench.run { bench.looks > looks + 1 })
        let states = bench.listed.map(\.text)
        #expect(Set(states).count == states.count, "none twice")
        #expect(states.count == 64, "60 chats, and four that went on")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let words: String
        let stops: Bool
        let change: @Sendable (inout ComplianceSimulator.Options) -> Void
        var testDescription: String { name }
    }

    @Test(
        arguments: [
            Refusal(name: "wrong key", words: "authentication_error", stops: true) {
                $0.keys = [SimulatedKey("sk-ant-api01-other")]
            },
            Refusal(name: "missing scope", words: "read:compliance_user_data", stops: true) {
                $0.keys = [SimulatedKey(SimulatedKey.standard.text, scopes: [SimulatedKey.activities])]
            },
        ])
    func `what a person must mend ends it, in words`(refusal: Refusal) async throws {
        let bench = try Bench(.chat, refusal.change)
        await bench.poller().run()
        #expect(bench.ids.isEmpty)
        #expect(bench.lines.withLock { $0.joined() }.contains(refusal.words))
        #expect(
            bench.metrics.withLock { $0.exposition() }.contains(
                "docket_listing_stopped{source=\"anthropic-feed.chats\"} 1"))
    }

    @Test(
        arguments: [
            (200, "{\"data\":[]}", "answer-not-understood"), (200, "nonsense", "answer-not-understood"),
            (404, "{}", "request-refused"), (403, "{}", "credentials-refused"), (429, "{}", "rate-limited"),
            (503, "{}", "unreachable"), (418, "{}", "request-refused"),
        ])
    func `each kind of answer has its meaning`(status: Int, body: String, code: String) {
        let response = HTTPResponse(status, body: Array(body.utf8))
        let answer = ListingAnswer.read(response, of: .chat, key: .complianceAccess, at: Timestamp(milliseconds: 0))
        guard case .failure(let fault) = answer else {
            Issue.record("this is no page")
            return
        }
        #expect(fault.code.rawValue == code)
        // 404 and what fails for good wait for the next look, a key without the scope for a person.
        #expect((fault.remedy == .stop) == (status == 403 || status == 418))
    }

    @Test func `an Admin API key lists nothing`() {
        var feed = FeedConfiguration(key: FeedKey("sk-ant-admin01-x"))
        feed.chatsInterval = .hours(1)
        feed.sessionsInterval = .hours(1)
        #expect(feed.problems.map(\.key) == ["chats", "sessions"])
    }
}
