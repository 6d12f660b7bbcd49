import Platform
import Synchronization

/// What all connections of one server share.
final class ServerState: Sendable {
    let limits: ServerLimits
    let counters: ServerCounters
    let budget: ByteBudget
    let log: Log
    let isDraining = Atomic<Bool>(false)

    /// Opened when the server drains and the last connection has gone.
    let isEmpty = Latch()
    private let open = Atomic<Int>(0)

    init(limits: ServerLimits, counters: ServerCounters, log: Log) {
        self.limits = limits
        self.counters = counters
        self.log = log
        budget = ByteBudget(limits.inFlightBytes, gauge: counters.inFlightBytes)
    }

    /// - Returns: whether there is room for one more connection.
    func enter() -> Bool {
        guard open.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue <= limits.connections else {
            leave()
            return false
        }
        counters.connections.add(1)
        counters.accepted.add()
        return true
    }

    /// Ends what ``enter()`` began with true.
    func exit() {
        counters.connections.add(-1)
        leave()
    }

    private func leave() {
        let left = open.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
        if left == 0, isDraining.load(ordering: .sequentiallyConsistent) { isEmpty.open() }
    }

    func drain() {
        isDraining.store(true, ordering: .sequentiallyConsistent)
        if open.load(ordering: .sequentiallyConsistent) == 0 { isEmpty.open() }
    }
}

/// What all connections of one listener share.
final class Service: Sendable {
    let state: ServerState
    let bodyBytes: Int
    let gate: HTTPGate
    private let bodyRefusal: HTTPBodyRefusal?
    let handler: HTTPHandler
    private let configuration: TLSConfiguration?
    private let context: Locked<TLSContext?>

    /// Reads the certificates, if it has some.
    init(_ listener: Listener, state: ServerState) throws(NetworkError) {
        configuration = listener.tls
        context = Locked(try Self.load(listener.tls))
        self.state = state
        bodyBytes = listener.bodyBytes ?? state.limits.bodyBytes
        gate = listener.gate
        bodyRefusal = listener.bodyRefusal
        handler = listener.handler
    }

    /// What the listener itself says to a refusal, if it has words for it.
    func answer(to refusal: Refusal, of request: @autoclosure () -> HTTPRequest) -> HTTPResponse? {
        guard let bodyRefusal, let reason = refusal.ofBody else { return nil }
        return bodyRefusal(reason, request())
    }

    var isTLS: Bool { configuration != nil }

    /// What new connections use; `nil` when they are not encrypted.
    var tls: TLSContext? { context.withLock { $0 } }

    /// Reads the files again, without using them yet.
    func reload() throws(NetworkError) -> TLSContext? { try Self.load(configuration) }

    func use(_ context: TLSContext?) { self.context.withLock { $0 = context } }

    private static func load(_ configuration: TLSConfiguration?) throws(NetworkError) -> TLSContext? {
        guard let configuration else { return nil }
        return try TLSContext(configuration)
    }
}
