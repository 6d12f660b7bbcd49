import Codecs
import Network
import Platform

/// Asks the provider: what it offers, which keys it signs with, and what a code stands for.
///
/// What it offers and its keys are kept for an hour. A key that is not known has the keys asked for again, at most once a
/// minute, so that tokens of somebody who makes them up do not make this server ask all day.
///
/// - Threads: any that may block.
final class OpenIDClient: Sendable {
    /// What the provider says of itself.
    ///
    /// - Source: OpenID Connect Discovery 1.0 section 3; RP-Initiated Logout 1.0 section 2.1.
    struct Offer: Sendable {
        let authorization: String
        let token: String
        let keys: String
        let userInfo: String?
        let endSession: String?
        /// Whether the secret goes into the body, because the head is not taken.
        let takesSecretInBody: Bool
        /// Whether answers name their issuer (RFC 9207).
        let namesIssuer: Bool
    }

    private static let keptFor = Timestamp.Span.hours(1)
    private static let pause = Timestamp.Span.minutes(1)
    /// - Unit: bytes
    private static let answerBytes = 256 << 10
    private static let time = Timestamp.Span.seconds(10)

    private struct State: Sendable {
        var offer: (Offer, Timestamp)?
        var keys: (JSONWebKeys, Timestamp)?
    }

    private let configuration: OpenIDConfiguration
    private let http: HTTPClient
    private let clock: any Clock
    private let state = Locked(State())

    init(_ configuration: OpenIDConfiguration, clock: any Clock) {
        self.configuration = configuration
        self.clock = clock
        http = HTTPClient(connections: 4)
    }

    func stop() { http.stop() }

    // MARK: What it offers

    /// What is known without asking.
    var knownOffer: Offer? { state.withLock { $0.offer?.0 } }

    func offer() throws(OpenIDProblem) -> Offer {
        let now = clock.steady()
        if let (offer, since) = state.withLock({ $0.offer }), now - since < Self.keptFor { return offer }
        let url =
            (configuration.issuer.hasSuffix("/") ? String(configuration.issuer.dropLast()) : configuration.issuer)
            + "/.well-known/openid-configuration"
        let document = try json(try send(HTTPClientRequest(.get, url), "its discovery document"), "discovery document")
        guard document["issuer"]?.string == configuration.issuer else {
            throw OpenIDProblem(
                "the provider at `oidc.issuer` calls itself otherwise; write the address as its discovery document has it"
            )
        }
        let methods = document["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string)
        let offer = Offer(
            authorization: try address("authorization_endpoint", document),
            token: try address("token_endpoint", document),
            keys: try address("jwks_uri", document), userInfo: try? address("userinfo_endpoint", document),
            endSession: try? address("end_session_endpoint", document),
            takesSecretInBody: methods.map {
                !$0.contains("client_secret_basic") && $0.contains("client_secret_post")
            } ?? false,
            namesIssuer: document["authorization_response_iss_parameter_supported"] == .bool(true))
        state.withLock { $0.offer = (offer, now) }
        return offer
    }

    private func address(_ name: String, _ document: JSONValue) throws(OpenIDProblem) -> String {
        guard let address = document[name]?.string, OpenIDConfiguration.isSafe(address), address.utf8.count <= 2_048
        else { throw OpenIDProblem("the provider's discovery document has no `\(name)` with https") }
        return address
    }

    // MARK: Keys

    func verify(_ token: JSONWebToken) throws(OpenIDProblem) {
        let now = clock.steady()
        let kept = state.withLock { $0.keys }
        if let (keys, since) = kept, now - since < Self.keptFor, keys.know(token) || now - since < Self.pause {
            return try verify(token, keys)
        }
        let document = try json(try send(HTTPClientRequest(.get, try offer().keys), "its keys"), "key set")
        let keys = try JSONWebKeys(document)
        state.withLock { $0.keys = (keys, now) }
        try verify(token, keys)
    }

    private func verify(_ token: JSONWebToken, _ keys: JSONWebKeys) throws(OpenIDProblem) {
        guard keys.know(token) else {
            throw OpenIDProblem("the ID token is signed with a key that the provider does not publish")
        }
        guard keys.verify(token) else { throw OpenIDProblem("the signature of the ID token is wrong") }
    }

    // MARK: Codes

    /// What a code stands for.
    func exchange(_ code: String, _ verifier: String) throws(OpenIDProblem) -> (idToken: String, accessToken: String?) {
        let offer = try offer()
        var fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", configuration.callback),
            ("code_verifier", verifier), ("client_id", configuration.clientID),
        ]
        var headers: HTTPHeaders = [
            "content-type": "application/x-www-form-urlencoded", "accept": "application/json",
        ]
        if let secret = configuration.clientSecret {
            if offer.takesSecretInBody {
                fields.append(("client_secret", secret))
            } else {
                // RFC 6749 section 2.3.1: both are encoded before they are put together.
                let pair = FormText.encode(configuration.clientID) + ":" + FormText.encode(secret)
                headers.append("authorization", "Basic \(FormText.base64(pair))")
            }
        }
        let request = HTTPClientRequest(.post, offer.token, headers: headers, body: Array(FormText.of(fields).utf8))
        let answer = try json(try send(request, "what the code stands for"), "answer to the code")
        guard let token = answer["id_token"]?.string else {
            throw OpenIDProblem("the provider gave no ID token; is `openid` among `oidc.scopes`?")
        }
        return (token, answer["access_token"]?.string)
    }

