public import Events

/// Something in a journal that is not as it was written.
public enum JournalFinding: Sendable, Equatable, CustomStringConvertible {
    /// A crash left a commit half written; nothing of it was acknowledged.
    ///
    /// - Parameter kept: the file with what was cut off, when there were whole frames in it.
    case tornTail(file: String, offset: Int, bytes: Int, kept: String?)
    /// Bytes that were durable once are no frame any more. They were kept.
    case damage(file: String, range: Range<Int>)
    /// Records of a tenant that are missing: their numbers in its log.
    case missing(tenant: TenantName, sequences: Range<UInt64>)
    /// Every frame is whole, and yet the segment is not the one that was finished.
    case changed(file: String)

    public var description: String {
        switch self {
        case .tornTail(let file, let offset, let bytes, let kept):
            "\(file): cut off \(bytes) bytes at \(offset) that a crash left half written"
                + (kept.map { "; they are kept as \($0)" } ?? "")
        case .damage(let file, let range):
            "\(file): bytes \(range.lowerBound) to \(range.upperBound) are damaged; records may be missing"
        case .missing(let tenant, let sequences):
            "tenant \(tenant): records \(sequences.lowerBound) to \(sequences.upperBound - 1) are missing"
        case .changed(let file):
            "\(file): is not the segment that was finished; its SHA-256 differs from its seal"
        }
    }
}
