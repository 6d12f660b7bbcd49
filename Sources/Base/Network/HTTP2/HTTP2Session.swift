import CNghttp2
import Platform
import Synchronization

/// HTTP/2 over one connection: many requests at a time, each with its own flow control.
///
/// nghttp2 does the framing, the header compression, the flow control and the checks of the protocol; here
/// are the requests, the limits and the deadlines.
///
/// - Source: RFC 9113; for what floods cost, CVE-2023-44487 and CERT VU#421644.
@safe final class HTTP2Session: Session {
    /// What a client sends first.
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private static let streamWindow: Int32 = 1 << 20
    private static let connectionWindow: Int32 = 4 << 20
    /// How long a client may still send a body whose answer it has.
    private static let lingerMilliseconds: UInt64 = 1_000
    /// Frames collected before they go to the socket. - Unit: bytes
    private static let collected = 64 << 10

    private unowned let connection: any Transport
    private let state: ServerState
    private var session: OpaquePointer?
    private var streams: [Int32: HTTP2Stream] = [:]
    private var nuisance: NuisanceLimit
    private var requests = 0
    private var isPumping = false
    /// nghttp2 must not be asked for output by what it calls while it reads.
    private var isReceiving = false
    private var isEnding = false
    private var idleSince: UInt64
    /// When a head began that has not ended.
    private var headSince: UInt64?

    init(_ connection: any Transport) {
        self.connection = connection
        state = connection.service.state
        nuisance = NuisanceLimit(now: connection.now)
        idleSince = connection.now
        var options: OpaquePointer?
        unsafe nghttp2_option_new(&options)
        unsafe nghttp2_option_set_no_closed_streams(options, 1)
        unsafe nghttp2_option_set_stream_reset_rate_limit(options, 400, 40)
        unsafe nghttp2_option_set_max_outbound_ack(options, 200)
        unsafe nghttp2_session_server_new2(
            &session, HTTP2Callbacks.shared.table, Unmanaged.passUnretained(self).toOpaque(), options)
        unsafe nghttp2_option_del(options)
        start()
    }

    deinit {
        for stream in streams.values { state.budget.give(stream.held) }
        unsafe nghttp2_session_del(session)
    }

