import Network
import Platform
import TestKit

/// A server whose handler does what the path says.
final class SampleServer {
    let server: HTTPServer
    let held = Held()
    var port: Int { server.addresses[0].port }

    /// - Parameter hasWords: whether bodies are refused in words of its own, with what the gate found.
    init(
        loops: Int = 2, tls: TLSConfiguration? = nil, hasWords: Bool = false,
        log: Log = Log("test", least: .error, write: { _ in }), metrics: MetricList? = nil,
        _ change: (inout ServerLimits) -> Void = { _ in }
    ) throws {
        var limits = ServerLimits()
        change(&limits)
        let held = held
        let words: HTTPBodyRefusal = { HTTPResponse(413, text: "\($0) \($1.finding as? String ?? "-")") }
        let listener = Listener(
            "127.0.0.1", port: 0, tls: tls,
            gate: { request in
                request.finding = request.headers["x-find"]
                return request.headers["x-refuse"].flatMap { Int($0) }.map {
                    HTTPResponse($0, text: "refused by the gate")
                }
            },
            bodyRefusal: hasWords ? words : nil,
            handler: { request, responder in SampleServer.handle(request, responder, held) })
        server = try HTTPServer(
            listeners: [listener], limits: limits, loops: loops, log: log, metrics: metrics)
        server.start()
    }

    deinit {
        server.stop(grace: .milliseconds(0))
        // They know the connection, which knows the handler, which knows them.
        held.forget()
    }

    private static func handle(_ request: HTTPRequest, _ responder: Responder, _ held: Held) {
        switch request.path {
        case "/echo":
            responder.send(
                HTTPResponse(
                    200, headers: ["x-method": request.method.name, "x-target": request.target], body: request.body))
        case "/size": responder.send(HTTPResponse(200, text: "\(request.body.count)"))
        case "/peer":
            let peer = request.peer
            responder.send(
                HTTPResponse(
                    200,
                    text:
                        "\(peer.address) \(peer.isTLS) \(peer.version.rawValue) \(peer.clientCertificateSubject ?? "-")"
                ))
        case "/bytes":
            let count = request.query("count").flatMap { Int($0) } ?? 0
            responder.send(HTTPResponse(200, body: [UInt8](repeating: 0x61, count: count)))
        case "/stream":
            let count = request.query("count").flatMap { Int($0) } ?? 0
            let size = request.query("size").flatMap { Int($0) } ?? 1
            let writer = responder.stream(HTTPResponse(200))
            held.hold(writer)
            _ = OwnThread {
                let piece = [UInt8](repeating: 0x62, count: size)
                for _ in 0..<count {
                    do {
                        try writer.writeBlocking(piece)
                        held.written.add(size)
                    } catch {
                        return
                    }
                }
                writer.finish()
            }
        case "/finding": responder.send(HTTPResponse(200, text: request.finding as? String ?? "-"))
        case "/held":
            responder.whenGone { held.gone.add() }
            held.hold(responder)
        case "/dropped": break
        case "/twice":
            responder.send(HTTPResponse(200, text: "first"))
            responder.send(HTTPResponse(200, text: "second"))
        case "/no-content": responder.send(HTTPResponse(204))
        default: responder.send(HTTPResponse(404, text: "no such page"))
        }
    }
}

/// Requests and writers that a test answers when it likes.
final class Held: Sendable {
    private let responders = Locked<[Responder]>([])
    private let writers = Locked<[BodyWriter]>([])
    let written = Counter()
    /// Clients that left before they had their answer.
    let gone = Counter()

    func hold(_ responder: Responder) { responders.withLock { $0.append(responder) } }
    func hold(_ writer: BodyWriter) { writers.withLock { $0.append(writer) } }
    var count: Int { responders.withLock { $0.count } }
    var lastWriter: BodyWriter? { writers.withLock { $0.last } }

    func forget() {
        responders.withLock { $0 = [] }
        writers.withLock { $0 = [] }
    }

    func answer(_ response: HTTPResponse) {
        let waiting = responders.withLock { responders in
            defer { responders = [] }
            return responders
        }
        for responder in waiting { responder.send(response) }
    }
}