    /// What else the provider says of a person.
    func userInfo(_ accessToken: String) throws(OpenIDProblem) -> JSONValue? {
        guard let url = try offer().userInfo, accessToken.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        let request = HTTPClientRequest(
            .get, url, headers: ["authorization": "Bearer \(accessToken)", "accept": "application/json"])
        return try json(try send(request, "userinfo"), "userinfo")
    }

    // MARK: Asking

    /// - Parameter what: of the question, for the log.
    private func send(_ request: HTTPClientRequest, _ what: String) throws(OpenIDProblem) -> HTTPResponse {
        var request = request
        request.totalTime = Self.time
        request.connectTime = Self.time
        request.responseBytes = Self.answerBytes
        request.tls.authorityFile = configuration.authorityFile
        let answer: HTTPResponse
        do throws(HTTPClientError) {
            answer = try http.sendBlocking(request)
        } catch {
            throw OpenIDProblem("the provider cannot be asked for \(what): \(error)")
        }
        guard answer.status == 200 else {
            // The word is from a short list of RFC 6749; anything else is not repeated.
            let word = (try? JSONValue(parsing: answer.body))?["error"]?.string ?? ""
            let known = [
                "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
                "invalid_scope", "invalid_token", "insufficient_scope",
            ]
            let told = known.contains(word) ? " (\(word))" : ""
            let remedy = word == "invalid_client" ? "; are `oidc.client_id` and `oidc.client_secret` right?" : ""
            throw OpenIDProblem("the provider answers \(answer.status)\(told) when asked for \(what)\(remedy)")
        }
        return answer
    }

    private func json(_ answer: HTTPResponse, _ what: String) throws(OpenIDProblem) -> JSONValue {
        guard let value = try? JSONValue(parsing: answer.body), value.members != nil else {
            throw OpenIDProblem("the provider's \(what) is no JSON object")
        }
        return value
    }
}

/// Pairs as a form has them.
enum FormText {
    static func of(_ fields: [(String, String)]) -> String {
        fields.map { "\(encode($0))=\(encode($1))" }.joined(separator: "&")
    }

    static func encode(_ text: String) -> String { LocalAddress.encode(text) }

    static func base64(_ text: String) -> String {
        var out = ByteBuffer(capacity: text.utf8.count * 2)
        let bytes = Array(text.utf8)
        unsafe Codecs.Base64.append(bytes.span.bytes, to: &out)
        return out.text
    }
}
