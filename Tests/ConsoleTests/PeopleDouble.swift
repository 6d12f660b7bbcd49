import Console
import Events
import Platform
import TestKit

/// People of a test, with their passwords in the clear.
final class PeopleDouble: ReaderDirectory {
    struct Person: Sendable {
        var user: ConsoleUser
        var password: String
        var isDisabled = false
    }

    private let people: Locked<[String: Person]>
    /// Holds every look at a password back while it is closed.
    let isOpen = Waitable(true)
    /// Looks at passwords that go on at this moment, and the most that there were.
    let looks = Locked((now: 0, most: 0))

    init(_ roles: [(String, Role)]) {
        people = Locked([:])
        for (name, role) in roles {
            let user = ConsoleUser(
                id: "user_\(name)", name: name, display: nil, tenant: .default, role: role, mark: "1")
            people.withLock { $0[name] = Person(user: user, password: Self.password(name)) }
        }
    }

    static func password(_ name: String) -> String { "password of \(name)" }

    func change(_ name: String, _ body: (inout Person) -> Void) {
        people.withLock { people in
            guard var person = people[name] else { return }
            body(&person)
            people[name] = person
        }
    }

    func user(_ name: String, password: String) -> ConsoleUser? {
        looks.withLock { looks in
            looks.now += 1
            looks.most = max(looks.most, looks.now)
        }
        _ = isOpen.wait { $0 ? true : nil }
        looks.withLock { $0.now -= 1 }
        guard let person = people.withLock({ $0[name.lowercased()] }), person.password == password, !person.isDisabled
        else { return nil }
        return person.user
    }

    /// How often it was asked for the account of a session.
    let asked = Counter()

    func user(id: String) -> ConsoleUser? {
        asked.add()
        return people.withLock { people in people.values.first { $0.user.id == id && !$0.isDisabled }?.user }
    }

    func account(named name: String) -> (name: String, tenant: TenantName)? {
        people.withLock { $0[name]?.user }.map { ($0.name, $0.tenant) }
    }

    func changePassword(of user: ConsoleUser, to password: String) throws(PasswordProblem) -> ConsoleUser {
        guard password.count >= 12 else { throw PasswordProblem("Not changed: too short.") }
        change(user.name) { person in
            person.password = password
            let old = person.user
            person.user = ConsoleUser(
                id: old.id, name: old.name, display: nil, tenant: old.tenant, role: old.role, mark: old.mark + "1")
        }
        return self.user(id: user.id) ?? user
    }
}

/// Keeps what people did, and can refuse to.
final class ReaderJournalDouble: ReaderJournal {
    private let state = Locked<[ReaderAct]>([])
    let isBroken = Locked(false)
    /// Acts of this kind alone cannot be kept.
    let refused = Locked<ReaderAct.Action?>(nil)

    /// Whether what programs read is left out.
    let leavesOut = Locked(false)

    func wants(_ act: ReaderAct) -> Bool { act.session != nil || !act.isReading || !leavesOut.withLock { $0 } }

    var acts: [ReaderAct] { state.withLock { $0 } }
    func acts(_ action: ReaderAct.Action) -> [ReaderAct] { acts.filter { $0.action == action } }
    func record(_ act: ReaderAct) { state.withLock { $0.append(act) } }

    func keep(_ act: ReaderAct) -> Bool {
        guard !isBroken.withLock({ $0 }), refused.withLock({ $0 }) != act.action else { return false }
        record(act)
        return true
    }
}
