/// Everything that proves, without the log, that an entry is in it.
///
///     c2sp.org/tlog-proof@v1
///     extra AQ==
///     index 73894
///     gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
///
///     example.com/fancylog
///     109482
///     sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
///
///     — example.com/fancylog hI2DJw…
///
/// - Shape: stored in files that end in `.tlog-proof`.
/// - Source: C2SP tlog-proof.
public struct LogProof: Sendable, Equatable {
    private static let firstLine = "c2sp.org/tlog-proof@v1"
    /// - Unit: bytes of a whole proof.
    public static let largest = 16 * 1_024 * 1_024

    /// What else is needed to see that the entry is what it is said to be. Nobody has signed it; see ``Disclosure``.
    public let extra: [UInt8]?
    public let index: UInt64
    /// From the neighbor of the leaf to the child of the root.
    public let path: [Digest]
    /// The checkpoint with its signatures.
    public let note: SignedNote

    public init(extra: [UInt8]? = nil, index: UInt64, path: [Digest], note: SignedNote) {
        self.extra = extra
        self.index = index
        self.path = path
        self.note = note
    }

    /// - Throws: ``LogProofError/malformed``.
    public init(text: String) throws(LogProofError) {
        var rest = text.utf8[...]
        guard text.utf8.count <= Self.largest, Self.line(of: &rest) == Self.firstLine,
            var line = Self.line(of: &rest)
        else { throw .malformed }
        var extra: [UInt8]?
        if line.hasPrefix("extra ") {
            guard let bytes = Base64.bytes(of: String(line.dropFirst(6))), let next = Self.line(of: &rest) else {
                throw .malformed
            }
            extra = bytes
            line = next
        }
        guard line.hasPrefix("index "), let index = Decimal.number(line.dropFirst(6)) else { throw .malformed }
        var path: [Digest] = []
        while true {
            guard let line = Self.line(of: &rest) else { throw .malformed }
            if line.isEmpty { break }
            // No tree is higher than 64 levels.
            guard let hash = Digest(base64: line), path.count < 64 else { throw .malformed }
            path.append(hash)
        }
        do throws(NoteError) {
            note = try SignedNote(parsing: String(decoding: rest, as: UTF8.self))
        } catch { throw .malformed }
        self.extra = extra
        self.index = index
        self.path = path
    }

    private static func line(of rest: inout Substring.UTF8View) -> String? {
        guard let end = rest.firstIndex(of: 0x0a) else { return nil }
        let line = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[rest.index(after: end)...]
        return line
    }

    public var text: String {
        var text = Self.firstLine + "\n"
        if let extra { text += "extra \(Base64.text(of: extra.rawBytes))\n" }
        text += "index \(index)\n"
        for hash in path { text += hash.base64 + "\n" }
        return text + "\n" + note.whole
    }

    /// Proves that a leaf is in the log.
    ///
    /// - Parameter leaf: the hash of the entry.
    /// - Parameter origin: the log that is meant.
    /// - Parameter keys: those of the log and of cosigners that are trusted.
    /// - Returns: the checkpoint and who has signed it. How many cosigners are enough is for the caller to say; the
    ///   log's own key is among them.
    public func verify(
        _ leaf: Digest, origin: String, keys: [VerifierKey]
    ) throws(LogProofError) -> (checkpoint: Checkpoint, signatures: [SignedNote.Verified]) {
        let signatures: [SignedNote.Verified]
        do throws(NoteError) {
            signatures = try note.verify(with: keys)
        } catch {
            switch error {
            case .malformed: throw .malformed
            case .noTrustedSignature: throw .notSigned
            case .wrongSignature: throw .wrongSignature
            }
        }
        guard let checkpoint = Checkpoint(text: note.text) else { throw .malformed }
        guard checkpoint.origin.utf8.elementsEqual(origin.utf8) else { throw .anotherLog }
        // A cosigner alone says what it saw, and not that the log stands by it.
        guard signatures.contains(where: { $0.key.kind == .note }) else { throw .notSigned }
        let proof = InclusionProof(index: index, size: checkpoint.size, path: path)
        guard proof.proves(leaf, in: checkpoint.root) else { throw .notInTheLog }
        return (checkpoint, signatures)
    }
}

/// Why a proof proves nothing.
public enum LogProofError: Error, Equatable {
    /// It cannot be read.
    case malformed
    /// It is about another log than the one that is meant.
    case anotherLog
    /// The log has not signed it with a key that is trusted.
    case notSigned
    /// A trusted name stands on a signature that is not that key's.
    case wrongSignature
    /// The path does not lead from the entry to the root that was signed.
    case notInTheLog

    /// Whether something was changed. Otherwise one cannot tell, which is not the same.
    public var isTampering: Bool {
        switch self {
        case .wrongSignature, .notInTheLog: true
        case .malformed, .anotherLog, .notSigned: false
        }
    }
}
