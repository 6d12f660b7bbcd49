import Events
import Network
import Platform

/// Why a request is not taken, in the words of HTTP and of gRPC.
struct IntakeRefusal: Error {
    enum Reason: String, Sendable, CaseIterable {
        case unknownPath = "unknown-path"
        case wrongMethod = "wrong-method"
        case unknownContentType = "unknown-content-type"
        case unknownContentEncoding = "unknown-content-encoding"
        case unauthenticated
        case forbidden
        case rate
        case badCompression = "bad-compression"
        case tooLarge = "too-large"
        case tooSlow = "too-slow"
        case malformed
        case busy
        case unavailable
    }

    let reason: Reason
    /// For the person who configured the client. It never quotes the body.
    let message: String
    let retryAfter: Timestamp.Span?
    private let code: GRPC.Code?

    init(
        _ reason: Reason, _ message: String, grpc code: GRPC.Code? = nil, retryAfter: Timestamp.Span? = nil
    ) {
        self.reason = reason
        self.message = message
        self.code = code
        self.retryAfter = retryAfter
    }

    /// What the journal said.
    init(_ fault: Fault) {
        message = fault.detail
        code = nil
        switch fault.remedy {
        case .again(let after):
            reason = .busy
            retryAfter = after ?? .seconds(1)
        case .aside:
            reason = .tooLarge
            retryAfter = nil
        case .stop:
            reason = .unavailable
            retryAfter = .seconds(30)
        }
    }

    /// What admission said.
    init(_ refusal: AdmissionRefusal) {
        message = refusal.message
        code = nil
        retryAfter = refusal.retryAfter
        reason =
            switch refusal.reason {
            case .missing, .unknown, .expired, .revoked: .unauthenticated
            case .use, .tenant: .forbidden
            case .rate: .rate
            case .busy: .busy
            }
    }

    static func tooLarge(_ limit: Int) -> IntakeRefusal {
        IntakeRefusal(.tooLarge, "The body is larger than \(limit) bytes.")
    }

    /// The server itself does not take a body.
    ///
    /// - Parameter limit: bytes that it takes.
    init(_ refusal: BodyRefusal, limit: Int) {
        switch refusal {
        case .tooLarge: self = .tooLarge(limit)
        case .tooSlow: self.init(.tooSlow, "The body did not arrive in time.")
        case .busy:
            self.init(.busy, "Too many bytes are in flight; send it again later.", retryAfter: .seconds(1))
        }
    }

    /// A path may name the tenant; it must then be that of the credential.
    static func check(tenant: String?, of credential: Credential) throws(IntakeRefusal) {
        guard tenant == nil || tenant == credential.tenant.text else {
            throw IntakeRefusal(.forbidden, "The credential is not one of the tenant in the path.")
        }
    }

    /// What the head of the answer says besides the status.
    func addHeaders(to response: inout HTTPResponse, allowing methods: String) {
        if reason == .unauthenticated {
            response.headers.append("www-authenticate", "Bearer realm=\"docket\"")
            response.headers.append("www-authenticate", "Basic realm=\"docket\"")
        }
        if reason == .wrongMethod { response.headers.append("allow", methods) }
        if let retryAfter { response.headers.append("retry-after", "\(retryAfter.wholeSeconds)") }
    }

    /// A counter for each reason.
    static func counters(_ metrics: MetricList, _ name: String, _ help: String) -> [Reason: Counter] {
        Dictionary(
            uniqueKeysWithValues: Reason.allCases.map { reason in
                (reason, metrics.counter(name, help, labels: [("reason", reason.rawValue)]))
            })
    }

    var status: Int {
        switch reason {
        case .unknownPath: 404
        case .wrongMethod: 405
        case .unknownContentType, .unknownContentEncoding: 415
        case .unauthenticated: 401
        case .forbidden: 403
        case .badCompression, .malformed: 400
        case .tooLarge: 413
        case .tooSlow: 408
        case .rate: 429
        case .busy, .unavailable: 503
        }
    }

    var grpc: GRPC.Code {
        if let code { return code }
        return switch reason {
        case .unknownPath, .wrongMethod: .unimplemented
        case .unknownContentType, .unknownContentEncoding, .badCompression, .malformed: .invalidArgument
        case .unauthenticated: .unauthenticated
        case .forbidden: .permissionDenied
        // A client tries again after this one only when RetryInfo says so (OTLP 1.x, Failures).
        case .tooLarge, .rate, .busy: .resourceExhausted
        case .unavailable: .unavailable
        case .tooSlow: .deadlineExceeded
        }
    }
}
