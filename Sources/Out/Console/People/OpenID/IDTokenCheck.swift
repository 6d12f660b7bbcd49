import Codecs
import Platform

/// What an ID token must say to be believed, besides its signature.
///
/// - Source: OpenID Connect Core 1.0 section 3.1.3.7.
struct IDTokenCheck {
    /// How far the clocks of two machines may be apart.
    static let leeway = Timestamp.Span.seconds(60)

    let issuer: String
    let clientID: String
    let nonce: String
    var maxAge: Timestamp.Span?
    let now: Timestamp

    /// - Throws: what is wrong with it, in words for whoever runs the server.
    func check(_ claims: JSONValue) throws(OpenIDProblem) {
        guard claims["iss"]?.string == issuer else {
            throw OpenIDProblem("the ID token is of another issuer; is `oidc.issuer` what the provider calls itself?")
        }
        let audiences = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.array?.compactMap(\.string) ?? []
        guard audiences.contains(clientID) else {
            throw OpenIDProblem("the ID token is for another client; is `oidc.client_id` right?")
        }
        let party = claims["azp"]?.string
        guard audiences.count == 1 || party != nil, party == nil || party == clientID else {
            throw OpenIDProblem("the ID token was issued to another client (`azp`)")
        }
        guard let end = time("exp", claims) else { throw OpenIDProblem("the ID token has no end (`exp`)") }
        guard now < end + Self.leeway else {
            throw OpenIDProblem("the ID token has expired; are the clocks of provider and server right?")
        }
        guard let issued = time("iat", claims) else { throw OpenIDProblem("the ID token has no `iat`") }
        for (name, start) in [("iat", issued), ("nbf", time("nbf", claims) ?? issued)] where start > now + Self.leeway {
            throw OpenIDProblem(
                "the ID token is not good yet (`\(name)`); are the clocks of provider and server right?")
        }
        guard claims["nonce"]?.string == nonce else {
            throw OpenIDProblem("the ID token answers another request (`nonce`)")
        }
        guard let subject = claims["sub"]?.string, (1...255).contains(subject.utf8.count) else {
            throw OpenIDProblem("the ID token does not say who it is about (`sub`)")
        }
        guard let maxAge else { return }
        guard let signedIn = time("auth_time", claims), now < signedIn + maxAge + Self.leeway else {
            throw OpenIDProblem(
                "the provider let the person in without asking again within `oidc.max_age`",
                message: "Sign out at your identity provider, and sign in again.")
        }
    }

    /// Seconds since 1970, some providers write a fraction.
    private func time(_ name: String, _ claims: JSONValue) -> Timestamp? {
        let seconds: Double? =
            switch claims[name] {
            case .integer(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        // Until the year 2200: what is behind it does not fit nanoseconds.
        guard let seconds, (0..<7_258_118_400).contains(seconds) else { return nil }
        return Timestamp(nanoseconds: Int64(seconds * 1_000) * 1_000_000)
    }
}
