/// Where the seeds of records come from: a tree of keys from which every seed can be taken away alone.
///
///     child(bit) = SHA-256(bit ‖ "docket/seed/v1" ‖ key)
///
/// One random key at the top gives the seeds of 65,536 records, so that next to nothing is stored for them. To forget
/// a seed, the keys above it are replaced by those beside the way down to it: all other seeds can still be made, and
/// this one by nobody.
///
/// - Source: Goldreich, Goldwasser, Micali, *How to Construct Random Functions* (1986); with keys taken out it is
///   called a puncturable function.
/// - Shape: stored as `docket-seeds/v1`, a line feed, then for each key one byte of height, four of index with the low
///   one first, and 32 of key; and the SHA-256 of all that.
public struct SeedTree: Sendable, Equatable {
    /// Levels of keys above the seeds.
    public static let height = 16
    /// How many seeds there are.
    public static let count = 1 << height

    /// A key that is held: everything below it can be made.
    private struct Node: Sendable, Equatable {
        /// Above the seeds.
        let height: Int
        let index: Int
        let key: Digest

        var leaves: Range<Int> { index << height..<(index + 1) << height }
    }

    /// In the order of the seeds below them, which never overlap.
    private var nodes: [Node]

    /// One of which nothing is left.
    public static let forgotten = SeedTree(nodes: [])

    private init(nodes: [Node]) { self.nodes = nodes }

    public init(random: RandomBytes) {
        let key = random.bytes(Digest.size)
        nodes = [Node(height: Self.height, index: 0, key: Digest(at: 0, of: key.rawBytes))]
    }

    // MARK: Seeds

    /// - Returns: `nil` for a seed that was forgotten.
    public func seed(at leaf: Int) -> ContentSeed? { seeds(at: leaf..<leaf + 1, lanes: DigestLanes())[0] }

    /// The seeds of many records, made level by level.
    ///
    /// - Returns: as many as asked for, in their order; `nil` for those that were forgotten.
    public func seeds(at leaves: Range<Int>, lanes: DigestLanes) -> [ContentSeed?] {
        precondition(leaves.lowerBound >= 0 && leaves.upperBound <= Self.count, "seeds outside the tree")
        var seeds = [ContentSeed?](repeating: nil, count: leaves.count)
        for node in nodes {
            let wanted = node.leaves.clamped(to: leaves)
            if wanted.isEmpty { continue }
            for (place, key) in zip(wanted, Self.keys(below: node, at: wanted, lanes)) {
                seeds[place - leaves.lowerBound] = ContentSeed(storage: key)
            }
        }
        return seeds
    }

    /// Takes a seed away. Nothing happens when it is gone already.
    public mutating func forget(_ leaf: Int) {
        guard let place = nodes.firstIndex(where: { $0.leaves.contains(leaf) }) else { return }
        var here = nodes[place]
        var before: [Node] = []
        var after: [Node] = []
        while here.height > 0 {
            let children = Self.children(of: here)
            if leaf < children[1].leaves.lowerBound {
                after.append(children[1])
                here = children[0]
            } else {
                before.append(children[0])
                here = children[1]
            }
        }
        nodes.replaceSubrange(place...place, with: before + after.reversed())
    }

    private static let label = Array("docket/seed/v1".utf8)
    private static let messageSize = 1 + label.count + Digest.size

    private static func append(_ bit: Int, of key: Digest, to messages: inout [UInt8]) {
        messages.append(UInt8(bit))
        messages += label
        key.append(to: &messages)
    }

    private static func children(of node: Node) -> [Node] {
        (0...1).map { bit in
            var message: [UInt8] = []
            append(bit, of: node.key, to: &message)
            return Node(height: node.height - 1, index: node.index * 2 + bit, key: Digest(of: message.rawBytes))
        }
    }

    /// The keys of height zero below a node.
    private static func keys(below node: Node, at leaves: Range<Int>, _ lanes: DigestLanes) -> [Digest] {
        var row = [node.key]
        var first = node.index
        for height in stride(from: node.height - 1, through: 0, by: -1) {
            let indices = leaves.lowerBound >> height...(leaves.upperBound - 1) >> height
            var messages: [UInt8] = []
            messages.reserveCapacity(indices.count * messageSize)
            for index in indices { append(index & 1, of: row[index >> 1 - first], to: &messages) }
            row.removeAll(keepingCapacity: true)
            lanes.append(digestsOfEach: messageSize, in: messages.rawBytes, to: &row)
            first = indices.lowerBound
        }
        return row
    }

    // MARK: Stored

    private static let head = Array("docket-seeds/v1\n".utf8)
    private static let nodeSize = 5 + Digest.size

    /// The only way to the keys: to be stored, apart from the records.
    public func revealBytes() -> [UInt8] {
        var bytes = Self.head
        for node in nodes {
            bytes.append(UInt8(node.height))
            bytes.append(littleEndian: UInt32(node.index))
            node.key.append(to: &bytes)
        }
        Digest(of: bytes.rawBytes).append(to: &bytes)
        return bytes
    }

    /// One that was kept.
    ///
    /// - Returns: `nil` for bytes that are not what was stored.
    public init?(kept bytes: [UInt8]) {
        let nodesEnd = bytes.count - Digest.size
        guard bytes.starts(with: Self.head), nodesEnd >= Self.head.count,
            (nodesEnd - Self.head.count) % Self.nodeSize == 0,
            Digest(of: Array(bytes[..<nodesEnd]).rawBytes) == Digest(at: nodesEnd, of: bytes.rawBytes)
        else { return nil }
        nodes = []
        var next = 0
        for start in stride(from: Self.head.count, to: nodesEnd, by: Self.nodeSize) {
            let height = Int(bytes[start])
            let index = Int(bytes.rawBytes.number(at: start + 1, as: UInt32.self))
            guard height <= Self.height, index < 1 << (Self.height - height) else { return nil }
            let node = Node(height: height, index: index, key: Digest(at: start + 5, of: bytes.rawBytes))
            guard node.leaves.lowerBound >= next else { return nil }
            next = node.leaves.upperBound
            nodes.append(node)
        }
    }
}

extension SeedTree: CustomStringConvertible, CustomReflectable {
    public var description: String { "(seeds)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
