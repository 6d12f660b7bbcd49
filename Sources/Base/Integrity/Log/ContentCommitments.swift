/// Commitments to what a record says, group by group.
///
///     commitment(g) = SHA-256("docket/group/v1" ‖ g ‖ length ‖ salt(g) ‖ bytes)
///     salt(g)       = HMAC-SHA-256(seed, "g" ‖ g)
///
/// The root over them, a Merkle tree as in RFC 6962 with the commitments as its entries, is the content of the
/// record's ``Leaf``. There is a commitment to every group, also to one that is empty: which ones are stays hidden.
///
/// - Shape: `g` is one byte, the length eight with the low one first.
public struct ContentCommitments: Sendable, Equatable {
    /// The label never changes: it is part of every commitment.
    static let label = "docket/group/v1"

    /// In the order of ``DisclosureGroup``.
    public let commitments: [Digest]

    init(_ commitments: ArraySlice<Digest>) { self.commitments = Array(commitments) }

    public var root: Digest { tree.root }

    /// The hashes that lead from a group's commitment to the root.
    public func path(of group: DisclosureGroup) -> [Digest] {
        var tree = tree
        return tree.inclusionProof(of: UInt64(group.index), in: UInt64(DisclosureGroup.count))?.path ?? []
    }

    private var tree: MemoryTree {
        var tree = MemoryTree()
        tree.append(commitments.map { Digest(leaf: $0.bytes) })
        return tree
    }

    /// Where the length and the salt stand in the head of a commitment's message.
    static let lengthPlace = label.utf8.count + 1
    static let saltPlace = lengthPlace + 8
    /// The head of each group's message, up to the bytes of the group; length and salt are still zeros.
    static let heads = DisclosureGroup.allCases.map { group in
        Array(label.utf8) + [group.rawValue] + [UInt8](repeating: 0, count: 8 + Digest.size)
    }

    /// Writes the length or the salt of the head that starts at `start`.
    static func set(length: Int, ofHeadAt start: Int, in message: inout [UInt8]) {
        unsafe message.withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: UInt64(length).littleEndian, toByteOffset: start + lengthPlace, as: UInt64.self)
        }
    }

    static func set(salt: Digest, ofHeadAt start: Int, in message: inout [UInt8]) {
        unsafe message.withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: salt, toByteOffset: start + saltPlace, as: Digest.self)
        }
    }

    static func commitment(to bytes: RawSpan, group: DisclosureGroup, salt: Digest) -> Digest {
        var head = heads[group.index]
        set(length: bytes.byteCount, ofHeadAt: 0, in: &head)
        set(salt: salt, ofHeadAt: 0, in: &head)
        let context = DigestContext.ofThread
        context.begin()
        context.update(head.rawBytes)
        context.update(bytes)
        return context.finish()
    }
}

/// Commitments for many records at once.
///
/// - Again: after ``finish()`` the batch is empty, keeps its memory and may be filled again.
public struct ContentBatch: Sendable {
    private let lanes: DigestLanes
    /// The seed of each record.
    private var seeds: [ContentSeed] = []
    /// Heads and bytes of all commitments, the salts still missing.
    private var messages: [UInt8] = []
    /// Where each commitment's message lies: seven for each record.
    private var ranges: [Range<Int>] = []

    public init(lanes: DigestLanes = DigestLanes()) { self.lanes = lanes }

    /// - Unit: records.
    public var count: Int { seeds.count }

    /// Adds a record.
    ///
    /// - Parameter range: where the canonical bytes of a group lie in `bytes`; an empty range for a group that has
    ///   none.
    public mutating func add(seed: ContentSeed, in bytes: RawSpan, range: (DisclosureGroup) -> Range<Int>) {
        seeds.append(seed)
        for group in DisclosureGroup.allCases {
            let range = range(group)
            let start = messages.count
            messages += ContentCommitments.heads[group.index]
            ContentCommitments.set(length: range.count, ofHeadAt: start, in: &messages)
            unsafe bytes.extracting(range).withUnsafeBytes { unsafe messages.append(contentsOf: $0) }
            ranges.append(start..<messages.count)
        }
    }

    /// The commitments of all records, in their order.
    public mutating func finish() -> [ContentCommitments] {
        let all = commitments()
        return stride(from: 0, to: all.count, by: DisclosureGroup.count).map { start in
            ContentCommitments(all[start..<start + DisclosureGroup.count])
        }
    }

    /// Only the roots of all records, in their order.
    public mutating func finishRoots() -> [Digest] {
        var row: [Digest] = []
        let all = commitments()
        lanes.append(digestsOfEach: Digest.size, in: all.rawBytes, prefix: 0x00, to: &row)
        // The trees of all records grow together, so that their nodes are hashed side by side.
        var width = DisclosureGroup.count
        while width > 1 {
            let pairs = width / 2
            let isOdd = width % 2 == 1
            var children: [Digest] = []
            children.reserveCapacity(row.count)
            for start in stride(from: 0, to: row.count, by: width) { children += row[start..<start + pairs * 2] }
            var nodes: [Digest] = []
            lanes.append(nodesAbove: children.span, to: &nodes)
            guard isOdd else {
                row = nodes
                width = pairs
                continue
            }
            var next: [Digest] = []
            next.reserveCapacity(nodes.count + row.count / width)
            for record in 0..<row.count / width {
                next += nodes[record * pairs..<(record + 1) * pairs]
                next.append(row[record * width + width - 1])
            }
            row = next
            width = pairs + 1
        }
        return row
    }

    private mutating func commitments() -> [Digest] {
        let salts = salts()
        for (range, salt) in zip(ranges, salts) {
            ContentCommitments.set(salt: salt, ofHeadAt: range.lowerBound, in: &messages)
        }
        let commitments = lanes.digests(of: ranges, in: messages.rawBytes)
        seeds.removeAll(keepingCapacity: true)
        messages.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        return commitments
    }

    /// HMAC by its definition, so that all of them are hashed side by side; see ``HMAC``.
    private func salts() -> [Digest] {
        let perRecord = DisclosureGroup.count
        var inner: [UInt8] = []
        inner.reserveCapacity(seeds.count * perRecord * (HMAC.blockSize + 2))
        for seed in seeds {
            let block = Self.block(of: seed, mixedWith: 0x36)
            for group in DisclosureGroup.allCases {
                inner += block
                inner.append(ContentSeed.saltLabel)
                inner.append(group.rawValue)
            }
        }
        var within: [Digest] = []
        lanes.append(digestsOfEach: HMAC.blockSize + 2, in: inner.rawBytes, to: &within)
        var outer: [UInt8] = []
        outer.reserveCapacity(within.count * (HMAC.blockSize + Digest.size))
        for (record, seed) in seeds.enumerated() {
            let block = Self.block(of: seed, mixedWith: 0x5c)
            for index in record * perRecord..<(record + 1) * perRecord {
                outer += block
                within[index].append(to: &outer)
            }
        }
        var salts: [Digest] = []
        lanes.append(digestsOfEach: HMAC.blockSize + Digest.size, in: outer.rawBytes, to: &salts)
        return salts
    }

    private static func block(of seed: ContentSeed, mixedWith pad: UInt8) -> [UInt8] {
        [UInt8](capacity: HMAC.blockSize) { room in
            for byte in 0..<ContentSeed.size { room.append(seed.storage.storage[byte] ^ pad) }
            for _ in ContentSeed.size..<HMAC.blockSize { room.append(pad) }
        }
    }
}
