import Codecs
import Glibc
import Network
import Platform

/// OTLP over HTTP into a server of its own: what a record costs until it is acknowledged, and until it can be found.
///
/// The server's processor time is read for each of its threads: the network threads and the journal's are what
/// acknowledging costs, all together what finding costs.
enum IntakeBenchmark {
    private static let token = "benchmark"
    private static let perRequest = 500
    private static let connections = 4

    static func run(events: Int) {
        guard let folder = Server.temporaryFolder(), let server = Server(folder: folder, token: token) else {
            print("intake: no server; build it first: swift build -c release --product docket")
            exit(1)
        }
        defer { server.stop() }
        var telemetry = ClaudeTelemetry(seed: 42)
        let requests = max(1, events / perRequest)
        let bodies = (0..<requests).map { _ in telemetry.request(records: perRequest) }
        let bytes = bodies.reduce(0) { $0 + $1.count }

        let began = Meter.wallSeconds()
        let sent = send(bodies, to: server)
        let acknowledged = Meter.wallSeconds() - began
        server.waitUntilFound()
        let found = Meter.wallSeconds() - began
        let cost = server.cost()

        let total = requests * perRequest
        print(
            "intake, HTTP protobuf, \(perRequest) records a request, \(connections) connections, "
                + "\(bytes / total) B a record, \(total) records, \(sent.failures) failed requests")
        print(
            "  acknowledged: \(Int(Double(total) / cost.acknowledging)) events/CPU-s, "
                + "\(Int(Double(total) / acknowledged)) events/s wall, p50 \(sent.median) ms, p99 \(sent.p99) ms")
        print(
            "  searchable:   \(Int(Double(total) / cost.all)) events/CPU-s, \(Int(Double(total) / found)) events/s wall"
        )
        print(
            "  memory \(cost.memory >> 20) MiB at the most, journal \(Server.size("\(folder)/journal") / total) B an event, "
                + "Parquet \(Server.size("\(folder)/store") / total) B an event (the last moments are not in it)")
    }

    private struct Sent {
        var failures = 0
        var times: [Double] = []
        var median: Int { Int(times.isEmpty ? 0 : times[times.count / 2] * 1_000) }
        var p99: Int { Int(times.isEmpty ? 0 : times[times.count * 99 / 100] * 1_000) }
    }

    private static func send(_ bodies: [[UInt8]], to server: Server) -> Sent {
        let client = HTTPClient()
        let next = Locked(0)
        let sent = Locked(Sent())
        let url = server.url
        let threads = (0..<connections).map { number in
            OwnThread.start("sender-\(number)") {
                while let body = next.withLock({ place -> [UInt8]? in
                    defer { place += 1 }
                    return place < bodies.count ? bodies[place] : nil
                }) {
                    let began = Meter.wallSeconds()
                    let request = HTTPClientRequest(
                        .post, "\(url)/v1/logs",
                        headers: ["content-type": "application/x-protobuf", "authorization": "Bearer \(token)"],
                        body: body)
                    let status = (try? client.sendBlocking(request))?.status
                    let time = Meter.wallSeconds() - began
                    sent.withLock {
                        $0.times.append(time)
                        if status != 200 { $0.failures += 1 }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        return sent.withLock {
            $0.times.sort()
            return $0
        }
    }
}
