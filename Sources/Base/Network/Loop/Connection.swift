import CUV
import Glibc
import Platform
import Synchronization

/// One accepted socket: reads, writes and ends it. What the bytes mean is the session's matter.
///
/// - Threads: its loop's. Other threads may hold it, to name it to the loop.
@safe final class Connection: @unchecked Sendable {
    // Proof for @unchecked: `loop` and `service` are constant and made for sharing; all else is touched on
    // the loop's thread only, which responders and writers reach through `EventLoop.run`.

    /// Below so many waiting bytes the session is asked for more. - Unit: bytes
    static let lowWater = 128 << 10

    /// How long a finished connection waits for the peer to read the last answer and to close.
    private static let lingerMilliseconds: UInt64 = 2_000

    /// Plain bytes that become one system call of TLS records. - Unit: bytes
    private static let encryptedAtOnce = 64 << 10

    private enum Ending: Equatable {
        case open
        /// Ends when all output has left.
        case flushing
        /// Our side has ended. What still comes is dropped, since closing now could destroy the last answer
        /// on its way.
        case lingering(until: UInt64)
    }

    let loop: EventLoop
    let service: Service
    private(set) var peer: Peer

    private let fd: Int32
    private var tcp: UnsafeMutablePointer<uv_tcp_t>?
    private var tls: TLSChannel?
    private var session: (any Session)?
    private let openedAt: UInt64
    /// What came before it was clear which protocol it is.
    private var opening: [UInt8] = []
    private var output = OutputQueue()
    private var spilled = 0
    private var collected = 0
    private var corks = 0
    private var isFlushing = false
    private var isReading = false
    private var peerHasEnded = false
    private var ending = Ending.open
    private var progressAt: UInt64

    /// - Parameter fd: an accepted socket, which the connection owns from here on.
    init(_ loop: EventLoop, _ service: Service, fd: Int32, peerAddress: String) {
        self.loop = loop
        self.service = service
        self.fd = fd
        peer = Peer(address: peerAddress)
        progressAt = loop.now
        openedAt = loop.now
        let tcp = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
        unsafe uv_tcp_init(loop.raw, tcp)
        unsafe uv_tcp_open(tcp, fd)
        unsafe uv_tcp_nodelay(tcp, 1)
        // Balanced in `close`, when libuv has let go of the handle.
        unsafe tcp.pointee.data = Unmanaged.passRetained(self).toOpaque()
        unsafe self.tcp = tcp
        loop.add(self)
    }

    /// Begins to read.
    func open() {
        if let identity = service.identity {
            tls = identity.context.channel()
            guard tls != nil else { return close() }
            peer.isTLS = true
        }
        resumeReading()
        if service.state.isDraining.load(ordering: .relaxed) { drain() }
    }

    var isClosed: Bool { unsafe tcp == nil }

    /// Bytes that have not yet reached the kernel.
    var waiting: Int { output.count + spilled }

    // MARK: Reading

    func pauseReading() {
        guard isReading, let tcp = unsafe tcp else { return }
        isReading = false
        unsafe uv_read_stop(docket_stream_of_tcp(tcp))
    }

    func resumeReading() {
        guard !isReading, !peerHasEnded, let tcp = unsafe tcp else { return }
        isReading = true
        unsafe uv_read_start(
            docket_stream_of_tcp(tcp),
            { handle, _, buffer in
                guard let data = unsafe handle?.pointee.data else { return }
                unsafe buffer?.pointee = Unmanaged<Connection>.fromOpaque(data).takeUnretainedValue().loop.buffer
            },
            { stream, count, buffer in
                guard let data = unsafe stream?.pointee.data else { return }
                let connection = unsafe Unmanaged<Connection>.fromOpaque(data).takeUnretainedValue()
                switch count {
                case 1...:
                    let bytes = unsafe UnsafeRawBufferPointer(start: buffer?.pointee.base, count: count)
                    unsafe connection.received(bytes.bytes)
                case 0: break
                case Int(UV_EOF.rawValue): connection.ended()
                default: connection.close()
                }
            })
    }

    private func received(_ bytes: RawSpan) {
        guard ending == .open else { return }
        guard let tls else { return deliver(bytes) }
        tls.receive(bytes)
        // What is decrypted here may be the end of the connection, so the channel is held by this call.
        corked { receive(through: tls) }
    }

