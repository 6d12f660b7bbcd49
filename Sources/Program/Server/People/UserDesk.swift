import Console
import Events
import Integrity
import Pipeline
import Platform

/// The book of users as the console needs it.
struct UserDesk: ReaderDirectory {
    let book: UserBook
    private let passwords: PasswordDesk
    private let clock: any Clock

    init(_ book: UserBook, clock: any Clock) throws(UserBookError) {
        self.book = book
        self.clock = clock
        passwords = try PasswordDesk(book)
    }

    func user(_ name: String, password: String) -> ConsoleUser? { passwords.check(name, password).map(Self.user) }

    func user(id: String) -> ConsoleUser? {
        guard let user = book.user(id: id), user.state == .active else { return nil }
        return Self.user(user)
    }

    func account(named name: String) -> (name: String, tenant: TenantName)? {
        book.user(named: name).map { ($0.name, $0.tenant) }
    }

    func changePassword(of user: ConsoleUser, to password: String) throws(PasswordProblem) -> ConsoleUser {
        do throws(UserBookError) {
            return Self.user(try book.setPassword(password, of: user.name, by: user.name, now: clock.now()))
        } catch .password(let flaw) {
            throw PasswordProblem("Not changed: \(flaw).")
        } catch .unknown, .taken {
            throw PasswordProblem("Not changed: there is no such account any more.")
        } catch {
            // The words name files of the server, which are none of a browser's business.
            throw PasswordProblem("Not changed: the server cannot write its users now; ask whoever runs it.")
        }
    }

    private static func user(_ user: KeptUser) -> ConsoleUser {
        ConsoleUser(
            id: user.id, name: user.name, display: user.display, tenant: user.tenant, role: user.role,
            mark: user.passwordMark)
    }
}
