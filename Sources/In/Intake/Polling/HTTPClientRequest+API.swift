import Network
import Platform

extension HTTPClientRequest {
    /// One answer. The journal takes batches of up to 32 MiB.
    private static let answerBytes = 24 << 20

    /// A question to one of Anthropic's APIs.
    init(
        asking address: String, key: FeedKey, version: String, timeout: Timestamp.Span, tls: TLSClientOptions
    ) {
        self.init(
            .get, address,
            headers: [
                "x-api-key": key.reveal(), "anthropic-version": version, "accept": "application/json",
                "user-agent": "docket",
            ])
        totalTime = timeout
        responseBytes = Self.answerBytes
        self.tls = tls
    }
}
