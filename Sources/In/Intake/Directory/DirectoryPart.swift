/// One listing of the directory: all objects of a kind below a parent.
struct DirectoryPart: Sendable, Hashable, Comparable {
    enum Kind: String, Sendable, CaseIterable {
        case organization, user, role, permission, setting, group, member
        case apiKey = "api_key"

        /// What stands for an object of this kind.
        var idName: String {
            switch self {
            case .organization: "uuid"
            case .member: "user_id"
            case .setting: "name"
            case .user, .role, .permission, .group, .apiKey: "id"
            }
        }

        /// Members of an object whose change is told. Others may come and go, as the API grows.
        ///
        /// - Note: plain ones are words out of a closed set, numbers and ids, and are remembered as they are. The others
        ///   can be content or say who somebody is, so only a digest of them is remembered.
        var traits: [(name: String, isPlain: Bool)] {
            switch self {
            case .organization: [("name", false)]
            case .user: [("email", false), ("full_name", false), ("organization_role", true)]
            case .role: [("name", false), ("description", false)]
            // What a permission is made of is not documented, so all of it counts.
            case .permission: [(DirectoryPart.wholeObject, false)]
            case .setting: [("type", true), ("value", false)]
            case .group: [("name", false), ("description", false), ("source_type", true), ("roles", true)]
            case .member: [("email", false)]
            case .apiKey:
                [("name", false), ("scopes", true), ("is_active", true), ("expires_at", true), ("created_by_id", true)]
            }
        }

        /// The scope of a key that may read it.
        var scope: String {
            self == .user || self == .member ? "read:compliance_user_data" : "read:compliance_org_data"
        }
    }

    /// Stands for all members of an object.
    static let wholeObject = "object"

    let kind: Kind
    /// The organization; empty for what belongs to the parent organization.
    let organization: String
    /// The role of permissions, the group of members; empty for other kinds.
    let parent: String

    init(_ kind: Kind, organization: String = "", parent: String = "") {
        self.kind = kind
        self.organization = organization
        self.parent = parent
    }

    /// Path of the listing, without a query.
    ///
    /// - Note: settings and the keys of an organization stand in one answer.
    var path: String {
        let root = "/v1/compliance"
        let organization = FeedQuestion.encoded(organization)
        let parent = FeedQuestion.encoded(parent)
        return switch kind {
        case .organization: "\(root)/organizations"
        case .user: "\(root)/organizations/\(organization)/users"
        case .role: "\(root)/organizations/\(organization)/roles"
        case .permission: "\(root)/organizations/\(organization)/roles/\(parent)/permissions"
        case .setting, .apiKey: "\(root)/organizations/\(organization)/settings"
        case .group: "\(root)/groups"
        case .member: "\(root)/groups/\(parent)/members"
        }
    }

    /// What is listed below an object of this listing.
    func parts(below id: String) -> [DirectoryPart] {
        switch kind {
        case .organization:
            [.init(.user, organization: id), .init(.role, organization: id), .init(.setting, organization: id)]
        case .role: [.init(.permission, organization: organization, parent: id)]
        case .group: [.init(.member, parent: id)]
        case .user, .permission, .setting, .member, .apiKey: []
        }
    }

    /// Whether this lists something of that object, however far below it.
    func isBelow(_ id: String, of part: DirectoryPart) -> Bool {
        switch part.kind {
        case .organization: organization == id
        case .role: kind == .permission && organization == part.organization && parent == id
        case .group: kind == .member && parent == id
        case .user, .permission, .setting, .member, .apiKey: false
        }
    }

    static func < (left: DirectoryPart, right: DirectoryPart) -> Bool {
        (left.kind.rawValue, left.organization, left.parent) < (right.kind.rawValue, right.organization, right.parent)
    }
}
