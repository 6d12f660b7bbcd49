extension Digest {
    /// The root of a tree without leaves: the digest of nothing.
    public static let emptyTree = Digest(of: [UInt8]().rawBytes)

    /// The hash of a leaf: SHA-256(0x00 ‖ entry).
    ///
    /// - Source: RFC 6962 section 2.1.
    public init(leaf entry: RawSpan) {
        let context = DigestContext.ofThread
        let prefix = InlineArray<1, UInt8>(repeating: 0x00)
        context.begin()
        unsafe context.update(prefix.span.bytes)
        context.update(entry)
        self = context.finish()
    }

    /// The hash of a node: SHA-256(0x01 ‖ left ‖ right).
    ///
    /// The other prefix keeps a node from passing for a leaf.
    ///
    /// - Source: RFC 6962 section 2.1.
    public init(left: Digest, right: Digest) {
        var message = InlineArray<65, UInt8>(repeating: 0x01)
        for place in 0..<Self.size {
            message[1 + place] = left.storage[place]
            message[1 + Self.size + place] = right.storage[place]
        }
        self = unsafe Digest(of: message.span.bytes)
    }

    /// The root over subtrees that stand side by side, each as large as or larger than the next.
    ///
    /// - Parameter hashes: not empty.
    init(edge hashes: some BidirectionalCollection<Digest>) {
        var rest = hashes.reversed().makeIterator()
        guard var hash = rest.next() else { preconditionFailure("no subtrees") }
        while let left = rest.next() { hash = Digest(left: left, right: hash) }
        self = hash
    }

    /// The root over a power of two of hashes.
    init(complete hashes: ArraySlice<Digest>, lanes: DigestLanes) {
        precondition(hashes.count.nonzeroBitCount == 1, "not a complete tree")
        var row = Array(hashes)
        while row.count > 1 {
            var above: [Digest] = []
            lanes.append(nodesAbove: row.span, to: &above)
            row = above
        }
        self = row[0]
    }
}
