import Platform

/// Dates as queries write them: `2026-10`, `2026-10-08T08:15Z`, `1791447318137`, `now-15m`, `now/d`,
/// `2026-10-08||+1d/M`.
///
/// What is left out of a date makes it a stretch of time: `2026-10` is a whole month. The caller says which
/// end of it is meant.
///
/// - Source: Elasticsearch reference, *Date math* and *Rounding in range queries*, and the format
///   `strict_date_optional_time||epoch_millis`. One difference: a fraction of three digits is a whole
///   millisecond here, since events have nanoseconds.
struct DateMath {
    enum Edge { case start, end }

    let now: Timestamp
    let secondsFromUTC: Int

    /// - Returns: `nil` if the text is no date, or one outside the range of a ``Timestamp``.
    func moment(_ text: String, _ edge: Edge) -> Timestamp? {
        let bytes = Array(text.utf8)
        if bytes.starts(with: "now".utf8) {
            return calculate(from: now, bytes[3...], edge)
        }
        let bar = UInt8(ascii: "|")
        if let end = bytes.firstIndex(of: bar) {
            guard end + 1 < bytes.count, bytes[end + 1] == bar, let anchor = date(bytes[..<end], .start) else {
                return nil
            }
            return calculate(from: anchor, bytes[(end + 2)...], edge)
        }
        return date(bytes[...], edge)
    }

    // MARK: A date

    private func date(_ bytes: ArraySlice<UInt8>, _ edge: Edge) -> Timestamp? {
        let digits = bytes.first == 45 ? bytes.dropFirst() : bytes
        if !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }), bytes.count != 4 {
            return Int64(String(decoding: bytes, as: UTF8.self)).flatMap { epoch(milliseconds: $0, edge) }
        }
        var reader = PartialDate(bytes)
        guard reader.read(), let start = reader.civil.moment(secondsFromUTC: reader.offset ?? secondsFromUTC) else {
            return nil
        }
        guard edge == .end else { return start }
        switch reader.precision {
        case .unit(let unit): return local(start)?.adding(1, unit)?.moment(secondsFromUTC: secondsFromUTC)?.before
        case .nanoseconds(let length): return start + Timestamp.Span(nanoseconds: length - 1)
        }
    }

    private func epoch(milliseconds: Int64, _ edge: Edge) -> Timestamp? {
        guard abs(Int(clamping: milliseconds)) < 9_000_000_000_000 else { return nil }
        let start = Timestamp(milliseconds: milliseconds)
        return edge == .start ? start : start + Timestamp.Span(nanoseconds: 999_999)
    }

    // MARK: Arithmetic

    /// Carries out `+1d`, `-2h` and `/M` from left to right.
    private func calculate(from anchor: Timestamp, _ operations: ArraySlice<UInt8>, _ edge: Edge) -> Timestamp? {
        var moment = anchor
        var rest = operations
        while let sign = rest.popFirst() {
            let digits = rest.prefix { (48...57).contains($0) }
            rest = rest.dropFirst(digits.count)
            guard let letter = rest.popFirst(), let unit = DateUnit(letter: letter), let local = local(moment) else {
                return nil
            }
            var next: Civil?
            switch sign {
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                guard digits.count < 10 else { return nil }
                let count = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
                let amount = digits.isEmpty ? 1 : count
                next = local.adding(sign == UInt8(ascii: "+") ? amount : -amount, unit)
            case UInt8(ascii: "/") where digits.isEmpty:
                let start = local.roundedDown(to: unit)
                next = edge == .start ? start : start.adding(1, unit)
            default: return nil
            }
            guard var result = next?.moment(secondsFromUTC: secondsFromUTC) else { return nil }
            if sign == UInt8(ascii: "/"), edge == .end { result = result.before }
            moment = result
        }
        return moment
    }

    private func local(_ moment: Timestamp) -> Civil? {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(Int64(secondsFromUTC) * 1_000_000_000)
        return overflow ? nil : Civil(Timestamp(nanoseconds: sum))
    }
}

/// A unit of date math. `h` and `H` are the same.
enum DateUnit {
    case year, month, week, day, hour, minute, second

    init?(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "y"): self = .year
        case UInt8(ascii: "M"): self = .month
        case UInt8(ascii: "w"): self = .week
        case UInt8(ascii: "d"): self = .day
        case UInt8(ascii: "h"), UInt8(ascii: "H"): self = .hour
        case UInt8(ascii: "m"): self = .minute
        case UInt8(ascii: "s"): self = .second
        default: return nil
        }
    }

    /// - Returns: `nil` for the units that the calendar makes longer and shorter.
    fileprivate var seconds: Int? {
        switch self {
        case .year, .month: nil
        case .week: 604_800
        case .day: 86_400
        case .hour: 3_600
        case .minute: 60
        case .second: 1
        }
    }
}

