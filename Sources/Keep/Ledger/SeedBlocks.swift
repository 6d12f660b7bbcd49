import Events
import Integrity
import Platform

/// The files of a tenant that the seeds of its records come from, a ``SeedTree`` for each 65,536 of them.
enum SeedBlocks {
    static func fileName(_ tenant: TenantName, _ block: UInt64) -> String { "\(tenant).seeds.\(block)" }

    /// - Returns: `nil` when there is no such file.
    static func read(_ block: UInt64, of tenant: TenantName, _ disk: any Disk) throws(LedgerError) -> SeedTree? {
        let name = fileName(tenant, block)
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: name) }) else { return nil }
        guard let kept = SeedTree(kept: bytes) else { throw .changed(tenant) }
        return kept
    }

    /// The seeds of records, block after block.
    ///
    /// - Parameter tree: gives the tree of a block.
    /// - Returns: as many as asked for, in their order; `nil` for those that were forgotten.
    static func seeds(
        _ sequences: Range<UInt64>, lanes: DigestLanes, tree: (UInt64) throws(LedgerError) -> SeedTree
    ) throws(LedgerError) -> [ContentSeed?] {
        var found: [ContentSeed?] = []
        var next = sequences.lowerBound
        while next < sequences.upperBound {
            let first = Int(next % UInt64(SeedTree.count))
            let last = min(first + Int(sequences.upperBound - next), SeedTree.count)
            found += try tree(next / UInt64(SeedTree.count)).seeds(at: first..<last, lanes: lanes)
            next += UInt64(last - first)
        }
        return found
    }
}
