import Events
public import Integrity
public import Platform

/// All credentials of a data directory: a file that its owner alone can read.
///
/// The command line changes the file while a server runs, so a change is made under a lock of the file's own, on
/// what is in the file at that moment, and a server looks with ``refresh()`` whether there is something new.
///
/// - Threads: any.
public final class CredentialBook: Sendable {
    public static let fileName = "credentials.json"
    static let lockName = "credentials.lock"

    private let book: LineBook<CredentialFile>
    private let random: RandomBytes

    public var file: String { book.path }

    /// Reads the book of a data directory; an empty one where there is none.
    public init(folder: String, random: RandomBytes = .system) throws(CredentialBookError) {
        self.random = random
        book = try LineBook(BookFile(folder: folder, name: Self.fileName, lockName: Self.lockName))
    }

    var index: CredentialIndex { book.index }

    public var isEmpty: Bool { credentials.isEmpty }

    /// In the order in which they were made.
    public var credentials: [KeptCredential] { book.lines }

    /// Reads the file again if it is another one than before. When it cannot be used, all stays as it was.
    ///
    /// - Cost: one system call when nothing has changed.
    /// - Returns: whether it was read.
    public func refresh() throws(CredentialBookError) -> Bool { try book.refresh() }

    // MARK: Changes

    /// Makes a credential.
    ///
    /// - Returns: what is kept, and the secret, to be shown once; a certificate has none.
    public func create(
        _ order: CredentialOrder, now: Timestamp
    ) throws(CredentialBookError) -> (credential: KeptCredential, secret: String?) {
        let made = try secret(for: order.kind, chosen: order.password)
        return try book.change { (credentials) throws(CredentialBookError) in
            guard credentials.count < CredentialFile.most else { throw .full(most: CredentialFile.most) }
            if order.kind != .token,
                let other = credentials.first(where: { $0.kind == order.kind && $0.state(at: now) == .good })
            {
                throw .taken(by: other.id)
            }
            return (add(order, made?.kept, to: &credentials, now: now), made?.shown)
        }
    }

    private func add(
        _ order: CredentialOrder, _ secret: KeptCredential.Secret?, to credentials: inout [KeptCredential],
        now: Timestamp
    ) -> KeptCredential {
        let credential = KeptCredential(
            id: Self.newID(random, unlike: credentials), name: order.name, tenant: order.tenant, kind: order.kind,
            uses: order.uses, rate: order.rate, policy: order.policy, created: now, expires: order.expires,
            revoked: nil, secrets: secret.map { [$0] } ?? [])
        credentials.append(credential)
        return credential
    }

    /// Ends a credential for good. Again: it stays as it was revoked first.
    public func revoke(_ id: String, now: Timestamp) throws(CredentialBookError) -> KeptCredential {
        try book.change { (credentials) throws(CredentialBookError) in
            let place = try Self.place(of: id, in: credentials)
            credentials[place].revoked = credentials[place].revoked ?? now
            return credentials[place]
        }
    }

    /// Gives a credential another secret. The one before is good for a while.
    ///
    /// - Parameter password: of Basic; `nil` for a random one.
    /// - Returns: what is kept, and the new secret, to be shown once.
    public func rotate(
        _ id: String, overlap: Timestamp.Span, password: String? = nil, now: Timestamp
    ) throws(CredentialBookError) -> (credential: KeptCredential, secret: String) {
        let kind = try credentials[Self.place(of: id, in: credentials)].kind
        guard let made = try secret(for: kind, chosen: password) else { throw .noSecret(id: id) }
        return try book.change { (credentials) throws(CredentialBookError) in
            let place = try Self.place(of: id, in: credentials)
            guard credentials[place].revoked == nil else { throw .revoked(id: id) }
            let end = now + overlap
            // Those that have ended are forgotten; until here, who shows one is told why it is refused.
            var secrets = credentials[place].secrets.filter { $0.until.map { $0 > now } ?? true }
            for number in secrets.indices { secrets[number].until = min(secrets[number].until ?? end, end) }
            guard secrets.count < CredentialFile.mostSecrets else { throw .tooManySecrets(id: id) }
            credentials[place].secrets = [made.kept] + secrets
            return (credentials[place], made.shown)
        }
    }

