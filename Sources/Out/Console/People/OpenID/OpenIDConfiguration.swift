public import Events
public import Platform

/// An identity provider that people sign in with, and what its word is worth here.
public struct OpenIDConfiguration: Sendable {
    /// As the provider writes it in its tokens, byte for byte.
    public var issuer: String
    public var clientID: String
    /// `nil` for a client without one; the code is then protected by its verifier alone.
    public var clientSecret: String?
    /// The address at which browsers see this console, without a path: `https://docket.example.com`.
    public var console: String
    /// What people call the provider.
    public var label = "your organization"
    public var tenant = TenantName.default
    public var scopes = ["openid", "email", "profile"]
    /// The claim that roles are made of; a dot leads into an object.
    public var roleClaim = "groups"
    /// Values of the claim, by the role that they give. The one that may most counts.
    public var roles: [Role: Set<String>] = [:]
    /// Of those whom no value gives one; `nil` refuses them.
    public var standardRole: Role?
    /// Whose addresses may come in; empty for all.
    public var domains: [String] = []
    /// How long ago a person may have shown the provider who they are.
    public var maxAge: Timestamp.Span?
    /// PEM, instead of the system's authorities.
    public var authorityFile: String?

    public init(issuer: String, clientID: String, console: String) {
        self.issuer = issuer
        self.clientID = clientID
        self.console = console
    }

    /// Where the provider sends people back to.
    public var callback: String { console + "/sign-in/callback" }

    /// Whether an address may be asked for secrets: over TLS, or on this machine.
    public static func isSafe(_ url: String) -> Bool {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") })
        else { return false }
        if url.hasPrefix("https://") { return url.utf8.count > 8 }
        return ["127.0.0.1", "localhost", "[::1]"].contains { host in
            let start = "http://\(host)"
            return url == start || url.hasPrefix("\(start):") || url.hasPrefix("\(start)/")
        }
    }
}

/// Why signing in with the provider did not work.
struct OpenIDProblem: Error, Equatable {
    /// For whoever runs the server: what is wrong, and what to do. Without secrets, codes and tokens.
    let reason: String
    /// For the person in front of the browser; `nil` where nothing more can be said to them.
    var message: String?

    init(_ reason: String, message: String? = nil) {
        self.reason = reason
        self.message = message
    }
}
