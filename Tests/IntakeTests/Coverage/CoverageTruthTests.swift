import Codecs
import Events
import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// The ledger against the truth, which is what the API lists in the end.
struct CoverageTruthTests {
    /// Creation of each activity that the API lists, by id.
    static func listed(_ bench: FeedPollerTests.Bench) async throws -> [String: Timestamp] {
        var found: [String: Timestamp] = [:]
        var after: String?
        var limit = 700
        while true {
            let target = "/v1/compliance/activities?limit=\(limit)" + (after.map { "&after_id=\($0)" } ?? "")
            let request = HTTPClientRequest(
                .get, bench.simulator.url + target, headers: ["x-api-key": SimulatedKey.standard.text])
            // Faults are on for everybody; a refused cursor is good again the next time.
            guard let response = try? await bench.client.send(request), response.status == 200,
                let page = try? JSONValue(parsing: response.body), let rows = page["data"]?.array
            else {
                bench.clock.advance(.seconds(1))
                limit = max(1, limit / 2)
                continue
            }
            limit = 700
            for row in rows {
                let id = try #require(row["id"]?.string)
                found[id] = try #require(row["created_at"]?.string.flatMap { RFC3339.parse($0.utf8) })
            }
            guard page["has_more"] == .bool(true) else { return found }
            after = page["last_id"]?.string
        }
    }

    @Test(arguments: [1, 2])
    func `with every fault on, and ended twenty times, it agrees with the truth hour by hour`(seed: UInt64) async throws
    {
        let bench = try FeedPollerTests.Bench { options in
            options.seed = seed
            options.count = 3_000
            options.before = .hours(50)
            options.after = .hours(3)
            options.faults = Set(SimulatedFault.allCases)
            options.faultChance = 0.2
        }
        let sink = StampedSink(bench.clock)
        let clock = bench.clock
        for number in 1...20 {
            var configuration = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
            configuration.url = bench.simulator.url
            configuration.initialInterval = .hours(60)
            configuration.batchSize = 100
            configuration.timeout = .seconds(10)
            let poller = FeedPoller(
                configuration,
                with: PollerMeans(
                    sink: sink, client: bench.client, clock: clock,
                    log: Log("test", least: .error, write: { _ in }),
                    wait: { span in
                        clock.advance(span)
                        await Task.yield()
                        return !Task.isCancelled
                    }, chance: { 0.5 }), metrics: MetricList())
            let task = Task { await poller.run() }
            let end = FeedWorld.start + .minutes(Int64(number) * 12)
            #expect(await eventually(withinSeconds: 60, { clock.now() >= end }, isolation: nil))
            task.cancel()
            await task.value
        }
        let truth = try await Self.listed(bench)
        let hours = Dictionary(grouping: truth.values, by: FeedPageRecord.hour).mapValues(\.count)
        let span = FeedWorld.start - .hours(60)..<FeedWorld.start + .hours(3)
        var ledger = CoverageLedger(span, now: clock.now())
        for batch in sink.batches { ledger.follow(batch) }
        let rows = ledger.rows
        #expect(rows.count == 63)
        for row in rows {
            let number = FeedPageRecord.hour(of: row.hour)
            #expect(row.state == .whole, "\(row)")
            #expect(row.expected == hours[number] ?? 0, "\(row)")
            #expect(row.received == hours[number] ?? 0, "\(row)")
            #expect(row.duplicate == 0 && row.missing == 0, "\(row)")
        }
        #expect(rows.contains { $0.late > 0 })
    }
}
