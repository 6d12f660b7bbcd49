import CUV
import Glibc
public import Platform
import Synchronization

/// Serves HTTP on any number of addresses with one set of threads.
///
///     let server = try HTTPServer(
///         listeners: [Listener("127.0.0.1", port: 8600) { _, responder in responder.send(HTTPResponse(204)) }],
///         log: log)
///     server.start()
///
/// - Threads: `loops` of them, each with its share of the connections. Gates and handlers run there.
public final class HTTPServer: Sendable {
    private struct Running: Sendable {
        var threads: [Thread] = []
        var sockets: [Int32]
        var hasStarted = false
        var hasStopped = false
    }

    private let state: ServerState
    private let identities: [TLSIdentity]
    private let services: [Service]
    private let loops: [EventLoop]
    private let running: Locked<Running>

    /// Where the listeners really are, in their order; with port 0 the system has chosen one.
    public let addresses: [SocketAddress]
    public var counters: ServerCounters { state.counters }

    /// Binds all addresses, or none and throws. Serves nothing before ``start()``.
    ///
    /// Also ignores SIGPIPE and tells the allocator to keep large blocks, for the whole process.
    ///
    /// - Parameter loops: threads to serve with; by default one for each core.
    public init(
        listeners: [Listener], limits: ServerLimits = ServerLimits(), loops: Int? = nil, log: Log,
        metrics: MetricList? = nil
    ) throws(NetworkError) {
        signal(SIGPIPE, SIG_IGN)
        docket_keep_large_blocks()
        let state = ServerState(limits: limits, counters: ServerCounters(metrics), log: log)
        let identities = try Self.identities(listeners, metrics)
        self.identities = Array(identities.values)
        let services = listeners.map { Service($0, identity: $0.tls.flatMap { identities[$0] }, state: state) }
        self.state = state
        self.services = services
        var sockets: [Int32] = []
        var addresses: [SocketAddress] = []
        do throws(NetworkError) {
            for listener in listeners {
                let (socket, address) = try Self.bind(listener)
                sockets.append(socket)
                addresses.append(address)
            }
        } catch {
            for socket in sockets { close(socket) }
            throw error
        }
        self.addresses = addresses
        let tick = UInt64(min(250, max(5, limits.shortestMilliseconds / 4)))
        self.loops = (0..<max(1, loops ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))).map { _ in
            EventLoop(tickMilliseconds: tick)
        }
        running = Locked(Running(sockets: sockets))
    }

    deinit {
        let isRunning = running.withLock { $0.hasStarted && !$0.hasStopped }
        if isRunning {
            stop(grace: .milliseconds(0))
        } else {
            discard()
        }
    }

    /// Reads all certificates, each once.
    private static func identities(
        _ listeners: [Listener], _ metrics: MetricList?
    ) throws(NetworkError) -> [TLSConfiguration: TLSIdentity] {
        var identities: [TLSConfiguration: TLSIdentity] = [:]
        // Listeners may share a certificate and yet differ in the clients they trust.
        var expiries: [String: Gauge] = [:]
        for tls in listeners.compactMap(\.tls) where identities[tls] == nil {
            let file = tls.certificateFile
            let expiry =
                expiries[file] ?? metrics?.gauge(
                    "docket_tls_certificate_expiry_seconds", "When the certificate ends, in seconds since 1970.",
                    labels: [("file", file)]) ?? Gauge()
            expiries[file] = expiry
            identities[tls] = try TLSIdentity(tls, expiry: expiry)
        }
        return identities
    }

    private static func bind(_ listener: Listener) throws(NetworkError) -> (Int32, SocketAddress) {
        let wanted = SocketAddress(address: listener.address, port: listener.port)
        guard (0...65_535).contains(listener.port) else { throw .badAddress(wanted.description) }
        let socket = unsafe docket_listen(listener.address, Int32(listener.port), 1_024)
        switch socket {
        case 0...: break
        case -EINVAL: throw .badAddress(wanted.description)
        default: throw .cannotBind(wanted.description, errno: -socket)
        }
        return (socket, SocketAddress(address: listener.address, port: Int(docket_port(socket))))
    }

    /// Begins to serve. A second call does nothing.
    public func start() {
        let sockets = running.withLock { running in
            defer {
                running.hasStarted = true
                running.sockets = []
            }
            return running.hasStarted ? [] : running.sockets
        }
        guard !sockets.isEmpty else { return }
        let threads = loops.enumerated().compactMap { number, loop in Thread("http-\(number)") { loop.serve() } }
        precondition(threads.count == loops.count, "the system gives no threads")
        running.withLock { $0.threads = threads }
        let loops = loops
        let state = state
        for (socket, service) in zip(sockets, services) {
            loops[0].run {
                let acceptor = Acceptor(loops[0], fd: socket) { fd, peer in
                    Self.adopt(fd, peer, service, state, loops)
                }
                loops[0].add(acceptor)
            }
        }
        for address in addresses { state.log.info("listening", ("address", .text(address.description))) }
        for identity in identities { identity.tell(state.log, "a certificate is in use") }
    }

    private static func adopt(
        _ fd: Int32, _ peer: String, _ service: Service, _ state: ServerState, _ loops: [EventLoop]
    ) {
        guard state.enter() else {
            state.counters.refused.add()
            if service.identity == nil { turnAway(fd) }
            close(fd)
            return
        }
        guard let loop = loops.min(by: { $0.load.load(ordering: .relaxed) < $1.load.load(ordering: .relaxed) }) else {
            return
        }
        loop.load.wrappingAdd(1, ordering: .relaxed)
        loop.run { Connection(loop, service, fd: fd, peerAddress: peer).open() }
    }

    /// One connection too many. It gets a word, if its socket takes it at once, and no thread waits for it.
    private static func turnAway(_ fd: Int32) {
        let refusal = Refusal(
            503, "too-many-connections", "Too many connections; try again later.", retryAfterSeconds: 1)
        var bytes = HTTP1Encoder.head(
            refusal.response, length: .exactly(refusal.response.body.count), keepsAlive: false, version: .http11,
            date: [])
        bytes += refusal.response.body
        _ = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Reads certificates, keys and authorities again, for connections from now on. Those that cannot be used
    /// stay as they were, which is logged and counted.
    ///
    /// - Parameter always: also where no file has changed since the last time. Without it, this costs a few
    ///   system calls and may be called often.
    public func renewCertificates(always: Bool) {
        for identity in identities {
            do throws(NetworkError) {
                guard try identity.renew(always: always) else { continue }
                counters.certificatesRenewed.add()
                identity.tell(state.log, "a certificate was read again")
            } catch {
                counters.certificatesRefused.add()
                state.log.error(
                    "a certificate was not taken; the one before stays in use", ("reason", .text(error.description)))
            }
        }
    }

    /// Stops accepting, lets requests that have begun finish, then closes everything.
    ///
    /// Blocks until all threads have ended; never call it on a loop's thread. A second call does nothing.
    ///
    /// - Parameter grace: how long requests may take to finish. Above it they are cut off.
    public func stop(grace: Timestamp.Span = .seconds(10)) {
        let threads: [Thread]? = running.withLock { running in
            guard running.hasStarted, !running.hasStopped else { return nil }
            running.hasStopped = true
            return running.threads
        }
        guard let threads else { return }
        let first = loops[0]
        first.run { first.closeAcceptors() }
        state.drain()
        for loop in loops { loop.run { loop.drain() } }
        if !state.isEmpty.wait(milliseconds: Int(grace.milliseconds)) {
            state.log.warning(
                "requests were cut off at the end of the grace", ("count", .number(counters.connections.value)))
        }
        for loop in loops { loop.run { loop.end() } }
        for thread in threads { thread.join() }
    }

    private func discard() {
        let sockets = running.withLock { $0.hasStarted ? [] : $0.sockets }
        guard !sockets.isEmpty else { return }
        for socket in sockets { close(socket) }
        for loop in loops { loop.discard() }
    }
}
