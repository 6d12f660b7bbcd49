/// What a signature is over.
///
/// - Source: C2SP signed-note, "Signature types".
public enum SignatureKind: UInt8, Sendable, CaseIterable {
    /// The text of a note.
    case note = 0x01
    /// A checkpoint and the time at which somebody else saw that it continues the ones before: C2SP tlog-cosignature.
    case cosignature = 0x04
}

/// A key that is trusted to sign notes under a name.
///
/// - Shape: as text `example.com/log42+a1b2c3d4+AR…`: the name, the id, and base64 of the kind and the key.
/// - Source: C2SP signed-note, "Verifier keys".
public struct VerifierKey: Sendable, Hashable {
    public let name: KeyName
    public let kind: SignatureKind
    public let key: Ed25519.PublicKey
    /// The first four bytes of SHA-256(name ‖ 0x0A ‖ kind ‖ key). It finds keys, and proves nothing.
    public let id: UInt32

    public init(name: KeyName, kind: SignatureKind, key: Ed25519.PublicKey) {
        self.name = name
        self.kind = kind
        self.key = key
        let message = Array(name.text.utf8) + [0x0a, kind.rawValue] + key.bytes
        id = Digest(of: message.rawBytes).array.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    public init?(text: String) {
        // There may be plus signs in base64, and there are none in names.
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = KeyName(String(parts[0])), let encoded = Base64.bytes(of: String(parts[2])),
            let first = encoded.first, let kind = SignatureKind(rawValue: first),
            let key = Ed25519.PublicKey(bytes: Array(encoded.dropFirst()))
        else { return nil }
        self.init(name: name, kind: kind, key: key)
        guard parts[1] == idText else { return nil }
    }

    public var text: String { "\(name)+\(idText)+\(Base64.text(of: ([kind.rawValue] + key.bytes).rawBytes))" }

    private var idText: String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
