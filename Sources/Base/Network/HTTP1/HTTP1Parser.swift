import CLLHTTP

/// Reads one HTTP/1.1 request after another from a stream of bytes.
///
/// The grammar is llhttp's. Added here is what it lets pass and a server in front of evidence must not:
/// spaces before a colon, lines as ``HTTP1Lines`` refuses them, transfer codings other than chunked, hosts that
/// are none, and sizes without end.
///
/// - Source: RFC 9112; sections 2.2, 5.1, 5.2, 6.1, 7.1.
@safe final class HTTP1Parser {
    enum Event: Equatable {
        /// All bytes were used and more are needed.
        case more
        /// The head is complete; the body is not yet read.
        case head
        /// The request is complete. ``next()`` makes ready for the one after it.
        case message
        case broken(Refusal)
    }

    /// Chunk extensions of one request. Nobody uses them; without a bound they are a free ride.
    private static let extensionBytes = 4 << 10

    private let limits: ServerLimits
    private let bodyLimit: Int
    private let budget: ByteBudget

    private let parser: UnsafeMutablePointer<llhttp_t>
    private enum Part { case head, body, trailers }

    private var part = Part.head
    private var lines = HTTP1Lines()
    private var extensionBytes = 0
    private var hasName = false
    private var reached: Event?
    private var targetBytes: [UInt8] = []
    private var fields = HTTPHeaders()

    private(set) var body: [UInt8] = []
    /// Bytes of the body that the budget holds for this request.
    private(set) var held = 0
    /// Whether the connection may serve another request after this one.
    private(set) var keepsAlive = false
    private(set) var hasBody = false

    init(limits: ServerLimits, bodyLimit: Int, budget: ByteBudget) {
        self.limits = limits
        self.bodyLimit = bodyLimit
        self.budget = budget
        unsafe parser = .allocate(capacity: 1)
        unsafe llhttp_init(parser, HTTP_REQUEST, Self.callbacks.pointer)
        unsafe parser.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        budget.give(held)
        unsafe parser.deallocate()
    }

    /// Whether any byte of the next request has come.
    var hasBegun: Bool { lines.count > 0 }

    var version: HTTPVersion { unsafe parser.pointee.http_minor == 0 ? .http10 : .http11 }

    /// The head as a request without a body. After ``Event/head``.
    func request(from peer: Peer) -> HTTPRequest {
        let name = unsafe String(cString: llhttp_method_name(llhttp_method_t(UInt32(parser.pointee.method))))
        var peer = peer
        peer.version = version
        let target = RequestTarget.origin(String(decoding: targetBytes, as: UTF8.self))
        return HTTPRequest(HTTPMethod(name), target, headers: fields, peer: peer)
    }

    /// Gives the body away. Its bytes stay on the budget until ``next()``.
    func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    func next() {
        budget.give(held)
        held = 0
        part = .head
        lines = HTTP1Lines()
        extensionBytes = 0
        hasName = false
        hasBody = false
        body = []
        targetBytes.removeAll(keepingCapacity: true)
        fields = HTTPHeaders()
        unsafe llhttp_reset(parser)
    }

    /// Reads until something happens or nothing is left.
    ///
    /// - Returns: how many bytes were used, and what happened.
    func parse(_ bytes: RawSpan) -> (used: Int, event: Event) {
        var used = 0
        while true {
            let (more, event) = step(bytes.extracting(droppingFirst: used))
            used += more
            if let event { return (used, event) }
        }
    }

