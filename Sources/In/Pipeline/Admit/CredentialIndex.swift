import Integrity
import Platform

/// The book as it is at one moment, so that ten thousand credentials are found as fast as one.
///
/// Tokens are found by their SHA-256 in a table. That the time of a look into a table depends on what is asked for
/// gives nothing away: the question is a digest, which nobody can steer towards one that is kept, and what is kept
/// is of 256 random bits. The digest that is found is still compared in constant time.
struct CredentialIndex: Sendable {
    let credentials: [KeptCredential]
    private var tokens: [Digest: (credential: Int, secret: Int)] = [:]
    private var users: [String: Int] = [:]
    private var subjects: [String: Int] = [:]
    private var ids: [String: Int] = [:]
    /// Tokens that a person chose. There is one at the most that is in force, see ``CredentialBook/bootstrap``.
    private var chosen: [(hash: PasswordHash, credential: Int, secret: Int)] = []

    init(_ credentials: [KeptCredential]) {
        self.credentials = credentials
        for (place, credential) in credentials.enumerated() {
            ids[credential.id] = place
            for (number, secret) in credential.secrets.enumerated() {
                switch (credential.kind, secret.mark) {
                case (.token, .digest(let digest)): tokens[digest] = (place, number)
                case (.token, .hash(let hash)): chosen.append((hash, place, number))
                default: break
                }
            }
            // Of several with one name the one in force counts, and of those that are revoked the last.
            switch credential.kind {
            case .token: break
            case .basic(let user): enter(place, as: user, in: &users)
            case .certificate(let subject): enter(place, as: subject, in: &subjects)
            }
        }
    }

    private func enter(_ place: Int, as name: String, in table: inout [String: Int]) {
        guard let known = table[name], credentials[known].revoked == nil, credentials[place].revoked != nil else {
            table[name] = place
            return
        }
    }

    func credential(id: String) -> KeptCredential? { ids[id].map { credentials[$0] } }

    func credential(subject: String) -> KeptCredential? { subjects[subject].map { credentials[$0] } }

    /// The credential that a secret is of.
    func find(_ secret: String, user: String?, _ checks: PasswordChecks) -> Found {
        let digest = Token(shown: secret).digest
        if let place = tokens[digest], case .digest(let kept) = mark(place),
            kept.bytes.isEqualInConstantTime(to: digest.bytes)
        {
            return found(place)
        }
        if let user, let place = users[user] {
            let hashes = credentials[place].secrets.enumerated().compactMap { number, secret in
                if case .hash(let hash) = secret.mark { (hash: hash, credential: place, secret: number) } else { nil }
            }
            return find(secret, among: hashes, checks)
        }
        return find(secret, among: chosen, checks)
    }

    enum Found {
        /// - Parameter until: when the secret that was shown ends, if before its credential.
        case credential(KeptCredential, until: Timestamp?)
        case none
        case busy(after: Timestamp.Span)
    }

    private func find(
        _ secret: String, among hashes: [(hash: PasswordHash, credential: Int, secret: Int)], _ checks: PasswordChecks
    ) -> Found {
        switch checks.match(secret, among: hashes.map(\.hash)) {
        case .none: .none
        case .busy(let after): .busy(after: after)
        case .matches(let hash):
            hashes.first { $0.hash == hash }.map { found(($0.credential, $0.secret)) } ?? .none
        }
    }

    private func mark(_ place: (credential: Int, secret: Int)) -> KeptCredential.Secret.Mark {
        credentials[place.credential].secrets[place.secret].mark
    }

    private func found(_ place: (credential: Int, secret: Int)) -> Found {
        let credential = credentials[place.credential]
        return .credential(credential, until: credential.secrets[place.secret].until)
    }
}
