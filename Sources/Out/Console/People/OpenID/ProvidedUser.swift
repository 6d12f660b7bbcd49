import Events

/// Somebody whom an identity provider vouches for, as of the moment of signing in.
struct ProvidedUser: Sendable, Equatable {
    /// Issuer and subject: what stays the same when a person's name or address changes.
    let id: String
    let name: String
    let display: String?
    let tenant: TenantName
    let role: Role
    /// What the provider wants to see again when the person signs out there, too.
    let idToken: String
}
