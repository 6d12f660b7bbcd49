import Events
public import Integrity

/// Checks the passwords of people, so that neither words nor time tell which names there are.
///
/// - Cost: each check takes 19 MiB and some tens of milliseconds, whoever is asked for. Not for a loop's thread.
/// - Threads: any; whoever calls bounds how many do so at a time.
public final class PasswordDesk: Sendable {
    private let book: UserBook
    /// What is checked for a name that nobody has.
    private let nobody: PasswordHash

    public init(_ book: UserBook, random: RandomBytes = .system) throws(UserBookError) {
        self.book = book
        let bytes = random.bytes(Digest.size)
        let text = unsafe Hexadecimal.text(of: bytes.span.bytes)
        guard let hash = PasswordHash(of: text, effort: KeptCredential.effort, random: random) else { throw .noMemory }
        nobody = hash
    }

    /// - Returns: the user, if the password is right and the person may sign in.
    public func check(_ name: String, _ password: String) -> KeptUser? {
        let user = book.user(named: name)
        let isRight = (user?.password ?? nobody).matches(password)
        guard let user, user.password != nil, isRight, user.state == .active else { return nil }
        return user
    }
}
