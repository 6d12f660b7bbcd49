/// Dates as the Internet writes them, without Foundation: a date is parsed for each event.
///
/// - Source: RFC 3339; days from civil after H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*.
public enum RFC3339 {
    /// Appends `2026-10-08T08:15:18.137Z`: always UTC, always a `Z`.
    ///
    /// - Parameter digits: fraction digits, 3 (milliseconds, as Elastic prints dates) up to 9.
    ///   With 9, digits that are zero behind the third are left out.
    public static func append(_ moment: Timestamp, digits: Int = 3, to out: inout [UInt8]) {
        let civil = Civil(moment)
        four(civil.year, &out)
        out.append(45)
        two(civil.month, &out)
        out.append(45)
        two(civil.day, &out)
        out.append(84)
        two(civil.hour, &out)
        out.append(58)
        two(civil.minute, &out)
        out.append(58)
        two(civil.second, &out)
        out.append(46)
        var fraction = civil.nanosecond
        var count = digits
        if digits == 9 {
            while count > 3, fraction % 10 == 0 {
                fraction /= 10
                count -= 1
            }
        } else {
            for _ in digits..<9 { fraction /= 10 }
        }
        var power = 1
        for _ in 1..<count { power *= 10 }
        while power > 0 {
            out.append(48 + UInt8(fraction / power % 10))
            power /= 10
        }
        out.append(90)
    }

    public static func text(_ moment: Timestamp, digits: Int = 3) -> String {
        var out: [UInt8] = []
        append(moment, digits: digits, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Reads `2026-10-08T08:15:18.137Z`, any number of fraction digits (those behind nanoseconds are cut),
    /// and offsets such as `+02:00`.
    ///
    /// - Returns: `nil` for anything else, also for a date that does not exist and for a missing offset.
    public static func parse(_ text: some Collection<UInt8>) -> Timestamp? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take(45), let month = reader.number(2), reader.take(45),
            let day = reader.number(2), reader.take(84) || reader.take(116) || reader.take(32),
            let hour = reader.number(2), reader.take(58), let minute = reader.number(2), reader.take(58),
            let second = reader.number(2)
        else { return nil }
        guard (1...12).contains(month), day >= 1, day <= Civil.daysIn(month: month, year: year), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var nanosecond = 0
        if reader.take(46) {
            guard let fraction = reader.fraction() else { return nil }
            nanosecond = fraction
        }
        var offset = 0
        if !(reader.take(90) || reader.take(122)) {
            let negative = reader.take(45)
            guard negative || reader.take(43), let hours = reader.number(2), reader.take(58),
                let minutes = reader.number(2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3_600 + minutes * 60) * (negative ? -1 : 1)
        }
        guard reader.isAtEnd, (1678...2261).contains(year) else { return nil }
        let seconds =
            Civil.days(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000 + Int64(nanosecond))
    }

    private static func two(_ number: Int, _ out: inout [UInt8]) {
        out.append(48 + UInt8(number / 10))
        out.append(48 + UInt8(number % 10))
    }

    private static func four(_ number: Int, _ out: inout [UInt8]) {
        two(number / 100, &out)
        two(number % 100, &out)
    }
}

/// A moment as calendar and clock, in UTC.
public struct Civil: Sendable, Equatable {
    public var year: Int
    public var month: Int
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    public var nanosecond: Int

    public init(_ moment: Timestamp) {
        let total = Int(moment.nanoseconds)
        let dayLength = 86_400_000_000_000
        // The floor, without a number that may lie outside of 64 bits.
        var (days, rest) = total.quotientAndRemainder(dividingBy: dayLength)
        if rest < 0 {
            days -= 1
            rest += dayLength
        }
        nanosecond = rest % 1_000_000_000
        rest /= 1_000_000_000
        second = rest % 60
        minute = rest / 60 % 60
        hour = rest / 3_600
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    public static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    public static func daysIn(month: Int, year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}

/// Takes digits and signs off the front of some bytes.
private struct DigitReader<Text: Collection> where Text.Element == UInt8 {
    private let text: Text
    private var place: Text.Index

    init(_ text: Text) {
        self.text = text
        place = text.startIndex
    }

    var isAtEnd: Bool { place == text.endIndex }

    mutating func take(_ byte: UInt8) -> Bool {
        guard place != text.endIndex, text[place] == byte else { return false }
        place = text.index(after: place)
        return true
    }

    mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Nanoseconds from one or more fraction digits.
    mutating func fraction() -> Int? {
        guard var value = digit() else { return nil }
        var count = 1
        while let digit = digit() {
            if count < 9 {
                value = value * 10 + digit
                count += 1
            }
        }
        while count < 9 {
            value *= 10
            count += 1
        }
        return value
    }

    private mutating func digit() -> Int? {
        guard place != text.endIndex, (48...57).contains(text[place]) else { return nil }
        defer { place = text.index(after: place) }
        return Int(text[place]) - 48
    }
}
