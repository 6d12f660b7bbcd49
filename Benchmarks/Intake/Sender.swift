import Codecs
import Glibc
import Network
import Platform

/// One way to send telemetry, and its bodies made before the clock runs.
struct Form {
    let name: String
    /// The least that the project wants, in events per CPU-second of the threads that take in and write.
    let goal: Int
    let bodies: [[UInt8]]
    let path: String
    fileprivate let headers: HTTPHeaders
    fileprivate let isCall: Bool

    enum Kind: String, CaseIterable { case protobuf, gzip, json, grpc }

    init(_ kind: Kind, requests: Int, records: Int) {
        var telemetry = ClaudeTelemetry(seed: 42)
        var headers: HTTPHeaders = ["content-type": "application/x-protobuf"]
        let gzip = Gzip(level: 6)
        isCall = kind == .grpc
        switch kind {
        case .protobuf, .grpc:
            (name, goal) = kind == .grpc ? ("gRPC", 170_000) : ("HTTP protobuf", 200_000)
            bodies = (0..<requests).map { _ in telemetry.protobuf(records: records) }
        case .gzip:
            (name, goal) = ("HTTP protobuf, gzip", 120_000)
            bodies = (0..<requests).map { _ in unsafe gzip.compress(telemetry.protobuf(records: records).span.bytes) }
            headers.append("content-encoding", "gzip")
        case .json:
            (name, goal) = ("HTTP JSON", 120_000)
            bodies = (0..<requests).map { _ in telemetry.json(records: records) }
            headers = ["content-type": "application/json"]
        }
        self.headers = headers
        path = "/v1/logs"
    }

    /// Bodies that somebody made.
    init(_ name: String, path: String, _ type: String, _ bodies: [[UInt8]]) {
        (self.name, self.path, self.bodies) = (name, path, bodies)
        goal = 0
        headers = ["content-type": type]
        isCall = false
    }
}

/// Sends bodies over a number of connections, one thread each.
struct Sender {
    let form: Form
    let connections: Int
    let token: String

    struct Outcome {
        var failures = 0
        /// Seconds of each request, sorted.
        var times: [Double] = []

        func milliseconds(_ share: Double) -> Double {
            guard !times.isEmpty else { return 0 }
            return (times[min(times.count - 1, Int(Double(times.count) * share))] * 10_000).rounded() / 10
        }
    }

    /// - Parameter pace: requests a second over all connections; `nil` for as fast as it goes. The time of a request
    ///   then counts from the moment at which it was due, so waiting behind a slow one counts too.
    func send(_ bodies: [[UInt8]], pace: Double? = nil) -> Outcome {
        let client = HTTPClient()
        let next = Locked(0)
        let outcome = Locked(Outcome())
        let began = Meter.wallSeconds()
        let threads = (0..<connections).map { number in
            OwnThread.start("sender-\(number)") {
                let post = form.isCall ? call() : post(client)
                while let place = next.withLock({ place -> Int? in
                    defer { place += 1 }
                    return place < bodies.count ? place : nil
                }) {
                    var due = Meter.wallSeconds()
                    if let pace {
                        let wait = began + Double(place) / pace - due
                        if wait > 0 { usleep(UInt32(wait * 1e6)) }
                        due += wait
                    }
                    let isTaken = post(bodies[place])
                    let time = Meter.wallSeconds() - due
                    outcome.withLock {
                        $0.times.append(time)
                        if !isTaken { $0.failures += 1 }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        return outcome.withLock {
            $0.times.sort()
            return $0
        }
    }

    private func post(_ client: HTTPClient) -> ([UInt8]) -> Bool {
        var headers = form.headers
        headers.append("authorization", "Bearer \(token)")
        return { body in
            let request = HTTPClientRequest(.post, "\(Server.http)\(form.path)", headers: headers, body: body)
            return (try? client.sendBlocking(request))?.status == 200
        }
    }

    private func call() -> ([UInt8]) -> Bool {
        let connection = CallConnection(
            port: Server.grpcPort, path: "/opentelemetry.proto.collector.logs.v1.LogsService/Export", token: token)
        return { connection?.call($0) ?? false }
    }
}