    /// Lets in the token that the environment chose, which may do everything; without a choice, makes two tokens
    /// when there is no credential at all.
    ///
    /// There is one chosen token: another choice takes the place of the one before, for each costs a check
    /// with every token that is not known.
    ///
    /// - Returns: tokens that were made, to be shown once.
    public func bootstrap(chosen: String?, now: Timestamp) throws(CredentialBookError) -> FirstTokens? {
        guard let chosen else { return isEmpty ? try first(now: now) : nil }
        guard !isChosen(chosen) else { return nil }
        let mark = try hash(chosen)
        let digest = Token(shown: chosen).digest
        return try book.change { (credentials) throws(CredentialBookError) in
            var bootstrap = KeptCredential(
                id: Self.newID(random, unlike: credentials), name: "bootstrap", tenant: .default, kind: .token,
                uses: .all, rate: nil, policy: nil, created: now, expires: nil, revoked: nil, secrets: [mark])
            // The same token, kept as version 1 did, or the choice before.
            for place in credentials.indices where credentials[place].kind == .token {
                let isSame = credentials[place].secrets.contains { $0.mark == .digest(digest) }
                let isOther = credentials[place].secrets.contains(where: \.isChosen)
                guard isSame || isOther else { continue }
                credentials[place].secrets.removeAll { $0.isChosen || $0.mark == .digest(digest) }
                // What was revoked stays so: another choice is another credential.
                guard isSame || credentials[place].revoked == nil else { continue }
                bootstrap = credentials[place]
                bootstrap.secrets.insert(mark, at: 0)
            }
            credentials.removeAll { $0.id == bootstrap.id }
            credentials.append(bootstrap)
            return nil
        }
    }

    /// Both in one change: a crash leaves both or none.
    private func first(now: Timestamp) throws(CredentialBookError) -> FirstTokens? {
        let (search, sending) = (Token(word: "docket", random: random), Token(word: "docket", random: random))
        return try book.change { (credentials) throws(CredentialBookError) in
            guard credentials.isEmpty else { return nil }
            for (name, uses, token) in [("console", Set([.search]), search), ("senders", .sending, sending)] {
                var order = CredentialOrder(name: name, tenant: .default)
                order.uses = uses
                _ = add(order, .init(mark: .digest(token.digest)), to: &credentials, now: now)
            }
            return FirstTokens(search: search.reveal(), sending: sending.reveal())
        }
    }

    /// Whether a text is the chosen token already.
    private func isChosen(_ text: String) -> Bool {
        credentials.contains { credential in
            credential.kind == .token
                && credential.secrets.contains { secret in
                    if case .hash(let hash) = secret.mark { hash.matches(text) } else { false }
                }
        }
    }

    // MARK: Parts of a change

    private static func place(of id: String, in credentials: [KeptCredential]) throws(CredentialBookError) -> Int {
        guard let place = credentials.firstIndex(where: { $0.id == id }) else { throw .unknown(id: id) }
        return place
    }

    private static func newID(_ random: RandomBytes, unlike others: [KeptCredential]) -> String {
        while true {
            let bytes = random.bytes(8)
            let id = unsafe "cred_" + Hexadecimal.text(of: bytes.span.bytes)
            if !others.contains(where: { $0.id == id }) { return id }
        }
    }

    /// A new secret, as it is shown and as it is kept. A certificate has none.
    private func secret(
        for kind: KeptCredential.Kind, chosen: String?
    ) throws(CredentialBookError) -> (shown: String, kept: KeptCredential.Secret)? {
        switch kind {
        case .certificate: return nil
        case .token:
            let token = Token(word: "docket", random: random)
            return (token.reveal(), .init(mark: .digest(token.digest)))
        case .basic:
            let password = chosen ?? Token(word: "docket", random: random).reveal()
            return (password, try hash(password))
        }
    }

    private func hash(_ text: String) throws(CredentialBookError) -> KeptCredential.Secret {
        guard let hash = PasswordHash(of: text, effort: KeptCredential.effort, random: random) else { throw .noMemory }
        return .init(mark: .hash(hash))
    }
}

extension KeptCredential.Secret {
    fileprivate var isChosen: Bool { if case .hash = mark { true } else { false } }
}

/// The tokens of a new data directory. What lies with every sender does not open the console.
public struct FirstTokens: Sendable {
    /// For the console, its API and `docket search`.
    public let search: String
    /// For logs, traces and metrics.
    public let sending: String
}

/// Why the credentials cannot be had, or not be changed as wanted.
public enum CredentialBookError: BookFailure, Sendable, CustomStringConvertible {
    case book(BookError)
    case unknown(id: String)
    case revoked(id: String)
    case noSecret(id: String)
    case taken(by: String)
    case tooManySecrets(id: String)
    case full(most: Int)
    case noMemory

    init(_ error: BookError) { self = .book(error) }

    public var description: String {
        switch self {
        case .book(let error): error.description
        case .unknown(let id): "there is no credential `\(id)`; `docket tokens list` shows them"
        case .revoked(let id): "\(id) is revoked, which is for good; make another with `docket tokens create`"
        case .noSecret(let id):
            "\(id) is a client certificate and has no secret here; its authority issues the next one"
        case .taken(let id): "\(id) is shown in the same way; revoke it first, or rotate it"
        case .tooManySecrets(let id):
            "\(id) has \(CredentialFile.mostSecrets) secrets that are still good; wait until some have ended, "
                + "or rotate it with a shorter --overlap"
        case .full(let most): "a book holds \(most) credentials at the most"
        case .noMemory: "there is not enough memory to hash the secret"
        }
    }
}
