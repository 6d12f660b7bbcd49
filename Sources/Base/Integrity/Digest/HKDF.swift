/// Keys out of a secret that is no key yet, such as what two parties agreed on.
///
/// - Source: RFC 5869, with SHA-256.
public enum HKDF {
    /// One key of 32 bytes: the first block is all of it.
    public static func key(of secret: RawSpan, salt: RawSpan, for purpose: String) -> [UInt8] {
        key(of: secret, salt: salt, for: Array(purpose.utf8))
    }

    static func key(of secret: RawSpan, salt: RawSpan, for purpose: [UInt8]) -> [UInt8] {
        let extracted = HMAC(key: salt).code(for: secret)
        let message = purpose + [1]
        return HMAC(key: extracted.bytes).code(for: message.rawBytes).array
    }
}
