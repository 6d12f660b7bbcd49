public import Events
public import Integrity
public import Platform

/// All people who may sign in with a password: a file beside the credentials, that its owner alone can read.
///
/// - Threads: any.
public final class UserBook: Sendable {
    public static let fileName = "users.json"
    static let lockName = "users.lock"

    private let book: LineBook<UserFile>
    private let random: RandomBytes

    public var file: String { book.path }

    /// Reads the book of a data directory; an empty one where there is none.
    public init(folder: String, random: RandomBytes = .system) throws(UserBookError) {
        self.random = random
        book = try LineBook(BookFile(folder: folder, name: Self.fileName, lockName: Self.lockName))
    }

    /// In the order in which they were made, also those that were removed.
    public var users: [KeptUser] { book.lines }

    public func user(id: String) -> KeptUser? { book.index.user(id: id) }
    public func user(named name: String) -> KeptUser? { book.index.user(named: name) }

    /// Reads the file again if it is another one than before. When it cannot be used, all stays as it was.
    ///
    /// - Cost: one system call when nothing has changed.
    /// - Returns: whether it was read.
    public func refresh() throws(UserBookError) -> Bool { try book.refresh() }

    // MARK: Changes

    /// - Parameter by: who wants it, in words.
    /// - Cost: a hash, tens of milliseconds.
    public func create(_ order: UserOrder, by: String, now: Timestamp) throws(UserBookError) -> KeptUser {
        let hash = try hash(order.password, of: order.name)
        return try book.change { (users) throws(UserBookError) in
            guard users.count < UserFile.most else { throw .full(most: UserFile.most) }
            let key = KeptUser.key(order.name)
            guard !users.contains(where: { $0.state != .removed && KeptUser.key($0.name) == key }) else {
                throw .taken(name: order.name)
            }
            let user = KeptUser(
                id: newID(unlike: users), name: order.name, display: order.display, tenant: order.tenant,
                role: order.role, state: .active, created: now, changed: now, changedBy: by, password: hash)
            users.append(user)
            return user
        }
    }

    public func setRole(_ role: Role, of name: String, by: String, now: Timestamp) throws(UserBookError) -> KeptUser {
        try change(name, by, now) { $0.role = role }
    }

    /// - Cost: a hash, tens of milliseconds.
    public func setPassword(
        _ password: String, of name: String, by: String, now: Timestamp
    ) throws(UserBookError) -> KeptUser {
        let hash = try hash(password, of: name)
        return try change(name, by, now) { $0.password = hash }
    }

    public func setState(
        _ state: KeptUser.State, of name: String, by: String, now: Timestamp
    ) throws(UserBookError) -> KeptUser {
        try change(name, by, now) { user in
            user.state = state
            if state == .removed { user.password = nil }
        }
    }

    private func change(
        _ name: String, _ by: String, _ now: Timestamp, _ body: (inout KeptUser) -> Void
    ) throws(UserBookError) -> KeptUser {
        try book.change { (users) throws(UserBookError) in
            let key = KeptUser.key(name)
            guard let place = users.firstIndex(where: { $0.state != .removed && KeptUser.key($0.name) == key }) else {
                throw .unknown(name: name)
            }
            let before = users[place]
            body(&users[place])
            if users[place] != before {
                users[place].changed = now
                users[place].changedBy = by
            }
            return users[place]
        }
    }

    private func hash(_ password: String, of name: String) throws(UserBookError) -> PasswordHash {
        if let flaw = KeptUser.flaw(inPassword: password, of: name) { throw .password(flaw) }
        guard let hash = PasswordHash(of: password, effort: KeptCredential.effort, random: random) else {
            throw .noMemory
        }
        return hash
    }

    private func newID(unlike others: [KeptUser]) -> String {
        while true {
            let bytes = random.bytes(8)
            let id = unsafe "user_" + Hexadecimal.text(of: bytes.span.bytes)
            if !others.contains(where: { $0.id == id }) { return id }
        }
    }
}

/// Why the users cannot be had, or not be changed as wanted.
public enum UserBookError: BookFailure, Sendable, Equatable, CustomStringConvertible {
    case book(BookError)
    case unknown(name: String)
    case taken(name: String)
    case password(String)
    case full(most: Int)
    case noMemory

    init(_ error: BookError) { self = .book(error) }

    public var description: String {
        switch self {
        case .book(let error): error.description
        case .unknown(let name): "there is no user `\(name)`; `docket user list` shows them"
        case .taken(let name): "there is a user `\(name)` already; `docket user remove` frees the name"
        case .password(let flaw): "\(flaw); choose another one, or let --generate make one"
        case .full(let most): "a book holds \(most) users at the most"
        case .noMemory: "there is not enough memory to hash the password"
        }
    }

    public static func == (left: UserBookError, right: UserBookError) -> Bool {
        left.description == right.description
    }
}
