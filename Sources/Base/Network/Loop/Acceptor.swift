import CUV
import Glibc

/// Takes new connections from one listening socket and hands each to the loop with the fewest.
///
/// One loop accepts for all: collectors keep a handful of connections open for days, and when each loop
/// accepted for itself, chance decided how many of them shared a core.
///
/// - Threads: its loop's.
@safe final class Acceptor {
    private let loop: EventLoop
    private let fd: Int32
    private let adopt: (Int32, String) -> Void
    private var poll: UnsafeMutablePointer<uv_poll_t>?
    private var isPaused = false

    /// - Parameter fd: a listening socket, which the acceptor closes at its end.
    /// - Parameter adopt: takes a socket and the peer's address.
    init(_ loop: EventLoop, fd: Int32, adopt: @escaping (Int32, String) -> Void) {
        self.loop = loop
        self.fd = fd
        self.adopt = adopt
        let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        unsafe uv_poll_init(loop.raw, poll, fd)
        unsafe poll.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        unsafe self.poll = poll
        listen()
    }

    private func listen() {
        guard let poll = unsafe poll else { return }
        unsafe uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { poll, _, _ in
            guard let data = unsafe poll?.pointee.data else { return }
            unsafe Unmanaged<Acceptor>.fromOpaque(data).takeUnretainedValue().accept()
        }
    }

    private func accept() {
        // The rest waits for the next turn of the loop, so that a flood of connections does not starve the others.
        for _ in 0..<64 {
            let (found, peer) = Self.next(fd)
            switch found {
            case 0...: adopt(found, peer)
            case -EAGAIN: return
            case -EINTR, -ECONNABORTED, -EPROTO: continue
            default:
                // Out of descriptors or memory: asking again at once would only burn the core.
                isPaused = true
                if let poll = unsafe poll { unsafe uv_poll_stop(poll) }
                return
            }
        }
    }

    private static func next(_ fd: Int32) -> (fd: Int32, peer: String) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 20)
        let found = unsafe text.withUnsafeMutableBufferPointer { unsafe docket_accept(fd, $0.baseAddress, $0.count) }
        guard found >= 0 else { return (found, "") }
        return (found, String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Tries again after a pause.
    func resume() {
        guard isPaused else { return }
        isPaused = false
        listen()
    }

    func close() {
        guard let poll = unsafe poll else { return }
        unsafe self.poll = nil
        unsafe uv_poll_stop(poll)
        unsafe uv_close(docket_handle_of_poll(poll)) { handle in
            unsafe UnsafeMutableRawPointer(handle)?.deallocate()
        }
        Glibc.close(fd)
    }
}