    private func start() {
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                value: UInt32(clamping: state.limits.streamsPerConnection)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: UInt32(Self.streamWindow)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(clamping: state.limits.headBytes)),
        ]
        unsafe settings.withUnsafeBufferPointer {
            _ = unsafe nghttp2_submit_settings(session, 0, $0.baseAddress, $0.count)
        }
        unsafe nghttp2_session_set_local_window_size(session, 0, 0, Self.connectionWindow)
        pump()
    }

    // MARK: Bytes

    func received(_ bytes: RawSpan) {
        connection.corked {
            isReceiving = true
            let used = unsafe bytes.withUnsafeBytes { raw in
                unsafe nghttp2_session_mem_recv(
                    session, raw.baseAddress?.assumingMemoryBound(to: UInt8.self), raw.count)
            }
            isReceiving = false
            // A broken connection: nghttp2 has queued the GOAWAY that says why, where it could.
            if used < 0 { isEnding = true }
            pump()
        }
    }

    func outputHasRoom() { pump() }

    /// Moves frames to the connection until it has enough.
    private func pump() {
        guard !isPumping, !isReceiving, !connection.isClosed else { return }
        isPumping = true
        connection.corked {
            var out: [UInt8] = []
            while connection.waiting + out.count < Connection.lowWater {
                var bytes: UnsafePointer<UInt8>?
                let count = unsafe nghttp2_session_mem_send(session, &bytes)
                guard count > 0 else {
                    if count < 0 { isEnding = true }
                    break
                }
                if out.isEmpty { out.reserveCapacity(count) }
                unsafe out.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
                if out.count >= Self.collected {
                    connection.send(out)
                    out = []
                }
            }
            connection.send(out)
            let isOver = unsafe nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
            if isOver || isEnding { connection.end() }
        }
        isPumping = false
    }

    // MARK: Heads

    func headBegins(_ id: Int32) {
        let stream = HTTP2Stream(id)
        streams[id] = stream
        if headSince == nil { headSince = connection.now }
    }

    /// - Returns: false to give up the whole connection.
    func field(_ id: Int32, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        guard let stream = streams[id] else { return true }
        stream.headBytes += name.count + value.count + 32
        // A small head can unpack to a huge one. Reading on only serves to answer in good order.
        guard stream.headBytes <= 4 * state.limits.headBytes else { return false }
        // Behind the body stand trailers, which mean nothing here.
        guard stream.phase == .head, stream.refusal == nil else { return true }
        guard stream.headBytes <= state.limits.headBytes, stream.headers.count < state.limits.headFields else {
            stream.refusal = .headTooLarge
            return true
        }
        if unsafe name.first == 0x3A {
            if unsafe name.elementsEqual(":method".utf8) { unsafe stream.method.append(contentsOf: value) }
            if unsafe name.elementsEqual(":path".utf8) { unsafe stream.target.append(contentsOf: value) }
            if unsafe name.elementsEqual(":authority".utf8) { unsafe stream.authority.append(contentsOf: value) }
        } else {
            stream.headers.open()
            unsafe stream.headers.extendName(name)
            unsafe stream.headers.extendValue(value)
            stream.headers.close()
        }
        return true
    }

    func headComplete(_ id: Int32) {
        headSince = nil
        guard let stream = streams[id], stream.phase == .head else { return }
        stream.phase = .body
        stream.deadline = connection.now + state.limits.bodyTime.milliseconds
        requests += 1
        if requests >= state.limits.requestsPerConnection || state.isDraining.load(ordering: .relaxed) { goAway() }
        stream.isGRPC = stream.headers["content-type"]?.hasPrefix("application/grpc") ?? false
        if let refusal = stream.refusal ?? judge(stream) { return refuse(stream, refusal) }
        if !stream.headers.contains("host"), !stream.authority.isEmpty {
            stream.headers.append("host", String(decoding: stream.authority, as: UTF8.self))
        }
        var request = head(of: stream)
        if let refusal = connection.service.gate(&request) {
            state.counters.refused.add()
            return respond(stream, refusal)
        }
        if stream.headers.value(of: "expect", is: "100-continue") { goOn(stream) }
        stream.request = request
    }

    private func head(of stream: HTTP2Stream) -> HTTPRequest {
        var peer = connection.peer
        peer.version = .http2
        return HTTPRequest(
            HTTPMethod(String(decoding: stream.method, as: UTF8.self)), String(decoding: stream.target, as: UTF8.self),
            headers: stream.headers, peer: peer)
    }

    private func judge(_ stream: HTTP2Stream) -> Refusal? {
        guard !stream.method.elementsEqual("CONNECT".utf8) else { return .noProxy }
        guard stream.target.count <= state.limits.targetBytes else { return .targetTooLong }
        guard RequestTarget.isGood(stream.target), [0x2F, 0x2A].contains(stream.target.first) else { return .badTarget }
        guard namesOneHost(stream) else { return .badHost }
        // nghttp2 has checked that it is a number and will check that the body has that length.
        let length = stream.headers["content-length"].flatMap { Int($0) } ?? 0
        guard length <= connection.service.bodyBytes else { return .bodyTooLarge }
        stream.body.reserveCapacity(min(max(length, 0), ServerLimits.reservedBytes))
        return nil
    }

    /// `:authority` and Host, where both are sent, must say the same (RFC 9113, section 8.3.1).
    private func namesOneHost(_ stream: HTTP2Stream) -> Bool {
        guard !stream.authority.isEmpty else { return stream.headers.hostIsGood }
        let authority = String(decoding: stream.authority, as: UTF8.self)
        return Authority.isGood(stream.authority)
            && (!stream.headers.contains("host") || stream.headers.value(of: "host", is: authority))
    }

    private func goOn(_ stream: HTTP2Stream) {
        var fields = HTTP2Fields()
        fields.append(":status", "100")
        _ = unsafe fields.withList { unsafe nghttp2_submit_headers(session, 0, stream.id, nil, $0, $1, nil) }
    }

    // MARK: Bodies

    func data(_ id: Int32, _ piece: UnsafeRawBufferPointer) {
        guard let stream = streams[id], stream.phase == .body else { return }
        let count = piece.count
        guard count <= connection.service.bodyBytes - stream.body.count else { return refuse(stream, .bodyTooLarge) }
        guard state.budget.take(count) else { return refuse(stream, .busy) }
        stream.held += count
        unsafe stream.body.append(contentsOf: piece)
    }

    func requestComplete(_ id: Int32) {
        guard let stream = streams[id], stream.phase == .body, var request = stream.request else { return }
        stream.phase = .handling
        stream.request = nil
        request.body = stream.body
        stream.body = []
        state.counters.requests.add()
        connection.service.handler(request, Responder(connection, Int(id)))
    }

    /// - Returns: false to give up the whole connection.
    func nuisanceCame() -> Bool {
        guard !nuisance.allows(now: connection.now) else { return true }
        unsafe nghttp2_session_terminate_session(session, NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
        return false
    }

    // MARK: Answers

    private func refuse(_ stream: HTTP2Stream, _ refusal: Refusal) {
        state.counters.refused.add()
        let answer = connection.service.answer(to: refusal, of: stream.request ?? head(of: stream))
        respond(stream, answer ?? (stream.isGRPC ? GRPC.answer(to: refusal) : refusal.response))
    }

    func whenGone(_ exchange: Int, _ body: @escaping @Sendable () -> Void) {
        guard let stream = streams[Int32(truncatingIfNeeded: exchange)], stream.phase == .handling else { return }
        stream.gone = body
    }

    func answer(_ exchange: Int, _ response: HTTPResponse) {
        guard let stream = streams[Int32(truncatingIfNeeded: exchange)], stream.phase == .handling else { return }
        // The server's own answer for a responder that was dropped.
        let isOurs = stream.isGRPC && response == Refusal.unanswered.response
        respond(stream, isOurs ? GRPC.answer(to: .unanswered) : response)
        pump()
    }

    private func respond(_ stream: HTTP2Stream, _ response: HTTPResponse) {
        stream.phase = .answering
        stream.request = nil
        stream.body = []
        stream.isFinished = true
        stream.trailers = response.trailers
        let hasBody = response.mayHaveBody && !stream.isHead
        var fields = head(of: response)
        if response.mayHaveBody, !stream.isGRPC, !(stream.isHead && response.body.isEmpty) {
            fields.append("content-length", String(response.body.count))
        }
        if hasBody { stream.output.append(response.body) }
        submit(stream, fields, hasData: hasBody && !(response.body.isEmpty && response.trailers.isEmpty))
    }

    func begin(_ exchange: Int, _ head: HTTPResponse, _ writer: BodyWriter) {
        guard let stream = streams[Int32(truncatingIfNeeded: exchange)], stream.phase == .handling else {
            return writer.cancel()
        }
        stream.phase = .answering
        let hasBody = head.mayHaveBody && !stream.isHead
        stream.isFinished = !hasBody
        stream.writer = writer
        if hasBody { stream.output.append(head.body) }
        submit(stream, self.head(of: head), hasData: hasBody)
        pump()
    }

    private func head(of response: HTTPResponse) -> HTTP2Fields {
        var fields = HTTP2Fields()
        fields.append(":status", String(response.sentStatus))
        fields.append("date", connection.dateText)
        fields.append(response.headers)
        return fields
    }

    private func submit(_ stream: HTTP2Stream, _ fields: HTTP2Fields, hasData: Bool) {
        stream.movedAt = connection.now
        state.budget.give(stream.held)
        stream.held = 0
        var data = unsafe nghttp2_data_provider()
        unsafe data.read_callback = HTTP2Callbacks.read
        let result = unsafe fields.withList { list, count in
            hasData
                ? unsafe nghttp2_submit_response(session, stream.id, list, count, &data)
                : unsafe nghttp2_submit_response(session, stream.id, list, count, nil)
        }
        if result != 0 { unsafe nghttp2_submit_rst_stream(session, 0, stream.id, NGHTTP2_INTERNAL_ERROR.rawValue) }
    }

    func write(_ exchange: Int, _ bytes: [UInt8]) {
        guard let stream = streams[Int32(truncatingIfNeeded: exchange)], let writer = stream.writer else { return }
        if !stream.isFinished {
            if stream.output.isEmpty { stream.movedAt = connection.now }
            stream.output.append(bytes)
            unsafe nghttp2_session_resume_data(session, stream.id)
        }
        writer.taken(bytes.count, waiting: stream.output.count)
        pump()
    }

    func finish(_ exchange: Int, trailers: HTTPHeaders) {
        guard let stream = streams[Int32(truncatingIfNeeded: exchange)], stream.phase == .answering else { return }
        stream.isFinished = true
        stream.trailers = trailers
        unsafe nghttp2_session_resume_data(session, stream.id)
        pump()
    }

    func abort(_ exchange: Int) {
        guard let stream = streams[Int32(truncatingIfNeeded: exchange)], stream.phase == .answering else { return }
        unsafe nghttp2_submit_rst_stream(session, 0, stream.id, NGHTTP2_INTERNAL_ERROR.rawValue)
        pump()
    }

    /// nghttp2 asks for the next bytes of an answer.
    func read(
        _ id: Int32, into buffer: UnsafeMutableRawBufferPointer, _ flags: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        guard let stream = streams[id] else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
        var count = 0
        while count < buffer.count, !stream.output.isEmpty {
            let (piece, from) = stream.output.first
            let part = min(piece.count - from, buffer.count - count)
            unsafe piece.span.bytes.extracting(from..<(from + part)).withUnsafeBytes {
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: $0)
            }
            stream.output.remove(part)
            count += part
        }
        if count > 0 {
            stream.movedAt = connection.now
            stream.writer?.settled(waiting: stream.output.count)
        }
        if stream.output.isEmpty {
            guard stream.isFinished else { return count > 0 ? count : Int(NGHTTP2_ERR_DEFERRED.rawValue) }
            unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            if !stream.trailers.isEmpty {
                unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
                var fields = HTTP2Fields()
                fields.append(stream.trailers)
                _ = unsafe fields.withList { unsafe nghttp2_submit_trailer(session, id, $0, $1) }
            }
        }
        return count
    }

    /// An answer is complete. What a client still sends of its body is dropped.
    ///
    /// Resetting the stream at once would be in order, but then curl 7.88 reports a broken stream and not
    /// the answer that explains it.
    func answerSent(_ id: Int32) {
        guard let stream = streams[id], unsafe nghttp2_session_get_stream_remote_close(session, id) == 0 else { return }
        stream.phase = .answered
        stream.deadline = connection.now + Self.lingerMilliseconds
    }

    // MARK: Ends

    func streamClosed(_ id: Int32) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        state.budget.give(stream.held)
        stream.held = 0
        if !stream.isFinished || !stream.output.isEmpty { stream.cancel() }
        if streams.isEmpty { idleSince = connection.now }
    }

    func peerEnded() { connection.close() }

    func connectionClosed() {
        let left = streams.values
        streams = [:]
        for stream in left {
            state.budget.give(stream.held)
            stream.held = 0
            stream.cancel()
        }
    }

    func drain() {
        goAway()
        pump()
    }

    /// Takes no more requests; those that have begun finish.
    private func goAway() {
        let last = unsafe nghttp2_session_get_last_proc_stream_id(session)
        unsafe nghttp2_submit_goaway(session, 0, last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
    }

    func tick(_ now: UInt64) {
        if let headSince, now >= headSince + state.limits.headTime.milliseconds {
            unsafe nghttp2_session_terminate_session(session, NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
        }
        for stream in streams.values {
            switch stream.phase {
            case .answered where now >= stream.deadline:
                unsafe nghttp2_submit_rst_stream(session, 0, stream.id, NGHTTP2_NO_ERROR.rawValue)
            case .body where now >= stream.deadline: refuse(stream, .bodyTooSlow)
            case .answering
            where !stream.output.isEmpty && now >= stream.movedAt + state.limits.stallTime.milliseconds:
                unsafe nghttp2_submit_rst_stream(session, 0, stream.id, NGHTTP2_CANCEL.rawValue)
            default: break
            }
        }
        if streams.isEmpty, now >= idleSince + state.limits.idleTime.milliseconds {
            unsafe nghttp2_session_terminate_session(session, NGHTTP2_NO_ERROR.rawValue)
        }
        pump()
    }
}
