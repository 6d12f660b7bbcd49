import Codecs

/// A change of the simulated directory, and how it must be told.
struct Drift: Sendable, Equatable {
    /// For example `user_added`.
    let type: String
    let id: String
}

extension SimulatedDirectory {
    /// Changes something: who comes or leaves, what a role is, which setting. Never the same thing twice in a row.
    mutating func drift() {
        let number = drifts.count
        let person = draws.number(below: people.count)
        let group = draws.number(below: groups.count)
        switch number % 8 {
        case 0:
            let id = ActivityID.other("user", &draws)
            people.append(
                SimulatedOrganization.Person(
                    id: id, email: "joiner-\(number)@example.com", number: people.count, address: "192.0.2.1",
                    agent: "", home: 0))
            tell("user_added", id)
        case 1:
            let others = Self.organizationRoles.filter { $0 != people[person].role }
            people[person].role = draws.one(of: others)
            tell("user_changed", people[person].id)
        case 2:
            settings[0][2].value = .integer(Int64(30 + number))
            tell("setting_changed", settings[0][2].name)
        case 3:
            // The last one, who is in no group.
            tell("user_removed", people.removeLast().id)
        case 4:
            let outside = people.map(\.id).filter { !groups[group].members.contains($0) }
            let id = draws.one(of: outside)
            groups[group].members.append(id)
            tell("member_added", id)
        case 5:
            let id = groups[group].members.remove(at: draws.number(below: groups[group].members.count))
            tell("member_removed", id)
        case 6:
            keys[1].isActive.toggle()
            tell("api_key_changed", keys[1].id)
        default:
            roles[0].permissions.append("projects:\(number)")
            tell("permission_added", "projects:\(number)")
        }
    }

    private mutating func tell(_ type: String, _ id: String) { drifts.append(Drift(type: type, id: id)) }
}
