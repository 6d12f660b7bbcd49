/// Encrypts copies of a record that nobody can delete, so that forgetting its ``ContentSeed`` erases them all.
///
///     key   = HMAC-SHA-256(seed, "archive")
///     nonce = HMAC-SHA-256(HMAC-SHA-256(seed, "archive/nonce"), text), the first 12 bytes
///
/// The key is one record's alone. The nonce comes from the text, so that writing the same copy again gives the same
/// bytes, and another text under the key another nonce.
///
/// - Shape: 1 byte version, 12 of nonce, the text encrypted, 16 of tag; bound to the version and the leaf.
/// - Threads: one at a time for each value.
public struct RecordSeal: ~Copyable {
    public static let version: UInt8 = 1
    /// Bytes that are added to a text.
    public static let overhead = 1 + AuthenticatedCipher.nonceSize + AuthenticatedCipher.tagSize

    private let cipher = AuthenticatedCipher()

    public init() {}

    /// - Parameter leaf: of the record: a sealed text belongs to it and to no other.
    public borrowing func seal(_ text: RawSpan, seed: ContentSeed, leaf: [UInt8]) -> [UInt8] {
        let nonceKey = HMAC(key: seed.storage.bytes).code(for: Self.nonceLabel.rawBytes)
        let nonce = HMAC(key: nonceKey.bytes).code(for: text)
        let key = Self.key(seed)
        var out: [UInt8] = []
        out.reserveCapacity(text.byteCount + Self.overhead)
        out.append(Self.version)
        out += nonce.array.prefix(AuthenticatedCipher.nonceSize)
        let bound = [Self.version] + leaf
        cipher.seal(
            text, key: key.bytes, nonce: nonce.bytes.extracting(0..<AuthenticatedCipher.nonceSize),
            bound: bound.rawBytes, to: &out)
        return out
    }

    /// - Returns: `nil` when it is not what was sealed for this leaf, or is of a version that is not known here.
    public borrowing func open(_ sealed: RawSpan, seed: ContentSeed, leaf: [UInt8]) -> [UInt8]? {
        guard sealed.byteCount >= Self.overhead, sealed.number(at: 0, as: UInt8.self) == Self.version else {
            return nil
        }
        let textStart = 1 + AuthenticatedCipher.nonceSize
        let key = Self.key(seed)
        let bound = [Self.version] + leaf
        return cipher.open(
            sealed.extracting(textStart..<sealed.byteCount), key: key.bytes, nonce: sealed.extracting(1..<textStart),
            bound: bound.rawBytes)
    }

    private static let keyLabel = Array("archive".utf8)
    private static let nonceLabel = Array("archive/nonce".utf8)

    private static func key(_ seed: ContentSeed) -> Digest {
        HMAC(key: seed.storage.bytes).code(for: keyLabel.rawBytes)
    }
}
