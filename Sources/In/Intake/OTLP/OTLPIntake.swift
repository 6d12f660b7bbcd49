import Codecs
public import Events
public import Network
public import Platform

/// Takes OpenTelemetry in over HTTP and gRPC.
///
///     head ─▶ gate: path, kind of body, credential ─▶ body ─▶ unpack ─▶ split ─▶ journal ─▶ answer
///
/// Nothing is answered with success before it is durable, and nobody without a credential makes the server
/// read a body.
///
/// - Threads: the loops of the server; nothing here waits.
/// - Source: OTLP 1.x, *OTLP/HTTP* and *OTLP/gRPC*.
public final class OTLPIntake: Sendable {
    private let admit: @Sendable (HTTPRequest, Credential.Use) -> Result<Credential, AdmissionRefusal>
    private let sink: any RecordSink
    private let limits: IntakeLimits
    private let cors: CORS
    private let metrics: OTLPMetrics

    /// - Parameter admit: finds the credential of a request. It is asked once for each: it counts them.
    public init(
        sink: any RecordSink, limits: IntakeLimits = IntakeLimits(), cors: CORS = CORS(), metrics: MetricList,
        admit: @escaping @Sendable (HTTPRequest, Credential.Use) -> Result<Credential, AdmissionRefusal>
    ) {
        self.sink = sink
        self.limits = limits
        self.cors = cors
        self.metrics = OTLPMetrics(metrics)
        self.admit = admit
    }

    /// Refuses what is refused anyway, before the body, and answers what has none. What it finds goes with the request.
    public func gate(_ request: inout HTTPRequest) -> HTTPResponse? {
        do throws(IntakeRefusal) {
            // Answered here, so that a body behind it is not read: there is no credential.
            if let leave = try leave(of: request) { return leave }
            request.finding = try head(of: request)
            return nil
        } catch {
            return refuse(error, request)
        }
    }

    /// Says in OTLP's words that the server itself does not take a body.
    public func refusal(_ reason: BodyRefusal, _ request: HTTPRequest) -> HTTPResponse {
        var request = request
        if let response = gate(&request) { return response }
        return refuse(IntakeRefusal(reason, limit: limits.bodyBytes), request)
    }

    public func handle(_ request: HTTPRequest, _ responder: Responder) {
        do throws(IntakeRefusal) {
            let head = try head(of: request)
            let body = try unpacked(request, head)
            let export = try split(body, head)
            try append(export, body, head, request, responder)
        } catch {
            responder.send(refuse(error, request))
        }
    }

    // MARK: Steps

    /// The answer to a browser that asks what it may send; `nil` for every other request.
    private func leave(of request: HTTPRequest) throws(IntakeRefusal) -> HTTPResponse? {
        guard cors.isPreflight(request), OTLPHead.isPath(request.path) else { return nil }
        guard let origin = cors.origin(of: request) else {
            throw IntakeRefusal(
                .forbidden, "Pages of this origin may not send; otlp.cors_origins lists those that may.")
        }
        return cors.leave(to: origin)
    }

    /// What the gate found, or finds it where the request came by no gate.
    private func head(of request: HTTPRequest) throws(IntakeRefusal) -> OTLPHead {
        if let head = request.finding as? OTLPHead { return head }
        let head = try OTLPHead(request)
        let credential: Credential
        do throws(AdmissionRefusal) {
            credential = try admit(request, head.signal.use).get()
        } catch {
            throw IntakeRefusal(error)
        }
        try IntakeRefusal.check(tenant: head.tenant, of: credential)
        return head.with(credential)
    }

    private func unpacked(_ request: HTTPRequest, _ head: OTLPHead) throws(IntakeRefusal) -> [UInt8] {
        var body = request.body
        var packing = head.packing
        if head.isCall {
            do throws(GRPC.Failure) {
                let message = try GRPC.message(of: request)
                body = Array(message.bytes)
                packing = message.encoding == .gzip ? .gzip : .none
            } catch {
                throw IntakeRefusal(.malformed, error.message, grpc: error.code)
            }
        }
        return try packing.unpack(body, limit: limits.unpackedBytes)
    }

    private func split(_ body: [UInt8], _ head: OTLPHead) throws(IntakeRefusal) -> OTLPRequest {
        do throws(OTLPError) {
            let bytes = unsafe body.span.bytes
            let export =
                try head.isJSON
                ? JSONSplitter.split(bytes, head.signal) : ProtobufSplitter.split(bytes, head.signal)
            guard !export.entries.isEmpty || export.refused == 0 else {
                metrics.refusedRecords.add(export.refused)
                throw OTLPError("every record was refused: \(export.firstReason ?? "")")
            }
            return export
        } catch {
            throw IntakeRefusal(.malformed, "\(error)")
        }
    }

    private func append(
        _ export: OTLPRequest, _ body: [UInt8], _ head: OTLPHead, _ request: HTTPRequest, _ responder: Responder
    ) throws(IntakeRefusal) {
        guard let credential = head.credential else { throw IntakeRefusal(.unauthenticated, "A credential is needed.") }
        let success = OTLPAnswer.success(head, refused: export.rejected, reason: export.firstReason)
        let answer = cors.readable(success, by: request)
        metrics.received[head.signal.kind]?.add(export.entries.count)
        metrics.refusedRecords.add(export.refused)
        guard !export.entries.isEmpty else { return responder.send(answer) }
        var contexts = export.contexts
        for index in contexts.indices {
            contexts[index].credential = credential.id
            contexts[index].peer = request.peer.address
        }
        let batch = RecordBatch(
            tenant: credential.tenant, source: head.source, storage: body, contexts: contexts, entries: export.entries)
        sink.append(batch) { [self] result in
            switch result {
            case .success: responder.send(answer)
            case .failure(let fault): responder.send(refuse(IntakeRefusal(fault), request))
            }
        }
    }

    private func refuse(_ refusal: IntakeRefusal, _ request: HTTPRequest) -> HTTPResponse {
        metrics.refusedRequests[refusal.reason]?.add()
        return cors.readable(OTLPAnswer.failure(refusal, request), by: request)
    }
}

/// What intake counts.
struct OTLPMetrics: Sendable {
    let received: [RecordKind: Counter]
    let refusedRecords: Counter
    let refusedRequests: [IntakeRefusal.Reason: Counter]

    init(_ metrics: MetricList) {
        var received: [RecordKind: Counter] = [:]
        for signal in OTLPSignal.allCases {
            received[signal.kind] = metrics.counter(
                "docket_otlp_received_total", "Records that arrived and could be read.",
                labels: [("signal", signal.rawValue)])
        }
        self.received = received
        refusedRecords = metrics.counter(
            "docket_otlp_refused_records_total", "Records that were left out of a request because they are malformed.")
        refusedRequests = IntakeRefusal.counters(
            metrics, "docket_otlp_refused_requests_total", "Requests that were answered with an error, by reason.")
    }
}
