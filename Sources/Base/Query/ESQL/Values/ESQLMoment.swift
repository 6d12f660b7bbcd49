import Events
import Platform

/// A moment on the calendar of ES|QL: any year, in milliseconds.
struct ESQLMoment: Hashable {
    var year: Int
    /// - Range: 1 to 12.
    var month: Int
    /// - Range: 1 to 31.
    var day: Int
    /// Since midnight.
    var milliseconds: Int64

    private static let dayLength: Int64 = 86_400_000

    init(year: Int, month: Int, day: Int, milliseconds: Int64 = 0) {
        self.year = year
        self.month = month
        self.day = day
        self.milliseconds = milliseconds
    }

    /// - Parameter moment: milliseconds since 1970.
    /// - Source: the civil calendar in eras of 400 years, which begin with March.
    init(_ moment: Int64) {
        let days = Int(moment.flooredDivision(by: Self.dayLength))
        milliseconds = moment - Int64(days) * Self.dayLength
        let shifted = days + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970.
    var days: Int {
        let year = month <= 2 ? self.year - 1 : self.year
        let era = year.flooredDivision(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Milliseconds since 1970.
    var moment: Int64 { Int64(days) * Self.dayLength + milliseconds }

    /// - Range: 1, Monday, to 7.
    var dayOfWeek: Int { (days + 3) - (days + 3).flooredDivision(by: 7) * 7 + 1 }

    var dayOfYear: Int { days - ESQLMoment(year: year, month: 1, day: 1).days + 1 }

    /// The week of ISO 8601, and the year that it belongs to: that of its Thursday.
    var week: (year: Int, number: Int) {
        let thursday = ESQLMoment(Int64(days + 4 - dayOfWeek) * Self.dayLength)
        return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
    }

    static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// A month later than January 31st is the last day of February.
    func adding(months count: Int) -> ESQLMoment {
        let months = year * 12 + month - 1 + count
        var result = self
        result.year = months.flooredDivision(by: 12)
        result.month = months - result.year * 12 + 1
        result.day = min(day, Self.daysIn(month: result.month, year: result.year))
        return result
    }

    /// - Returns: `nil` for a moment that 64 bits do not hold.
    static func adding(_ span: ESQLSpan, to moment: Int64) -> Int64? {
        var result = span.months == 0 ? moment : ESQLMoment(moment).adding(months: span.months).moment
        let (days, overflow) = result.addingReportingOverflow(Int64(span.days) * dayLength)
        if overflow { return nil }
        result = days
        let (sum, tooFar) = result.addingReportingOverflow(span.milliseconds)
        return tooFar ? nil : sum
    }
}

extension FixedWidthInteger {
    func flooredDivision(by divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}
