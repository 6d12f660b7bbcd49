import CCrypto

/// A SHA-256 digest: 32 bytes, on the stack.
///
/// - Source: FIPS 180-4.
public struct Digest: Sendable, Hashable, BitwiseCopyable {
    public static let size = 32

    /// The digest that no message is known to have; stands where there is nothing yet.
    public static let zero = Digest()

    var storage = InlineArray<32, UInt8>(repeating: 0)

    private init() {}

    /// The digest of a message that is at hand as a whole.
    ///
    /// - Cost: one initialization of a context that the thread keeps, then libcrypto's SHA-256.
    public init(of message: RawSpan) {
        self = DigestContext.ofThread.digest(of: message)
    }

    /// A digest that somebody wrote down.
    ///
    /// - Returns: `nil` unless there are exactly 32 bytes.
    public init?(bytes: RawSpan) {
        guard bytes.byteCount == Self.size else { return nil }
        self.init(at: 0, of: bytes)
    }

    /// The 32 bytes from a place on; the caller knows that they are there.
    init(at place: Int, of bytes: RawSpan) {
        precondition(place >= 0 && place <= bytes.byteCount - Self.size)
        for byte in 0..<Self.size {
            storage[byte] = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place + byte, as: UInt8.self)
        }
    }

    public init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(of: text), let digest = Digest(bytes: bytes.rawBytes) else { return nil }
        self = digest
    }

    public init?(base64 text: String) {
        guard let bytes = Base64.bytes(of: text), let digest = Digest(bytes: bytes.rawBytes) else { return nil }
        self = digest
    }

    /// Lets somebody else write the 32 bytes.
    init(writtenBy body: (UnsafeMutablePointer<UInt8>) -> Void) {
        var span = storage.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
    }

    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { storage.rawBytes }
    }

    public var array: [UInt8] {
        [UInt8](capacity: Self.size) { out in
            for place in storage.indices { out.append(storage[place]) }
        }
    }

    public var hexadecimal: String { Hexadecimal.text(of: bytes) }
    public var base64: String { Base64.text(of: bytes) }

    public func append(to bytes: inout [UInt8]) {
        unsafe self.bytes.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Eight of the bytes as one number, in the processor's order: for comparing and hashing, not for reading.
    private func word(_ index: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
    }

    public static func == (left: Digest, right: Digest) -> Bool {
        (left.word(0) ^ right.word(0)) | (left.word(1) ^ right.word(1)) | (left.word(2) ^ right.word(2))
            | (left.word(3) ^ right.word(3)) == 0
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(word(0))
        hasher.combine(word(1))
        hasher.combine(word(2))
        hasher.combine(word(3))
    }
}

extension Digest: CustomStringConvertible {
    public var description: String { hexadecimal }
}

extension RawSpan {
    /// Whether two secrets are the same, in a time that depends on their lengths and on nothing else.
    public func isEqualInConstantTime(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return unsafe withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in
                unsafe left.count == 0 || CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
            }
        }
    }
}