extension Civil {
    /// - Returns: `nil` outside the years that a ``Timestamp`` can hold.
    fileprivate func moment(secondsFromUTC offset: Int) -> Timestamp? {
        guard (1678...2261).contains(year) else { return nil }
        return Timestamp(nanoseconds: Int64(seconds - offset) * 1_000_000_000 + Int64(nanosecond))
    }

    /// Seconds since 1970 on this clock.
    private var seconds: Int {
        Civil.days(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// A month later than January 31st is the last day of February.
    fileprivate func adding(_ count: Int, _ unit: DateUnit) -> Civil? {
        if let length = unit.seconds {
            let (span, tooLong) = length.multipliedReportingOverflow(by: count)
            let total = seconds + (tooLong ? 0 : span)
            guard !tooLong, abs(total) < 9_200_000_000 else { return nil }
            return Civil(Timestamp(nanoseconds: Int64(total) * 1_000_000_000 + Int64(nanosecond)))
        }
        var civil = self
        let months = year * 12 + month - 1 + (unit == .year ? count * 12 : count)
        guard months > 0, months < 12 * 10_000 else { return nil }
        civil.year = months / 12
        civil.month = months % 12 + 1
        civil.day = min(day, Civil.daysIn(month: civil.month, year: civil.year))
        return civil
    }

    /// The start of the unit that this moment lies in. Weeks start on Monday.
    fileprivate func roundedDown(to unit: DateUnit) -> Civil {
        var civil = self
        civil.nanosecond = 0
        if unit == .second { return civil }
        civil.second = 0
        if unit == .minute { return civil }
        civil.minute = 0
        if unit == .hour { return civil }
        civil.hour = 0
        switch unit {
        case .week:
            // 1970-01-01 was a Thursday.
            let days = Civil.days(year: year, month: month, day: day)
            return civil.adding(-((days + 3) % 7 + 7) % 7, .day) ?? civil
        case .month: civil.day = 1
        case .year: (civil.month, civil.day) = (1, 1)
        default: break
        }
        return civil
    }
}

extension Timestamp {
    fileprivate var before: Timestamp { self - .init(nanoseconds: 1) }
}

/// Reads as much of `2026-10-08T08:15:18.137+02:00` as there is.
struct PartialDate {
    enum Precision {
        case unit(DateUnit)
        case nanoseconds(Int64)
    }

    private var rest: ArraySlice<UInt8>
    private(set) var civil = Civil(Timestamp(nanoseconds: 0))
    private(set) var offset: Int?
    private(set) var precision = Precision.unit(.year)

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// - Returns: whether the bytes are a date that exists.
    mutating func read() -> Bool {
        guard readParts(), rest.isEmpty else { return false }
        return (1...12).contains(civil.month) && civil.day >= 1
            && civil.day <= Civil.daysIn(month: civil.month, year: civil.year) && civil.hour < 24
            && civil.minute < 60 && civil.second < 60
    }

    private mutating func readParts() -> Bool {
        guard let year = number(4) else { return false }
        civil.year = year
        guard take("-") else { return true }
        guard let month = number(2) else { return false }
        (civil.month, precision) = (month, .unit(.month))
        guard take("-") else { return true }
        guard let day = number(2) else { return false }
        (civil.day, precision) = (day, .unit(.day))
        guard take("T") || take("t") || take(" ") else { return true }
        guard let hour = number(2) else { return false }
        (civil.hour, precision) = (hour, .unit(.hour))
        return readClock() && readOffset()
    }

    private mutating func readClock() -> Bool {
        guard take(":") else { return true }
        guard let minute = number(2) else { return false }
        (civil.minute, precision) = (minute, .unit(.minute))
        guard take(":") else { return true }
        guard let second = number(2) else { return false }
        (civil.second, precision) = (second, .unit(.second))
        guard take(".") || take(",") else { return true }
        let digits = rest.prefix { (48...57).contains($0) }
        guard (1...9).contains(digits.count) else { return false }
        rest = rest.dropFirst(digits.count)
        var length: Int64 = 1
        for _ in digits.count..<9 { length *= 10 }
        civil.nanosecond = digits.reduce(0) { $0 * 10 + Int($1 - 48) } * Int(length)
        precision = .nanoseconds(length)
        return true
    }

    private mutating func readOffset() -> Bool {
        if rest.isEmpty { return true }
        if take("Z") || take("z") {
            offset = 0
            return true
        }
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(2) else { return false }
        _ = take(":")
        let minutes = rest.isEmpty ? 0 : number(2)
        guard let minutes, hours < 24, minutes < 60 else { return false }
        offset = (hours * 3_600 + minutes * 60) * (isWest ? -1 : 1)
        return true
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
