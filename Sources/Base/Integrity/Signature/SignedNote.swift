/// A text and signatures under it.
///
///     If you think cryptography is the answer to your problem,
///     then you don't know what your problem is.
///
///     — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
///
/// Nothing in the text is to be believed before ``verify(with:)`` has found a key that one trusts.
///
/// - Source: C2SP signed-note; the example is from Go's `golang.org/x/mod/sumdb/note`.
public struct SignedNote: Sendable, Equatable {
    /// One line under the text.
    public struct Signature: Sendable, Equatable {
        public let name: KeyName
        public let keyID: UInt32
        public let bytes: [UInt8]

        public init(name: KeyName, keyID: UInt32, bytes: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }
    }

    /// A signature that a trusted key made.
    public struct Verified: Sendable, Equatable {
        public let key: VerifierKey
        /// When a cosigner says it signed.
        ///
        /// - Unit: seconds since 1970.
        public let time: UInt64?
    }

    /// - Unit: bytes of a note. - Range: room for sixteen signatures of every kind there is.
    public static let largest = 256 * 1_024
    /// - Unit: lines.
    public static let mostSignatures = 100

    /// Ends in a line feed.
    public let text: String
    public private(set) var signatures: [Signature]

    /// - Returns: `nil` for a text that does not end in a line feed, or has other control characters.
    public init?(text: String, signatures: [Signature] = []) {
        guard text.utf8.last == 0x0a, text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0a }) else { return nil }
        self.text = text
        self.signatures = signatures
    }

    /// Adds a signature. One of the same key that is there already goes away.
    public mutating func add(_ signature: Signature) {
        signatures.removeAll { $0.name == signature.name && $0.keyID == signature.keyID }
        signatures.append(signature)
    }

    /// A note as it was received.
    public init(bytes: RawSpan) throws(NoteError) {
        guard bytes.byteCount <= Self.largest,
            let whole = unsafe bytes.withUnsafeBytes({ unsafe String(validating: $0, as: UTF8.self) })
        else { throw .malformed }
        try self.init(parsing: whole)
    }

    public init(parsing whole: String) throws(NoteError) {
        let bytes = Array(whole.utf8)
        // The text may have empty lines; the last one of all ends it.
        guard bytes.count <= Self.largest, bytes.last == 0x0a,
            let gap = bytes.indices.dropLast().last(where: { bytes[$0] == 0x0a && bytes[$0 + 1] == 0x0a }),
            let note = SignedNote(text: String(decoding: bytes[...gap], as: UTF8.self))
        else { throw .malformed }
        self = note
        let lines = bytes[(gap + 2)...].split(separator: 0x0a, omittingEmptySubsequences: false).dropLast()
        guard !lines.isEmpty, lines.count <= Self.mostSignatures else { throw .malformed }
        for line in lines {
            guard let signature = Signature(line: String(decoding: line, as: UTF8.self)) else { throw .malformed }
            signatures.append(signature)
        }
    }

    /// The note as it is sent and stored.
    public var whole: String {
        signatures.reduce(into: text + "\n") { whole, signature in whole += signature.line + "\n" }
    }

    /// The signatures of trusted keys.
    ///
    /// Signatures of other keys are passed over: a log may sign with a new key that is not known yet.
    ///
    /// - Returns: not empty; one for each key.
    /// - Throws: ``NoteError/wrongSignature(_:)`` when a trusted name and id stand on a signature that is not that
    ///   key's, ``NoteError/noTrustedSignature`` when there is none to check.
    public func verify(with keys: [VerifierKey]) throws(NoteError) -> [Verified] {
        var verified: [Verified] = []
        for signature in signatures {
            guard let key = keys.first(where: { $0.name == signature.name && $0.id == signature.keyID }) else {
                continue
            }
            guard let found = key.verified(signature.bytes, over: text) else { throw .wrongSignature(key.name) }
            if !verified.contains(where: { $0.key == key }) { verified.append(found) }
        }
        guard !verified.isEmpty else { throw .noTrustedSignature }
        return verified
    }
}

/// What is wrong with a note.
public enum NoteError: Error, Equatable {
    /// It is no note.
    case malformed
    /// No key that is trusted has signed it. It may be genuine.
    case noTrustedSignature
    /// A line says that a trusted key has signed it, and that key has not.
    case wrongSignature(KeyName)
}

extension SignedNote.Signature {
    private static let start = "\u{2014} "

    /// - Returns: `nil` for what ``line`` does not write.
    public init?(line: String) {
        guard line.utf8.starts(with: Self.start.utf8) else { return nil }
        let parts = line.utf8.dropFirst(Self.start.utf8.count).split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, let name = KeyName(String(decoding: parts[0], as: UTF8.self)),
            let bytes = Base64.bytes(of: String(decoding: parts[1], as: UTF8.self)), bytes.count > 4
        else { return nil }
        self.init(
            name: name, keyID: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }, bytes: Array(bytes.dropFirst(4)))
    }

    /// An em dash, the name, and base64 of the key's id and the signature.
    public var line: String {
        let id = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: keyID >> $0) }
        return "\(Self.start)\(name) \(Base64.text(of: (id + bytes).rawBytes))"
    }
}
