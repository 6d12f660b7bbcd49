import Events
import Glibc
import Intake
import Journal
import Network
import Platform
import Simulate

/// Polls a simulated organization over HTTP into a journal on disk, until all is durable.
///
/// The simulator runs in the same process, so its work is in the processor time. Its limit of requests is a million a
/// minute: what is measured is the program. The requests are counted, so it can be said what they would take of the
/// real limit.
enum FeedBenchmark {
    static func run(activities: Int) {
        do {
            try measure("the last day", activities: min(activities, 200_000), past: .hours(20))
            try measure("half a year", activities: activities, past: .days(180))
        } catch {
            print("feed: \(error)")
        }
    }

    private static func measure(_ name: String, activities: Int, past: Timestamp.Span) throws {
        var options = ComplianceSimulator.Options()
        options.count = activities
        options.before = past
        options.requestsPerMinute = 1_000_000
        let simulator = try ComplianceSimulator(options)
        simulator.start()
        defer { simulator.stop() }

        let folder = BenchFolder("feed")
        try FolderDisk.makeFolder(folder.path)
        let quiet = Log("benchmark", least: .error)
        let metrics = MetricList()
        let journal = try Journal(
            disk: FolderDisk(folder: folder.path), clock: SystemClock(), metrics: JournalMetrics(metrics), log: quiet)
        var configuration = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
        configuration.url = simulator.url
        configuration.batchSize = 5_000
        configuration.initialInterval = past + .hours(1)
        configuration.requestsPerMinute = 1_000_000
        let client = HTTPClient()
        let poller = FeedPoller(
            configuration, with: PollerMeans(sink: journal, client: client, log: quiet), metrics: metrics)

        let clock = SystemClock()
        let meter = Meter()
        let began = clock.steady()
        let task = Task { await poller.run() }
        while poller.health.completeUntil == nil || poller.health.backfillShare != nil
            || (journal.counts[.default] ?? 0) < UInt64(activities)
        {
            usleep(1_000)
        }
        let seconds = Double((clock.steady() - began).nanoseconds) / 1e9
        let requests = simulator.requests
        task.cancel()
        journal.stop()
        client.stop()
        meter.report("feed, \(name), with the simulator", events: activities, bytesIn: 0, bytesOut: 0)
        _ = consume folder
        // The backlog leaves a quarter of 600 a minute.
        print(
            "feed, \(name): \(Int(Double(activities) / seconds)) activities/s by the clock, \(requests) requests in pages "
                + "of 5000; at 450 a minute they take \(requests * 60 / 450) s")
    }
}

extension Timestamp.Span {
    fileprivate static func + (left: Self, right: Self) -> Self {
        Self(nanoseconds: left.nanoseconds + right.nanoseconds)
    }
}
