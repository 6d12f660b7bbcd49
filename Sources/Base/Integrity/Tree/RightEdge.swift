/// The state of a growing Merkle tree: the roots of its complete subtrees, at most 64 of them.
///
/// That is all one needs to add leaves and to know the root. The rest of the tree lies in tiles.
///
/// - Source: RFC 6962 section 2.1; there the tree is cut at powers of two, so a tree of 11 leaves is one of 8, one
///   of 2 and one of 1.
public struct RightEdge: Sendable, Equatable {
    /// - Unit: leaves.
    public private(set) var size: UInt64 = 0
    /// One hash for each bit of ``size`` that is set, the largest subtree first.
    public private(set) var hashes: [Digest] = []

    public init() {}

    /// A state that was written down.
    ///
    /// - Returns: `nil` when the number of hashes is not that of a tree of this size.
    public init?(size: UInt64, hashes: [Digest]) {
        guard hashes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.hashes = hashes
    }

    public var root: Digest { hashes.isEmpty ? .emptyTree : Digest(edge: hashes) }

    /// Adds one leaf by its hash.
    public mutating func append(_ leaf: Digest) { append(leaf, level: 0) }

    /// Adds a complete subtree by its root.
    ///
    /// - Parameter level: the size must be a multiple of as many leaves as a subtree of this level has.
    mutating func append(_ root: Digest, level: Int) {
        precondition(size & (1 << UInt64(level) - 1) == 0, "no subtree of this level can stand here")
        var hash = root
        var rest = size >> UInt64(level)
        while rest & 1 == 1 {
            hash = Digest(left: hashes.removeLast(), right: hash)
            rest >>= 1
        }
        hashes.append(hash)
        size += 1 << UInt64(level)
    }

    /// Adds many leaves by their hashes, level by level, so that the nodes of a level are hashed side by side.
    ///
    /// - Parameter visit: gets the nodes that are new, level after level: the level, the index of the first of them,
    ///   and their hashes.
    public mutating func append(
        _ leaves: [Digest], lanes: DigestLanes = DigestLanes(),
        visit: (_ level: Int, _ first: UInt64, _ nodes: ArraySlice<Digest>) -> Void = { _, _, _ in }
    ) {
        guard !leaves.isEmpty else { return }
        visit(0, size, leaves[...])
        // On each level: the node that waited for a neighbor, if there was one, and then the new ones.
        var row = size & 1 == 1 ? [hashes.removeLast()] + leaves : leaves
        var level = 0
        var left: [Digest] = []
        while true {
            if row.count & 1 == 1 { left.append(row.removeLast()) }
            guard !row.isEmpty else { break }
            level += 1
            let first = size >> UInt64(level)
            let waited = first & 1 == 1
            var above: [Digest] = []
            above.reserveCapacity(row.count / 2 + 1)
            if waited { above.append(hashes.removeLast()) }
            lanes.append(nodesAbove: row.span, to: &above)
            visit(level, first, above[(waited ? 1 : 0)...])
            row = above
        }
        hashes += left.reversed()
        size += UInt64(leaves.count)
    }
}
