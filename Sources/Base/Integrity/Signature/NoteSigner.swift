/// A name and a secret key that sign notes.
///
/// - Shape: as text `PRIVATE+KEY+example.com/log42+a1b2c3d4+AR…`, as Go's `golang.org/x/mod/sumdb/note` writes it.
public struct NoteSigner: Sendable {
    public let key: VerifierKey
    public let secret: Ed25519.SecretKey

    public init(name: KeyName, kind: SignatureKind = .note, secret: Ed25519.SecretKey) {
        key = VerifierKey(name: name, kind: kind, key: secret.publicKey)
        self.secret = secret
    }

    /// One that was kept.
    public init?(kept text: String) {
        let start = "PRIVATE+KEY+"
        guard text.hasPrefix(start) else { return nil }
        let parts = text.dropFirst(start.count).split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = KeyName(String(parts[0])), let encoded = Base64.bytes(of: String(parts[2])),
            let first = encoded.first, let kind = SignatureKind(rawValue: first),
            let secret = Ed25519.SecretKey(seed: Array(encoded.dropFirst()))
        else { return nil }
        self.init(name: name, kind: kind, secret: secret)
        guard key.text.hasPrefix("\(parts[0])+\(parts[1])+") else { return nil }
    }

    /// The only way to the secret: to be stored.
    public func reveal() -> String {
        let encoded = Base64.text(of: ([key.kind.rawValue] + secret.revealSeed()).rawBytes)
        return "PRIVATE+KEY+" + key.text.split(separator: "+").prefix(2).joined(separator: "+") + "+" + encoded
    }

    /// Signs a note. A log signs no checkpoint that does not continue every one it has signed: see to that first.
    public func signature(over note: SignedNote) -> SignedNote.Signature {
        precondition(key.kind == .note, "a cosigner says when")
        let bytes = secret.signature(over: Array(note.text.utf8).rawBytes)
        return SignedNote.Signature(name: key.name, keyID: key.id, bytes: bytes)
    }

    /// Says that at this time the checkpoint was the largest one seen of its log, and continued those before.
    ///
    /// - Parameter seconds: since 1970. - Range: up to 2^63 - 1.
    public func cosignature(over note: SignedNote, atSeconds seconds: UInt64) -> SignedNote.Signature {
        precondition(key.kind == .cosignature && seconds <= UInt64(Int64.max), "not a cosigner, or no time")
        let message = Cosignature.message(text: note.text, seconds: seconds)
        let time = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: seconds >> UInt64($0)) }
        let bytes = time + secret.signature(over: message.rawBytes)
        return SignedNote.Signature(name: key.name, keyID: key.id, bytes: bytes)
    }
}

extension NoteSigner: CustomStringConvertible, CustomReflectable {
    public var description: String { "(signer \(key.name))" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A signature over a checkpoint with a time.
///
/// - Shape: the time in eight bytes, the high one first, then the signature.
/// - Source: C2SP tlog-cosignature, "Ed25519 signed message".
enum Cosignature {
    static let timeSize = 8

    static func message(text: String, seconds: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n".utf8) + Array(text.utf8)
    }
}

extension VerifierKey {
    /// - Returns: `nil` when this key did not make the signature.
    func verified(_ signature: [UInt8], over text: String) -> SignedNote.Verified? {
        switch kind {
        case .note:
            guard key.verifies(signature, over: Array(text.utf8).rawBytes) else { return nil }
            return SignedNote.Verified(key: self, time: nil)
        case .cosignature:
            guard signature.count == Cosignature.timeSize + Ed25519.signatureSize else { return nil }
            let seconds = signature.prefix(Cosignature.timeSize).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let message = Cosignature.message(text: text, seconds: seconds)
            guard seconds <= UInt64(Int64.max),
                key.verifies(Array(signature.dropFirst(Cosignature.timeSize)), over: message.rawBytes)
            else { return nil }
            return SignedNote.Verified(key: self, time: seconds)
        }
    }
}
