/// A whole tree in memory: for logs that are small, and for checking a log against its checkpoints.
///
/// - Cost: 64 bytes for each leaf.
public struct MemoryTree: TreeReading, Sendable {
    private var edge = RightEdge()
    /// The hashes of the complete subtrees: `levels[level][index]`.
    private var levels: [[Digest]] = []
    private let lanes: DigestLanes

    public init(lanes: DigestLanes = DigestLanes()) { self.lanes = lanes }

    public var size: UInt64 { edge.size }
    public var root: Digest { edge.root }

    /// Adds leaves by their hashes.
    public mutating func append(_ leaves: [Digest]) {
        edge.append(leaves, lanes: lanes) { level, _, nodes in
            if levels.count == level { levels.append([]) }
            levels[level] += nodes
        }
    }

    public func hash(of subtree: Subtree) throws(Never) -> Digest { levels[subtree.level][Int(subtree.index)] }
}
