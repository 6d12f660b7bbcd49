import CLinux
import Glibc

/// A socket in the file system, between programs of one machine, that carries messages.
///
/// - Shape: before each message its size in four bytes, the low one first.
public struct LocalSocket: ~Copyable, Sendable {
    /// Bytes of one message.
    public static let largestMessage = 16 << 20

    private let descriptor: Int32
    private let path: String

    private init(_ found: Int32, _ operation: String, _ path: String) throws(DiskError) {
        guard found >= 0 else { throw DiskError(operation, path, number: -found) }
        descriptor = found
        self.path = path
    }

    deinit { close(descriptor) }

    /// Listens. What a program left behind that ended is replaced.
    ///
    /// - Parameter everybody: whether programs of other users may connect; ask for their ``peerUser()`` then.
    public static func listen(at path: String, everybody: Bool = false) throws(DiskError) -> LocalSocket {
        try LocalSocket(unsafe docket_local_listen(path, everybody ? 0o666 : 0o600), "listen at", path)
    }

    public static func connect(to path: String) throws(DiskError) -> LocalSocket {
        try LocalSocket(unsafe docket_local_connect(path), "connect to", path)
    }

    /// The next connection.
    ///
    /// - Returns: `nil` when there was none in this time.
    public borrowing func accept(within limit: Timestamp.Span) throws(DiskError) -> LocalSocket? {
        let found = docket_local_accept(descriptor, Int32(clamping: limit.nanoseconds / 1_000_000))
        return found == -EAGAIN ? nil : try LocalSocket(found, "accept at", path)
    }

    /// The user who runs the program at the other end, as the kernel knows it.
    public borrowing func peerUser() throws(DiskError) -> UInt32 {
        var user: UInt32 = 0
        let error = unsafe docket_peer_user(descriptor, &user)
        guard error == 0 else { throw DiskError("ask who is at", path, number: error) }
        return user
    }

    /// Who runs this program.
    public static var ownUser: UInt32 { getuid() }

    /// How long sending and receiving may take.
    public borrowing func setPatience(_ limit: Timestamp.Span) {
        var time = timeval(
            tv_sec: Int(limit.nanoseconds / 1_000_000_000), tv_usec: Int(limit.nanoseconds % 1_000_000_000 / 1_000))
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    public borrowing func send(_ message: [UInt8]) throws(DiskError) {
        precondition(message.count <= Self.largestMessage)
        let size = UInt32(message.count)
        let all = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + message
        var done = 0
        while done < all.count {
            let count = unsafe all.withUnsafeBytes { source in
                unsafe Glibc.send(descriptor, source.baseAddress! + done, source.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DiskError("send to", path, number: errno) }
            done += count
        }
    }

    /// - Returns: `nil` when the other end has closed between two messages.
    public borrowing func receive() throws(DiskError) -> [UInt8]? {
        guard let head = try receive(4, isFirst: true) else { return nil }
        let size = head.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        guard size <= Self.largestMessage else { throw DiskError("receive from", path, number: EMSGSIZE) }
        return try receive(size, isFirst: false)
    }

    private borrowing func receive(_ size: Int, isFirst: Bool) throws(DiskError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            let count = unsafe bytes.withUnsafeMutableBytes { target in
                unsafe recv(descriptor, target.baseAddress! + done, target.count - done, 0)
            }
            if count < 0, errno == EINTR { continue }
            if count == 0, isFirst, done == 0 { return nil }
            guard count > 0 else { throw DiskError("receive from", path, number: count == 0 ? EPIPE : errno) }
            done += count
        }
        return bytes
    }
}
