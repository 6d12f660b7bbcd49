import Events
import Network

/// What the head of a request says: which signal, written how, for whom.
struct OTLPHead {
    enum Packing { case none, gzip, zstandard }

    let signal: OTLPSignal
    let isCall: Bool
    let isJSON: Bool
    let packing: Packing
    /// The part of the path before `/v1/…`, if any.
    let tenant: String?
    private(set) var credential: Credential?

    var source: SourceName { isCall ? "otlp-grpc" : "otlp-http" }

    init(_ request: HTTPRequest) throws(OTLPRefusal) {
        isCall = GRPC.isCall(request)
        if isCall {
            guard let signal = Self.method(request.target) else {
                throw OTLPRefusal(.unknownPath, "There is no such method.", grpc: .unimplemented)
            }
            self.signal = signal
            isJSON = false
            packing = .none
            tenant = nil
            return
        }
        guard let (signal, tenant) = Self.path(request.path) else {
            throw OTLPRefusal(
                .unknownPath, "There is no such path; OTLP is taken at /v1/logs, /v1/traces and /v1/metrics.")
        }
        guard request.method == .post else { throw OTLPRefusal(.wrongMethod, "Only POST is taken here.") }
        self.signal = signal
        self.tenant = tenant
        switch Self.word(request.headers["content-type"]) {
        case "application/x-protobuf", "application/protobuf": isJSON = false
        case "application/json": isJSON = true
        default:
            throw OTLPRefusal(
                .unknownContentType, "The Content-Type must be application/x-protobuf or application/json.")
        }
        switch Self.word(request.headers["content-encoding"]) {
        case "", "identity": packing = .none
        case "gzip": packing = .gzip
        case "zstd": packing = .zstandard
        default: throw OTLPRefusal(.unknownContentEncoding, "The Content-Encoding must be gzip, zstd or identity.")
        }
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

    /// The value of a header without its parameters.
    private static func word(_ value: String?) -> String {
        guard let value else { return "" }
        return value.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    }
}
