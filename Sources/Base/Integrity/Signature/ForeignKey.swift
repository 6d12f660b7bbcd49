import CCrypto

/// A public key of somebody else's choice of algorithm: RSA, or ECDSA over P-256. Both over SHA-256.
///
/// What Docket signs itself is Ed25519 (``Ed25519``). This is for tokens of identity providers.
///
/// - Source: RFC 8017 section 8.2 (PKCS #1 v1.5), FIPS 186-5. The work is libcrypto's.
@safe public final class ForeignKey: @unchecked Sendable {
    // Proof for @unchecked: the key is never changed after `init`, and libcrypto lets many threads verify with one.
    private let key: OpaquePointer
    /// Signatures over a curve come as two numbers of this many bytes; 0 for RSA.
    private let numberSize: Int

    /// - Returns: `nil` for a modulus that is not of 2,048 to 8,192 bits, and for an exponent that is even or below 3:
    ///   smaller ones are broken, larger ones only cost.
    public init?(rsaModulus modulus: [UInt8], exponent: [UInt8]) {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        guard (256...1_024).contains(modulus.count), modulus.count > 256 || modulus[0] >= 0x80,
            (1...8).contains(exponent.count), exponent[exponent.count - 1] & 1 == 1, exponent != [1]
        else { return nil }
        // rsaEncryption, 1.2.840.113549.1.1.1
        let algorithm = DER.object([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01])
        let bits = DER.bits(DER.sequence(DER.integer(modulus), DER.integer(exponent)))
        guard let key = unsafe Self.key(DER.sequence(DER.sequence(algorithm, DER.null), bits)) else { return nil }
        unsafe self.key = key
        numberSize = 0
    }

    /// - Returns: `nil` for what is no point of the curve.
    public init?(p256X x: [UInt8], y: [UInt8]) {
        guard x.count == 32, y.count == 32 else { return nil }
        // ecPublicKey, 1.2.840.10045.2.1, and prime256v1, 1.2.840.10045.3.1.7
        let algorithm = DER.sequence(
            DER.object([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]),
            DER.object([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]))
        guard let key = unsafe Self.key(DER.sequence(algorithm, DER.bits([0x04] + x + y))) else { return nil }
        unsafe self.key = key
        numberSize = 32
    }

    private static func key(_ info: [UInt8]) -> OpaquePointer? {
        unsafe info.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            return unsafe d2i_PUBKEY(nil, &place, bytes.count)
        }
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// - Parameter signature: of RSA as it is; over a curve the two numbers one behind the other, as RFC 7518 has them.
    public func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        var signature = signature
        if numberSize > 0 {
            guard signature.count == 2 * numberSize else { return false }
            signature = DER.sequence(
                DER.integer(signature[..<numberSize]), DER.integer(signature[numberSize...]))
        }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
        return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
