import Events
import Network

/// What the head of a request says: which signal, written how, for whom.
struct OTLPHead {
    let signal: OTLPSignal
    let isCall: Bool
    let isJSON: Bool
    let packing: BodyPacking
    /// The part of the path before `/v1/…`, if any.
    let tenant: String?
    private(set) var credential: Credential?

    var source: SourceName { isCall ? "otlp-grpc" : "otlp-http" }

    init(_ request: HTTPRequest) throws(IntakeRefusal) {
        isCall = GRPC.isCall(request)
        if isCall {
            guard let signal = Self.method(request.target) else {
                throw IntakeRefusal(.unknownPath, "There is no such method.", grpc: .unimplemented)
            }
            self.signal = signal
            isJSON = false
            packing = .none
            tenant = nil
            return
        }
        guard let (signal, tenant) = Self.path(request.path) else {
            throw IntakeRefusal(
                .unknownPath,
                "There is no such path; OTLP is taken at /v1/logs, /v1/traces and /v1/metrics, events at /v1/events.")
        }
        guard request.method == .post else { throw IntakeRefusal(.wrongMethod, "Only POST is taken here.") }
        self.signal = signal
        self.tenant = tenant
        switch request.headers.word("content-type") {
        case "application/x-protobuf", "application/protobuf": isJSON = false
        case "application/json": isJSON = true
        default:
            throw IntakeRefusal(
                .unknownContentType, "The Content-Type must be application/x-protobuf or application/json.")
        }
        packing = try BodyPacking(request)
    }

    func with(_ credential: Credential) -> OTLPHead {
        var head = self
        head.credential = credential
        return head
    }

    /// Whether OTLP over HTTP is taken at this path, with or without a tenant.
    static func isPath(_ path: String) -> Bool { Self.path(path) != nil }

    private static func path(_ path: String) -> (OTLPSignal, tenant: String?)? {
        for signal in OTLPSignal.allCases {
            let end = "/v1/\(signal.rawValue)"
            if path == end { return (signal, nil) }
            if path.hasSuffix(end), path.hasPrefix("/") {
                let tenant = path.dropFirst().dropLast(end.utf8.count)
                return tenant.contains("/") ? nil : (signal, String(tenant))
            }
        }
        return nil
    }

    private static func method(_ target: String) -> OTLPSignal? {
        switch target {
        case "/opentelemetry.proto.collector.logs.v1.LogsService/Export": .logs
        case "/opentelemetry.proto.collector.trace.v1.TraceService/Export": .traces
        case "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": .metrics
        default: nil
        }
    }
}
