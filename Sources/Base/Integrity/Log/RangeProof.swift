/// What proves that records which follow one another are a part of a log, and all of that part.
///
///     docket-range/v1
///     first 1000
///     count 24
///     before CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///     after gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
///
///     example.com/t/0011
///     20852163
///     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
///     — example.com/t/0011 Az3grlgtzPICa5OS8npV…
///
/// The hashes are the roots of the complete subtrees that fill the log before the first record and behind the last, from
/// left to right, as few as can be. With the leaves of the records between them they make the root that was signed.
public struct RangeProof: Sendable, Equatable {
    private static let firstLine = "docket-range/v1"
    /// - Unit: bytes of a whole proof.
    public static let largest = SignedNote.largest + 64 * 1_024

    public let first: UInt64
    public let count: UInt64
    public let before: [Digest]
    public let after: [Digest]
    /// The checkpoint with its signatures.
    public let note: SignedNote

    public init(first: UInt64, count: UInt64, before: [Digest], after: [Digest], note: SignedNote) {
        self.first = first
        self.count = count
        self.before = before
        self.after = after
        self.note = note
    }

    // MARK: Text

    public var text: String {
        var text = "\(Self.firstLine)\nfirst \(first)\ncount \(count)\n"
        for hash in before { text += "before \(hash.base64)\n" }
        for hash in after { text += "after \(hash.base64)\n" }
        return text + "\n" + note.whole
    }

    /// - Returns: `nil` for what ``text`` does not write.
    public init?(text: String) {
        guard text.utf8.count <= Self.largest, let gap = text.range(of: "\n\n"),
            let note = try? SignedNote(parsing: String(text[gap.upperBound...]))
        else { return nil }
        var lines = text[..<gap.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)[...]
        func take(_ word: String) -> Substring? {
            guard let line = lines.first, line.hasPrefix(word + " ") else { return nil }
            lines.removeFirst()
            return line.dropFirst(word.count + 1)
        }
        guard lines.popFirst() == Self.firstLine[...], let first = take("first").flatMap({ Decimal.number($0) }),
            let count = take("count").flatMap({ Decimal.number($0) })
        else { return nil }
        var before: [Digest] = []
        while let hash = take("before").flatMap({ Digest(base64: String($0)) }) { before.append(hash) }
        var after: [Digest] = []
        while let hash = take("after").flatMap({ Digest(base64: String($0)) }) { after.append(hash) }
        self.init(first: first, count: count, before: before, after: after, note: note)
        guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
    }

    // MARK: Proving

    /// The tree in front of the first record, which the leaves of the records are to be added to.
    ///
    /// - Returns: `nil` when the hashes are not those of such a tree.
    public var start: RightEdge? {
        let (end, overflow) = first.addingReportingOverflow(count)
        guard count > 0, !overflow, end <= UInt64(Int64.max) else { return nil }
        return RightEdge(size: first, hashes: before)
    }

    /// The root of the whole log.
    ///
    /// - Parameter records: ``start`` with all leaves added.
    /// - Returns: `nil` when the hashes cannot be those behind the records in a log of this size.
    public func root(_ records: RightEdge, size: UInt64) -> Digest? {
        guard records.size == first + count, records.size <= size else { return nil }
        let rest = Subtree.filling(records.size..<size)
        guard rest.count == after.count else { return nil }
        var edge = records
        for (subtree, hash) in zip(rest, after) { edge.append(hash, level: subtree.level) }
        return edge.root
    }
}

extension TreeReading {
    /// The proof that leaves which follow one another are in the tree of the first `size` leaves.
    ///
    /// - Returns: `nil` when that tree does not have all of them.
    public mutating func rangeProof(
        of leaves: Range<UInt64>, in size: UInt64, under note: SignedNote
    ) throws(Failure) -> RangeProof? {
        guard !leaves.isEmpty, leaves.upperBound <= size else { return nil }
        var before: [Digest] = []
        for subtree in Subtree.filling(0..<leaves.lowerBound) { before.append(try hash(of: subtree)) }
        var after: [Digest] = []
        for subtree in Subtree.filling(leaves.upperBound..<size) { after.append(try hash(of: subtree)) }
        return RangeProof(
            first: leaves.lowerBound, count: leaves.upperBound - leaves.lowerBound, before: before, after: after,
            note: note)
    }
}

extension String {
    /// Where a text stands first; without Foundation.
    fileprivate func range(of part: String) -> Range<Index>? {
        let (bytes, wanted) = (utf8, Array(part.utf8))
        var place = bytes.startIndex
        while let end = bytes.index(place, offsetBy: wanted.count, limitedBy: bytes.endIndex) {
            if bytes[place..<end].elementsEqual(wanted) { return place..<end }
            place = bytes.index(after: place)
        }
        return nil
    }
}
