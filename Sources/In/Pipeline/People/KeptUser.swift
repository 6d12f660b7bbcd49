public import Events
import Integrity
public import Platform

/// A line of the book of users: everything that is kept of a person who may sign in. Never a password.
public struct KeptUser: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// May sign in.
        case active
        /// May not, until somebody says otherwise.
        case disabled
        /// Never again. The line stays, so that the record can say who it was; the name is free for another.
        case removed
    }

    public internal(set) var id: String
    /// What is typed to sign in: an address of mail or another name. Unique among those that are not removed, whatever the
    /// case of its letters.
    public internal(set) var name: String
    /// How others see the person; `nil` for the name.
    public internal(set) var display: String?
    public internal(set) var tenant: TenantName
    public internal(set) var role: Role
    public internal(set) var state: State
    public internal(set) var created: Timestamp
    /// When the line was changed last, and by whom, in words.
    public internal(set) var changed: Timestamp
    public internal(set) var changedBy: String
    /// `nil` once the person is removed.
    var password: PasswordHash?

    /// - Unit: bytes. Shorter ones are guessed, longer ones are no passwords but files taken by mistake.
    /// - Source: NIST SP 800-63B-4: length, and no rules of composition.
    public static let passwordLength = 12...1_024

    /// Mail addresses and short names: what is typed into one box.
    ///
    /// - Source: RFC 5321 section 4.5.3.1.3: an address has 254 bytes at the most.
    public static func isName(_ text: String) -> Bool {
        (1...254).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                let category = $0.properties.generalCategory
                return !$0.properties.isWhitespace && category != .control && category != .format
            }
    }

    /// By which two names are the same.
    static func key(_ name: String) -> String { name.lowercased() }

    /// Why a password is none; `nil` when it is one.
    public static func flaw(inPassword password: String, of name: String) -> String? {
        guard passwordLength.contains(password.utf8.count) else {
            return "a password has \(passwordLength.lowerBound) to \(passwordLength.upperBound) bytes"
        }
        guard key(password) != key(name) else { return "a password is not the name" }
        guard Set(password).count > 3 else { return "a password has more than three different letters" }
        return nil
    }
}

/// What somebody wants a new user to be.
public struct UserOrder: Sendable {
    public var name: String
    public var display: String?
    public var tenant: TenantName
    public var role: Role
    public var password: String

    public init(name: String, display: String? = nil, tenant: TenantName, role: Role, password: String) {
        self.name = name
        self.display = display
        self.tenant = tenant
        self.role = role
        self.password = password
    }
}

extension KeptUser {
    /// Changes with the password, and tells nothing of it.
    public var passwordMark: String {
        guard let password else { return "" }
        let bytes = Array(password.text.utf8)
        return unsafe String(Digest(of: bytes.span.bytes).hexadecimal.prefix(16))
    }
}
