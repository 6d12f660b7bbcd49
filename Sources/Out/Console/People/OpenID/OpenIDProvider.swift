import Codecs
import Events
import Network
import Platform

/// An identity provider that people sign in with: the authorization code flow with PKCE.
///
///     page to sign in ─▶ provider ─▶ callback with a code ─▶ ID token ─▶ who, and which role ─▶ session
///
/// - Source: OpenID Connect Core 1.0 section 3.1; RFC 9700 (what to mind).
/// - Threads: any that may block; a few at a time.
final class OpenIDProvider: Sendable {
    private let configuration: OpenIDConfiguration
    private let client: OpenIDClient
    private let flows: OpenIDFlows
    private let clock: any Clock

    init(_ configuration: OpenIDConfiguration, clock: any Clock) {
        self.configuration = configuration
        self.clock = clock
        client = OpenIDClient(configuration, clock: clock)
        flows = OpenIDFlows(clock: clock)
    }

    func stop() { client.stop() }

    var label: String { configuration.label }
    var tenant: TenantName { configuration.tenant }
    /// Whether browsers see the console over TLS.
    var isSecure: Bool { configuration.console.hasPrefix("https://") }

    /// - Returns: where the browser goes, and who is on the way.
    func begin(next: LocalAddress) throws(OpenIDProblem) -> (address: String, flow: OpenIDFlow) {
        let offer = try client.offer()
        let flow = flows.begin(next: next)
        var fields = [
            ("response_type", "code"), ("client_id", configuration.clientID),
            ("redirect_uri", configuration.callback), ("scope", configuration.scopes.joined(separator: " ")),
            ("state", flow.state), ("nonce", flow.nonce), ("code_challenge", flow.challenge),
            ("code_challenge_method", "S256"),
        ]
        if let maxAge = configuration.maxAge { fields.append(("max_age", String(maxAge.wholeSeconds))) }
        return (Self.address(offer.authorization, fields), flow)
    }

    /// Who comes back, and where they wanted to go.
    ///
    /// - Parameter browser: what the browser that went has in a cookie.
    func end(
        _ query: [(name: String, value: String)], browser: String?
    ) throws(OpenIDProblem) -> (user: ProvidedUser, next: LocalAddress) {
        func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
        guard let flow = value("state").flatMap(flows.end) else {
            throw OpenIDProblem(
                "somebody came back from the provider whom nobody sent, or after more than ten minutes",
                message: "This took too long, or was done before. Try again.")
        }
        guard browser == flow.browser else {
            throw OpenIDProblem(
                "another browser came back from the provider than went there",
                message: "This browser did not begin to sign in. Try again.")
        }
        let offer = try client.offer()
        let issuer = value("iss")
        guard issuer == nil ? !offer.namesIssuer : issuer == configuration.issuer else {
            throw OpenIDProblem("another issuer than `oidc.issuer` sent somebody back")
        }
        if let word = value("error") {
            let isTheirs = word == "access_denied" || word == "login_required"
            throw OpenIDProblem(
                "the provider sent somebody back without a code"
                    + (isTheirs ? " (\(word))" : "; its own log says why"),
                message: isTheirs ? "Your identity provider did not let you in." : nil)
        }
        guard let code = value("code"), (1...4_096).contains(code.utf8.count) else {
            throw OpenIDProblem("the provider sent somebody back without a code")
        }
        let answer = try client.exchange(code, flow.verifier)
        let token = try JSONWebToken(answer.idToken)
        try client.verify(token)
        try IDTokenCheck(
            issuer: configuration.issuer, clientID: configuration.clientID, nonce: flow.nonce,
            maxAge: configuration.maxAge, now: clock.now()
        ).check(token.claims)
        let claims = try completed(token.claims, answer.accessToken)
        return (try ClaimedPerson(configuration: configuration).user(claims, idToken: answer.idToken), flow.next)
    }

    /// With what userinfo says where the ID token is short: many providers put address and groups there alone.
    private func completed(_ claims: JSONValue, _ accessToken: String?) throws(OpenIDProblem) -> JSONValue {
        let isShort = claims["email"] == nil || claims.value(at: configuration.roleClaim) == nil
        guard isShort, let accessToken, let more = try client.userInfo(accessToken) else { return claims }
        guard more["sub"] == claims["sub"] else { throw OpenIDProblem("userinfo is about somebody else (`sub`)") }
        let known = Set((claims.members ?? []).map(\.key))
        return .object((claims.members ?? []) + (more.members ?? []).filter { !known.contains($0.key) })
    }

    /// Where somebody signs out of the provider, too; `nil` where it does not offer that.
    func signOutAddress(of user: ProvidedUser) -> String? {
        guard let address = client.knownOffer?.endSession else { return nil }
        return Self.address(
            address,
            [
                ("client_id", configuration.clientID), ("id_token_hint", user.idToken),
                ("post_logout_redirect_uri", configuration.console + "/sign-in"),
            ])
    }

    private static func address(_ base: String, _ fields: [(String, String)]) -> String {
        base + (base.contains("?") ? "&" : "?") + FormText.of(fields)
    }
}
