/// The proof that leaves one behind the other are in a tree: the hashes beside them.
///
/// It is to a stretch of leaves what an ``InclusionProof`` is to one: at most two hashes for each level of the tree,
/// however many leaves there are.
///
/// - Shape: the hashes in the order of the leaves below them, cut as RFC 6962 cuts the tree from its root down.
public struct RangeProof: Sendable, Equatable {
    public let leaves: Range<UInt64>
    /// Of the tree.
    public let size: UInt64
    public let hashes: [Digest]

    public init(leaves: Range<UInt64>, size: UInt64, hashes: [Digest]) {
        self.leaves = leaves
        self.size = size
        self.hashes = hashes
    }

    /// The root to which the leaves lead.
    ///
    /// - Parameter leafHashes: as many as there are leaves.
    /// - Returns: `nil` when the hashes cannot be those beside these leaves in a tree of this size.
    public func root(from leafHashes: [Digest], lanes: DigestLanes = DigestLanes()) -> Digest? {
        guard !leaves.isEmpty, leaves.upperBound <= size, leafHashes.count == leaves.count else { return nil }
        var given = hashes[...]
        let root = Self.fold(0..<size, around: leaves, outside: { _ in given.popFirst() }) { part in
            let start = Int(part.lowerBound - leaves.lowerBound)
            var edge = RightEdge()
            edge.append(Array(leafHashes[start..<start + part.count]), lanes: lanes)
            return edge.root
        }
        return given.isEmpty ? root : nil
    }

    /// Walks down the tree until every part is wholly inside or wholly outside of the leaves, from left to right.
    fileprivate static func fold(
        _ here: Range<UInt64>, around leaves: Range<UInt64>, outside: (Range<UInt64>) -> Digest?,
        inside: (Range<UInt64>) -> Digest?
    ) -> Digest? {
        if !here.overlaps(leaves) { return outside(here) }
        if leaves.lowerBound <= here.lowerBound, here.upperBound <= leaves.upperBound { return inside(here) }
        let cut = here.cut
        guard let left = fold(here.lowerBound..<cut, around: leaves, outside: outside, inside: inside),
            let right = fold(cut..<here.upperBound, around: leaves, outside: outside, inside: inside)
        else { return nil }
        return Digest(left: left, right: right)
    }
}

extension TreeReading {
    /// The proof that leaves are in the tree of the first `size` leaves.
    ///
    /// - Returns: `nil` when there are none, or that tree does not have all of them.
    public mutating func rangeProof(of leaves: Range<UInt64>, in size: UInt64) throws(Failure) -> RangeProof? {
        guard !leaves.isEmpty, leaves.upperBound <= size else { return nil }
        var beside: [Range<UInt64>] = []
        _ = RangeProof.fold(
            0..<size, around: leaves,
            outside: {
                beside.append($0)
                return .zero
            }, inside: { _ in .zero })
        var hashes: [Digest] = []
        for part in beside { hashes.append(try root(of: part)) }
        return RangeProof(leaves: leaves, size: size, hashes: hashes)
    }
}
