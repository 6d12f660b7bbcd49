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
    init(_ moment: Int64) {
        let days = Int(moment.flooredDivision(by: Self.dayLength))
        // The first day of all begins in front of what 64 bits hold.
        self.init(days: days, milliseconds: Int64(Int128(moment) - Int128(days) * Int128(Self.dayLength)))
    }

    /// - Parameters:
    ///   - days: since 1970.
    ///   - milliseconds: since midnight.
    /// - Source: the civil calendar in eras of 400 years, which begin with March.
    private init(days: Int, milliseconds: Int64) {
        self.milliseconds = milliseconds
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

    /// The beginning of a month.
    ///
    /// - Parameter month: as ``monthNumber``.
    init(month: Int) {
        let year = month.flooredDivision(by: 12)
        self.init(year: year, month: month - year * 12 + 1, day: 1)
    }

    /// Months since January of the year 0.
    var monthNumber: Int { year * 12 + month - 1 }

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
        let thursday = ESQLMoment(days: days + 4 - dayOfWeek, milliseconds: 0)
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
        var result = ESQLMoment(month: monthNumber + count)
        result.day = min(day, Self.daysIn(month: result.month, year: result.year))
        result.milliseconds = milliseconds
        return result
    }

    /// - Throws: for a moment that the calendar or 64 bits do not hold.
    static func adding(_ span: ESQLSpan, to moment: Int64) throws(ESQLProblem) -> Int64 {
        var result = Int128(moment)
        if span.months != 0 {
            let moved = ESQLMoment(moment).adding(months: span.months)
            guard years.contains(moved.year) else {
                throw ESQLProblem(
                    "Invalid value for Year (valid values \(years.lowerBound) - \(years.upperBound)): \(moved.year)")
            }
            result = moved.wideMoment
        }
        result += Int128(span.days) * Int128(dayLength) + Int128(span.milliseconds)
        guard span.milliseconds.magnitude < Int64.max, let sum = Int64(exactly: result) else { throw .longOverflow }
        return sum
    }

    /// The years of the calendar.
    private static let years = -999_999_999...999_999_999

    /// Milliseconds since 1970, however far away.
    var wideMoment: Int128 { Int128(days) * Int128(Self.dayLength) + Int128(milliseconds) }
}

extension FixedWidthInteger {
    func flooredDivision(by divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}
