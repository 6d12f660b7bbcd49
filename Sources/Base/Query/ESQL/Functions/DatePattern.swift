/// A format of dates in the letters that Java has for them: `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`.
///
/// - Source: the documentation of `java.time.format.DateTimeFormatter`. All of it is in UTC and in English.
struct DatePattern: Sendable {
    private enum Part: Sendable {
        case text([UInt8])
        /// A letter, and how many of it.
        case field(UInt8, Int)
        /// A number since 1970, of so many milliseconds.
        case epoch(Int64)
    }

    private var parts: [Part] = []
    private let written: String

    private static let named: [String: String] = [
        "iso8601": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "date_time": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "strict_date_optional_time": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "strict_date": "yyyy-MM-dd", "date": "yyyy-MM-dd",
        "basic_date": "yyyyMMdd", "strict_date_time": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "hour_minute_second": "HH:mm:ss",
        "year_month_day": "yyyy-MM-dd", "year_month": "yyyy-MM", "year": "yyyy",
    ]

    init(_ text: String) throws(ESQLProblem) {
        written = text
        if let unit = ["epoch_millis": 1, "epoch_second": 1_000][text] as Int64? {
            parts = [.epoch(unit)]
            return
        }
        var rest = Array((Self.named[text] ?? text).utf8)[...]
        guard !rest.isEmpty, rest.count <= 256 else { throw ESQLProblem("Invalid format: [\(text)]") }
        var plain: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "'"):
                if rest.first == UInt8(ascii: "'") {
                    plain.append(byte)
                    rest = rest.dropFirst()
                    continue
                }
                guard let end = rest.firstIndex(of: UInt8(ascii: "'")) else {
                    throw ESQLProblem("Invalid format: [\(text)]: a quote has no end")
                }
                plain += rest[..<end]
                rest = rest[(end + 1)...]
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                guard "yuYMLwdDEeaHhKkmsSnAXxZzVO".utf8.contains(byte) else {
                    throw ESQLProblem(
                        "Invalid format: [\(text)]: Unknown pattern letter: \(Character(Unicode.Scalar(byte)))")
                }
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = []
                let more = rest.prefix { $0 == byte }
                rest = rest.dropFirst(more.count)
                parts.append(.field(byte, more.count + 1))
            case UInt8(ascii: "["), UInt8(ascii: "]"): continue
            default: plain.append(byte)
            }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    // MARK: Writing

    func text(of moment: Int64, nanoseconds: Int, in zone: TimeZone = .utc) -> String {
        let offset = zone.offset(at: moment)
        let date = ESQLMoment(zone.local(moment))
        var out = ""
        for part in parts {
            switch part {
            case .text(let bytes): out += String(decoding: bytes, as: UTF8.self)
            case .field(let letter, let count): out += Self.text(letter, count, date, nanoseconds, offset)
            case .epoch(let unit): out += String(moment.flooredDivision(by: unit))
            }
        }
        return out
    }

    private static func text(_ letter: UInt8, _ count: Int, _ date: ESQLMoment, _ nanoseconds: Int, _ offset: Int)
        -> String
    {
        let time = Int(date.milliseconds)
        let hour = time / 3_600_000
        func padded(_ number: Int) -> String { ESQLDateText.padded(number, count) }
        switch letter {
        case UInt8(ascii: "y"), UInt8(ascii: "u"):
            return count == 2 ? ESQLDateText.padded(date.year % 100, 2) : padded(date.year)
        case UInt8(ascii: "Y"):
            return count == 2 ? ESQLDateText.padded(date.week.year % 100, 2) : padded(date.week.year)
        case UInt8(ascii: "w"): return padded(date.week.number)
        case UInt8(ascii: "M"), UInt8(ascii: "L"):
            let name = months[date.month - 1]
            return count < 3
                ? padded(date.month) : count == 3 ? String(name.prefix(3)) : count == 4 ? name : String(name.prefix(1))
        case UInt8(ascii: "d"): return padded(date.day)
        case UInt8(ascii: "D"): return padded(date.dayOfYear)
        case UInt8(ascii: "E"), UInt8(ascii: "e"):
            let name = days[date.dayOfWeek - 1]
            if letter == UInt8(ascii: "e"), count < 3 { return padded(date.dayOfWeek) }
            return count < 4 ? String(name.prefix(3)) : count == 4 ? name : String(name.prefix(1))
        case UInt8(ascii: "a"): return hour < 12 ? "AM" : "PM"
        case UInt8(ascii: "H"): return padded(hour)
        case UInt8(ascii: "k"): return padded(hour == 0 ? 24 : hour)
        case UInt8(ascii: "K"): return padded(hour % 12)
        case UInt8(ascii: "h"): return padded(hour % 12 == 0 ? 12 : hour % 12)
        case UInt8(ascii: "m"): return padded(time / 60_000 % 60)
        case UInt8(ascii: "s"): return padded(time / 1_000 % 60)
        case UInt8(ascii: "S"):
            let digits = ESQLDateText.padded(time % 1_000 * 1_000_000 + nanoseconds, 9)
            return String(digits.prefix(count))
        case UInt8(ascii: "n"): return padded(time % 1_000 * 1_000_000 + nanoseconds)
        case UInt8(ascii: "A"): return padded(time)
        case UInt8(ascii: "X"), UInt8(ascii: "z"), UInt8(ascii: "V"):
            return offset == 0
                ? "Z" : text(offset, count == 2 ? "" : ":", isShort: letter == UInt8(ascii: "X") && count == 1)
        case UInt8(ascii: "x"): return text(offset, count == 3 ? ":" : "", isShort: count == 1)
        case UInt8(ascii: "Z") where count < 4: return text(offset, "", isShort: false)
        case UInt8(ascii: "Z") where count > 4: return offset == 0 ? "Z" : text(offset, ":", isShort: false)
        default: return offset == 0 ? "GMT" : "GMT" + text(offset, ":", isShort: false)
        }
    }

    /// `+02:00`
    private static func text(_ offset: Int, _ mark: String, isShort: Bool) -> String {
        let minutes = abs(offset) / 60
        let hours = (offset < 0 ? "-" : "+") + ESQLDateText.padded(minutes / 60, 2)
        return isShort && minutes % 60 == 0 ? hours : hours + mark + ESQLDateText.padded(minutes % 60, 2)
    }

    // MARK: Reading

    /// - Parameter zone: of a text that names none.
    func moment(of text: String, in zone: TimeZone = .utc) throws(ESQLProblem) -> Int64 {
        var reader = Reader(rest: Array(text.utf8)[...])
        for (place, part) in parts.enumerated() {
            let isRead: Bool
            switch part {
            case .text(let bytes): isRead = reader.take(bytes)
            case .field(let letter, let count):
                // Digits of a neighbor without anything between them are not ours.
                var isFollowed = false
                if place + 1 < parts.count, case .field(let next, _) = parts[place + 1],
                    "yudHhKkmsSD".utf8.contains(next)
                {
                    isFollowed = true
                }
                isRead = reader.read(letter, count, isFollowed: isFollowed)
            case .epoch(let unit):
                guard let count = Int64(text) else { throw problem(text) }
                let (moment, overflow) = count.multipliedReportingOverflow(by: unit)
                if overflow { throw problem(text) }
                return moment
            }
            guard isRead else { throw problem(text) }
        }
        guard reader.rest.isEmpty, let moment = reader.moment else { throw problem(text) }
        return reader.hasZone ? moment : zone.moment(local: moment)
    }

    private func problem(_ text: String) -> ESQLProblem {
        ESQLProblem("failed to parse date field [\(text)] with format [\(written)]")
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>
        var year = 1970
        var month = 1
        var day = 1
        var dayOfYear: Int?
        var hour = 0
        var isAfternoon: Bool?
        var minute = 0
        var second = 0
        var millisecond = 0
        var offset = 0
        var hasZone = false

        var moment: Int64? {
            guard (1...12).contains(month), (1...31).contains(day), (0...24).contains(hour), minute < 60, second < 60
            else {
                return nil
            }
            let hours = isAfternoon.map { hour % 12 + ($0 ? 12 : 0) } ?? hour
            let time = Int64(hours * 3_600 + minute * 60 + second - offset) * 1_000 + Int64(millisecond)
            if let dayOfYear {
                return ESQLMoment(year: year, month: 1, day: 1).moment + Int64(dayOfYear - 1) * 86_400_000 + time
            }
            guard day <= ESQLMoment.daysIn(month: month, year: year) else { return nil }
            return ESQLMoment(year: year, month: month, day: day).moment + time
        }

        mutating func take(_ bytes: [UInt8]) -> Bool {
            guard rest.starts(with: bytes) else { return false }
            rest = rest.dropFirst(bytes.count)
            return true
        }

        private mutating func number(_ count: Int, isFollowed: Bool, most: Int = 19) -> Int? {
            let digits = rest.prefix(isFollowed ? count : most).prefix { (48...57).contains($0) }
            guard !digits.isEmpty, digits.count >= (count > 1 ? count : 1) || count > 4 else { return nil }
            rest = rest.dropFirst(digits.count)
            return Int(String(decoding: digits, as: UTF8.self))
        }

        private mutating func name(_ names: [String], _ count: Int) -> Int? {
            for (place, name) in names.enumerated() {
                let wanted = Array((count == 3 ? String(name.prefix(3)) : name).lowercased().utf8)
                let found = rest.prefix(wanted.count).map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
                if found == wanted {
                    rest = rest.dropFirst(wanted.count)
                    return place
                }
            }
            return nil
        }

        mutating func read(_ letter: UInt8, _ count: Int, isFollowed: Bool) -> Bool {
            switch letter {
            case UInt8(ascii: "y"), UInt8(ascii: "u"):
                guard let number = number(count, isFollowed: isFollowed || count == 2, most: count == 4 ? 4 : 9) else {
                    return false
                }
                year = count == 2 ? 2000 + number : number
            case UInt8(ascii: "M"), UInt8(ascii: "L"):
                guard
                    let number = count < 3
                        ? number(count, isFollowed: isFollowed, most: 2)
                        : name(DatePattern.months, count).map({ $0 + 1 })
                else { return false }
                month = number
            case UInt8(ascii: "d"): return set(\.day, number(count, isFollowed: isFollowed, most: 2))
            case UInt8(ascii: "D"):
                guard let number = number(count, isFollowed: isFollowed, most: 3) else { return false }
                dayOfYear = number
            case UInt8(ascii: "E"), UInt8(ascii: "e"): return name(DatePattern.days, count < 4 ? 3 : 4) != nil
            case UInt8(ascii: "a"):
                guard let half = name(["AM", "PM"], 4) else { return false }
                isAfternoon = half == 1
            case UInt8(ascii: "H"), UInt8(ascii: "k"), UInt8(ascii: "K"), UInt8(ascii: "h"):
                return set(\.hour, number(count, isFollowed: isFollowed, most: 2))
            case UInt8(ascii: "m"): return set(\.minute, number(count, isFollowed: isFollowed, most: 2))
            case UInt8(ascii: "s"): return set(\.second, number(count, isFollowed: isFollowed, most: 2))
            case UInt8(ascii: "S"):
                let digits = rest.prefix(count).prefix { (48...57).contains($0) }
                guard digits.count == count else { return false }
                rest = rest.dropFirst(count)
                let padded = String(decoding: digits, as: UTF8.self) + "000"
                return set(\.millisecond, Int(padded.prefix(3)))
            case UInt8(ascii: "n"), UInt8(ascii: "A"): return number(count, isFollowed: isFollowed) != nil
            // A week says no day.
            case UInt8(ascii: "Y"), UInt8(ascii: "w"): return false
            default: return zone()
            }
            return true
        }

        private mutating func set(_ path: WritableKeyPath<Reader, Int>, _ number: Int?) -> Bool {
            guard let number else { return false }
            self[keyPath: path] = number
            return true
        }

        private mutating func zone() -> Bool {
            hasZone = true
            for name in ["Z", "UTC", "GMT"] where take(Array(name.utf8)) { return true }
            guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
                let hours = number(2, isFollowed: true)
            else { return false }
            _ = take([UInt8(ascii: ":")])
            let minutes = rest.isEmpty ? 0 : number(2, isFollowed: true) ?? 0
            offset = (hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
            return true
        }
    }
}
