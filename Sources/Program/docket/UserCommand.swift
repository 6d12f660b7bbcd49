import Codecs
import Events
import Integrity
import Pipeline
import Platform
import Server

/// `docket user`: people who sign in to the console. It works while a server runs.
struct UserCommand: Command {
    static let name = "user"
    static let summary = "Make, list, change and end accounts of people."
    static let help = """
        docket user add NAME --role ROLE [--tenant T] [--display TEXT] [--generate]
        docket user list [--all] [--format table|ndjson]
        docket user role NAME ROLE
        docket user password NAME [--generate]
        docket user disable|enable|remove NAME

        add        makes an account; NAME is what is typed to sign in, such as an e-mail address
          --role ROLE     viewer, auditor, analyst or admin
          --tenant T      whose events the person sees; default: default
          --display TEXT  how others see the person
          --generate      makes the password and prints it, this once
        list       shows them, with --all also those that are removed
        role       gives another role
        password   sets another password
        disable    lets the person in no more, until enable
        remove     ends the account for good; its line stays, and the name is free for another

        A password is asked for at the terminal, or is the first line of standard input. It never stands on a command line.

        \(DataOptions.help)

        A server that runs follows within a second, ends the sessions of whoever was changed, and records the change.
        Exit: 0 done, 1 the list is empty, 2 could not
        """

    private enum Action {
        case add(tenant: TenantName, role: Role, display: String?, generates: Bool)
        case list(all: Bool, ndjson: Bool)
        case role(Role)
        case password(generates: Bool)
        case state(KeptUser.State)

        static let names = ["add", "list", "role", "password", "disable", "enable", "remove"]
    }

    private let action: Action
    private let options: DataOptions
    /// Whose account it is.
    private let person: String

    init(_ words: inout Words) throws {
        guard let name = words.first() else { throw WrongUse("what? \(Action.names.joined(separator: ", "))") }
        let action: Action?
        switch name {
        case "add":
            let tenant = try words.option("--tenant") ?? TenantName.default.text
            guard let tenant = TenantName(tenant) else {
                throw WrongUse("--tenant `\(tenant)` is not a tenant name: 1 to 63 of a–z 0–9 - _")
            }
            guard let word = try words.option("--role") else { throw WrongUse("what may the person do? --role ROLE") }
            let display = try words.option("--display")
            guard display.map(CredentialOrder.isName) ?? true else {
                throw WrongUse("--display must be text of 1 to 64 bytes on one line")
            }
            action = .add(
                tenant: tenant, role: try Self.role(word), display: display, generates: words.flag("--generate"))
        case "list":
            let format = try words.option("--format") ?? "table"
            guard ["table", "ndjson"].contains(format) else {
                throw WrongUse("`\(format)` is no format\(Words.didYouMean(format, ["table", "ndjson"]))")
            }
            action = .list(all: words.flag("--all"), ndjson: format == "ndjson")
        // The role stands behind the name.
        case "role": action = nil
        case "password": action = .password(generates: words.flag("--generate"))
        case "disable": action = .state(.disabled)
        case "enable": action = .state(.active)
        case "remove": action = .state(.removed)
        default: throw WrongUse("`\(name)` is no action\(Words.didYouMean(name, Action.names))")
        }
        options = try DataOptions(&words)
        var rest = try words.rest()
        if let action {
            self.action = action
        } else {
            guard rest.count == 2 else { throw WrongUse("whose, and which? NAME ROLE") }
            self.action = .role(try Self.role(rest.removeLast()))
        }
        if case .list = self.action {
            if let word = rest.first { throw WrongUse("`\(word)` is one word too many") }
        } else {
            guard rest.count == 1 else { throw WrongUse("whose? One NAME, as `docket user list` shows it") }
        }
        person = rest.first ?? ""
    }

    private static func role(_ word: String) throws(WrongUse) -> Role {
        guard let role = Role(rawValue: word) else {
            throw WrongUse("`\(word)` is no role\(Words.didYouMean(word, Role.allCases.map(\.rawValue)))")
        }
        return role
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            return try run(try UserBook(folder: try options.folder), terminal)
        } catch UserBookError.unknown(let name) {
            terminal.error("docket user: there is no user `\(name)`\(meant(name))")
        } catch {
            terminal.error("docket user: \(error)")
        }
        return .couldNot
    }

    private func meant(_ name: String) -> String {
        let users = (try? UserBook(folder: options.data))?.users.filter { $0.state != .removed } ?? []
        return Words.didYouMean(name, users.map(\.name), else: "; `docket user list` shows them")
    }

    private func run(_ book: UserBook, _ terminal: Terminal) throws -> ExitCode {
        let (now, by) = (options.clock.now(), Caller.name)
        switch action {
        case .add(let tenant, let role, let display, let generates):
            guard KeptUser.isName(person) else {
                throw InputError("`\(person)` is no name: 1 to 254 bytes without spaces, such as an e-mail address")
            }
            let password = try password(generates, terminal)
            let order = UserOrder(
                name: person, display: display, tenant: tenant, role: role, password: password.text)
            let user = try book.create(order, by: by, now: now)
            terminal.out("\(user.id)  \(user.name) is \(user.role.rawValue) of the tenant \(user.tenant)")
            tell(password, terminal)
        case .list(let all, let ndjson):
            let users = book.users.filter { all || $0.state != .removed }
            print(users, ndjson, terminal)
            return users.isEmpty ? .refuted : .done
        case .role(let role):
            let user = try book.setRole(role, of: person, by: by, now: now)
            terminal.out("\(user.name) is \(user.role.rawValue)")
        case .password(let generates):
            let password = try password(generates, terminal)
            let user = try book.setPassword(password.text, of: person, by: by, now: now)
            terminal.out("\(user.name) has a new password; the sessions until now end")
            tell(password, terminal)
        case .state(let state):
            let user = try book.setState(state, of: person, by: by, now: now)
            terminal.out("\(user.name) is \(user.state.rawValue)")
        }
        return .done
    }

    // MARK: Passwords

    private func password(_ generates: Bool, _ terminal: Terminal) throws -> (text: String, isNew: Bool) {
        if generates { return (Token(word: "docket", random: .system).reveal(), true) }
        return (try PasswordInput.read(terminal), false)
    }

    private func tell(_ password: (text: String, isNew: Bool), _ terminal: Terminal) {
        if password.isNew { terminal.out("\nThe password is shown this once:\n\n  \(password.text)") }
    }

    // MARK: The list

    private func print(_ users: [KeptUser], _ ndjson: Bool, _ terminal: Terminal) {
        guard !ndjson else {
            for user in users { terminal.out(JSONValue.object(user.members).text) }
            return
        }
        let rows = users.map { user in
            [
                user.name, user.display ?? "-", user.tenant.text, user.role.rawValue, user.state.rawValue,
                String(RFC3339.text(user.created).prefix(10)), String(RFC3339.text(user.changed).prefix(10)),
                user.changedBy,
            ]
        }
        for line in TextTable([["NAME", "SHOWN AS", "TENANT", "ROLE", "STATE", "CREATED", "CHANGED", "BY"]] + rows)
            .lines
        {
            terminal.out(line)
        }
    }
}
