/// A set of code points, as ranges that are in order and do not touch.
struct CodePoints: Sendable, Hashable {
    private(set) var ranges: [ClosedRange<UInt32>]

    /// Stands for what is in front of a text and behind it, where there is no character. No text holds it.
    static let edge: UInt32 = 0x11_0000
    /// Stands for a byte that is no part of a character. No set of a pattern holds it.
    static let flaw: UInt32 = 0x11_0001
    /// The last code point.
    static let last: UInt32 = 0x10_FFFF

    static let all = CodePoints([0...last])
    static let none = CodePoints([ClosedRange<UInt32>]())
    static let atEdge = CodePoints([edge...edge])
    static let digits = CodePoints("0"..."9")
    static let words = CodePoints(["0"..."9", "A"..."Z", "_"..."_", "a"..."z"])

    init(_ ranges: [ClosedRange<UInt32>]) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let before = self.ranges.last, range.lowerBound <= before.upperBound + 1 {
                self.ranges[self.ranges.count - 1] =
                    before.lowerBound...max(before.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    init(_ ranges: [ClosedRange<Unicode.Scalar>]) {
        self.init(ranges.map { $0.lowerBound.value...$0.upperBound.value })
    }

    init(_ range: ClosedRange<Unicode.Scalar>) { self.init([range]) }
    init(_ scalar: Unicode.Scalar) { self.init(scalar...scalar) }
    init(_ text: String) { self.init(text.unicodeScalars.map { $0...$0 }) }

    func union(_ other: CodePoints) -> CodePoints { CodePoints(ranges + other.ranges) }

    /// Every character that is not in the set.
    var inverted: CodePoints {
        var inverted: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges where range.lowerBound <= Self.last {
            if range.lowerBound > next { inverted.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { inverted.append(next...Self.last) }
        return CodePoints(inverted)
    }

    func intersection(_ other: CodePoints) -> CodePoints { inverted.union(other.inverted).inverted }

    func contains(_ point: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < point { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(point)
    }
}
