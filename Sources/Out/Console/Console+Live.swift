import Events
import Network
import Platform
import Query

/// What goes on for as long as somebody looks.
extension Console {
    /// Live tails at a time. Each holds a thread that mostly sleeps.
    static let mostTails = 16

    func tail(_ request: HTTPRequest, _ reader: Reader, _ responder: Responder) {
        guard let terms = SearchTerms(request.query).found(in: saved, reader.tenant) else {
            return send(failure(APIError(.notFound, "The query is not kept here any more."), isAPI: true), responder)
        }
        guard terms.language == .kql else {
            return send(failure(APIError(.badRequest, "A live tail is for KQL."), isAPI: true), responder)
        }
        if let flaw = engine.schema.flaw(inKQL: terms.filter, now: clock.now()) {
            return send(failure(apiError(.query(flaw), in: terms.filter), isAPI: true), responder)
        }
        record(.search, terms.page.query, .kql, reader)
        let stop = Waitable(false)
        responder.whenGone { stop.update { $0 = true } }
        let tail = LiveTail(terms: terms, tenant: reader.tenant.text, engine: covered(for: reader), clock: clock)
        let isTaken = tails.submit { [self] in
            let number = stops.add(stop)
            defer { stops.remove(number) }
            let head = HTTPResponse(200, headers: ["content-type": "text/event-stream", "cache-control": "no-store"])
            tail.send(responder.stream(finished(head)), stop: stop)
        }
        guard isTaken else {
            counters.busy.add()
            return send(failure(APIError(SearchError.busy), isAPI: true), responder)
        }
    }
}

/// The ways to end what goes on, for when the server stops.
final class StopList: Sendable {
    private let state = Locked<(next: Int, stops: [Int: Waitable<Bool>], isOver: Bool)>((0, [:], false))

    /// - Returns: the number to take it off with.
    func add(_ stop: Waitable<Bool>) -> Int {
        state.withLock { state in
            if state.isOver { stop.update { $0 = true } }
            state.next += 1
            state.stops[state.next] = stop
            return state.next
        }
    }

    func remove(_ number: Int) { state.withLock { $0.stops[number] = nil } }

    func stopAll() {
        let stops = state.withLock { state in
            state.isOver = true
            return Array(state.stops.values)
        }
        for stop in stops { stop.update { $0 = true } }
    }
}
