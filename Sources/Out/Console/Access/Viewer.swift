import Events

/// Who looks at a page, and what they may.
struct Viewer: Sendable, Equatable {
    let tenant: TenantName
    /// As shown in the frame: a person's name, or the name of a token.
    let name: String
    let role: Role
}
