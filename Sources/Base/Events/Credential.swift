/// A credential that was found good: whose data it admits, and what it may be used for.
public struct Credential: Sendable, Hashable {
    /// What a credential may do. A token that lies on every laptop can send, and cannot open the console.
    public enum Use: String, Sendable, Hashable, CaseIterable {
        case logs, traces, metrics
        /// Events of other systems. Not part of ``Set/sending``: a laptop is no identity provider.
        case events
        /// The console, its API, and the server's own metrics.
        case search
        /// Orders to hold content for a legal dispute: asking for them and approving them.
        case hold
    }

    /// Its public name, which may be logged and stored; never the secret.
    public let id: String
    /// What people call it; `nil` where it has no such name.
    public let name: String?
    public let tenant: TenantName
    public let uses: Set<Use>
    /// The name of the content policy that holds for what it sends; `nil` for the usual one.
    public let policy: String?

    public init(
        id: String, name: String? = nil, tenant: TenantName, uses: Set<Use> = .sending, policy: String? = nil
    ) {
        self.id = id
        self.name = name
        self.tenant = tenant
        self.uses = uses
        self.policy = policy
    }
}

extension Set<Credential.Use> {
    /// What an exporter needs, and no more.
    public static var sending: Set { [.logs, .traces, .metrics] }
    /// What one credential may do alone. Not ``Credential/Use/hold``, which is given by name to people who then watch
    /// one another.
    public static var all: Set { Set(Credential.Use.allCases).subtracting([.hold]) }
}
