import CCrypto

/// Encryption that also notices every change: AES-256 in Galois/Counter Mode.
///
/// A nonce must never come twice under one key with two texts; then both texts, and the means to forge others, are out.
///
/// - Shape: as many bytes as the text has, then a tag of 16.
/// - Source: NIST SP 800-38D. The work is libcrypto's.
/// - Threads: one at a time for each value.
@safe public struct AuthenticatedCipher: ~Copyable {
    public static let keySize = 32
    public static let nonceSize = 12
    public static let tagSize = 16

    // Proof for nonisolated(unsafe): written once before first use; libcrypto never changes a fetched algorithm.
    private nonisolated(unsafe) static let algorithm: OpaquePointer = {
        // It fails only where libcrypto was built without AES, or memory is out.
        guard let fetched = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
            preconditionFailure("libcrypto has no AES-256-GCM")
        }
        return unsafe fetched
    }()

    private let context: OpaquePointer

    public init() {
        guard let made = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
        unsafe context = made
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Appends the encrypted text and its tag.
    ///
    /// - Parameter bound: is not encrypted and not appended; who opens must know the same bytes.
    public borrowing func seal(
        _ text: RawSpan, key: RawSpan, nonce: RawSpan, bound: RawSpan, to out: inout [UInt8]
    ) {
        begin(key, nonce, seals: true)
        unsafe pass(bound, to: nil)
        let start = out.count
        out += [UInt8](repeating: 0, count: text.byteCount + Self.tagSize)
        unsafe out.withUnsafeMutableBufferPointer { room in
            let target = unsafe room.baseAddress! + start
            unsafe pass(text, to: target)
            var count: Int32 = 0
            let isDone = unsafe EVP_EncryptFinal_ex(context, target + text.byteCount, &count)
            precondition(isDone == 1 && count == 0, "libcrypto could not encrypt")
            let tag = unsafe EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), target + text.byteCount)
            precondition(tag == 1, "libcrypto gives no tag")
        }
    }

    /// - Returns: `nil` when the bytes, or those they are bound to, are not what was sealed under this key.
    public borrowing func open(_ sealed: RawSpan, key: RawSpan, nonce: RawSpan, bound: RawSpan) -> [UInt8]? {
        let count = sealed.byteCount - Self.tagSize
        guard count >= 0 else { return nil }
        begin(key, nonce, seals: false)
        unsafe pass(bound, to: nil)
        var text = [UInt8](repeating: 0, count: count + 1)
        let isRight = unsafe text.withUnsafeMutableBufferPointer { room in
            unsafe pass(sealed.extracting(0..<count), to: room.baseAddress!)
            let tag = unsafe sealed.extracting(count..<sealed.byteCount).withUnsafeBytes { tag in
                unsafe EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize),
                    UnsafeMutableRawPointer(mutating: tag.baseAddress))
            }
            var left: Int32 = 0
            return unsafe tag == 1 && EVP_DecryptFinal_ex(context, room.baseAddress! + count, &left) == 1
        }
        guard isRight else { return nil }
        text.removeLast()
        return text
    }

    private borrowing func begin(_ key: RawSpan, _ nonce: RawSpan, seals: Bool) {
        precondition(key.byteCount == Self.keySize && nonce.byteCount == Self.nonceSize, "no key and nonce")
        let isDone = unsafe key.withUnsafeBytes { key in
            unsafe nonce.withUnsafeBytes { nonce in
                unsafe EVP_CipherInit_ex2(
                    context, Self.algorithm, key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    nonce.baseAddress?.assumingMemoryBound(to: UInt8.self), seals ? 1 : 0, nil)
            }
        }
        precondition(isDone == 1, "libcrypto could not begin")
    }

    /// - Parameter target: `nil` for bytes that are only bound.
    private borrowing func pass(_ bytes: RawSpan, to target: UnsafeMutablePointer<UInt8>?) {
        guard bytes.byteCount > 0 else { return }
        var count: Int32 = 0
        let isDone = unsafe bytes.withUnsafeBytes { source in
            unsafe EVP_CipherUpdate(
                context, target, &count, source.baseAddress?.assumingMemoryBound(to: UInt8.self),
                Int32(source.count))
        }
        precondition(isDone == 1, "libcrypto could not go on")
    }
}
