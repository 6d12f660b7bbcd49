public import Codecs
import Events
import Integrity
import Platform

/// The book as a file. `docs/formats/credentials.md` describes it.
enum CredentialFile: BookFormat {
    typealias Flaw = BookFlaw
    typealias Failure = CredentialBookError

    static let version: Int64 = 2
    /// Credentials of one book. Above it none can be made.
    static let most = 100_000
    /// Secrets of one credential that may be good at a time: each costs a check.
    static let mostSecrets = 8

    // MARK: Writing

    /// One credential a line, so that a person can read it and a difference shows what changed.
    static func bytes(_ credentials: [KeptCredential]) -> [UInt8] {
        let lines = credentials.map { value($0).text }
        let list = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n]"
        return Array("{\"version\":\(version),\"credentials\":\(list)}\n".utf8)
    }

    private static func value(_ credential: KeptCredential) -> JSONValue {
        let secrets: JSONValue.Member = .init("secrets", .array(credential.secrets.map(value)))
        return .object(credential.members + (credential.secrets.isEmpty ? [] : [secrets]))
    }

    private static func value(_ secret: KeptCredential.Secret) -> JSONValue {
        var members: [JSONValue.Member] =
            switch secret.mark {
            case .digest(let digest): [.init("sha256", .string(digest.hexadecimal))]
            case .hash(let hash): [.init("argon2id", .string(hash.text))]
            }
        if let until = secret.until { members.append(.init("until", .string(RFC3339.text(until, digits: 9)))) }
        return .object(members)
    }

    // MARK: Reading

    static func index(_ credentials: [KeptCredential]) -> CredentialIndex { CredentialIndex(credentials) }

    private static let firstMembers: Set = ["id", "tenant", "sha256", "created"]
    private static let secondMembers: Set = [
        "id", "name", "tenant", "kind", "user", "subject", "uses", "rate", "policy", "created", "expires", "revoked",
        "secrets",
    ]

    static func read(_ bytes: [UInt8]) throws(Flaw) -> [KeptCredential] {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw Flaw(place: "the file", problem: "is no JSON: \(error)")
        }
        guard let version = root["version"]?.integer, (1...Self.version).contains(version) else {
            throw Flaw(place: "version", problem: "must be 1 or \(Self.version)")
        }
        guard let items = root["credentials"]?.array, items.count <= most else {
            throw Flaw(place: "credentials", problem: "must be a list of at most \(most)")
        }
        var credentials: [KeptCredential] = []
        var ids: Set<String> = []
        for (place, item) in items.enumerated() {
            let reader = try MemberReader(
                item, at: "credentials[\(place)]", version == 1 ? firstMembers : secondMembers)
            let credential = try version == 1 ? first(reader) : second(reader)
            guard ids.insert(credential.id).inserted else { throw reader.flaw("id", "stands twice in the list") }
            credentials.append(credential)
        }
        return credentials
    }

    /// Version 1 knew tokens alone, and all of them could do everything.
    private static func first(_ reader: MemberReader) throws(Flaw) -> KeptCredential {
        KeptCredential(
            id: try reader.id("cred_"), name: "token", tenant: try reader.tenant(), kind: .token, uses: .all, rate: nil,
            policy: nil, created: try reader.moment("created"), expires: nil, revoked: nil,
            secrets: [.init(mark: .digest(try reader.digest("sha256")))])
    }

    private static func second(_ reader: MemberReader) throws(Flaw) -> KeptCredential {
        let kind = try reader.kind()
        let secrets = try reader.secrets()
        if case .certificate = kind, !secrets.isEmpty {
            throw reader.flaw("secrets", "must be missing: a certificate has none here")
        }
        return KeptCredential(
            id: try reader.id("cred_"), name: try reader.name("name"), tenant: try reader.tenant(), kind: kind,
            uses: try reader.uses(), rate: try reader.rate(),
            policy: try reader.isThere("policy") ? reader.name("policy") : nil, created: try reader.moment("created"),
            expires: try reader.momentIfThere("expires"), revoked: try reader.momentIfThere("revoked"),
            secrets: secrets)
    }
}

