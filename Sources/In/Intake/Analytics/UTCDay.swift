import Platform

/// A day in UTC, as reports count them.
struct UTCDay: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01.
    let number: Int

    init(number: Int) { self.number = number }

    init(_ moment: Timestamp) {
        let civil = Civil(moment)
        number = Civil.days(year: civil.year, month: civil.month, day: civil.day)
    }

    /// Reads the date at the beginning of `2026-10-08` or `2026-10-08T00:00:00Z`.
    init?(_ text: String) {
        guard let moment = RFC3339.parse("\(text.prefix(10))T00:00:00Z".utf8) else { return nil }
        self.init(moment)
    }

    /// Enterprise Analytics has nothing before.
    static let firstOfAnalytics = UTCDay(number: Civil.days(year: 2026, month: 1, day: 1))

    var start: Timestamp { Timestamp(nanoseconds: Int64(number) * 86_400_000_000_000) }
    /// `2026-10-08`
    var date: String { String(RFC3339.text(start).prefix(10)) }
    /// `2026-10-08T00:00:00Z`
    var midnight: String { "\(date)T00:00:00Z" }

    static func < (left: UTCDay, right: UTCDay) -> Bool { left.number < right.number }
    static func + (day: UTCDay, days: Int) -> UTCDay { UTCDay(number: day.number + days) }
    static func - (day: UTCDay, days: Int) -> UTCDay { UTCDay(number: day.number - days) }
}