    private func receive(through tls: TLSChannel) {
        if !tls.isEstablished {
            switch tls.handshake() {
            case .needsMore: return
            // Its alert still leaves.
            case .failed: return end()
            case .done:
                peer.clientCertificateSubject = tls.peerSubject
                speak(http2: tls.speaksHTTP2)
            }
        }
        while ending == .open, !isClosed {
            guard let count = unsafe tls.read(into: loop.plainBuffer) else { return ended() }
            guard count > 0 else { return }
            unsafe session?.received(UnsafeRawBufferPointer(rebasing: loop.plainBuffer[..<count]).bytes)
        }
    }

    /// Passes bytes on, once it is clear whether they are HTTP/1.1 or HTTP/2.
    private func deliver(_ bytes: RawSpan) {
        if let session { return session.received(bytes) }
        unsafe bytes.withUnsafeBytes { unsafe opening.append(contentsOf: $0) }
        let compared = min(opening.count, HTTP2Session.preface.count)
        let isHTTP2 = opening.prefix(compared).elementsEqual(HTTP2Session.preface.prefix(compared))
        // As long as all that came is the beginning of the preface, it may be either.
        guard !isHTTP2 || compared == HTTP2Session.preface.count else { return }
        speak(http2: isHTTP2)
        let first = opening
        opening = []
        unsafe session?.received(first.span.bytes)
    }

    private func speak(http2: Bool) { session = http2 ? HTTP2Session(self) : HTTP1Session(self) }

    private func ended() {
        peerHasEnded = true
        pauseReading()
        if case .lingering = ending { return close() }
        guard let session else { return close() }
        session.peerEnded()
    }

    // MARK: Writing

    /// Sends these bytes after those before.
    func send(_ bytes: [UInt8]) {
        guard !isClosed, ending == .open else { return }
        if waiting == 0 { progressAt = loop.now }
        output.append(bytes)
        flush()
    }

    /// Does several things and writes what they send in one go.
    func corked(_ body: () -> Void) {
        corks += 1
        body()
        corks -= 1
        flush()
    }

    /// Ends the connection when all output has left.
    func end() {
        guard ending == .open else { return }
        ending = .flushing
        flush()
    }

    private func flush() {
        guard !isFlushing, corks == 0 else { return }
        isFlushing = true
        defer { isFlushing = false }
        repeat {
            writeOut()
            guard !isClosed else { return }
            if waiting < Self.lowWater, ending == .open { session?.outputHasRoom() }
        } while spilled == 0 && !output.isEmpty && !isClosed
        guard waiting == 0, ending == .flushing else { return }
        tls?.close()
        writeEncrypted()
        if waiting == 0, !isClosed { shut() }
    }

    /// Writes until nothing waits or the socket is full.
    private func writeOut() {
        guard let tls else { return writePlain() }
        writeEncrypted()
        while spilled == 0, !output.isEmpty, !isClosed {
            guard tls.isEstablished else { return }
            let (piece, from) = output.first
            let taken = unsafe tls.write(
                piece.span.bytes.extracting(droppingFirst: from).extracting(first: Self.encryptedAtOnce))
            guard taken > 0 else { return close() }
            output.remove(taken)
            // Short pieces are collected, so that one system call carries several records.
            collected += taken
            if collected >= Self.encryptedAtOnce || output.isEmpty { writeEncrypted() }
        }
    }

    private func writePlain() {
        while spilled == 0, !output.isEmpty, !isClosed {
            let (piece, from) = output.first
            let written = unsafe write(piece.span.bytes.extracting(droppingFirst: from))
            if !isClosed { output.remove(written) }
        }
    }

    private func writeEncrypted() {
        guard let tls, spilled == 0, !isClosed else { return }
        collected = 0
        tls.takeOutput { bytes in
            var done = 0
            while done < bytes.byteCount, !isClosed { done += write(bytes.extracting(droppingFirst: done)) }
        }
    }

    /// Writes the first of these bytes; what the socket has no room for is copied, in bounded pieces, and
    /// waits inside libuv.
    ///
    /// - Returns: how many were written or copied.
    private func write(_ bytes: RawSpan) -> Int {
        guard let tcp = unsafe tcp else { return bytes.byteCount }
        let written = spilled == 0 ? unsafe Self.tryWrite(tcp, bytes) : 0
        guard written >= 0 else {
            close()
            return bytes.byteCount
        }
        if written > 0 { progressAt = loop.now }
        return written + (written < bytes.byteCount ? spill(bytes.extracting(droppingFirst: written)) : 0)
    }

