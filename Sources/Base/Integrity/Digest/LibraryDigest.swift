import CCrypto

/// Digests by the names that people give them, for those who compare with digests from elsewhere.
///
/// - Source: FIPS 180-4, FIPS 202, RFC 1321. The work is libcrypto's.
public enum LibraryDigest {
    /// - Parameter name: `md5`, `SHA-1`, `sha256`, `SHA3-256`; case and dashes do not count.
    /// - Returns: lowercase digits; `nil` for a name that is not known.
    public static func hexadecimal(of text: String, _ name: String) -> String? {
        let names = [
            "md5": "MD5", "sha": "SHA1", "sha1": "SHA1", "sha224": "SHA224", "sha256": "SHA256", "sha384": "SHA384",
            "sha512": "SHA512", "sha3256": "SHA3-256", "sha3384": "SHA3-384", "sha3512": "SHA3-512",
        ]
        guard let known = names[name.lowercased().filter { $0 != "-" && $0 != "_" }] else { return nil }
        var digest = [UInt8](repeating: 0, count: 64)
        var length = 0
        let bytes = Array(text.utf8)
        let isDone = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe digest.withUnsafeMutableBufferPointer { target in
                unsafe EVP_Q_digest(
                    nil, known, nil, source.baseAddress, source.count, target.baseAddress, &length)
            }
        }
        guard isDone == 1 else { return nil }
        let used = Array(digest.prefix(length))
        return Hexadecimal.text(of: used.rawBytes)
    }
}
