import CSodium

/// To whom something is sealed: everybody may know it, and it opens nothing.
///
/// - Shape: `age1…`, as `age-keygen` prints it.
/// - Source: The age file format, version 1, the X25519 recipient type.
public struct AgeRecipient: Sendable, Hashable, CustomStringConvertible {
    static let size = 32
    public let bytes: [UInt8]

    /// - Returns: `nil` for what is no recipient.
    public init?(_ text: String) {
        guard let (name, bytes) = Bech32.bytes(text), name == "age", bytes.count == Self.size,
            text == text.lowercased(),
            // A point of small order: everybody could agree on the same key with it.
            X25519.shared([UInt8](repeating: 8, count: Self.size), bytes) != nil
        else { return nil }
        self.bytes = bytes
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    public var description: String { Bech32.text("age", bytes) }

    /// The recipients of a file: one a line, with empty lines and lines that begin with `#` between them.
    ///
    /// - Returns: the number of the first line that is none.
    public static func all(in text: String) -> Result<[AgeRecipient], AgeFlaw> {
        AgeFlaw.each(line: text) { AgeRecipient($0) }
    }
}

/// Opens what was sealed to its recipient.
///
/// - Shape: `AGE-SECRET-KEY-1…`, as `age-keygen` writes it.
public struct AgeIdentity: Sendable {
    private let secret: [UInt8]
    public let recipient: AgeRecipient

    public init?(_ text: String) {
        guard let (name, bytes) = Bech32.bytes(text), name == "age-secret-key-", text == text.uppercased() else {
            return nil
        }
        self.init(secret: bytes)
    }

    init?(secret: [UInt8]) {
        guard secret.count == AgeRecipient.size else { return nil }
        self.secret = secret
        recipient = AgeRecipient(bytes: X25519.publicKey(of: secret))
    }

    public static func all(in text: String) -> Result<[AgeIdentity], AgeFlaw> {
        AgeFlaw.each(line: text) { AgeIdentity($0) }
    }

    func shared(with share: [UInt8]) -> [UInt8]? { X25519.shared(secret, share) }
}

/// A line of a file of keys that is no key.
public struct AgeFlaw: Error, Sendable, Equatable {
    /// - Range: counts from 1; 0 when there is no key at all.
    public let line: Int

    static func each<Key>(line text: String, _ read: (String) -> Key?) -> Result<[Key], AgeFlaw> {
        var keys: [Key] = []
        // By bytes: to a String, a carriage return and a line feed are one character.
        for (place, line) in text.utf8.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let line = String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard let key = read(line) else { return .failure(AgeFlaw(line: place + 1)) }
            keys.append(key)
        }
        return keys.isEmpty ? .failure(AgeFlaw(line: 0)) : .success(keys)
    }
}

/// What two parties agree on over the curve.
///
/// - Source: RFC 7748. The work is libsodium's.
enum X25519 {
    static func publicKey(of secret: [UInt8]) -> [UInt8] {
        precondition(secret.count == AgeRecipient.size, "no secret key")
        var out = [UInt8](repeating: 0, count: AgeRecipient.size)
        unsafe _ = crypto_scalarmult_curve25519_base(&out, secret)
        return out
    }

    /// - Returns: `nil` for a point of small order, with which anybody could agree on the same.
    static func shared(_ secret: [UInt8], _ other: [UInt8]) -> [UInt8]? {
        guard secret.count == AgeRecipient.size, other.count == AgeRecipient.size else { return nil }
        var out = [UInt8](repeating: 0, count: AgeRecipient.size)
        return unsafe crypto_scalarmult_curve25519(&out, secret, other) == 0 ? out : nil
    }
}
