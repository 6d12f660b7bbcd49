import CCrypto

/// The digest that some object stores ask for to notice what a network has changed. It proves nothing against people.
///
/// - Source: RFC 1321. The work is libcrypto's.
public enum MD5 {
    public static func digest(of bytes: RawSpan) -> [UInt8] {
        [UInt8](capacity: 16) { room in
            var digest = InlineArray<16, UInt8>(repeating: 0)
            var span = digest.mutableSpan
            let isDone = unsafe bytes.withUnsafeBytes { source in
                unsafe span.withUnsafeMutableBufferPointer { target in
                    unsafe EVP_Q_digest(nil, "MD5", nil, source.baseAddress, source.count, target.baseAddress, nil)
                }
            }
            precondition(isDone == 1, "libcrypto has no MD5")
            for place in digest.indices { room.append(digest[place]) }
        }
    }
}
