/// What a month will have cost at its end, from the cost of days.
///
/// - Linear: each day that is left costs as much as a full day of this month did on average.
/// - By weekday: each day that is left costs as much as the same weekday did on average in the four weeks before today.
/// - Band: four times out of five the month ends inside of it, if days vary as they did and do not depend on each other.
struct CostForecast: Equatable {
    let amount: Double
    let low: Double
    let high: Double

    enum Way { case linear, weekday }

    /// Fewer full days tell nothing.
    static let leastDays = 3
    /// How far back weekdays are looked at.
    static let weeks = 4
    /// A normal distribution is within so many standard deviations four times out of five.
    private static let reach = 1.2816

    /// - Parameters:
    ///   - costs: of days since 1970. A day that is not there cost nothing.
    ///   - first: the first day that anything is known of.
    ///   - today: has not ended, so what is known of it is not all.
    /// - Returns: `nil` when too few full days are known, or when the month is over.
    init?(_ way: Way, costs: [Int: Double], first: Int, month: CostMonth, today: Int) {
        guard month.days.contains(today) else { return nil }
        let spent = (month.firstDay...today).reduce(0) { $0 + (costs[$1] ?? 0) }
        let start = way == .linear ? month.firstDay : today - 7 * Self.weeks
        let known = Array(max(start, first)..<max(today, max(start, first)))
        guard known.count >= Self.leastDays else { return nil }
        let means = Self.means(way, known, costs)
        guard let means else { return nil }
        let spread = Self.spread(known, costs, means)
        // What today will still cost is what is not there yet of its mean.
        let rest =
            max(0, means(today) - (costs[today] ?? 0))
            + (today + 1..<month.days.upperBound).reduce(0) { $0 + means($1) }
        let margin = Self.reach * spread * Double(month.days.upperBound - today).squareRoot()
        amount = spent + rest
        low = max(spent, amount - margin)
        high = amount + margin
    }

    /// What a day costs on average; `nil` when some weekday was not seen.
    private static func means(_ way: Way, _ known: [Int], _ costs: [Int: Double]) -> ((Int) -> Double)? {
        func mean(_ days: [Int]) -> Double { days.reduce(0) { $0 + (costs[$1] ?? 0) } / Double(days.count) }
        switch way {
        case .linear:
            let all = mean(known)
            return { _ in all }
        case .weekday:
            let days = Dictionary(grouping: known) { weekday($0) }
            guard days.count == 7 else { return nil }
            let means = days.mapValues(mean)
            return { means[weekday($0)] ?? 0 }
        }
    }

    /// The standard deviation of days from what they cost on average.
    private static func spread(_ known: [Int], _ costs: [Int: Double], _ mean: (Int) -> Double) -> Double {
        let squares = known.reduce(0) { sum, day in
            let difference = (costs[day] ?? 0) - mean(day)
            return sum + difference * difference
        }
        return (squares / Double(max(1, known.count - 1))).squareRoot()
    }

    /// 0 is Monday: 1970-01-01 was a Thursday.
    static func weekday(_ day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }
}
