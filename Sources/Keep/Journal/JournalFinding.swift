public import Events

/// Something in a journal that is not as it was written.
public enum JournalFinding: Sendable, Hashable, CustomStringConvertible {
    /// The last commit was not whole and was cut off. A crash leaves that, and then nobody was told that it is
    /// safe; a fault of the disk in the last commit before a crash looks the same.
    ///
    /// - Parameter kept: the file with what was cut off, when there were whole frames in it.
    case tornTail(file: String, offset: Int, bytes: Int, kept: String?)
    /// Bytes that were durable once are no frame any more. They were kept. No bytes at all: the file is missing.
    case damage(file: String, range: Range<Int>)
    /// Records of a tenant that are missing: their numbers in its log.
    case missing(tenant: TenantName, sequences: Range<UInt64>)
    /// Every frame is whole, and yet the segment is not the one that was finished.
    case changed(file: String)
    /// Records were erased from the segment, and no record says so.
    case erased(file: String)

    /// Whether something that was acknowledged may be gone, and not only what a crash interrupted.
    public var isLoss: Bool {
        if case .tornTail(_, _, _, kept: nil) = self { false } else { true }
    }

    /// A word for metrics.
    public var kind: Kind {
        switch self {
        case .tornTail: .torn
        case .damage: .damage
        case .missing: .missing
        case .changed: .changed
        case .erased: .erased
        }
    }

    public enum Kind: String, Sendable, CaseIterable { case torn, damage, missing, changed, erased }

    public var description: String {
        switch self {
        case .tornTail(let file, let offset, let bytes, let kept):
            "\(file): cut off \(bytes) bytes at \(offset), a commit that is not whole"
                + (kept.map { "; they are kept as \($0)" } ?? "")
        case .damage(let file, let range) where range.isEmpty:
            "\(file): is missing; restore it, or its records are lost"
        case .damage(let file, let range):
            "\(file): bytes \(range.lowerBound) to \(range.upperBound) are damaged; records may be missing"
        case .missing(let tenant, let sequences):
            "tenant \(tenant): records \(sequences.lowerBound) to \(sequences.upperBound - 1) are missing"
        case .changed(let file):
            "\(file): is not the segment that was finished; its SHA-256 differs from its seal"
        case .erased(let file):
            "\(file): was written anew without some of its records, and no record says so"
        }
    }
}
