import Platform

/// One value for each hour of a week, in UTC. Of an hour in which nothing was received nobody knows.
struct WeekValues: Equatable {
    static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// By day from Monday, by hour.
    private(set) var values = Array(repeating: Array(repeating: Double?.none, count: 24), count: 7)

    /// Something was received at that moment, whatever it was.
    mutating func know(_ moment: Timestamp) { add(0, at: moment) }

    mutating func add(_ value: Double, at moment: Timestamp) {
        guard let (day, hour) = Self.place(moment) else { return }
        values[day][hour] = (values[day][hour] ?? 0) + value
    }

    /// `nil` before 1970.
    private static func place(_ moment: Timestamp) -> (day: Int, hour: Int)? {
        guard moment.nanoseconds >= 0 else { return nil }
        let hours = Int(moment.nanoseconds / Timestamp.Span.hours(1).nanoseconds)
        // 1970 began on a Thursday.
        return ((hours / 24 + 3) % 7, hours % 24)
    }
}
