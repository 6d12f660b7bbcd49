import Events
import Pipeline
import Platform

/// What the words of `docket tokens create` ask for.
struct CredentialWish {
    /// - Unit: bytes. Shorter ones are guessed, longer ones are no passwords but files taken by mistake.
    private static let passwordLength = 12...1_024

    private var order: CredentialOrder
    private let lifetime: Timestamp.Span?
    private let passwordFile: String?

    init(_ words: inout Words) throws {
        guard let name = try words.option("--name") else { throw WrongUse("what is it called? --name N") }
        guard CredentialOrder.isName(name) else { throw WrongUse("--name must be text of 1 to 64 bytes on one line") }
        let tenant = try words.option("--tenant") ?? TenantName.default.text
        guard let tenant = TenantName(tenant) else {
            throw WrongUse("--tenant `\(tenant)` is not a tenant name: 1 to 63 of a–z 0–9 - _")
        }
        order = CredentialOrder(name: name, tenant: tenant, kind: try Self.kind(&words))
        if let text = try words.option("--for") { order.uses = try Self.uses(text) }
        if let text = try words.option("--rate") {
            guard let rate = Int(text), KeptCredential.rates.contains(rate) else {
                let rates = KeptCredential.rates
                throw WrongUse("--rate must be \(rates.lowerBound) to \(rates.upperBound) requests a second")
            }
            order.rate = rate
        }
        if let policy = try words.option("--policy") {
            guard CredentialOrder.isName(policy) else { throw WrongUse("--policy must be a name of 1 to 64 bytes") }
            order.policy = policy
        }
        lifetime = try words.span("--expires")
        passwordFile = try words.option("--password-file")
        if passwordFile != nil, order.kind.name != "basic" {
            throw WrongUse("--password-file goes with --basic; tokens are made at random")
        }
    }

    private static func kind(_ words: inout Words) throws(WrongUse) -> KeptCredential.Kind {
        let user = try words.option("--basic")
        var subject = try words.option("--certificate")
        switch (user, subject) {
        case (nil, nil): return .token
        case (let user?, nil):
            guard CredentialOrder.isUser(user) else {
                throw WrongUse("--basic must be a user name of 1 to 256 bytes, without a colon")
            }
            return .basic(user: user)
        case (nil, let text?):
            // As `openssl x509 -subject` prints it.
            if text.hasPrefix("subject=") { subject = String(text.dropFirst(8)) }
            guard let subject, CredentialOrder.isSubject(subject) else {
                throw WrongUse("--certificate must be a subject such as 'CN=collector-7,O=Example'")
            }
            return .certificate(subject: subject)
        case (_?, _?): throw WrongUse("--basic or --certificate, not both")
        }
    }

    private static func uses(_ text: String) throws(WrongUse) -> Set<Credential.Use> {
        let known = Credential.Use.allCases.map(\.rawValue)
        var uses: Set<Credential.Use> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            guard let use = Credential.Use(rawValue: word) else {
                throw WrongUse("--for: `\(word)` is no use\(Words.didYouMean(word, known))")
            }
            uses.insert(use)
        }
        return uses
    }

    func order(now: Timestamp) throws -> CredentialOrder {
        var order = order
        order.expires = lifetime.map { now + $0 }
        order.password = try passwordFile.map(Self.password(in:))
        return order
    }

    /// The first line of a file.
    static func password(in file: String) throws -> String {
        let bytes = try Input.bytes(file, limit: passwordLength.upperBound + 2)
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard passwordLength.contains(line.count), let text = String(validating: line, as: UTF8.self) else {
            let (least, most) = (passwordLength.lowerBound, passwordLength.upperBound)
            throw InputError("\(file): the password must be one line of \(least) to \(most) bytes")
        }
        return text
    }
}
