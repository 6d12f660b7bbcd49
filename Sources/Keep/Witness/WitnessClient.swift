public import Integrity
public import Network
import Platform

/// A witness, seen from a log.
public struct WitnessEndpoint: Sendable, Equatable {
    /// What `/add-checkpoint` is put behind.
    public var url: String
    public var key: VerifierKey
    /// PEM, instead of the system's authorities.
    public var authorityFile: String?

    public init(url: String, key: VerifierKey, authorityFile: String? = nil) {
        self.url = url
        self.key = key
        self.authorityFile = authorityFile
    }

    /// Asks for a cosignature, and waits for it.
    public func ask(_ request: WitnessRequest, client: HTTPClient) -> WitnessAnswer {
        var post = HTTPClientRequest(
            .post, "\(url.hasSuffix("/") ? String(url.dropLast()) : url)/add-checkpoint",
            headers: ["content-type": "text/plain; charset=utf-8"], body: Array(request.text.utf8))
        post.connectTime = .seconds(3)
        post.totalTime = .seconds(5)
        post.responseBytes = SignedNote.largest
        post.tls.authorityFile = authorityFile
        do throws(HTTPClientError) {
            return WitnessAnswer(try client.sendBlocking(post), to: request, key: key)
        } catch {
            return .failed("\(error)")
        }
    }
}