    /// - Returns: how many bytes the kernel took, or a negative number when the connection is broken.
    private static func tryWrite(_ tcp: UnsafeMutablePointer<uv_tcp_t>, _ bytes: RawSpan) -> Int {
        unsafe bytes.withUnsafeBytes { raw in
            let base = unsafe UnsafeMutableRawPointer(mutating: raw.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var buffer = unsafe uv_buf_init(base, UInt32(clamping: raw.count))
            let written = unsafe uv_try_write(docket_stream_of_tcp(tcp), &buffer, 1)
            return written == UV_EAGAIN.rawValue ? 0 : Int(written)
        }
    }

    /// Gives libuv a copy of the first bytes, to write when the socket has room.
    ///
    /// - Returns: how many were copied.
    private func spill(_ bytes: RawSpan) -> Int {
        guard let tcp = unsafe tcp else { return 0 }
        let spill = Spill(self, bytes)
        spilled += spill.count
        if unsafe !spill.write(to: tcp) {
            spilled -= spill.count
            close()
        }
        return spill.count
    }

    fileprivate func spillWritten(_ count: Int, _ status: Int32) {
        spilled -= count
        guard !isClosed else { return }
        guard status == 0 else { return close() }
        progressAt = loop.now
        flush()
    }

    // MARK: Ending

    private func shut() {
        guard !peerHasEnded else { return close() }
        ending = .lingering(until: loop.now + Self.lingerMilliseconds)
        Glibc.shutdown(fd, Int32(SHUT_WR))
        resumeReading()
    }

    /// Ends the connection at once. What waits is lost.
    func close() {
        guard let tcp = unsafe tcp else { return }
        unsafe self.tcp = nil
        isReading = false
        output.removeAll()
        loop.remove(self)
        service.state.exit()
        unsafe uv_close(docket_handle_of_tcp(tcp)) { handle in
            guard let handle = unsafe handle else { return }
            unsafe Unmanaged<Connection>.fromOpaque(handle.pointee.data).release()
            unsafe UnsafeMutableRawPointer(handle).deallocate()
        }
        // Last, because it runs code of others; afterwards nothing refers from here to the session.
        let session = session
        self.session = nil
        session?.connectionClosed()
    }

    func drain() {
        guard ending == .open else { return }
        guard let session else { return close() }
        session.drain()
    }

    func tick(_ now: UInt64) {
        if case .lingering(let until) = ending {
            if now >= until { close() }
            return
        }
        if waiting > 0, now >= progressAt + service.state.limits.stallTime.milliseconds { return close() }
        guard ending == .open else { return }
        guard let session else {
            // A TLS handshake, or a client that has not said what it speaks.
            let limits = service.state.limits
            let span = tls == nil && opening.isEmpty ? limits.idleTime : limits.headTime
            if now >= openedAt + span.milliseconds { close() }
            return
        }
        session.tick(now)
    }

    // MARK: Answers

    /// Does this with the session, on the loop's thread: now when this is it, soon otherwise.
    func withSession(_ body: @escaping @Sendable (any Session) -> Void) {
        if loop.isCurrent {
            if let session { body(session) }
        } else {
            loop.run { if let session = self.session { body(session) } }
        }
    }
}

/// A piece of output that waits inside libuv.
@safe private final class Spill {
    private static let most = 256 << 10

    private let connection: Connection
    private let request: UnsafeMutablePointer<uv_write_t>
    private let bytes: UnsafeMutableRawBufferPointer
    var count: Int { unsafe bytes.count }

    init(_ connection: Connection, _ source: RawSpan) {
        self.connection = connection
        let count = min(source.byteCount, Self.most)
        unsafe request = .allocate(capacity: 1)
        unsafe bytes = .allocate(byteCount: count, alignment: 16)
        unsafe source.extracting(first: count).withUnsafeBytes { unsafe bytes.copyMemory(from: $0) }
    }

    deinit {
        unsafe request.deallocate()
        unsafe bytes.deallocate()
    }

    func write(to tcp: UnsafeMutablePointer<uv_tcp_t>) -> Bool {
        // Balanced when libuv is done with it.
        let me = unsafe Unmanaged.passRetained(self)
        unsafe request.pointee.data = me.toOpaque()
        var buffer = unsafe uv_buf_init(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(count))
        let result = unsafe uv_write(request, docket_stream_of_tcp(tcp), &buffer, 1) { request, status in
            guard let data = unsafe request?.pointee.data else { return }
            let spill = unsafe Unmanaged<Spill>.fromOpaque(data).takeRetainedValue()
            spill.connection.spillWritten(spill.count, status)
        }
        if result != 0 { unsafe me.release() }
        return result == 0
    }
}
