public import Events
public import Integrity
import Platform

/// The keys of the records of one tenant, from wherever copies of them are.
///
/// - Threads: one at a time.
public final class RecordKeys {
    private let tenant: TenantName
    private let read: (String) -> [UInt8]?
    private let lanes = DigestLanes()
    private let identity: LogIdentity?
    private var block: (number: UInt64, tree: SeedTree?)?

    /// - Parameter read: gives a file of the folder `ledger`; `nil` when it is not there.
    public init(_ tenant: TenantName, read: @escaping (String) -> [UInt8]?) {
        self.tenant = tenant
        self.read = read
        identity = read("\(tenant).log").flatMap(LogIdentity.init(kept:))
    }

    /// Where a record's seed is.
    public enum Seed {
        case here(ContentSeed)
        case forgotten
        /// There is no file that it could be in, or the file cannot be read.
        case missing
    }

    public func seed(of sequence: UInt64) -> Seed {
        let number = sequence / UInt64(SeedTree.count)
        if block?.number != number {
            block = (number, read(SeedBlocks.fileName(tenant, number)).flatMap(SeedTree.init(kept:)))
        }
        guard let tree = block?.tree else { return .missing }
        return tree.seed(at: Int(sequence % UInt64(SeedTree.count))).map(Seed.here) ?? .forgotten
    }

    /// Whether a record is what its leaf commits to.
    ///
    /// - Parameter leaf: its bytes.
    /// - Parameter batch: of this record alone.
    /// - Parameter cut: gives what a leaf says of it.
    public func isCommitted(
        _ batch: JournaledBatch, by leaf: [UInt8], seed: ContentSeed,
        cut: (_ add: (borrowing LeafContent) -> Void) -> Void
    ) -> Bool {
        guard let identity else { return false }
        var contents = ContentBatch(lanes: lanes)
        var made: Leaf?
        cut { content in
            content.commit(seed: seed, in: &contents)
            made = content.leaf(of: 0, in: batch, identity)
        }
        guard var made, let root = contents.finishRoots().first else { return false }
        made.content = root
        return made.bytes == leaf
    }
}
