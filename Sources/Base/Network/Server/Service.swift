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
    /// Its certificate; `nil` when connections are not encrypted.
    let identity: TLSIdentity?

    init(_ listener: Listener, identity: TLSIdentity?, state: ServerState) {
        self.identity = identity
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
}
