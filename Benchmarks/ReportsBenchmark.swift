import Events
import Glibc
import Intake
import Journal
import Network
import Platform
import Simulate

/// Reads the reports of a simulated organization over HTTP into a journal on disk, the first time and again.
///
/// The simulator runs in the same process, so its work is in the processor time. Its limit of requests is a million a
/// minute: what is measured is the program.
enum ReportsBenchmark {
    static func run(days: Int) {
        do {
            try measure(.enterprise, .day, days)
            try measure(.enterprise, .hour, days)
            try measure(.console, .day, days)
        } catch {
            print("reports: \(error)")
        }
    }

    private static func measure(_ api: AnalyticsConfiguration.API, _ width: BucketWidth, _ days: Int) throws {
        var options = ComplianceSimulator.Options()
        options.count = 0
        options.reportRequestsPerMinute = 1_000_000
        let simulator = try ComplianceSimulator(options)
        simulator.start()
        defer { simulator.stop() }

        let folder = BenchFolder("reports")
        try FolderDisk.makeFolder(folder.path)
        let quiet = Log("benchmark", least: .error)
        let journal = try Journal(
            disk: FolderDisk(folder: folder.path), clock: SystemClock(), metrics: JournalMetrics(MetricList()),
            log: quiet)
        let client = HTTPClient()
        defer {
            journal.stop()
            client.stop()
        }
        for again in [false, true] {
            let metrics = MetricList()
            let key: SimulatedKey = api == .enterprise ? .enterprise : .console
            var configuration = AnalyticsConfiguration(api: api, key: FeedKey(key.text))
            configuration.url = simulator.url
            configuration.lookBackDays = days
            configuration.bucketWidth = width
            configuration.requestsPerMinute = 1_000_000
            let poller = AnalyticsPoller(
                configuration, with: PollerMeans(sink: journal, client: client, log: quiet), metrics: metrics)
            let (before, written) = (journal.counts[.default] ?? 0, Server.size(folder.path))
            let meter = Meter()
            let task = Task { await poller.run() }
            while poller.health.lastRound == nil { usleep(1_000) }
            task.cancel()
            let records = Int((journal.counts[.default] ?? 0) - before)
            func total(_ name: String) -> Int {
                metrics.exposition().split(separator: "\n").filter { $0.hasPrefix(name) }
                    .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
            }
            let (rows, known) = (total("docket_analytics_rows_total{"), total("docket_analytics_known_total{"))
            let requests = total("docket_analytics_requests_total{")
            meter.report(
                "reports, \(api), \(width.rawValue), \(again ? "again" : "\(days) days"), with the simulator",
                events: max(1, again ? known : rows), bytesIn: total("docket_analytics_bytes_total{"),
                bytesOut: Server.size(folder.path) - written)
            print("  \(rows) rows, \(known) parts as they were, \(records) records, \(requests) requests")
            // Figures of a month are other ones then.
            simulator.reviseReports()
        }
        _ = consume folder
    }
}
