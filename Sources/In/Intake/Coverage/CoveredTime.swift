import Platform

/// Stretches of time, joined where they touch.
///
/// - Shape: in order, none empty.
struct CoveredTime: Sendable, Equatable {
    private(set) var ranges: [Range<Timestamp>] = []

    /// - Returns: what of it is new.
    @discardableResult
    mutating func insert(_ range: Range<Timestamp>) -> [Range<Timestamp>] {
        var added: [Range<Timestamp>] = []
        var low = range.lowerBound
        while let gap = firstGap(in: low..<range.upperBound) {
            added.append(gap)
            low = gap.upperBound
        }
        let touching = ranges.filter { $0.upperBound >= range.lowerBound && $0.lowerBound <= range.upperBound }
        let joined = touching.reduce(range) {
            min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
        }
        ranges.removeAll { touching.contains($0) }
        let place = ranges.firstIndex { $0.lowerBound > joined.lowerBound } ?? ranges.count
        ranges.insert(joined, at: place)
        return added
    }

    /// The first stretch of a range that is not covered.
    func firstGap(in range: Range<Timestamp>) -> Range<Timestamp>? {
        var low = range.lowerBound
        for covered in ranges where covered.upperBound > low {
            if covered.lowerBound > low { break }
            low = covered.upperBound
        }
        guard low < range.upperBound else { return nil }
        let next = ranges.first { $0.lowerBound > low }?.lowerBound ?? range.upperBound
        return low..<min(next, range.upperBound)
    }
}
