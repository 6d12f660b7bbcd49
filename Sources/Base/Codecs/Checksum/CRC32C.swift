import CChecksum

/// CRC-32C, which finds accidents (torn writes, flipped bits) and not attacks.
///
/// - Source: RFC 3720 appendix B.4.
public enum CRC32C {
    public static func of(_ bytes: RawSpan, continuing crc: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe docket_crc32c(crc, $0.baseAddress, $0.count) }
    }

    /// The same by a table. Only to be compared with the above.
    static func portable(_ bytes: RawSpan, continuing crc: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe docket_crc32c_portable(crc, $0.baseAddress, $0.count) }
    }
}
