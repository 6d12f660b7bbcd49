import Codecs
import Events
import Pipeline

extension KeptUser: ToldLine {
    /// The note of what was told of users.
    static let toldFile = "users.told.json"

    /// The password is there as a digest of its own: nothing that could be guessed from.
    var told: [JSONValue.Member] {
        let texts = [
            ("name", name), ("role", role.rawValue), ("state", state.rawValue), ("tenant", tenant.text),
            ("display", display ?? ""), ("mark", passwordMark),
        ]
        return texts.map { .init($0.0, .string($0.1)) }
    }

    func acts(since before: JSONValue?) -> [ReaderAct] {
        var act = ReaderAct(.userCreation, of: tenant, by: ReaderAct.Actor(name: changedBy))
        act.account = name
        guard let before else {
            act.changes = ["role: \(role.rawValue)"] + (state == .active ? [] : ["state: \(state.rawValue)"])
            return [act]
        }
        guard state != .removed else {
            act.action = .userRemoval
            return [act]
        }
        var acts: [ReaderAct] = []
        func isOther(_ member: JSONValue.Member) -> Bool { before[member.key] != member.value }
        let changes = told.filter { $0.key != "mark" && isOther($0) }.map {
            "\($0.key): \(before[$0.key]?.string ?? "") to \($0.value.string ?? "")"
        }
        if !changes.isEmpty {
            act.action = .userChange
            act.changes = changes
            acts.append(act)
        }
        if told.contains(where: { $0.key == "mark" && isOther($0) }) {
            act.action = .passwordChange
            act.changes = []
            acts.append(act)
        }
        return acts
    }
}