    /// - Returns: no event where trailers begin, which are read in another way than the body before them.
    private func step(_ bytes: RawSpan) -> (used: Int, event: Event?) {
        reached = nil
        unsafe llhttp_resume(parser)
        let (result, used) = unsafe bytes.withUnsafeBytes { raw in
            let start = unsafe raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            let result = unsafe llhttp_execute(parser, start, raw.count)
            guard result != HPE_OK, let start = unsafe start, let end = unsafe llhttp_get_error_pos(parser) else {
                return (result, raw.count)
            }
            return unsafe (result, min(max(end - start, 0), raw.count))
        }
        if let reached, case .broken = reached { return (used, reached) }
        if part != .body, let refusal = judgeLines(bytes.extracting(first: used)) { return (used, .broken(refusal)) }
        switch result {
        case HPE_OK: return (used, .more)
        case HPE_PAUSED:
            switch reached {
            case .head:
                part = .body
                if let refusal = judgeHead() { return (used, .broken(refusal)) }
            case nil:
                part = .trailers
                lines = HTTP1Lines(isTrailers: true)
            default: break
            }
            return (used, reached)
        case HPE_INVALID_VERSION:
            return (used, .broken(Refusal(505, "version-not-supported", "This server speaks HTTP/1.1 and HTTP/2.")))
        default: return (used, .broken(malformed))
        }
    }

    private var malformed: Refusal {
        let reason = unsafe llhttp_get_error_reason(parser).map { unsafe String(cString: $0) } ?? "not HTTP/1.1"
        // llhttp's reasons are fixed texts, but some have quotes.
        return Refusal(400, "malformed", reason.filter { $0 != "\"" && $0 != "\\" })
    }

    private func judgeLines(_ bytes: RawSpan) -> Refusal? {
        guard lines.count + bytes.byteCount <= limits.headBytes else { return .headTooLarge }
        return lines.flaw(in: bytes)
    }

    /// What can be said about a request before its body.
    private func judgeHead() -> Refusal? {
        keepsAlive = unsafe llhttp_should_keep_alive(parser) == 1
        let (major, minor) = unsafe (parser.pointee.http_major, parser.pointee.http_minor)
        guard major == 1, minor <= 1 else {
            return Refusal(505, "version-not-supported", "This server speaks HTTP/1.1 and HTTP/2.")
        }
        guard unsafe parser.pointee.method != UInt8(HTTP_CONNECT.rawValue) else {
            return .noProxy
        }
        guard RequestTarget.isGood(targetBytes) else { return .badTarget }
        let hosts = fields.times("host")
        guard hosts == 1 || hosts == 0 && minor == 0, fields.hostIsGood else { return .badHost }
        let codings = fields.times("transfer-encoding")
        if codings > 0 {
            guard minor == 1, codings == 1 else {
                return Refusal(400, "bad-transfer-encoding", "Transfer-Encoding is wrong here.")
            }
            guard fields.value(of: "transfer-encoding", is: "chunked") else {
                return Refusal(501, "transfer-encoding-not-supported", "The only transfer coding here is chunked.")
            }
        }
        let length = codings > 0 ? 0 : unsafe parser.pointee.content_length
        guard length <= UInt64(bodyLimit) else { return .bodyTooLarge }
        hasBody = codings > 0 || length > 0
        body.reserveCapacity(min(Int(length), ServerLimits.reservedBytes))
        return nil
    }

    // MARK: What llhttp tells

    private static let proceed: Int32 = 0
    private static let stop: Int32 = Int32(HPE_USER.rawValue)
    private static let pause: Int32 = Int32(HPE_PAUSED.rawValue)

    private func refuse(_ refusal: Refusal) -> Int32 {
        reached = .broken(refusal)
        return Self.stop
    }

    private func target(_ piece: UnsafeRawBufferPointer) -> Int32 {
        guard targetBytes.count + piece.count <= limits.targetBytes else { return refuse(.targetTooLong) }
        unsafe targetBytes.append(contentsOf: piece)
        return Self.proceed
    }

    private func name(_ piece: UnsafeRawBufferPointer) -> Int32 {
        // A colon without a name before it is told as a name of no bytes.
        guard unsafe !piece.isEmpty else { return Self.proceed }
        guard unsafe piece.allSatisfy(HTTPHeaders.isTokenByte) else {
            return refuse(.badFieldName)
        }
        let isFirstPiece = !hasName
        hasName = true
        // Trailers are read and dropped: nothing here means anything by them.
        guard part == .head else { return Self.proceed }
        if isFirstPiece {
            guard fields.count < limits.headFields else { return refuse(.headTooLarge) }
            fields.open()
        }
        unsafe fields.extendName(piece)
        return Self.proceed
    }

