/// Where a complete subtree stands in a tree.
///
/// - Shape: its leaves are those from `index << level` up to, but not including, `(index + 1) << level`.
public struct Subtree: Sendable, Hashable {
    /// - Range: 0 (a leaf) to 63.
    public let level: Int
    public let index: UInt64

    public init(level: Int, index: UInt64) {
        precondition((0...63).contains(level) && index <= .max >> UInt64(level), "no such subtree")
        self.level = level
        self.index = index
    }

    /// The complete subtrees that make up a stretch of leaves, the largest first.
    ///
    /// - Parameter leaves: a stretch as RFC 6962 cuts trees: it starts at a multiple of the largest power of two in it.
    static func all(of leaves: Range<UInt64>) -> [Subtree] {
        var all: [Subtree] = []
        var start = leaves.lowerBound
        while start < leaves.upperBound {
            let level = 63 - (leaves.upperBound - start).leadingZeroBitCount
            precondition(start & (1 << UInt64(level) - 1) == 0, "a stretch that no tree is cut into")
            all.append(Subtree(level: level, index: start >> UInt64(level)))
            start += 1 << UInt64(level)
        }
        return all
    }

    /// The complete subtrees that fill any stretch of leaves, from left to right, as few as can be.
    static func filling(_ leaves: Range<UInt64>) -> [Subtree] {
        var all: [Subtree] = []
        var start = leaves.lowerBound
        while start < leaves.upperBound {
            let most = 63 - (leaves.upperBound - start).leadingZeroBitCount
            let level = min(most, start.trailingZeroBitCount)
            all.append(Subtree(level: level, index: start >> UInt64(level)))
            start += 1 << UInt64(level)
        }
        return all
    }
}

extension Range<UInt64> {
    /// Where RFC 6962 cuts a stretch of leaves: after the largest power of two that is less than all of it.
    var cut: UInt64 {
        let count = upperBound - lowerBound
        precondition(count > 1, "one leaf is not cut")
        return lowerBound + 1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}
