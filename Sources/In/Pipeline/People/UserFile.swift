public import Codecs
import Events
import Integrity
import Platform

/// The book of users as a file. `docs/formats/users.md` describes it.
enum UserFile: BookFormat {
    typealias Failure = UserBookError

    static let version: Int64 = 1
    /// Users of one book, with those that were removed.
    static let most = 100_000

    private static let members: Set = [
        "id", "name", "display", "tenant", "role", "state", "created", "changed", "by", "argon2id",
    ]

    /// One user a line, so that a person can read it and a difference shows what changed.
    static func bytes(_ users: [KeptUser]) -> [UInt8] {
        let lines = users.map { user in
            let hash: [JSONValue.Member] = user.password.map { [.init("argon2id", .string($0.text))] } ?? []
            return JSONValue.object(user.members + hash).text
        }
        let list = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n]"
        return Array("{\"version\":\(version),\"users\":\(list)}\n".utf8)
    }

    static func index(_ users: [KeptUser]) -> UserIndex { UserIndex(users) }

    static func read(_ bytes: [UInt8]) throws(BookFlaw) -> [KeptUser] {
        let items = try MemberReader.lines(of: bytes, named: "users", version: version, most: most)
        var users: [KeptUser] = []
        var ids: Set<String> = []
        var names: Set<String> = []
        for (place, item) in items.enumerated() {
            let reader = try MemberReader(item, at: "users[\(place)]", members)
            let user = try user(reader)
            guard ids.insert(user.id).inserted else { throw reader.flaw("id", "stands twice in the list") }
            guard user.state == .removed || names.insert(KeptUser.key(user.name)).inserted else {
                throw reader.flaw("name", "is another one's, too")
            }
            users.append(user)
        }
        return users
    }

    private static func user(_ reader: MemberReader) throws(BookFlaw) -> KeptUser {
        let state: KeptUser.State = try reader.word("state")
        if state == .removed, reader.isThere("argon2id") {
            throw reader.flaw("argon2id", "must be missing: the user is removed")
        }
        return KeptUser(
            id: try reader.id("user_"),
            name: try reader.text("name", "must be 1 to 254 bytes without spaces", if: KeptUser.isName),
            display: try reader.isThere("display") ? reader.name("display") : nil, tenant: try reader.tenant(),
            role: try reader.word("role"), state: state, created: try reader.moment("created"),
            changed: try reader.moment("changed"), changedBy: try reader.line("by", most: BookFile.actorLength),
            password: try reader.isThere("argon2id") ? reader.passwordHash("argon2id") : nil)
    }
}

extension KeptUser {
    /// All that may be shown: nothing that a password could be guessed by.
    public var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = [.init("id", .string(id)), .init("name", .string(name))]
        if let display { members.append(.init("display", .string(display))) }
        return members + [
            .init("tenant", .string(tenant.text)), .init("role", .string(role.rawValue)),
            .init("state", .string(state.rawValue)),
            .init("created", .string(RFC3339.text(created, digits: 9))),
            .init("changed", .string(RFC3339.text(changed, digits: 9))), .init("by", .string(changedBy)),
        ]
    }
}

/// The users by what they are asked for.
struct UserIndex: Sendable {
    private let users: [KeptUser]
    private let ids: [String: Int]
    /// Of those that are not removed.
    private let names: [String: Int]

    init(_ users: [KeptUser]) {
        self.users = users
        let places = users.indices
        ids = Dictionary(uniqueKeysWithValues: places.map { (users[$0].id, $0) })
        names = Dictionary(
            uniqueKeysWithValues: places.filter { users[$0].state != .removed }.map {
                (KeptUser.key(users[$0].name), $0)
            })
    }

    func user(id: String) -> KeptUser? { ids[id].map { users[$0] } }
    func user(named name: String) -> KeptUser? { names[KeptUser.key(name)].map { users[$0] } }
}
