import Glibc
import Platform

/// OTLP into a server of its own: what a record costs until it is acknowledged, and until it can be found; how long a
/// request takes at half of that load; how much memory the server has at the most.
///
/// The server's processor time is read for each of its threads: the network threads and the journal's are what
/// acknowledging costs, all together what finding costs.
enum IntakeBenchmark {
    private static let token = "benchmark"
    private static let perRequest = 500
    private static let connections = 4
    /// How long the paced part takes, in seconds.
    private static let pacedSeconds = 5.0

    static func run(events: Int, forms: [Form.Kind]) {
        print("intake: \(perRequest) records a request, \(connections) connections")
        for kind in forms { run(kind, requests: max(8, events / perRequest)) }
    }

    private static func run(_ kind: Form.Kind, requests: Int) {
        let form = Form(kind, requests: requests, records: perRequest)
        guard let folder = Server.temporaryFolder(), let server = Server(folder: folder, token: token) else {
            print("intake: no server; build it first: swift build -c release --product docket")
            exit(1)
        }
        defer { server.stop() }
        let sender = Sender(form: form, connections: connections, token: token)
        let total = requests * perRequest

        let began = Meter.wallSeconds()
        let full = sender.send(form.bodies)
        let acknowledged = Meter.wallSeconds() - began
        server.waitUntilFound()
        let found = Meter.wallSeconds() - began
        let cost = server.cost()

        // The same bodies again: for the journal they are records like any.
        let pace = Double(requests) / acknowledged / 2
        let again = min(requests, max(8, Int(pace * pacedSeconds)))
        let half = sender.send(Array(form.bodies[..<again]), pace: pace)

        let bytes = form.bodies.reduce(0) { $0 + $1.count } / total
        print("\(form.name), \(bytes) B a record, \(total) records, \(full.failures + half.failures) failed requests")
        print(
            "  acknowledged: \(Int(Double(total) / cost.acknowledging)) events/CPU-s (goal \(form.goal)), "
                + "\(Int(Double(total) / acknowledged)) events/s wall, "
                + "p50 \(full.milliseconds(0.5)) ms, p99 \(full.milliseconds(0.99)) ms")
        print("  at half load: p50 \(half.milliseconds(0.5)) ms, p99 \(half.milliseconds(0.99)) ms (goal 50)")
        print(
            "  searchable:   \(Int(Double(total) / cost.all)) events/CPU-s, \(Int(Double(total) / found)) events/s wall"
        )
        print(
            "  memory \(server.cost().memory >> 20) MiB at the most, journal \(Server.size("\(folder)/journal") / (total + again * perRequest)) B an event, "
                + "Parquet \(Server.size("\(folder)/store") / total) B an event (the last moments are not in it)")
    }
}
