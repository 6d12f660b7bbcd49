import Glibc
import Network
import Platform

/// A server that does nothing but answer, for load generators; `run.sh` beside it drives it.
///
///     NetworkBenchmark [CERTIFICATE KEY]
///
/// Prints its addresses, plain first. For each line on standard input it prints how many requests came
/// since the last one and what CPU time each took; it ends with the input.
@main enum NetworkBenchmark {
    static func main() throws {
        let words = CommandLine.arguments.dropFirst()
        var listeners = [Listener("127.0.0.1", port: 0, handler: answer)]
        if words.count == 2, let certificate = words.first, let key = words.last {
            let tls = TLSConfiguration(certificateFile: certificate, keyFile: key)
            listeners.append(Listener("127.0.0.1", port: 0, tls: tls, handler: answer))
        }
        let loops = unsafe getenv("LOOPS").flatMap { unsafe Int(String(cString: $0)) } ?? 1
        let server = try HTTPServer(listeners: listeners, loops: loops, log: Log("benchmark", least: .warning))
        server.start()
        print(server.addresses.map { "\($0)" }.joined(separator: " "))
        fflush(nil)
        var (requests, microseconds) = (0, cpuMicroseconds())
        while readLine() != nil {
            let (nowRequests, nowMicroseconds) = (server.counters.requests.value, cpuMicroseconds())
            let count = nowRequests - requests
            let each = Double(nowMicroseconds - microseconds) / Double(max(1, count))
            print("\(count) requests, \((each * 10).rounded() / 10) µs CPU each")
            fflush(nil)
            (requests, microseconds) = (nowRequests, nowMicroseconds)
        }
        server.stop(grace: .milliseconds(100))
    }

    @Sendable private static func answer(_ request: HTTPRequest, _ responder: Responder) {
        if GRPC.isCall(request) {
            responder.send(GRPC.answer([]))
        } else if request.target.hasPrefix("/bytes") {
            responder.send(
                HTTPResponse(200, body: [UInt8](repeating: 0x61, count: Int(request.query("count") ?? "") ?? 0)))
        } else {
            responder.send(HTTPResponse(200, headers: ["content-type": "text/plain"], body: Array("hello\n".utf8)))
        }
    }

    private static func cpuMicroseconds() -> Int {
        var usage = rusage()
        unsafe getrusage(0, &usage)
        return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000 + Int(usage.ru_utime.tv_usec)
            + Int(usage.ru_stime.tv_usec)
    }
}
