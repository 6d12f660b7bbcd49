/// A credential that was found good: whose data it admits.
public struct Credential: Sendable, Hashable {
    /// Its public name, which may be logged and stored; never the secret.
    public let id: String
    public let tenant: TenantName

    public init(id: String, tenant: TenantName) {
        self.id = id
        self.tenant = tenant
    }
}
