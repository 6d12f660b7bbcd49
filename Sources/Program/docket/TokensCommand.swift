import Events
import Pipeline
import Platform
import Server

/// `docket tokens`: who may send, and who may search. It works while a server runs.
struct TokensCommand: Command {
    static let name = "tokens"
    static let summary = "Make, list, revoke and rotate credentials."
    static let help = """
        docket tokens create --tenant T --name N [--for USES] [--basic USER | --certificate SUBJECT] [options]
        docket tokens list [--format table|ndjson]
        docket tokens revoke ID
        docket tokens rotate ID [--overlap TIME] [--password-file FILE]

        create   makes a credential and prints its secret, this once
          --tenant T              whose data it admits; default: default
          --name N                what it is called in the list
          --for USES              of logs, traces, metrics, events, search, hold; default: logs,traces,metrics
          --basic USER            shown as this user name with a password, not as a token
          --certificate SUBJECT   shown as a client certificate, such as 'CN=collector-7,O=Example'
          --password-file FILE    the password of --basic; - is standard input; without it one is made
          --rate N                requests a second at the most
          --policy NAME           the content policy of what it sends
          --expires TIME          how long it is good, such as 90d
        list     shows them all, never a secret
        revoke   ends one for good
        rotate   gives it another secret; the one before is good for --overlap (default: 24h, 0s for none)

        \(DataOptions.help)

        A server that runs follows within a second.
        Exit: 0 done, 1 the list is empty, 2 could not
        """

    private enum Action {
        case create(CredentialWish)
        case list(CredentialList)
        case revoke
        case rotate(overlap: Timestamp.Span, passwordFile: String?)

        static let names = ["create", "list", "revoke", "rotate"]
    }

    private let action: Action
    private let options: DataOptions
    /// Of the credential, where there must be one.
    private let id: String

    init(_ words: inout Words) throws {
        guard let name = words.first() else { throw WrongUse("what? \(Action.names.joined(separator: ", "))") }
        switch name {
        case "create": action = .create(try CredentialWish(&words))
        case "list": action = .list(try CredentialList(&words))
        case "revoke": action = .revoke
        case "rotate":
            let overlap = try words.span("--overlap", orNone: true) ?? .hours(24)
            action = .rotate(overlap: overlap, passwordFile: try words.option("--password-file"))
        default: throw WrongUse("`\(name)` is no action\(Words.didYouMean(name, Action.names))")
        }
        options = try DataOptions(&words)
        let rest = try words.rest()
        switch action {
        case .revoke, .rotate:
            guard rest.count == 1 else { throw WrongUse("which one? One ID, as `docket tokens list` shows it") }
        case .create, .list:
            if let word = rest.first { throw WrongUse("`\(word)` is one word too many") }
        }
        id = rest.first ?? ""
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            return try run(try CredentialBook(folder: try options.folder), terminal)
        } catch CredentialBookError.unknown(let id) {
            terminal.error("docket tokens: there is no credential `\(id)`\(meant(id))")
        } catch {
            terminal.error("docket tokens: \(error)")
        }
        return .couldNot
    }

    private func meant(_ id: String) -> String {
        let ids = (try? CredentialBook(folder: options.data))?.credentials.map(\.id) ?? []
        return Words.didYouMean(id, ids, else: "; `docket tokens list` shows them")
    }

    private func run(_ book: CredentialBook, _ terminal: Terminal) throws -> ExitCode {
        let now = options.clock.now()
        switch action {
        case .create(let wish):
            let made = try book.create(try wish.order(now: now), now: now)
            terminal.out("\(made.credential.id)  \(CredentialList.uses(of: made.credential))")
            tell(made.credential, secret: made.secret, terminal)
        case .list(let list):
            list.print(book.credentials, now: now, terminal)
            return book.isEmpty ? .refuted : .done
        case .revoke:
            let credential = try book.revoke(id, now: now)
            terminal.out("\(credential.id) is revoked since \(RFC3339.text(credential.revoked ?? now))")
        case .rotate(let overlap, let file):
            let password = try file.map(CredentialWish.password(in:))
            let made = try book.rotate(id, overlap: overlap, password: password, now: now)
            let end = RFC3339.text(now + overlap)
            terminal.out("\(made.credential.id) has a new secret; the one before is good until \(end)")
            tell(made.credential, secret: made.secret, terminal)
        }
        return .done
    }

    private func tell(_ credential: KeptCredential, secret: String?, _ terminal: Terminal) {
        switch credential.kind {
        case .certificate(let subject): terminal.out("\nShown as a client certificate of \(subject).")
        case .basic(let user):
            terminal.out("\nShown as Basic. The password is shown this once:\n\n  \(user):\(secret ?? "")")
        case .token: terminal.out("\nThe token is shown this once:\n\n  \(secret ?? "")")
        }
    }
}
