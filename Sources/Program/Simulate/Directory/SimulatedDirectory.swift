import Codecs
import Platform

/// Who is in the simulated organization, with which roles, in which groups, under which settings.
///
/// The same seed gives the same directory, and the same drifts after it.
struct SimulatedDirectory: Sendable {
    struct Role: Sendable {
        let id: String
        let name: String
        let home: Int
        var permissions: [String]
    }

    struct Group: Sendable {
        let id: String
        var name: String
        let source: String
        var roles: [String]
        /// Ids of people.
        var members: [String]
    }

    struct Setting: Sendable {
        let name: String
        let type: String
        var value: JSONValue
    }

    struct Key: Sendable {
        let id: String
        let name: String
        var isActive = true
    }

    let units: [SimulatedOrganization.Unit]
    var people: [SimulatedOrganization.Person]
    var roles: [Role]
    var groups: [Group]
    /// By organization.
    var settings: [[Setting]]
    var keys: [Key]
    private let since: Timestamp
    /// What changed since the start: what a poller must have told in the end.
    var drifts: [Drift] = []
    var draws: Draws

    static let organizationRoles = ["user", "admin", "owner", "developer", "billing"]

    init(_ organization: SimulatedOrganization, seed: UInt64, start: Timestamp) {
        var draws = Draws(seed: seed ^ 0x6469_7265)
        units = organization.units
        since = start - .days(200)
        people = organization.people
        roles = organization.units.indices.flatMap { home in
            [("Reviewer", ["chats:read"]), ("Builder", ["artifacts:write", "skills:write"])].map { name, permissions in
                Role(id: ActivityID.other("rbac_role", &draws), name: name, home: home, permissions: permissions)
            }
        }
        groups = []
        for (number, name) in ["Engineering", "Legal", "Finance"].enumerated() {
            let members = people.enumerated().filter { $0.offset % 3 == number }.map(\.element.id)
            groups.append(
                Group(
                    id: ActivityID.other("rbac_group", &draws), name: name, source: number == 0 ? "scim" : "direct",
                    roles: [roles[number % 2].id], members: members))
        }
        settings = organization.units.map { _ in
            [
                Setting(name: "content_redaction_enabled", type: "boolean", value: true),
                Setting(name: "public_sharing_enabled", type: "boolean", value: false),
                Setting(name: "session_timeout_minutes", type: "integer", value: 480),
                Setting(name: "provisioning", type: "provisioning_mode", value: "scim"),
                Setting(name: "ip_allowlist_ip_ranges", type: "string_list", value: ["192.0.2.0/24"]),
                Setting(
                    name: "data_retention_periods", type: "data_retention",
                    value: ["chat": ["type": "fixed", "timescale": "day", "duration": 90]]),
            ]
        }
        keys = ["Compliance Export Key", "Spare Key"].map { Key(id: ActivityID.other("apikey", &draws), name: $0) }
        self.draws = draws
    }

    // MARK: As the API lists it

    private var created: JSONValue { .string(String(RFC3339.text(since).prefix(19)) + "Z") }

    func organizations() -> [JSONValue] {
        units.enumerated().map { number, unit in
            ["uuid": .string(unit.uuid), "name": .string("Example \(number + 1)"), "created_at": created]
        }
    }

    func users(of home: Int) -> [JSONValue] {
        people.filter { $0.home == home }.map { person in
            [
                "id": .string(person.id), "full_name": .string(person.name), "email": .string(person.email),
                "organization_role": .string(person.role), "created_at": created,
            ]
        }
    }

    func roles(of home: Int) -> [JSONValue] {
        roles.filter { $0.home == home }.map { role in
            [
                "id": .string(role.id), "name": .string(role.name),
                "description": .string("What a \(role.name) may do."),
                "created_at": created, "updated_at": created,
            ]
        }
    }

    func permissions(of role: Role) -> [JSONValue] {
        role.permissions.map { ["name": .string($0), "created_at": created] }
    }

    func groupList() -> [JSONValue] {
        groups.map { group in
            [
                "id": .string(group.id), "name": .string(group.name), "description": "",
                "source_type": .string(group.source), "roles": .array(group.roles.map { .string($0) }),
                "created_at": created, "updated_at": created,
            ]
        }
    }

    func members(of group: Group) -> [JSONValue] {
        group.members.map { id in
            let email = people.first { $0.id == id }?.email ?? "gone@example.com"
            return ["user_id": .string(id), "email": .string(email), "created_at": created, "updated_at": created]
        }
    }

    /// The settings and the keys of an organization, in one answer.
    func effectiveSettings(of home: Int) -> JSONValue {
        let keys = home == 0 ? keys : []
        return [
            "type": "effective_organization_settings", "organization_id": .string(units[home].uuid),
            "settings": .array(
                settings[home].map { ["name": .string($0.name), "type": .string($0.type), "value": $0.value] }),
            "api_keys": .array(
                keys.map { key in
                    [
                        "type": "compliance_api_key", "id": .string(key.id), "name": .string(key.name),
                        "scopes": ["read:compliance_activities"], "is_active": .bool(key.isActive),
                        "created_at": created, "created_by_id": .string(people[0].id), "expires_at": nil,
                    ]
                }),
        ]
    }
}