extension KeptCredential {
    /// All that may be shown: neither a secret nor what one is recognized by.
    public var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("id", .string(id)), .init("name", .string(name)), .init("tenant", .string(tenant.text)),
            .init("kind", .string(kind.name)),
        ]
        switch kind {
        case .token: break
        case .basic(let user): members.append(.init("user", .string(user)))
        case .certificate(let subject): members.append(.init("subject", .string(subject)))
        }
        let uses = Credential.Use.allCases.filter(uses.contains)
        members.append(.init("uses", .array(uses.map { .string($0.rawValue) })))
        if let rate { members.append(.init("rate", .integer(Int64(rate)))) }
        if let policy { members.append(.init("policy", .string(policy))) }
        let moments: [(String, Timestamp?)] = [("created", created), ("expires", expires), ("revoked", revoked)]
        for case (let key, let moment?) in moments {
            members.append(.init(key, .string(RFC3339.text(moment, digits: 9))))
        }
        return members
    }
}

extension MemberReader {
    fileprivate func kind() throws(Flaw) -> KeptCredential.Kind {
        let kind: KeptCredential.Kind
        switch value["kind"]?.string {
        case "token": kind = .token
        case "basic": kind = .basic(user: try text("user", "must be a user name", if: CredentialOrder.isUser))
        case "certificate":
            kind = .certificate(subject: try text("subject", "must be a subject", if: CredentialOrder.isSubject))
        default: throw flaw("kind", "must be token, basic or certificate")
        }
        for (member, owner) in [("user", "basic"), ("subject", "certificate")] where kind.name != owner {
            guard !isThere(member) else { throw flaw(member, "belongs to \(owner) alone") }
        }
        return kind
    }

    fileprivate func uses() throws(Flaw) -> Set<Credential.Use> {
        let uses = value["uses"]?.array?.map { $0.string.flatMap { Credential.Use(rawValue: $0) } }
        guard let uses, !uses.isEmpty, !uses.contains(nil) else {
            let known = Credential.Use.allCases.map(\.rawValue).joined(separator: ", ")
            throw flaw("uses", "must be a list of \(known)")
        }
        return Set(uses.compactMap { $0 })
    }

    fileprivate func rate() throws(Flaw) -> Int? {
        guard let value = value["rate"] else { return nil }
        guard let rate = value.integer, let rate = Int(exactly: rate), KeptCredential.rates.contains(rate) else {
            throw flaw("rate", "must be 1 to 1000000")
        }
        return rate
    }

    fileprivate func digest(_ name: String) throws(Flaw) -> Digest {
        guard let digest = value[name]?.string.flatMap({ Digest(hexadecimal: $0) }) else {
            throw flaw(name, "must be 64 hexadecimal digits")
        }
        return digest
    }

    fileprivate func secrets() throws(Flaw) -> [KeptCredential.Secret] {
        guard let value = value["secrets"] else { return [] }
        guard let items = value.array, items.count <= CredentialFile.mostSecrets else {
            throw flaw("secrets", "must be a list of at most \(CredentialFile.mostSecrets)")
        }
        var secrets: [KeptCredential.Secret] = []
        for (number, item) in items.enumerated() {
            secrets.append(
                try MemberReader(item, at: "\(place).secrets[\(number)]", ["sha256", "argon2id", "until"]).secret())
        }
        return secrets
    }

    private func secret() throws(Flaw) -> KeptCredential.Secret {
        let until = try momentIfThere("until")
        guard isThere("argon2id") else {
            return .init(mark: .digest(try digest("sha256")), until: until)
        }
        guard !isThere("sha256") else { throw flaw("argon2id", "must stand alone, without sha256") }
        return .init(mark: .hash(try passwordHash("argon2id")), until: until)
    }
}
