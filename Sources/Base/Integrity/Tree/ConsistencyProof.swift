/// The proof that a tree continues an older one: nothing was changed, taken out or put in between.
///
/// - Source: RFC 6962 section 2.1.2; checked as in RFC 9162 section 2.1.4.2.
public struct ConsistencyProof: Sendable, Equatable {
    public let old: UInt64
    public let new: UInt64
    public let path: [Digest]

    public init(old: UInt64, new: UInt64, path: [Digest]) {
        self.old = old
        self.new = new
        self.path = path
    }

    /// Whether this proves that the tree with the root `newRoot` continues the one with the root `oldRoot`.
    ///
    /// Every tree continues the empty one.
    public func proves(_ newRoot: Digest, continues oldRoot: Digest) -> Bool {
        guard old <= new else { return false }
        if old == new { return path.isEmpty && oldRoot == newRoot }
        if old == 0 { return path.isEmpty && oldRoot == .emptyTree }

        var here = old - 1
        var last = new - 1
        while here & 1 == 1 {
            here >>= 1
            last >>= 1
        }
        // An old tree that is complete is a subtree of the new one, and its root is not in the path.
        var rest = path[...]
        let isComplete = old.nonzeroBitCount == 1
        guard let start = isComplete ? oldRoot : rest.popFirst() else { return false }
        var oldHash = start
        var newHash = start
        for hash in rest {
            guard last > 0 else { return false }
            if here & 1 == 1 || here == last {
                oldHash = Digest(left: hash, right: oldHash)
                newHash = Digest(left: hash, right: newHash)
                while here & 1 == 0, here != 0 {
                    here >>= 1
                    last >>= 1
                }
            } else {
                newHash = Digest(left: newHash, right: hash)
            }
            here >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == oldRoot && newHash == newRoot
    }
}
