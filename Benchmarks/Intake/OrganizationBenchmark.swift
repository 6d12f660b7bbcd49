import Glibc
import Platform
import Simulate

/// A month of an organization as the simulator tells it, with all of its sources, through a server and into its store;
/// then the same panels over it.
enum OrganizationBenchmark {
    private static let token = "benchmark"
    private static let days = 31

    /// - Parameter kept: a folder for the server's data, to be looked at later; `nil` for one that goes away.
    static func run(people: Int, kept: String?) throws {
        var options = ComplianceSimulator.Options()
        options.people = people
        options.count = people * days * 20
        options.before = .days(Int64(days))
        options.requestsPerMinute = 1_000_000
        options.reportRequestsPerMinute = 1_000_000
        let simulator = try ComplianceSimulator(options)
        simulator.start()
        defer { simulator.stop() }
        unsafe setenv("DOCKET_BENCH_FEED", SimulatedKey.standard.text, 1)
        unsafe setenv("DOCKET_BENCH_REPORTS", SimulatedKey.enterprise.text, 1)
        let settings = """
            feeds:
              - key: { env: DOCKET_BENCH_FEED }
                url: \(simulator.url)
                initial_interval: \(days + 1)d
                batch_size: 5000
                directory: 1h
            analytics:
              - { key: { env: DOCKET_BENCH_REPORTS }, url: "\(simulator.url)", bucket_width: 1h, requests_per_minute: 60 }
            """
        let own = BenchFolder("organization")
        defer { withExtendedLifetime(own) {} }
        let folder = kept ?? own.path
        try FolderDisk.makeFolder(folder)
        guard let server = Server(folder: folder, token: token, settings: settings) else {
            print("organization: no server; build it first: swift build -c release --product docket")
            exit(1)
        }
        print("organization: \(people) people, \(days) days, \(options.count) activities")
        _ = SimulateCommand.run([
            "organization", "--people", "\(people)", "--days", "\(days)", "--otlp", Server.http, "--token", token,
        ])
        let deadline = Meter.wallSeconds() + 400
        while server.metric("docket_feed_backfill_permille{source=\"anthropic-feed\"}") ?? 0 < 1_000,
            Meter.wallSeconds() < deadline
        { usleep(200_000) }
        server.waitUntilFound()
        let cost = server.cost()
        print("server: \(Int(cost.all)) CPU-s, \(cost.memory >> 20) MiB at the most")
        server.end()
        try StoreBenchmark.run(in: "\(folder)/store")
    }
}
