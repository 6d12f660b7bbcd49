/// Places in the log of a tenant, as stretches.
///
/// - Shape: as text each stretch is `12` or `12-15`.
public struct SequenceSet: Sendable, Hashable {
    /// In order; none is empty, and none touches the next.
    public private(set) var ranges: [Range<UInt64>] = []

    public init() {}

    public init(_ sequences: some Sequence<UInt64>) {
        for sequence in sequences.sorted() { insert(sequence) }
    }

    public var isEmpty: Bool { ranges.isEmpty }

    public var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// - Cost: constant when it is behind all others.
    public mutating func insert(_ sequence: UInt64) {
        precondition(sequence < .max, "a sequence has a successor")
        var place = ranges.count
        while place > 0, ranges[place - 1].lowerBound > sequence { place -= 1 }
        if place > 0, ranges[place - 1].upperBound >= sequence {
            guard ranges[place - 1].upperBound == sequence else { return }
            ranges[place - 1] = ranges[place - 1].lowerBound..<sequence + 1
        } else {
            ranges.insert(sequence..<sequence + 1, at: place)
            place += 1
        }
        guard place < ranges.count, ranges[place].lowerBound == sequence + 1 else { return }
        ranges[place - 1] = ranges[place - 1].lowerBound..<ranges[place].upperBound
        ranges.remove(at: place)
    }

    public mutating func formUnion(_ other: SequenceSet) {
        var joined: [Range<UInt64>] = []
        for range in (ranges + other.ranges).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        ranges = joined
    }

    /// - Cost: a binary search.
    public func contains(_ sequence: UInt64) -> Bool { overlaps(sequence..<sequence + 1) }

    public func overlaps(_ sequences: Range<UInt64>) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= sequences.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].overlaps(sequences)
    }

    /// Some stretches at a time, so that what is written of them has a bound.
    public func chunks(of limit: Int) -> [SequenceSet] {
        stride(from: 0, to: ranges.count, by: limit).map { start in
            var chunk = SequenceSet()
            chunk.ranges = Array(ranges[start..<min(start + limit, ranges.count)])
            return chunk
        }
    }

    // MARK: Text

    public var texts: [String] {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }
    }

    /// - Returns: `nil` for anything that ``texts`` would not have written.
    public init?(texts: [String]) {
        for text in texts {
            let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { UInt64($0) }
            guard let first = ends[0], let last = ends[ends.count - 1], first <= last, last < .max,
                first > ranges.last?.upperBound ?? 0 || ranges.isEmpty
            else { return nil }
            ranges.append(first..<last + 1)
        }
    }
}
