import Codecs
import Events

/// Who somebody is here, by what the provider claims of them.
struct ClaimedPerson {
    let configuration: OpenIDConfiguration

    func user(_ claims: JSONValue, idToken: String) throws(OpenIDProblem) -> ProvidedUser {
        guard let subject = claims["sub"]?.string else { throw OpenIDProblem("there is no `sub`") }
        guard let email = claims["email"]?.string, let at = email.lastIndex(of: "@"), email.utf8.count <= 254,
            email.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw OpenIDProblem(
                "the provider gives no e-mail address; let it put `email` in the ID token or in userinfo",
                message: "Your identity provider does not say what your e-mail address is.")
        }
        guard isTrue(claims["email_verified"]) else {
            throw OpenIDProblem(
                "the provider does not say that the address is verified (`email_verified`)",
                message: "Your e-mail address is not verified at your identity provider.")
        }
        let domain = email[email.index(after: at)...].lowercased()
        guard configuration.domains.isEmpty || configuration.domains.contains(where: { $0.lowercased() == domain })
        else {
            throw OpenIDProblem(
                "an address of another domain than those in `oidc.domains`",
                message: "Addresses of your domain may not sign in here.")
        }
        guard let role = role(claims) else {
            throw OpenIDProblem(
                "no value of the claim `\(configuration.roleClaim)` is in `oidc.roles`, and there is no `oidc.role`",
                message: "None of your groups has a role here; ask whoever runs Docket for one.")
        }
        return ProvidedUser(
            id: "\(configuration.issuer) \(subject)", name: email, display: display(claims),
            tenant: configuration.tenant,
            role: role, idToken: idToken)
    }

    /// The one that may most. Values that are no texts give nothing.
    func role(_ claims: JSONValue) -> Role? {
        let claim = claims.value(at: configuration.roleClaim)
        let values = Set(claim?.string.map { [$0] } ?? claim?.array?.compactMap(\.string) ?? [])
        return Role.allCases.last { !(configuration.roles[$0] ?? []).isDisjoint(with: values) }
            ?? configuration.standardRole
    }

    /// Some providers write it as text.
    private func isTrue(_ value: JSONValue?) -> Bool { value == .bool(true) || value?.string == "true" }

    private func display(_ claims: JSONValue) -> String? {
        guard let name = claims["name"]?.string, (1...128).contains(name.utf8.count) else { return nil }
        return name
    }
}
