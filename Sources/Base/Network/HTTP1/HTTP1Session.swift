import Platform
import Synchronization

/// HTTP/1.1 over one connection: one request at a time, in order.
///
/// While a request is being answered, nothing behind it is parsed, and a client that sends more than one
/// read of it is not read from; so pipelining costs one buffer and answers cannot change places.
final class HTTP1Session: Session {
    private enum Phase: Equatable {
        /// Between requests, or before the first.
        case idle
        case head, body
        /// A handler has the request.
        case handling
        /// A writer sends the answer piece by piece.
        case streaming
        /// The last answer of this connection is on its way.
        case ending
    }

    private unowned let connection: any Transport
    private let state: ServerState
    private let parser: HTTP1Parser

    private var phase = Phase.idle
    private var deadline: UInt64
    private var pending: [UInt8] = []
    private var isConsuming = false

    private var exchange = 0
    private var keepsAlive = true
    private var isHead = false
    private var version = HTTPVersion.http11
    private var writer: BodyWriter?
    private var gone: (@Sendable () -> Void)?

    init(_ connection: any Transport) {
        self.connection = connection
        state = connection.service.state
        parser = HTTP1Parser(limits: state.limits, bodyLimit: connection.service.bodyBytes, budget: state.budget)
        deadline = connection.now + state.limits.idleTime.milliseconds
    }

    // MARK: Reading

    func received(_ bytes: RawSpan) {
        if isBusy || !pending.isEmpty {
            keep(bytes)
        } else {
            consume(bytes)
        }
    }

    private var isBusy: Bool { phase == .handling || phase == .streaming }

