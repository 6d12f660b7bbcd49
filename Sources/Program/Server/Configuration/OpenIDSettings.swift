import Console
import Events
import Network
import Platform

extension SettingReader {
    /// - Returns: `nil` when nobody signs in with an identity provider.
    func openID(_ environment: [String: String]) throws(ConfigurationError) -> OpenIDConfiguration? {
        guard let issuer = try text("oidc.issuer") else {
            // A default that is written out asks for nothing.
            let others = values.filter { $0.key.hasPrefix("oidc.") && $0.value.setting.standard.isEmpty }
            if let other = others.keys.min() {
                throw error(at: other, "`\(other)` is for an identity provider; give `oidc.issuer` as well")
            }
            return nil
        }
        guard OpenIDConfiguration.isSafe(issuer) else {
            throw error(
                at: "oidc.issuer",
                "`oidc.issuer` must begin with `https://`; `http://` is for a provider on this machine alone")
        }
        guard let clientID = try text("oidc.client_id"), !clientID.isEmpty else {
            throw error(at: "oidc.client_id", "`oidc.client_id` is missing: the name of Docket at the provider")
        }
        var configuration = OpenIDConfiguration(issuer: issuer, clientID: clientID, console: try console())
        configuration.clientSecret = try secret("oidc.client_secret", environment: environment)
        if let label = try text("oidc.label") { configuration.label = label }
        if let name = try text("oidc.tenant") {
            guard let tenant = TenantName(name) else {
                throw error(at: "oidc.tenant", "`\(name)` is not a tenant name: 1 to 63 of a–z 0–9 - _")
            }
            configuration.tenant = tenant
        }
        if let scopes = try texts("oidc.scopes") {
            guard scopes.contains("openid") else {
                throw error(at: "oidc.scopes", "`oidc.scopes` must have `openid`; without it there is no ID token")
            }
            configuration.scopes = scopes
        }
        if let claim = try text("oidc.role_claim") { configuration.roleClaim = claim }
        for role in Role.allCases {
            if let values = try texts("oidc.roles.\(role.rawValue)") { configuration.roles[role] = Set(values) }
        }
        configuration.standardRole = try text("oidc.role").flatMap { Role(rawValue: $0) }
        guard configuration.standardRole != nil || configuration.roles.values.contains(where: { !$0.isEmpty }) else {
            throw error(
                at: "oidc.roles.viewer",
                "nobody would get a role; give `oidc.roles.admin` and others, or `oidc.role` for all")
        }
        if let domains = try texts("oidc.domains") {
            if let wrong = domains.first(where: { $0.contains("@") || $0.contains("*") || !$0.contains(".") }) {
                throw error(at: "oidc.domains", "`\(wrong)` is no domain; write `example.com`")
            }
            configuration.domains = domains
        }
        configuration.maxAge = try duration("oidc.max_age")
        configuration.authorityFile = try text("oidc.authority")
        return configuration
    }

    /// The address of the console, without a slash at its end.
    private func console() throws(ConfigurationError) -> String {
        guard var console = try text("oidc.console") else {
            throw error(
                at: "oidc.console",
                "`oidc.console` is missing: the address at which browsers see the console, such as "
                    + "`https://docket.example.com`")
        }
        if console.hasSuffix("/") { console.removeLast() }
        let rest = console.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
        guard OpenIDConfiguration.isSafe(console), rest.isEmpty, !console.contains("?"), !console.contains("#") else {
            throw error(
                at: "oidc.console",
                "`oidc.console` must be an address with `https://` and without a path; `http://` is for this machine alone"
            )
        }
        return console
    }
}

extension Setting {
    static let openID = [
        Setting(
            "oidc.issuer", .text, "",
            "An identity provider that people sign in with (OpenID Connect), as it calls itself. See "
                + "docs/guides/sign-in.md."),
        Setting("oidc.client_id", .text, "", "The name of Docket at the provider."),
        Setting(
            "oidc.client_secret", .secret, "", "What Docket shows the provider; not needed for a public client."),
        Setting(
            "oidc.console", .text, "",
            "The address at which browsers see the console. The provider sends people to `/sign-in/callback` there."),
        Setting("oidc.label", .text, "your organization", "What the page to sign in calls the provider."),
        Setting("oidc.tenant", .text, "default", "Whose events these people see."),
        Setting("oidc.scopes", .texts, "openid, email, profile", "What the provider is asked for."),
        Setting(
            "oidc.role_claim", .text, "groups", "The claim that roles are made of; a dot leads into an object."),
        Setting("oidc.roles.admin", .texts, "", "Values of the claim that make somebody an admin."),
        Setting("oidc.roles.analyst", .texts, "", "The same for analysts."),
        Setting("oidc.roles.auditor", .texts, "", "The same for auditors."),
        Setting("oidc.roles.viewer", .texts, "", "The same for viewers."),
        Setting(
            "oidc.role", .choice(Role.allCases.map(\.rawValue)), "",
            "The role of those whom no value gives one; without it they are refused."),
        Setting("oidc.domains", .texts, "", "Domains whose addresses may sign in; without it all."),
        Setting(
            "oidc.max_age", .time("1m", "30d"), "",
            "How long ago somebody may have shown the provider who they are; without it that is the provider's affair."),
        Setting(
            "oidc.authority", .path, "", "PEM: whom to trust as the provider, instead of the system's authorities."),
    ]
}
