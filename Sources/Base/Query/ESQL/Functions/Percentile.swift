/// What stands at a share of some numbers when they are in order, with what lies between two of them in proportion.
enum Percentile {
    /// - Parameter numbers: at least one, in any order.
    /// - Parameter share: 0 to 100.
    static func value(_ share: Double, of numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        let place = share / 100 * Double(sorted.count - 1)
        let lower = Int(place.rounded(.down))
        let rest = place - Double(lower)
        return rest == 0 ? sorted[lower] : sorted[lower] + (sorted[lower + 1] - sorted[lower]) * rest
    }

    static func median(of numbers: [Double]) -> Double { value(50, of: numbers) }

    /// The median of how far the numbers are from their median.
    static func medianDeviation(of numbers: [Double]) -> Double {
        let median = median(of: numbers)
        return self.median(of: numbers.map { ($0 - median).magnitude })
    }
}