    private func keep(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe pending.append(contentsOf: $0) }
        connection.pauseReading()
    }

    private func consume(_ bytes: RawSpan) {
        isConsuming = true
        connection.corked {
            var offset = 0
            var isMore = true
            while isMore, phase != .ending, !isBusy {
                if phase == .idle {
                    guard offset < bytes.byteCount else { break }
                    phase = .head
                    deadline = connection.now + state.limits.headTime.milliseconds
                }
                let (used, event) = parser.parse(bytes.extracting(droppingFirst: offset))
                offset += used
                switch event {
                case .more: isMore = false
                case .head: headComplete()
                case .message: dispatch()
                case .broken(let refusal): refuse(refusal)
                }
            }
            if isBusy, offset < bytes.byteCount { keep(bytes.extracting(droppingFirst: offset)) }
        }
        isConsuming = false
    }

    /// Goes on with what came while a request was being answered.
    private func resume() {
        guard !isConsuming, phase == .idle else { return }
        if !pending.isEmpty {
            let bytes = pending
            pending = []
            unsafe consume(bytes.span.bytes)
        }
        if pending.isEmpty { connection.resumeReading() }
    }

    private func headComplete() {
        exchange += 1
        version = parser.version
        var request = parser.request(from: connection.peer)
        isHead = request.method == .head
        keepsAlive =
            parser.keepsAlive && exchange < state.limits.requestsPerConnection
            && !state.isDraining.load(ordering: .relaxed)
        if let refusal = connection.service.gate(&request) {
            state.counters.refused.add()
            // Without a body the connection is in order and may go on.
            if parser.hasBody {
                keepsAlive = false
                respond(refusal)
            } else {
                phase = .body
                refused = refusal
            }
            return
        }
        guard answerExpectation(request) else { return }
        self.request = request
        phase = .body
        deadline = connection.now + state.limits.bodyTime.milliseconds
    }

    private var request: HTTPRequest?
    private var refused: HTTPResponse?

    /// - Returns: false when the request ended here.
    private func answerExpectation(_ request: HTTPRequest) -> Bool {
        guard version == .http11, request.headers.contains("expect") else { return true }
        guard request.headers.value(of: "expect", is: "100-continue") else {
            refuse(Refusal(417, "expectation-failed", "The only expectation known here is 100-continue."))
            return false
        }
        if parser.hasBody { connection.send(HTTP1Encoder.goOn) }
        return true
    }

    private func dispatch() {
        phase = .handling
        if let refused {
            self.refused = nil
            return respond(refused)
        }
        guard var request else { return }
        self.request = nil
        request.body = parser.takeBody()
        state.counters.requests.add()
        connection.service.handler(request, Responder(connection, exchange))
    }

    // MARK: Answers

    private func refuse(_ refusal: Refusal) {
        state.counters.refused.add()
        keepsAlive = false
        // Refusals of a body come when the head is complete.
        let request = { self.request ?? self.parser.request(from: self.connection.peer) }
        respond(connection.service.answer(to: refusal, of: request()) ?? refusal.response)
    }

    func whenGone(_ exchange: Int, _ body: @escaping @Sendable () -> Void) {
        guard exchange == self.exchange, phase == .handling else { return }
        gone = body
    }

    private func tellGone() {
        let gone = gone
        self.gone = nil
        gone?()
    }

    func answer(_ exchange: Int, _ response: HTTPResponse) {
        guard exchange == self.exchange, phase == .handling else { return }
        respond(response)
    }

    private func respond(_ response: HTTPResponse) {
        let count = response.mayHaveBody ? response.body.count : 0
        let stated = isHead && count == 0 ? response.headers["content-length"].flatMap { Int($0) } : nil
        let sendsBody = !isHead && count > 0
        let joins = sendsBody && count <= 8 << 10
        settleKeepAlive()
        var head = HTTP1Encoder.head(
            response, length: .exactly(max(stated ?? count, 0)), keepsAlive: keepsAlive, version: version,
            date: connection.dateLine, room: joins ? count : 0)
        connection.corked {
            if joins {
                head += response.body
                connection.send(head)
            } else {
                connection.send(head)
                if sendsBody { connection.send(response.body) }
            }
            complete()
        }
        resume()
    }

    private func settleKeepAlive() { if state.isDraining.load(ordering: .relaxed) { keepsAlive = false } }

    /// The answer is written: on to the next request, or the end.
    private func complete() {
        writer = nil
        gone = nil
        parser.next()
        guard keepsAlive else {
            phase = .ending
            pending = []
            return connection.end()
        }
        isHead = false
        phase = .idle
        deadline = connection.now + state.limits.idleTime.milliseconds
    }

    func begin(_ exchange: Int, _ head: HTTPResponse, _ writer: BodyWriter) {
        guard exchange == self.exchange, phase == .handling else { return writer.cancel() }
        self.writer = writer
        phase = .streaming
        if version == .http10 { keepsAlive = false }
        settleKeepAlive()
        let length: HTTP1Encoder.Length =
            head.mayHaveBody ? (version == .http10 ? .untilClose : .chunked) : .exactly(0)
        connection.send(
            HTTP1Encoder.head(
                head, length: length, keepsAlive: keepsAlive, version: version, date: connection.dateLine))
        hasBody = !isHead && head.mayHaveBody
        send(head.body)
    }

    private var hasBody = false

    func write(_ exchange: Int, _ bytes: [UInt8]) {
        guard exchange == self.exchange, phase == .streaming else { return }
        send(bytes)
        writer?.taken(bytes.count, waiting: connection.waiting)
    }

    private func send(_ piece: [UInt8]) {
        // An empty chunk would be the last one.
        guard hasBody, !piece.isEmpty else { return }
        connection.corked {
            if version == .http11 { connection.send(HTTP1Encoder.chunkHead(piece.count)) }
            connection.send(piece)
            if version == .http11 { connection.send(HTTP1Encoder.lineEnd) }
        }
    }

    func finish(_ exchange: Int, trailers: HTTPHeaders) {
        guard exchange == self.exchange, phase == .streaming else { return }
        connection.corked {
            if hasBody, version == .http11 { connection.send(HTTP1Encoder.lastChunk) }
            complete()
        }
        resume()
    }

    func abort(_ exchange: Int) {
        guard exchange == self.exchange, phase == .streaming else { return }
        // Without its last chunk the client knows that the body is cut off.
        writer = nil
        connection.close()
    }

    func outputHasRoom() { writer?.settled(waiting: connection.waiting) }

    // MARK: Ends

    func peerEnded() {
        switch phase {
        case .idle, .head, .body, .streaming: connection.close()
        case .handling:
            keepsAlive = false
            tellGone()
        case .ending: break
        }
    }

    func connectionClosed() {
        phase = .ending
        let writer = writer
        self.writer = nil
        writer?.cancel()
        tellGone()
    }

    func drain() {
        switch phase {
        case .idle where !parser.hasBegun: connection.end()
        default: keepsAlive = false
        }
    }

    func tick(_ now: UInt64) {
        switch phase {
        case .idle:
            // A client that still reads the last answer is not idle.
            if connection.waiting > 0 {
                deadline = now + state.limits.idleTime.milliseconds
            } else if now >= deadline {
                connection.end()
            }
        case .head: if now >= deadline { refuse(.headTooSlow) }
        case .body: if now >= deadline { refuse(.bodyTooSlow) }
        case .handling, .streaming, .ending: break
        }
    }
}
