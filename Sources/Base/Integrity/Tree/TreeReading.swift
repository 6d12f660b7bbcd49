/// Something that knows the hashes of a tree, and so can prove what is in it.
public protocol TreeReading {
    associatedtype Failure: Error

    /// The root of a complete subtree. It is asked only for subtrees that are wholly in the tree.
    mutating func hash(of subtree: Subtree) throws(Failure) -> Digest
}

extension TreeReading {
    /// The root of the tree as it was with its first `size` leaves.
    public mutating func root(at size: UInt64) throws(Failure) -> Digest {
        size == 0 ? .emptyTree : try hash(of: 0..<size)
    }

    /// The proof that a leaf is in the tree of the first `size` leaves.
    ///
    /// - Returns: `nil` when that tree has no such leaf.
    /// - Source: RFC 6962 section 2.1.1.
    public mutating func inclusionProof(of index: UInt64, in size: UInt64) throws(Failure) -> InclusionProof? {
        guard index < size else { return nil }
        var path: [Digest] = []
        for neighbor in Self.neighbors(of: index, in: size).reversed() { path.append(try hash(of: neighbor)) }
        return InclusionProof(index: index, size: size, path: path)
    }

    /// The proof that the tree of the first `new` leaves continues that of the first `old` ones.
    ///
    /// - Returns: `nil` when `old` is larger than `new`.
    /// - Source: RFC 6962 section 2.1.2.
    public mutating func consistencyProof(from old: UInt64, to new: UInt64) throws(Failure) -> ConsistencyProof? {
        guard old <= new else { return nil }
        var path: [Digest] = []
        for stretch in Self.witnesses(of: old, in: new).reversed() { path.append(try hash(of: stretch)) }
        return ConsistencyProof(old: old, new: new, path: path)
    }

    private mutating func hash(of leaves: Range<UInt64>) throws(Failure) -> Digest {
        var hashes: [Digest] = []
        for subtree in Subtree.all(of: leaves) { hashes.append(try hash(of: subtree)) }
        return Digest(edge: hashes)
    }

    /// What stands beside the way from the root down to a leaf.
    private static func neighbors(of index: UInt64, in size: UInt64) -> [Range<UInt64>] {
        var neighbors: [Range<UInt64>] = []
        var here = 0..<size
        while here.upperBound - here.lowerBound > 1 {
            let cut = here.cut
            if index < cut {
                neighbors.append(cut..<here.upperBound)
                here = here.lowerBound..<cut
            } else {
                neighbors.append(here.lowerBound..<cut)
                here = cut..<here.upperBound
            }
        }
        return neighbors
    }

    /// What makes both the old root and the new one, from the root down.
    private static func witnesses(of old: UInt64, in new: UInt64) -> [Range<UInt64>] {
        guard old > 0, old < new else { return [] }
        var witnesses: [Range<UInt64>] = []
        var here = 0..<new
        while old < here.upperBound {
            let cut = here.cut
            if old <= cut {
                witnesses.append(cut..<here.upperBound)
                here = here.lowerBound..<cut
            } else {
                witnesses.append(here.lowerBound..<cut)
                here = cut..<here.upperBound
            }
        }
        // Whoever verifies has the old root, so it is left out where it is a subtree of the new tree.
        if here.lowerBound > 0 { witnesses.append(here) }
        return witnesses
    }
}
