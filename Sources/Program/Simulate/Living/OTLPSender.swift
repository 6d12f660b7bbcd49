import Network
import Platform

/// Sends telemetry to a Docket, or to any other receiver, and asks again where asking again helps.
struct OTLPSender {
    /// Why something could not be sent. The host and the reason, no content.
    struct Failure: Error { let reason: String }

    private let client = HTTPClient(proxy: .none)
    private let url: String
    private let token: String
    /// How often one request is tried.
    private static let attempts = 60

    init(url: String, token: String) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
    }

    /// - Parameter pause: waits; `false` when there is no more time to wait.
    /// - Returns: false when it was not sent since there was no more time.
    func send(
        _ export: LivingExport, _ body: [UInt8], pause: (Timestamp.Span) -> Bool
    ) throws(Failure) -> Bool {
        let type = export.origin.encoding == .json ? "application/json" : "application/x-protobuf"
        var request = HTTPClientRequest(
            .post, url + export.signal.path,
            headers: ["content-type": type, "authorization": "Bearer \(token)"], body: body)
        request.totalTime = .seconds(30)
        var reason = ""
        for _ in 0..<Self.attempts {
            switch try ask(request) {
            case .taken: return true
            case .later(let why, let wait):
                reason = why
                guard pause(wait) else { return false }
            }
        }
        throw Failure(reason: "\(reason), \(Self.attempts) times")
    }

    private enum Answer {
        case taken
        /// Why not now, and how long to wait.
        case later(String, Timestamp.Span)
    }

    private func ask(_ request: HTTPClientRequest) throws(Failure) -> Answer {
        let response: HTTPResponse
        do throws(HTTPClientError) {
            response = try client.sendBlocking(request)
        } catch {
            if error.kind == .unusable || error.kind == .tls { throw Failure(reason: error.message) }
            return .later(error.message, .seconds(1))
        }
        if response.status == 200 { return .taken }
        let reason = "the receiver answers \(response.status)"
        guard [429, 502, 503, 504].contains(response.status) else { throw Failure(reason: reason) }
        let seconds = response.headers["retry-after"].flatMap { Int64($0) } ?? 1
        return .later(reason, .seconds(max(1, min(30, seconds))))
    }
}
