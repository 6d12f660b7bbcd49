import Glibc

/// Events of other systems into a server of its own, as Elasticsearch's clients send them and as lines.
enum EventsBenchmark {
    private static let token = "benchmark"
    private static let perRequest = 500

    static func run(events: Int) {
        let requests = max(8, events / perRequest)
        print("events: \(perRequest) a request, 4 connections")
        var made = SignInEvents(seed: 7)
        measure(
            Form("/_bulk", path: "/_bulk", "application/x-ndjson", (0..<requests).map { _ in made.bulk(perRequest) }))
        measure(
            Form(
                "/v1/events", path: "/v1/events", "application/x-ndjson",
                (0..<requests).map { _ in made.lines(perRequest) }))
    }

    private static func measure(_ form: Form) {
        guard let folder = Server.temporaryFolder(), let server = Server(folder: folder, token: token) else {
            print("events: no server; build it first: swift build -c release --product docket")
            exit(1)
        }
        defer { server.stop() }
        let total = form.bodies.count * perRequest
        let outcome = Sender(form: form, connections: 4, token: token).send(form.bodies)
        server.waitUntilFound()
        let cost = server.cost()
        print(
            """
            \(form.name), \(form.bodies.reduce(0) { $0 + $1.count } / total) B each, \(total) events, \
            \(outcome.failures) failed requests
              acknowledged: \(Int(Double(total) / cost.acknowledging)) events/CPU-s, p50 \(outcome.milliseconds(0.5)) ms, \
            p99 \(outcome.milliseconds(0.99)) ms
              searchable:   \(Int(Double(total) / cost.all)) events/CPU-s
              memory \(cost.memory >> 20) MiB at the most, journal \(Server.size("\(folder)/journal") / total) B, \
            Parquet \(Server.size("\(folder)/store") / total) B an event (the last moments are not in it)
            """)
    }
}
