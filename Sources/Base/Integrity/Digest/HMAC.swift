/// A keyed code over a message: who does not have the key can neither make nor guess it.
///
///     code = SHA-256(key ^ 0x5c… ‖ SHA-256(key ^ 0x36… ‖ message))
///
/// - Shape: HMAC-SHA-256. A key of more than 64 bytes is replaced by its digest.
/// - Source: RFC 2104; vectors in RFC 4231.
public struct HMAC: Sendable {
    static let blockSize = 64

    private var inner = InlineArray<64, UInt8>(repeating: 0x36)
    private var outer = InlineArray<64, UInt8>(repeating: 0x5c)

    public init(key: RawSpan) {
        guard key.byteCount <= Self.blockSize else {
            let short = Digest(of: key)
            mix(short.bytes)
            return
        }
        mix(key)
    }

    private mutating func mix(_ key: RawSpan) {
        for place in 0..<key.byteCount {
            let byte = unsafe key.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            inner[place] ^= byte
            outer[place] ^= byte
        }
    }

    public func code(for message: RawSpan) -> Digest {
        let context = DigestContext.ofThread
        context.begin()
        unsafe context.update(inner.span.bytes)
        context.update(message)
        let within = context.finish()
        context.begin()
        unsafe context.update(outer.span.bytes)
        context.update(within.bytes)
        return context.finish()
    }

    /// Whether a code that somebody showed is the right one. Says nothing by the time it takes.
    public func isValid(_ code: RawSpan, for message: RawSpan) -> Bool {
        let right = self.code(for: message)
        return right.bytes.isEqualInConstantTime(to: code)
    }
}
