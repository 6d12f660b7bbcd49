public import Events
public import Integrity

/// What the archive asks of the logs.
public protocol LogSource {
    /// Leaves, one behind the other; `nil` when they are not all there.
    func archivedLeaves(_ sequences: Range<UInt64>, of tenant: TenantName) throws(ArchiveError) -> [UInt8]?
    /// As many as asked for; `nil` for those that were forgotten.
    func archivedSeeds(_ sequences: Range<UInt64>, of tenant: TenantName) throws(ArchiveError) -> [ContentSeed?]
    /// The last checkpoint.
    func archivedCheckpoint(of tenant: TenantName) throws(ArchiveError) -> SignedNote?
    /// That the records are in the log that was signed.
    func archivedProof(
        of sequences: Range<UInt64>, under note: SignedNote, _ tenant: TenantName
    ) throws(ArchiveError) -> RangeProof?
}
