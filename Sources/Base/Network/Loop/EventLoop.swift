import CUV
import Glibc
import Platform
import Synchronization

/// One thread that serves its share of the connections.
///
/// - Threads: ``run(_:)`` from any; everything else on the loop's own thread.
@safe final class EventLoop: @unchecked Sendable {
    // Proof for @unchecked: `posted` and the atomics are made for sharing; the handles are touched by other
    // threads only in `run`, through uv_async_send, which libuv allows, and only while `posted` is open. The
    // rest is touched on the loop's thread, or before it starts.

    /// How much one read may bring.
    static let readBytes = 128 << 10

    private struct Posted {
        var work: [@Sendable () -> Void] = []
        var isOpen = true
    }

    private let posted = Locked(Posted())
    private let thread = Atomic<UInt>(0)

    /// How many connections are here or on their way here.
    let load = Atomic<Int>(0)

    private let loop: UnsafeMutablePointer<uv_loop_t>
    private let wake: UnsafeMutablePointer<uv_async_t>
    private let ticker: UnsafeMutablePointer<uv_timer_t>
    private let tickMilliseconds: UInt64
    private let readBuffer: UnsafeMutablePointer<CChar>

    /// Where TLS puts what it decrypts. Used up before the next use, too.
    let plainBuffer: UnsafeMutableRawBufferPointer

    private var connections: [ObjectIdentifier: Connection] = [:]
    private var acceptors: [Acceptor] = []
    private let clock = SystemClock()
    private var dateSecond: Int64 = .min

    /// `Date: …` with its line end, renewed once a second.
    private(set) var dateLine: [UInt8] = []
    /// The same moment alone.
    private(set) var dateText = ""

    /// - Parameter tickMilliseconds: how often deadlines are looked at.
    init(tickMilliseconds: UInt64) {
        self.tickMilliseconds = tickMilliseconds
        unsafe loop = .allocate(capacity: 1)
        unsafe wake = .allocate(capacity: 1)
        unsafe ticker = .allocate(capacity: 1)
        unsafe readBuffer = .allocate(capacity: Self.readBytes)
        unsafe plainBuffer = .allocate(byteCount: 32 << 10, alignment: 16)
        unsafe uv_loop_init(loop)
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe wake.pointee.data = me
        unsafe ticker.pointee.data = me
        unsafe uv_async_init(loop, wake) { handle in unsafe EventLoop.of(handle?.pointee.data)?.runPosted() }
        unsafe uv_timer_init(loop, ticker)
        renewDate()
    }

    deinit {
        unsafe loop.deallocate()
        unsafe wake.deallocate()
        unsafe ticker.deallocate()
        unsafe readBuffer.deallocate()
        unsafe plainBuffer.deallocate()
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> EventLoop? {
        unsafe data.map { unsafe Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Milliseconds since some moment, as of this turn of the loop.
    var now: UInt64 { unsafe uv_now(loop) }

    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    var raw: UnsafeMutablePointer<uv_loop_t> { unsafe loop }

    /// Where libuv puts what it reads. One buffer serves all connections: what is read is used up before
    /// the next read.
    var buffer: uv_buf_t { unsafe uv_buf_init(readBuffer, UInt32(Self.readBytes)) }

    /// Does this on the loop's thread, soon. Once the loop has ended, it is dropped.
    func run(_ work: @escaping @Sendable () -> Void) {
        posted.withLock { posted in
            guard posted.isOpen else { return }
            posted.work.append(work)
            if posted.work.count == 1 { unsafe uv_async_send(wake) }
        }
    }

    private func runPosted() {
        let work = posted.withLock { posted in
            let work = posted.work
            posted.work = []
            return work
        }
        for one in work { one() }
    }

    /// Serves until ``end()``. Called once, on the thread that becomes the loop's.
    func serve() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        unsafe uv_timer_start(
            ticker, { handle in unsafe EventLoop.of(handle?.pointee.data)?.tick() }, tickMilliseconds, tickMilliseconds)
        unsafe uv_run(loop, UV_RUN_DEFAULT)
        unsafe uv_loop_close(loop)
    }

    /// Closes everything; ``serve()`` returns when that is done. On the loop's thread.
    func end() {
        closeAcceptors()
        for connection in connections.values { connection.close() }
        let closes = posted.withLock { posted in
            defer { posted.isOpen = false }
            return posted.isOpen
        }
        guard closes else { return }
        unsafe uv_close(docket_handle_of_async(wake), nil)
        unsafe uv_close(docket_handle_of_timer(ticker), nil)
    }

    /// Frees the handles of a loop that never served.
    func discard() {
        end()
        unsafe uv_run(loop, UV_RUN_DEFAULT)
        unsafe uv_loop_close(loop)
    }

    private func tick() {
        renewDate()
        let now = now
        for acceptor in acceptors { acceptor.resume() }
        for connection in connections.values { connection.tick(now) }
    }

    private func renewDate() {
        let second = clock.now().nanoseconds / 1_000_000_000
        guard second != dateSecond else { return }
        dateSecond = second
        dateText = HTTPDate.text(second)
        dateLine = Array("Date: \(dateText)\r\n".utf8)
    }

    func add(_ connection: Connection) { connections[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        load.wrappingSubtract(1, ordering: .relaxed)
    }

    func add(_ acceptor: Acceptor) { acceptors.append(acceptor) }

    func closeAcceptors() {
        for acceptor in acceptors { acceptor.close() }
        acceptors = []
    }

    /// Tells every connection to end after what it is doing.
    func drain() { for connection in connections.values { connection.drain() } }
}
