import Codecs
public import Events
public import Network
public import Platform

/// Takes events of other systems in over HTTP: one a line, as a list, or in Elasticsearch's bulk format, which Filebeat,
/// Elastic Agent, Logstash, Vector and Fluent Bit speak.
///
///     head ─▶ gate: path, kind of body, credential ─▶ body ─▶ unpack ─▶ find events ─▶ journal ─▶ answer
///
/// As with OTLP nothing is answered with success before it is durable, and nobody without a credential makes the
/// server read a body.
///
/// - Threads: the loops of the server; nothing here waits.
public final class EventsIntake: Sendable {
    private let admit: @Sendable (HTTPRequest, Credential.Use) -> Result<Credential, AdmissionRefusal>
    private let sink: any RecordSink
    private let limits: IntakeLimits
    private let metrics: EventsMetrics

    typealias Send = @Sendable (HTTPResponse) -> Void

    private static let source: SourceName = "events-http"

    /// - Parameter admit: finds the credential of a request. It is asked once for each: it counts them.
    public init(
        sink: any RecordSink, limits: IntakeLimits = IntakeLimits(), metrics: MetricList,
        admit: @escaping @Sendable (HTTPRequest, Credential.Use) -> Result<Credential, AdmissionRefusal>
    ) {
        self.sink = sink
        self.limits = limits
        self.metrics = EventsMetrics(metrics)
        self.admit = admit
    }

    /// Whether a request is one for events, by its path.
    public func takes(_ request: HTTPRequest) -> Bool { !GRPC.isCall(request) && EventsHead.isPath(request.path) }

    /// Refuses what is refused anyway, before the body. What it finds goes with the request.
    public func gate(_ request: inout HTTPRequest) -> HTTPResponse? {
        do throws(IntakeRefusal) {
            request.finding = try head(of: request)
            return nil
        } catch {
            return refuse(error)
        }
    }

    /// Says that the server itself does not take a body.
    public func refusal(_ reason: BodyRefusal, _ request: HTTPRequest) -> HTTPResponse {
        var request = request
        return gate(&request) ?? refuse(IntakeRefusal(reason, limit: limits.bodyBytes))
    }

    public func handle(_ request: HTTPRequest, _ responder: Responder) {
        answer(request) { responder.send($0) }
    }

    /// - Parameter send: called once.
    func answer(_ request: HTTPRequest, _ send: @escaping Send) {
        do throws(IntakeRefusal) {
            let head = try head(of: request)
            if case .question(let question) = head.form { return send(question.answer) }
            let body = try head.packing.unpack(request.body, limit: limits.unpackedBytes)
            if case .bulk(let index) = head.form {
                try takeBulk(body, index: index, head, request, send)
            } else {
                try takeEvents(body, head, request, send)
            }
        } catch {
            send(refuse(error))
        }
    }

    // MARK: Steps

    /// What the gate found, or finds it where the request came by no gate.
    private func head(of request: HTTPRequest) throws(IntakeRefusal) -> EventsHead {
        if let head = request.finding as? EventsHead { return head }
        let head = try EventsHead(request)
        let credential: Credential
        do throws(AdmissionRefusal) {
            credential = try admit(request, .events).get()
        } catch {
            throw IntakeRefusal(error)
        }
        try IntakeRefusal.check(tenant: head.tenant, of: credential)
        return head.with(credential)
    }

    private func takeEvents(
        _ body: [UInt8], _ head: EventsHead, _ request: HTTPRequest, _ send: @escaping Send
    ) throws(IntakeRefusal) {
        let list = unsafe EventList(body.span.bytes)
        guard !list.isOverfull else {
            throw IntakeRefusal(.tooLarge, "There are more than \(EventLimits.events) events in one request.")
        }
        metrics.refusedEvents.add(list.refused)
        guard !list.events.isEmpty || list.refused == 0 else {
            metrics.refusedRequests[.malformed]?.add()
            return send(EventsAnswer.failure(list))
        }
        let entries = list.events.map { RecordBatch.Entry(kind: .event, encoding: .json, context: 0, range: $0) }
        try append(entries, [RecordBatch.Context()], body, head, request, send, EventsAnswer.success(list))
    }

    private func takeBulk(
        _ body: [UInt8], index: String?, _ head: EventsHead, _ request: HTTPRequest, _ send: @escaping Send
    ) throws(IntakeRefusal) {
        let list = try unsafe BulkList(body.span.bytes)
        metrics.refusedEvents.add(list.refused)
        // The name in the path stands in no action, so it goes behind the body.
        var storage = body
        storage += (index ?? "").utf8
        let pathIndex = index == nil ? .empty : ByteRange(body.count..<storage.count)
        var contexts: [RecordBatch.Context] = []
        var numbers: [ArraySlice<UInt8>: UInt32] = [:]
        var entries: [RecordBatch.Entry] = []
        for item in list.items where item.refusal == nil {
            let range = item.index ?? pathIndex
            let name = storage[range.range]
            if numbers[name] == nil {
                guard contexts.count < EventLimits.indices else {
                    throw IntakeRefusal(.tooLarge, "There are more than \(EventLimits.indices) indices in one request.")
                }
                numbers[name] = UInt32(contexts.count)
                contexts.append(RecordBatch.Context(resource: range))
            }
            entries.append(
                RecordBatch.Entry(kind: .event, encoding: .json, context: numbers[name] ?? 0, range: item.source))
        }
        let answer = unsafe EventsAnswer.bulk(list, index: index, in: body.span.bytes)
        try append(entries, contexts, storage, head, request, send, answer)
    }

    private func append(
        _ entries: [RecordBatch.Entry], _ contexts: [RecordBatch.Context], _ storage: [UInt8], _ head: EventsHead,
        _ request: HTTPRequest, _ send: @escaping Send, _ answer: HTTPResponse
    ) throws(IntakeRefusal) {
        guard let credential = head.credential else { throw IntakeRefusal(.unauthenticated, "A credential is needed.") }
        metrics.received.add(entries.count)
        guard !entries.isEmpty else { return send(answer) }
        var contexts = contexts
        for place in contexts.indices {
            contexts[place].credential = credential.id
            contexts[place].peer = request.peer.address
        }
        let batch = RecordBatch(
            tenant: credential.tenant, source: Self.source, storage: storage, contexts: contexts, entries: entries)
        sink.append(batch) { [self] result in
            switch result {
            case .success: send(answer)
            case .failure(let fault): send(refuse(IntakeRefusal(fault)))
            }
        }
    }

    private func refuse(_ refusal: IntakeRefusal) -> HTTPResponse {
        metrics.refusedRequests[refusal.reason]?.add()
        return EventsAnswer.failure(refusal)
    }
}

/// What intake counts.
private struct EventsMetrics: Sendable {
    let received: Counter
    let refusedEvents: Counter
    let refusedRequests: [IntakeRefusal.Reason: Counter]

    init(_ metrics: MetricList) {
        received = metrics.counter("docket_events_received_total", "Events that arrived and could be read.")
        refusedEvents = metrics.counter(
            "docket_events_refused_total", "Events that were left out of a request because they are malformed.")
        refusedRequests = IntakeRefusal.counters(
            metrics, "docket_events_refused_requests_total",
            "Requests with events that were answered with an error, by reason.")
    }
}
