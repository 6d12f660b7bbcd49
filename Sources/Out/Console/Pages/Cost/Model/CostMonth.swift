import Platform

/// A month of the calendar, in UTC.
struct CostMonth: Equatable, Sendable {
    let year: Int
    let month: Int

    init(_ moment: Timestamp) {
        let civil = Civil(moment)
        (year, month) = (civil.year, civil.month)
    }

    /// - Parameter text: `2026-11`.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[1].count == 2, let year = Int(parts[0]),
            let month = Int(parts[1]), (1_970...2_200).contains(year), (1...12).contains(month)
        else { return nil }
        (self.year, self.month) = (year, month)
    }

    private init(year: Int, month: Int) { (self.year, self.month) = (year, month) }

    var text: String { month < 10 ? "\(year)-0\(month)" : "\(year)-\(month)" }
    var next: CostMonth { month == 12 ? CostMonth(year: year + 1, month: 1) : CostMonth(year: year, month: month + 1) }
    var previous: CostMonth {
        month == 1 ? CostMonth(year: year - 1, month: 12) : CostMonth(year: year, month: month - 1)
    }

    /// Days since 1970-01-01.
    var firstDay: Int { Civil.days(year: year, month: month, day: 1) }
    var length: Int { Civil.daysIn(month: month, year: year) }
    var days: Range<Int> { firstDay..<firstDay + length }

    var start: Timestamp { Self.moment(ofDay: firstDay) }
    var end: Timestamp { next.start }

    static func moment(ofDay day: Int) -> Timestamp { Timestamp(nanoseconds: 0) + .days(Int64(day)) }

    static func day(of moment: Timestamp) -> Int {
        let civil = Civil(moment)
        return Civil.days(year: civil.year, month: civil.month, day: civil.day)
    }
}
