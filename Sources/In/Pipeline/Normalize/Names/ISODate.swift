import Codecs
import Platform

/// Dates as the sources write them: RFC 3339, and its looser relatives.
enum ISODate {
    /// Reads `2026-10-08T08:15:18.137Z`, any number of fraction digits (those behind nanoseconds are cut),
    /// offsets such as `+02:00` or `+0200`; without an offset it is UTC, without a time midnight.
    static func parse(_ text: RawSpan) -> Timestamp? {
        var place = 0
        guard let year = digits(text, &place, 4), take(text, &place, "-"), let month = digits(text, &place, 2),
            take(text, &place, "-"), let day = digits(text, &place, 2), (1...12).contains(month), day >= 1,
            day <= Civil.daysIn(month: month, year: year), (1678...2261).contains(year)
        else { return nil }
        let days = Civil.days(year: year, month: month, day: day)
        if place == text.byteCount { return Timestamp(nanoseconds: Int64(days) * 86_400_000_000_000) }
        guard take(text, &place, "T") || take(text, &place, "t") || take(text, &place, " "),
            let hour = digits(text, &place, 2), take(text, &place, ":"), let minute = digits(text, &place, 2),
            hour < 24, minute < 60
        else { return nil }
        var second = 0
        var nanosecond = 0
        if take(text, &place, ":") {
            guard let value = digits(text, &place, 2), value <= 60 else { return nil }
            second = value
            if take(text, &place, ".") || take(text, &place, ",") {
                guard let fraction = fraction(text, &place) else { return nil }
                nanosecond = fraction
            }
        }
        guard let offset = offset(text, &place), place == text.byteCount else { return nil }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000 + Int64(nanosecond))
    }

    /// Seconds east of UTC; nothing at all is UTC.
    private static func offset(_ text: RawSpan, _ place: inout Int) -> Int? {
        if place == text.byteCount || take(text, &place, "Z") || take(text, &place, "z") { return 0 }
        let isNegative = take(text, &place, "-")
        guard isNegative || take(text, &place, "+"), let hours = digits(text, &place, 2), hours < 24 else { return nil }
        var minutes = 0
        if place < text.byteCount {
            _ = take(text, &place, ":")
            guard let value = digits(text, &place, 2), value < 60 else { return nil }
            minutes = value
        }
        return (hours * 3_600 + minutes * 60) * (isNegative ? -1 : 1)
    }

    private static func fraction(_ text: RawSpan, _ place: inout Int) -> Int? {
        let start = place
        var value = 0
        var count = 0
        while place < text.byteCount, case let digit = text[place] &- 48, digit < 10 {
            if count < 9 {
                value = value * 10 + Int(digit)
                count += 1
            }
            place += 1
        }
        guard place > start else { return nil }
        while count < 9 {
            value *= 10
            count += 1
        }
        return value
    }

    private static func digits(_ text: RawSpan, _ place: inout Int, _ count: Int) -> Int? {
        guard text.byteCount - place >= count else { return nil }
        var value = 0
        for offset in 0..<count {
            let digit = text[place + offset] &- 48
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        place += count
        return value
    }

    private static func take(_ text: RawSpan, _ place: inout Int, _ scalar: Unicode.Scalar) -> Bool {
        guard place < text.byteCount, text[place] == UInt8(ascii: scalar) else { return false }
        place += 1
        return true
    }
}
