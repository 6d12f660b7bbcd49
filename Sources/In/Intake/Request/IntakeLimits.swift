/// How large a request may be.
public struct IntakeLimits: Sendable {
    /// A body as it comes over the wire. The server holds to it; here it is told.
    ///
    /// - Unit: bytes   - Default: 16 MiB
    public var bodyBytes: Int

    /// A body after it is unpacked.
    ///
    /// - Unit: bytes   - Default: 16 MiB
    public var unpackedBytes: Int

    public init(bodyBytes: Int = 16 << 20, unpackedBytes: Int = 16 << 20) {
        self.bodyBytes = bodyBytes
        self.unpackedBytes = unpackedBytes
    }
}