    private func value(_ piece: UnsafeRawBufferPointer) -> Int32 {
        if part == .head, hasName { unsafe fields.extendValue(piece) }
        return Self.proceed
    }

    private func valueComplete() -> Int32 {
        guard hasName else { return refuse(.badFieldName) }
        hasName = false
        if part == .head { fields.close() }
        return Self.proceed
    }

    private func chunkExtension(_ piece: UnsafeRawBufferPointer) -> Int32 {
        extensionBytes += piece.count
        guard extensionBytes <= Self.extensionBytes else {
            return refuse(Refusal(400, "chunk-extension-too-large", "The chunk extensions are too long."))
        }
        return Self.proceed
    }

    private func chunkHead() -> Int32 {
        // Behind the size of the last chunk.
        unsafe parser.pointee.content_length == 0 ? Self.pause : Self.proceed
    }

    private func headComplete() -> Int32 {
        // An upgrade that nobody here speaks is ignored, RFC 9110 section 7.8.
        unsafe parser.pointee.upgrade = 0
        reached = .head
        return Self.pause
    }

    private func bodyPiece(_ piece: UnsafeRawBufferPointer) -> Int32 {
        let count = piece.count
        guard count <= bodyLimit - body.count else { return refuse(.bodyTooLarge) }
        guard budget.take(count) else { return refuse(.busy) }
        held += count
        unsafe body.append(contentsOf: piece)
        return Self.proceed
    }

    private func messageComplete() -> Int32 {
        reached = .message
        return Self.pause
    }

    private static func of(_ parser: UnsafeMutablePointer<llhttp_t>?) -> HTTP1Parser? {
        guard let data = unsafe parser?.pointee.data else { return nil }
        return unsafe Unmanaged<HTTP1Parser>.fromOpaque(data).takeUnretainedValue()
    }

    private static let callbacks = Callbacks()

    /// The table of functions that llhttp calls. One for all parsers, at a fixed address.
    @safe private struct Callbacks: @unchecked Sendable {
        // Proof for @unchecked: never written after its making.
        let pointer: UnsafeMutablePointer<llhttp_settings_t>

        init() {
            unsafe pointer = .allocate(capacity: 1)
            unsafe llhttp_settings_init(pointer)
            unsafe pointer.pointee.on_url = { parser, bytes, count in
                unsafe of(parser)?.target(UnsafeRawBufferPointer(start: bytes, count: count)) ?? stop
            }
            unsafe pointer.pointee.on_header_field = { parser, bytes, count in
                unsafe of(parser)?.name(UnsafeRawBufferPointer(start: bytes, count: count)) ?? stop
            }
            unsafe pointer.pointee.on_header_value = { parser, bytes, count in
                unsafe of(parser)?.value(UnsafeRawBufferPointer(start: bytes, count: count)) ?? stop
            }
            unsafe pointer.pointee.on_header_value_complete = { unsafe of($0)?.valueComplete() ?? stop }
            unsafe pointer.pointee.on_headers_complete = { unsafe of($0)?.headComplete() ?? stop }
            unsafe pointer.pointee.on_body = { parser, bytes, count in
                unsafe of(parser)?.bodyPiece(UnsafeRawBufferPointer(start: bytes, count: count)) ?? stop
            }
            unsafe pointer.pointee.on_chunk_extension_name = { parser, bytes, count in
                unsafe of(parser)?.chunkExtension(UnsafeRawBufferPointer(start: bytes, count: count)) ?? stop
            }
            unsafe pointer.pointee.on_chunk_extension_value = { parser, bytes, count in
                unsafe of(parser)?.chunkExtension(UnsafeRawBufferPointer(start: bytes, count: count)) ?? stop
            }
            unsafe pointer.pointee.on_chunk_header = { unsafe of($0)?.chunkHead() ?? stop }
            unsafe pointer.pointee.on_message_complete = { unsafe of($0)?.messageComplete() ?? stop }
        }
    }
}
