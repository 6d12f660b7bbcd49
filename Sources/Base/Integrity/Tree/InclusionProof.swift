/// The proof that a leaf is in a tree: the hashes beside its way to the root.
///
/// - Shape: the neighbor of the leaf first, the child of the root last.
/// - Source: RFC 6962 section 2.1.1; checked as in RFC 9162 section 2.1.3.2.
public struct InclusionProof: Sendable, Equatable {
    public let index: UInt64
    public let size: UInt64
    public let path: [Digest]

    public init(index: UInt64, size: UInt64, path: [Digest]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// The root to which the path leads.
    ///
    /// - Returns: `nil` when the path cannot be that of a leaf at this index in a tree of this size.
    public func root(from leaf: Digest) -> Digest? {
        guard index < size else { return nil }
        var hash = leaf
        var here = index
        var last = size - 1
        for neighbor in path {
            guard last > 0 else { return nil }
            if here & 1 == 1 || here == last {
                hash = Digest(left: neighbor, right: hash)
                // At the right edge there are levels without a neighbor.
                while here & 1 == 0, here != 0 {
                    here >>= 1
                    last >>= 1
                }
            } else {
                hash = Digest(left: hash, right: neighbor)
            }
            here >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }

    /// Whether this proves that the leaf is in the tree with that root.
    public func proves(_ leaf: Digest, in root: Digest) -> Bool { self.root(from: leaf) == root }
}
