public import Events

/// The people who may sign in with a password, as the console needs to know them.
public protocol ReaderDirectory: Sendable {
    /// - Cost: a hash of a password, whoever is asked for. For a thread that may block.
    /// - Returns: `nil` for a wrong name, a wrong password and an account that is disabled, all the same.
    func user(_ name: String, password: String) -> ConsoleUser?
    /// The account as it is now, if it may sign in. Asked at every request of a session, so it must not wait.
    func user(id: String) -> ConsoleUser?
    /// The account of a name, for the record alone.
    func account(named name: String) -> (name: String, tenant: TenantName)?
    /// - Cost: hashes.
    func changePassword(of user: ConsoleUser, to password: String) throws(PasswordProblem) -> ConsoleUser
}

/// Somebody who may sign in with a password.
public struct ConsoleUser: Sendable, Equatable {
    public let id: String
    public let name: String
    public let display: String?
    public let tenant: TenantName
    public let role: Role
    /// Changes with the password. A session whose user is not equal to the one that began it ends.
    public let mark: String

    public init(id: String, name: String, display: String?, tenant: TenantName, role: Role, mark: String) {
        self.id = id
        self.name = name
        self.display = display
        self.tenant = tenant
        self.role = role
        self.mark = mark
    }
}

/// Why a password was not changed, for the person who wanted to.
public struct PasswordProblem: Error, Sendable, Equatable {
    public let message: String
    public init(_ message: String) { self.message = message }
}
