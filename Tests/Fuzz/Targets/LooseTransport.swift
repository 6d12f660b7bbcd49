import Platform

@testable import Network

/// Carries a session over nothing: what it sends is forgotten, what it is sent comes from a test.
///
/// - Threads: the caller's only, although a responder may hold it from anywhere.
final class LooseTransport: Transport, @unchecked Sendable {
    // Proof for @unchecked: targets run on one thread, and handlers answer on it.

    let service: Service
    let peer = Peer(address: "192.0.2.7")
    let now: UInt64 = 1_000
    let dateLine = Array("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n".utf8)
    let dateText = "Thu, 01 Jan 1970 00:00:00 GMT"
    let waiting = 0
    private(set) var isClosed = false
    private(set) var hasEnded = false
    private(set) var isReading = true
    private(set) var sent = 0
    private var session: (any Session)?

    init(_ service: Service) { self.service = service }

    func open(_ make: (LooseTransport) -> any Session) { session = make(self) }

    func pauseReading() { isReading = false }
    func resumeReading() { isReading = true }
    func send(_ bytes: [UInt8]) { if !isClosed, !hasEnded { sent += bytes.count } }
    func corked(_ body: () -> Void) { body() }
    func end() { hasEnded = true }

    func close() {
        guard let session else { return }
        isClosed = true
        self.session = nil
        session.connectionClosed()
    }

    func withSession(_ body: @escaping @Sendable (any Session) -> Void) { if let session { body(session) } }

    /// Delivers bytes as a socket would: not after the end.
    func receive(_ bytes: RawSpan) {
        guard !hasEnded, let session else { return }
        session.received(bytes)
    }
}

/// What a session made of the bytes of one connection.
struct Heard {
    var requests: [HTTPRequest] = []
    /// The session did not want the connection any more.
    var hasEnded = false
}

/// One connection after another, each over a ``LooseTransport``.
final class Switchboard {
    /// When a handler answers.
    enum Answers: CaseIterable { case atOnce, afterEachPiece }

    private final class Desk: Sendable {
        let requests = Locked<[HTTPRequest]>([])
        let waiting = Locked<[Responder]>([])
        let answersAtOnce = Locked(true)

        func handle(_ request: HTTPRequest, _ responder: Responder) {
            requests.withLock { $0.append(request) }
            if answersAtOnce.withLock({ $0 }) {
                responder.send(HTTPResponse(200, body: Array("good".utf8)))
            } else {
                waiting.withLock { $0.append(responder) }
            }
        }

        /// - Returns: whether there was anything to answer.
        func answer() -> Bool {
            let responders = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for responder in responders { responder.send(HTTPResponse(200, body: Array("late".utf8))) }
            return !responders.isEmpty
        }
    }

    private let desk = Desk()
    private let service: Service
    private let taken: Gauge

    /// - Parameter limits: small ones, so that short inputs reach them.
    init(_ limits: ServerLimits) {
        let desk = desk
        let listener = Listener(
            "127.0.0.1", port: 0, gate: { $0.path == "/refused" ? HTTPResponse(403) : nil },
            handler: { desk.handle($0, $1) })
        let counters = ServerCounters()
        taken = counters.inFlightBytes
        let state = ServerState(limits: limits, counters: counters, log: Log("fuzz", write: { _ in }))
        service = Service(listener, identity: nil, state: state)
    }

    /// - Parameter pieces: lengths of the first reads; what is left comes in one.
    func hear(
        _ bytes: [UInt8], pieces: [Int], _ answers: Answers, _ make: (LooseTransport) -> any Session
    ) throws(Violation) -> Heard {
        desk.requests.withLock { $0 = [] }
        desk.answersAtOnce.withLock { $0 = answers == .atOnce }
        let transport = LooseTransport(service)
        transport.open(make)
        var place = 0
        var next = 0
        while place < bytes.count {
            let count = next < pieces.count ? min(max(1, pieces[next]), bytes.count - place) : bytes.count - place
            next += 1
            transport.receive(unsafe bytes.span.bytes.extracting(place..<place + count))
            place += count
            // Each answer may let the session go on to a request that it has kept.
            while desk.answer() {}
            try Violation.unless(
                transport.isReading || transport.hasEnded, "reading stays paused with nothing to answer")
        }
        let heard = Heard(requests: desk.requests.withLock { $0 }, hasEnded: transport.hasEnded)
        transport.close()
        return heard
    }

    /// Bytes of bodies that are still accounted for, which is none when no connection is open.
    var heldBytes: Int { taken.value }
}
