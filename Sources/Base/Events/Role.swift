/// What a person may do here, in one word. ``permissions`` is the table.
///
/// - Order: from the one that may least to the one that may most; but an analyst does not approve legal holds, as an
///   auditor does.
public enum Role: String, Sendable, CaseIterable { case viewer, auditor, analyst, admin }

/// One thing that somebody may do or not.
public enum Permission: String, Sendable, CaseIterable {
    /// The pages and the API: who did what, when, from where, how many.
    case search
    /// What people and models wrote: prompts, commands, outputs.
    case content
    /// Taking events out as a file.
    case export
    /// Saving a search for others.
    case savedSearches = "saved-searches"
    case dashboards
    /// Deciding what of the inventory is approved.
    case inventory
    /// Verifying records and taking proofs of them out.
    case proofs
    /// What others searched for. That they did, and what they opened, everybody sees who may search.
    case queries
    /// Making, changing and ending the accounts of others.
    case people
    /// Asking for a legal hold.
    case holdRequest = "hold-request"
    /// Approving or refusing what another asked for.
    case holdApproval = "hold-approval"
}

extension Role {
    /// - Rule: nobody but an admin changes who may do what, or asks for a hold and approves holds, too.
    public var permissions: Set<Permission> {
        switch self {
        case .viewer: [.search]
        case .auditor: [.search, .export, .proofs, .queries, .holdApproval]
        case .analyst:
            [.search, .content, .export, .savedSearches, .dashboards, .inventory, .proofs, .queries, .holdRequest]
        case .admin: Set(Permission.allCases)
        }
    }

    public func may(_ permission: Permission) -> Bool { permissions.contains(permission) }
}

extension Credential {
    /// What a token may do that somebody signed in to the pages with: one that may do everything is an admin's.
    public var role: Role { uses.isSuperset(of: .all) ? .admin : .analyst }
}
