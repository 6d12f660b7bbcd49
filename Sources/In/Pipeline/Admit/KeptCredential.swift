public import Events
import Integrity
public import Platform

/// A line of the book: everything that is kept of a credential. Never a secret.
public struct KeptCredential: Sendable, Equatable {
    /// How it is shown.
    public enum Kind: Sendable, Equatable {
        /// As Bearer, as `x-api-key`, or as the password behind any user name.
        case token
        /// As Basic, with this user name and none other.
        case basic(user: String)
        /// By a verified client certificate with this subject.
        case certificate(subject: String)

        public var name: String {
            switch self {
            case .token: "token"
            case .basic: "basic"
            case .certificate: "certificate"
            }
        }
    }

    public enum State: String, Sendable {
        case good, expired, revoked
    }

    /// What a secret is recognized by.
    struct Secret: Sendable, Equatable {
        enum Mark: Sendable, Equatable {
            /// Of 256 random bits. Nobody can go through those, so a plain digest gives nothing away.
            case digest(Digest)
            /// Of what a person chose. Those can be gone through, so each try must cost.
            case hash(PasswordHash)
        }

        let mark: Mark
        /// When it ends; `nil` as long as the credential lives. One that was rotated out has an end.
        var until: Timestamp?
    }

    /// - Range: requests a second that a credential may be limited to
    public static let rates = 1...1_000_000

    public internal(set) var id: String
    /// For people.
    public internal(set) var name: String
    public internal(set) var tenant: TenantName
    public internal(set) var kind: Kind
    public internal(set) var uses: Set<Credential.Use>
    /// - Unit: requests a second
    public internal(set) var rate: Int?
    /// The name of a content policy.
    public internal(set) var policy: String?
    public internal(set) var created: Timestamp
    public internal(set) var expires: Timestamp?
    public internal(set) var revoked: Timestamp?
    /// The newest first.
    var secrets: [Secret]

    public func state(at now: Timestamp) -> State {
        if revoked != nil { return .revoked }
        if let expires, expires <= now { return .expired }
        return .good
    }

    /// What others may know of it.
    var credential: Credential { Credential(id: id, name: name, tenant: tenant, uses: uses, policy: policy) }

    /// Argon2id, at which each check takes 19 MiB and some tens of milliseconds.
    ///
    /// - Source: OWASP, *Password Storage Cheat Sheet*: the least for Argon2id.
    static let effort: PasswordHash.Effort = {
        guard let effort = PasswordHash.Effort(memory: 19_456, passes: 2) else { preconditionFailure("in range") }
        return effort
    }()
}

/// What somebody wants a new credential to be.
public struct CredentialOrder: Sendable {
    public var name: String
    public var tenant: TenantName
    public var kind: KeptCredential.Kind
    public var uses: Set<Credential.Use>
    public var rate: Int?
    public var policy: String?
    public var expires: Timestamp?
    /// Of Basic: what the password is to be; `nil` for a random one.
    public var password: String?

    public init(name: String, tenant: TenantName, kind: KeptCredential.Kind = .token) {
        self.name = name
        self.tenant = tenant
        self.kind = kind
        uses = .sending
    }

    /// Names of credentials and policies: text that a terminal shows as it is.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                let category = $0.properties.generalCategory
                return category != .control && category != .format && category != .lineSeparator
                    && category != .paragraphSeparator
            }
    }

    /// - Source: RFC 7617 section 2: a user name has no colon and no control character.
    public static func isUser(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x3A }
    }

    public static func isSubject(_ text: String) -> Bool {
        (1...1_024).contains(text.utf8.count) && text.contains("=") && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
