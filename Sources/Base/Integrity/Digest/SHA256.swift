/// The digest of a message that comes in pieces.
///
/// - Again: after ``finish()`` the value is as new and may be used for the next message.
/// - Threads: one at a time for each value.
/// - Source: FIPS 180-4. The work is libcrypto's.
public struct SHA256: ~Copyable {
    private let context = DigestContext()

    public init() { context.begin() }

    deinit { context.free() }

    public mutating func update(_ bytes: RawSpan) { context.update(bytes) }

    public mutating func update(_ byte: UInt8) {
        let one = InlineArray<1, UInt8>(repeating: byte)
        unsafe context.update(one.span.bytes)
    }

    public mutating func finish() -> Digest {
        let digest = context.finish()
        context.begin()
        return digest
    }
}
