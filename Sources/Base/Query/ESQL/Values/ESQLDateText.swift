import Platform

/// Dates as ES|QL reads and writes them where no format is given.
enum ESQLDateText {
    /// Reads as much of `2026-10-08T08:15:18.137+02:00` as there is, from the year on. Nothing but a `T` stands in front
    /// of the hour, as in `strict_date_optional_time`.
    ///
    /// - Returns: the moment and its nanoseconds within the second; `nil` for what is no date.
    static func read(_ text: String) -> (milliseconds: Int64, nanosecond: Int)? {
        var reader = PartialDate(Array(text.utf8)[...])
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "t") }), reader.read() else {
            return nil
        }
        let civil = reader.civil
        let seconds = civil.hour * 3_600 + civil.minute * 60 + civil.second - (reader.offset ?? 0)
        let day = ESQLMoment(year: civil.year, month: civil.month, day: civil.day).moment
        return (day + Int64(seconds) * 1_000 + Int64(civil.nanosecond / 1_000_000), civil.nanosecond)
    }

    static func milliseconds(_ text: String) -> Int64? { read(text)?.milliseconds }

    static func nanoseconds(_ text: String) -> Int64? {
        guard let (milliseconds, nanosecond) = read(text) else { return nil }
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : product + Int64(nanosecond % 1_000_000)
    }

    /// `2026-10-08T08:15:18.137Z`
    static func text(milliseconds: Int64) -> String {
        let moment = ESQLMoment(milliseconds)
        let year = moment.year < 0 || moment.year > 9_999 ? signed(moment.year) : padded(moment.year, 4)
        let time = Int(moment.milliseconds)
        return "\(year)-\(padded(moment.month, 2))-\(padded(moment.day, 2))T\(padded(time / 3_600_000, 2)):"
            + "\(padded(time / 60_000 % 60, 2)):\(padded(time / 1_000 % 60, 2)).\(padded(time % 1_000, 3))Z"
    }

    /// With three to nine digits behind the point.
    static func text(nanoseconds: Int64) -> String {
        let milliseconds = nanoseconds.flooredDivision(by: 1_000_000)
        let rest = Int(nanoseconds - milliseconds * 1_000_000)
        var digits = padded(rest, 6)
        while digits.hasSuffix("0") { digits.removeLast() }
        return text(milliseconds: milliseconds).dropLast() + digits + "Z"
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func signed(_ year: Int) -> String { (year < 0 ? "-" : "+") + padded(abs(year), 4) }
}
