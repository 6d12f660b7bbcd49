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
            var wait = Timestamp.Span.seconds(1)
            do throws(HTTPClientError) {
                let response = try client.sendBlocking(request)
                if response.status == 200 { return true }
                reason = "the receiver answers \(response.status)"
                guard [429, 502, 503, 504].contains(response.status) else {
                    throw HTTPClientError(.unusable, reason)
                }
                let seconds = response.headers["retry-after"].flatMap { Int64($0) } ?? 1
                wait = .seconds(max(1, min(30, seconds)))
            } catch {
                reason = error.message
                if error.kind == .unusable || error.kind == .tls { throw Failure(reason: reason) }
            }
            guard pause(wait) else { return false }
        }
        throw Failure(reason: "\(reason), \(Self.attempts) times")
    }
}
