import Glibc
import Platform
import Simulate

/// How much memory a server has that does everything at once: it reads half a year of a feed, the reports of both APIs
/// with hours for buckets, and a directory that drifts, while telemetry and events come in as fast as they are taken.
enum SourcesBenchmark {
    private static let token = "benchmark"
    private static let perRequest = 500

    static func run(activities: Int) {
        var options = ComplianceSimulator.Options()
        options.count = activities
        options.before = .days(180)
        options.people = 2_000
        options.perMinute = 600
        options.driftEvery = .seconds(5)
        options.requestsPerMinute = 1_000_000
        options.reportRequestsPerMinute = 1_000_000
        do {
            let simulator = try ComplianceSimulator(options)
            simulator.start()
            defer { simulator.stop() }
            measure(simulator, activities)
        } catch {
            print("sources: \(error)")
        }
    }

    private static func measure(_ simulator: ComplianceSimulator, _ activities: Int) {
        unsafe setenv("DOCKET_BENCH_FEED", SimulatedKey.standard.text, 1)
        unsafe setenv("DOCKET_BENCH_REPORTS", SimulatedKey.enterprise.text, 1)
        unsafe setenv("DOCKET_BENCH_CONSOLE", SimulatedKey.console.text, 1)
        let settings = """
            feeds:
              - key: { env: DOCKET_BENCH_FEED }
                url: \(simulator.url)
                initial_interval: 181d
                batch_size: 5000
                directory: 1m
            analytics:
              - { key: { env: DOCKET_BENCH_REPORTS }, url: "\(simulator.url)", bucket_width: 1h, requests_per_minute: 60 }
              - { name: console, api: console, key: { env: DOCKET_BENCH_CONSOLE }, url: "\(simulator.url)", bucket_width: 1h, requests_per_minute: 60 }
            """
        guard let folder = Server.temporaryFolder(),
            let server = Server(folder: folder, token: token, settings: settings)
        else {
            print("sources: no server; build it first: swift build -c release --product docket")
            exit(1)
        }
        defer { server.stop() }
        var events = SignInEvents(seed: 7)
        let bodies = (0..<200).map { _ in events.bulk(perRequest) }
        let telemetry = Form(.protobuf, requests: 1_000, records: perRequest)
        let sign = Form("events", path: "/_bulk", "application/x-ndjson", bodies)
        let began = Meter.wallSeconds()
        let senders = [telemetry, sign].map { form in
            OwnThread.start("load") {
                _ = Sender(form: form, connections: 2, token: token).send(form.bodies)
            }
        }
        for sender in senders { sender.join() }
        let deadline = Meter.wallSeconds() + 400
        while server.metric("docket_feed_backfill_permille{source=\"anthropic-feed\"}") ?? 0 < 1_000,
            Meter.wallSeconds() < deadline
        { usleep(200_000) }
        server.waitUntilFound()
        let cost = server.cost()
        let gaps = server.metric("docket_coverage_gap_hours{source=\"anthropic-feed\"}") ?? -1
        print(
            "sources: \(cost.memory >> 20) MiB at the most; \(activities) activities, \(telemetry.bodies.count * perRequest) "
                + "events of telemetry, \(bodies.count * perRequest) of others, \(Int(server.metric("docket_analytics_requests_total{source=\"anthropic-analytics\"}") ?? 0)) "
                + "requests for reports in \(Int(Meter.wallSeconds() - began)) s; \(Int(cost.all)) CPU-s; hours with a gap: \(Int(gaps))"
        )
    }
}
