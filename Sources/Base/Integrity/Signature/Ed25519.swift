import CSodium

/// Signatures over a small curve.
///
/// libsodium and not libcrypto: on the machine where both were measured it signs and verifies more than twice as
/// fast, and it refuses keys of small order and signatures that can be bent.
///
/// - Source: RFC 8032.
public enum Ed25519 {
    public static let signatureSize = 64

    /// Who verifies has this.
    public struct PublicKey: Sendable, Hashable {
        public static let size = 32
        public let bytes: [UInt8]

        /// - Returns: `nil` unless there are 32 bytes.
        public init?(bytes: [UInt8]) {
            guard bytes.count == Self.size else { return nil }
            self.bytes = bytes
        }

        fileprivate init(known bytes: [UInt8]) { self.bytes = bytes }

        public func verifies(_ signature: [UInt8], over message: RawSpan) -> Bool {
            guard signature.count == signatureSize else { return false }
            return unsafe message.withUnsafeBytes { message in
                let start = unsafe message.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return unsafe crypto_sign_verify_detached(signature, start, UInt64(message.count), bytes) == 0
            }
        }
    }

    /// Who signs has this.
    ///
    /// - Shape: the seed and the public key, in memory that is not swapped out and is wiped when it is given back.
    @safe public final class SecretKey: @unchecked Sendable {
        // Proof for @unchecked: the memory is written in `init` and only read afterwards.
        private let secret: UnsafeMutablePointer<UInt8>
        public let publicKey: PublicKey

        public static let seedSize = 32
        private static let secretSize = 64

        /// - Returns: `nil` unless there are 32 bytes.
        public init?(seed: [UInt8]) {
            guard seed.count == Self.seedSize else { return nil }
            precondition(sodium_init() >= 0, "libsodium could not start")
            guard let memory = unsafe sodium_malloc(Self.secretSize) else {
                preconditionFailure("libsodium is out of memory")
            }
            unsafe secret = memory.assumingMemoryBound(to: UInt8.self)
            var publicBytes = [UInt8](repeating: 0, count: PublicKey.size)
            unsafe crypto_sign_seed_keypair(&publicBytes, secret, seed)
            publicKey = PublicKey(known: publicBytes)
        }

        /// A new one.
        public convenience init(random: RandomBytes) {
            self.init(seed: random.bytes(Self.seedSize))!
        }

        deinit { unsafe sodium_free(secret) }

        /// The only way to the secret: to be stored.
        public func revealSeed() -> [UInt8] { unsafe Array(UnsafeBufferPointer(start: secret, count: Self.seedSize)) }

        public func signature(over message: RawSpan) -> [UInt8] {
            var signature = [UInt8](repeating: 0, count: signatureSize)
            unsafe message.withUnsafeBytes { message in
                let start = unsafe message.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe _ = crypto_sign_detached(&signature, nil, start, UInt64(message.count), secret)
            }
            return signature
        }
    }
}
