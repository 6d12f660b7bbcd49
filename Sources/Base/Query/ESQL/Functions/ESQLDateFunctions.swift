import Glibc

/// Functions on dates.
enum ESQLDateFunctions {
    static let all: [ESQLFunction] = [
        ESQLFunction("DATE_TRUNC") { arguments throws(QueryError) in
            try arguments.count(2...2)
            let span = try length(arguments, 0)
            let term = try arguments.term(1, .date)
            return truncated(term, to: span, arguments, [arguments.terms[0], term])
        },
        ESQLFunction("BUCKET", aliases: ["BIN"]) { arguments throws(QueryError) in try bucket(arguments) },
        ESQLFunction("DATE_DIFF") { arguments throws(QueryError) in
            try arguments.count(3...3)
            let unit = try arguments.term(0, .string)
            let first = try arguments.term(1, .date)
            let second = try arguments.term(2, .date)
            if let constant = unit.constant, !constant.isNull, DateDifference(constant.string) == nil {
                throw arguments.error(
                    "Invalid unit [\(constant.string)] for [\(arguments.context.source.text(arguments.span))]",
                    at: unit.span,
                    hint: "units are year, quarter, month, week, day, hour, minute, second, millisecond and shorter")
            }
            let difference = unit.read { (name) throws(ESQLProblem) in
                guard let difference = DateDifference(name) else {
                    throw ESQLProblem("Received value [\(name)] is not valid date part to add")
                }
                return difference
            }
            let (firstUnit, secondUnit) = (nanoseconds(first.type), nanoseconds(second.type))
            return arguments.call(
                .integer, .single,
                .three { (unit, first, second) throws(ESQLProblem) in
                    let result = try difference(unit).count(
                        from: Int128(first.whole) * Int128(firstUnit), to: Int128(second.whole) * Int128(secondUnit))
                    guard let small = Int32(exactly: result) else {
                        throw ESQLProblem("[\(result)] out of [integer] range")
                    }
                    return .integer(Int64(small))
                }, [unit, first, second])
        },
        ESQLFunction("DATE_EXTRACT") { arguments throws(QueryError) in
            try arguments.count(2...2)
            let part = try arguments.term(0, .string)
            let date = try arguments.term(1, .date)
            if let constant = part.constant, !constant.isNull, DatePart(constant.string) == nil {
                throw arguments.error(
                    "Invalid unit [\(constant.string)] for [\(arguments.context.source.text(arguments.span))]",
                    at: part.span)
            }
            let read = part.read { (name) throws(ESQLProblem) in
                guard let part = DatePart(name) else { throw ESQLProblem("Invalid unit [\(name)]") }
                return part
            }
            let unit = nanoseconds(date.type)
            let zone = arguments.context.zone
            return arguments.call(
                .long, .single,
                .two { (part, date) throws(ESQLProblem) in
                    let nanoseconds = Int128(date.whole) * Int128(unit)
                    let offset = zone.offset(at: Int64(nanoseconds.flooredDivision(by: 1_000_000)))
                    return .integer(
                        try read(part).value(of: nanoseconds + Int128(offset) * 1_000_000_000, offset: offset))
                }, [part, date])
        },
        ESQLFunction("DATE_FORMAT") { arguments throws(QueryError) in
            try arguments.count(1...2)
            if arguments.terms.count == 1 {
                let date = try arguments.term(0, .date)
                let type = date.type
                return arguments.call(.keyword, .single, .one { .text(ESQLConversion.text($0, type)) }, [date])
            }
            let format = try arguments.term(0, .string)
            let date = try arguments.term(1, .date)
            let pattern = try pattern(format, arguments)
            let isNanos = date.type == .dateNanos
            let zone = arguments.context.zone
            return arguments.call(
                .keyword, .single,
                .two { (format, date) throws(ESQLProblem) in
                    let moment = isNanos ? date.whole.flooredDivision(by: 1_000_000) : date.whole
                    let rest = isNanos ? Int(date.whole - moment * 1_000_000) : 0
                    return .text(try pattern(format).text(of: moment, nanoseconds: rest, in: zone))
                }, [format, date])
        },
        ESQLFunction("DATE_PARSE") { arguments throws(QueryError) in
            try arguments.count(1...2)
            if arguments.terms.count == 1 {
                return arguments.call(
                    .date, .single,
                    .one { (text) throws(ESQLProblem) in try ESQLConversion.value(text, .keyword, to: .date) },
                    [try arguments.term(0, .string)])
            }
            let format = try arguments.term(0, .string)
            let pattern = try pattern(format, arguments)
            let zone = arguments.context.zone
            return arguments.call(
                .date, .single,
                .two { (format, text) throws(ESQLProblem) in
                    .integer(try pattern(format).moment(of: text.string, in: zone))
                }, [format, try arguments.term(1, .string)])
        },
        named("DAY_NAME", "EEEE"), named("MONTH_NAME", "MMMM"),
    ]

    /// What gives the pattern of a format.
    private static func pattern(
        _ format: ESQLTerm, _ arguments: ESQLArguments
    ) throws(QueryError) -> @Sendable (ESQLValue) throws(ESQLProblem) -> DatePattern {
        let pattern = format.read { (text) throws(ESQLProblem) in try DatePattern(text) }
        guard let constant = format.constant, !constant.isNull else { return pattern }
        do throws(ESQLProblem) {
            _ = try pattern(constant)
        } catch {
            throw arguments.error(
                "invalid date pattern for [\(arguments.context.source.text(arguments.span))]: \(error.message)",
                at: format.span)
        }
        return pattern
    }

    private static func named(_ name: String, _ format: String) -> ESQLFunction {
        ESQLFunction(name) { arguments throws(QueryError) in
            try arguments.count(1...1)
            let date = try arguments.term(0, .date)
            let unit: Int64 = date.type == .dateNanos ? 1_000_000 : 1
            let zone = arguments.context.zone
            return arguments.call(
                .keyword, .single,
                .one { (value) throws(ESQLProblem) in
                    let moment = value.whole.flooredDivision(by: unit)
                    return .text(try DatePattern(format).text(of: moment, nanoseconds: 0, in: zone))
                }, [date])
        }
    }

    private static func nanoseconds(_ type: ESQLType) -> Int64 { type == .dateNanos ? 1 : 1_000_000 }

    private static func length(_ arguments: ESQLArguments, _ place: Int) throws(QueryError) -> ESQLSpan {
        guard case .span(let span) = try arguments.constant(place, .span) else {
            throw arguments.error("a length of time such as `1 day` is expected", at: arguments.terms[place].span)
        }
        let lengths = [Int64(span.months), Int64(span.days), span.milliseconds].filter { $0 != 0 }
        guard lengths.count == 1, lengths[0] > 0 else {
            throw arguments.error("Zero or negative time interval is not supported", at: arguments.terms[place].span)
        }
        return span
    }

    // MARK: Buckets

    private static func truncated(
        _ term: ESQLTerm, to span: ESQLSpan, _ arguments: ESQLArguments, _ written: [ESQLTerm]
    ) -> ESQLTerm {
        let unit: Int64 = term.type == .dateNanos ? 1_000_000 : 1
        let zone = arguments.context.zone
        // Who carries out terms in another language knows the one of UTC.
        let name = ESQLName(text: zone == .utc ? "DATE_TRUNC" : "DATE_TRUNC IN ZONE", span: arguments.name.span)
        let call = ESQLArguments(
            name: name, span: arguments.span, terms: written, options: [], context: arguments.context)
        let length = ESQLTerm(.constant(.span(span)), span.isPeriod ? .datePeriod : .timeDuration, at: arguments.span)
        return call.call(
            term.type, .single,
            .two { (_, value) throws(ESQLProblem) in
                let moment = value.whole.flooredDivision(by: unit)
                let start = zone.moment(local: try span.start(of: zone.local(moment)))
                let (result, isOver) = start.multipliedReportingOverflow(by: unit)
                if isOver { throw .longOverflow }
                return .integer(result)
            }, [length, term])
    }

    /// `BUCKET(date, 1 day)`, `BUCKET(number, 10)`, or with a number of buckets and both ends.
    private static func bucket(_ arguments: ESQLArguments) throws(QueryError) -> ESQLTerm {
        try arguments.count(2...4)
        // The length and the ends may be columns that are the same in all rows.
        let arguments = ESQLArguments(
            name: arguments.name, span: arguments.span,
            terms: arguments.terms.prefix(1) + arguments.terms.dropFirst().map(arguments.context.settled),
            options: arguments.options, context: arguments.context)
        let term = try arguments.term(0, [.date, .integer, .long, .double])
        if term.type.isDate, arguments.terms.count == 2,
            arguments.terms[1].type.isSpan || arguments.terms[1].type == .keyword
        {
            return truncated(term, to: try length(arguments, 1), arguments, [arguments.terms[1], term])
        }
        if term.type.isDate {
            guard arguments.terms.count == 4 else {
                throw arguments.error(
                    "BUCKET of a date takes a length of time, or a number of buckets and two dates")
            }
            let count = try arguments.constant(1, .whole).whole
            let from = try arguments.constant(2, .date).whole
            let to = try arguments.constant(3, .date).whole
            guard count > 0, to >= from else {
                throw arguments.error("there is at least one bucket, and the first date stands first")
            }
            let span = ESQLSpan.nice(from: from, to: to, buckets: count)
            return truncated(term, to: span, arguments, [arguments.terms[1], term])
        }
        guard arguments.terms.count != 3 else {
            throw arguments.error(
                "function expects exactly four arguments when the first one is of type "
                    + "[\(term.type.rawValue.uppercased())] and the second of type "
                    + "[\(arguments.terms[1].type.rawValue.uppercased())]")
        }
        let number = try arguments.constant(1, [.integer, .long, .double]).number
        var width = number
        if arguments.terms.count == 4 {
            let from = try arguments.constant(2, [.integer, .long, .double]).number
            let to = try arguments.constant(3, [.integer, .long, .double]).number
            guard number > 0, to >= from else { throw arguments.error("there is at least one bucket") }
            width = niceWidth((to - from) / number)
        }
        guard width > 0 else { throw arguments.error("a bucket is wider than zero", at: arguments.terms[1].span) }
        return arguments.call(
            .double, .single, .two { [width] _, value in .double((value.number / width).rounded(.down) * width) },
            [ESQLTerm(.constant(.double(width)), .double, at: arguments.span), term])
    }

    /// The next power of ten, or half of it where that is more than enough.
    private static func niceWidth(_ least: Double) -> Double {
        guard least > 0, least.isFinite else { return 1 }
        let power = pow(10, log10(least).rounded(.up))
        return least < power / 2 ? power / 2 : power
    }
}

extension ESQLSpan {
    /// Where the stretch begins that a moment lies in: on the calendar for months, on Mondays for weeks, and else
    /// counted from 1970.
    ///
    /// - Throws: for a beginning that 64 bits do not hold.
    func start(of moment: Int64) throws(ESQLProblem) -> Int64 {
        guard let start = Int64(exactly: wideStart(of: moment)) else { throw .longOverflow }
        return start
    }

    private func wideStart(of moment: Int64) -> Int128 {
        if months > 0 { return ESQLMoment(month: startMonth(of: ESQLMoment(moment).monthNumber)).wideMoment }
        if days > 0 {
            let day = Int128(moment.flooredDivision(by: 86_400_000))
            // A week begins on Monday, and 1970-01-01 was a Thursday. Several weeks are a number of days.
            let shift: Int128 = days == 7 ? 3 : 0
            return ((day + shift).flooredDivision(by: Int128(days)) * Int128(days) - shift) * 86_400_000
        }
        return Int128(moment.flooredDivision(by: milliseconds)) * Int128(milliseconds)
    }

    /// Counted from the year 1, so that quarters and years begin where they do.
    private func startMonth(of month: Int) -> Int { (month - 12).flooredDivision(by: months) * months + 12 }

    private static let nice: [ESQLSpan] =
        [1, 10, 50, 100].map { ESQLSpan(milliseconds: $0) }
        + [1, 5, 10, 30].map { ESQLSpan(milliseconds: $0 * 1_000) }
        + [1, 5, 10, 30].map { ESQLSpan(milliseconds: $0 * 60_000) }
        + [1, 3, 12].map { ESQLSpan(milliseconds: $0 * 3_600_000) }
        + [ESQLSpan(days: 1), ESQLSpan(days: 7), ESQLSpan(months: 1), ESQLSpan(months: 12)]

    /// The shortest round length of which no more than so many are needed.
    static func nice(from: Int64, to: Int64, buckets: Int64) -> ESQLSpan {
        let end = ESQLMoment(to)
        // The month that begins behind the end, or with it.
        let lastMonth = end.monthNumber + (ESQLMoment(month: end.monthNumber).wideMoment < to ? 1 : 0)
        for span in nice {
            let count: Int128
            if span.months > 0 {
                let first = span.startMonth(of: ESQLMoment(from).monthNumber)
                count = Int128(lastMonth - first + span.months - 1) / Int128(span.months)
            } else {
                let length = Int128(span.milliseconds) + Int128(span.days) * 86_400_000
                count = (Int128(to) - span.wideStart(of: from) + length - 1) / length
            }
            if count <= buckets { return span }
        }
        return ESQLSpan(months: 12)
    }
}

/// The unit of `DATE_DIFF`.
struct DateDifference {
    private enum Unit {
        case months(Int)
        case nanoseconds(Int128)
    }

    private let unit: Unit

    init?(_ name: String) {
        let second: Int128 = 1_000_000_000
        switch name.lowercased() {
        case "year", "years", "yy", "yyyy": unit = .months(12)
        case "quarter", "quarters", "qq", "q": unit = .months(3)
        case "month", "months", "mm", "m": unit = .months(1)
        case "dayofyear", "dy", "y", "day", "days", "dd", "d", "weekday", "weekdays", "dw":
            unit = .nanoseconds(86_400 * second)
        case "week", "weeks", "wk", "ww": unit = .nanoseconds(7 * 86_400 * second)
        case "hour", "hours", "hh": unit = .nanoseconds(3_600 * second)
        case "minute", "minutes", "mi", "n": unit = .nanoseconds(60 * second)
        case "second", "seconds", "ss", "s": unit = .nanoseconds(second)
        case "millisecond", "milliseconds", "ms": unit = .nanoseconds(1_000_000)
        case "microsecond", "microseconds", "mcs": unit = .nanoseconds(1_000)
        case "nanosecond", "nanoseconds", "ns": unit = .nanoseconds(1)
        default: return nil
        }
    }

    /// Whole units that have passed.
    func count(from start: Int128, to end: Int128) -> Int128 {
        switch unit {
        case .nanoseconds(let length): return (end - start) / length
        case .months(let length):
            if end < start { return -count(from: end, to: start) }
            let first = ESQLMoment(Int64(start.flooredDivision(by: 1_000_000)))
            let last = ESQLMoment(Int64(end.flooredDivision(by: 1_000_000)))
            var months = (last.year - first.year) * 12 + last.month - first.month
            let restOfStart = start - Int128(first.days) * 86_400_000_000_000
            let restOfEnd = end - Int128(last.days) * 86_400_000_000_000
            if (last.day, restOfEnd) < (first.day, restOfStart) { months -= 1 }
            return Int128(months / length)
        }
    }
}

/// A part of a date, by the name that Java's `ChronoField` has.
enum DatePart: String {
    case year, year_of_era, era, month_of_year, proleptic_month, day_of_month, day_of_year, day_of_week, epoch_day
    case aligned_week_of_year, aligned_week_of_month, aligned_day_of_week_in_month, aligned_day_of_week_in_year
    case hour_of_day, clock_hour_of_day, hour_of_ampm, clock_hour_of_ampm, ampm_of_day, minute_of_hour, minute_of_day
    case second_of_minute, second_of_day, milli_of_second, milli_of_day, micro_of_second, micro_of_day
    case nano_of_second, nano_of_day, instant_seconds, offset_seconds

    init?(_ name: String) {
        self.init(rawValue: name.lowercased())
    }

    /// - Parameter moment: nanoseconds since 1970 on a clock that is so many seconds east of UTC.
    func value(of moment: Int128, offset: Int = 0) -> Int64 {
        let milliseconds = Int64(moment.flooredDivision(by: 1_000_000))
        let date = ESQLMoment(milliseconds)
        let nanos = Int64(moment - Int128(date.days) * 86_400_000_000_000)
        let hour = nanos / 3_600_000_000_000
        switch self {
        case .year: return Int64(date.year)
        case .year_of_era: return Int64(date.year > 0 ? date.year : 1 - date.year)
        case .era: return date.year > 0 ? 1 : 0
        case .month_of_year: return Int64(date.month)
        case .proleptic_month: return Int64(date.year * 12 + date.month - 1)
        case .day_of_month: return Int64(date.day)
        case .day_of_year: return Int64(date.dayOfYear)
        case .day_of_week: return Int64(date.dayOfWeek)
        case .epoch_day: return Int64(date.days)
        case .aligned_week_of_year: return Int64((date.dayOfYear - 1) / 7 + 1)
        case .aligned_week_of_month: return Int64((date.day - 1) / 7 + 1)
        case .aligned_day_of_week_in_month: return Int64((date.day - 1) % 7 + 1)
        case .aligned_day_of_week_in_year: return Int64((date.dayOfYear - 1) % 7 + 1)
        case .hour_of_day: return hour
        case .clock_hour_of_day: return hour == 0 ? 24 : hour
        case .hour_of_ampm: return hour % 12
        case .clock_hour_of_ampm: return hour % 12 == 0 ? 12 : hour % 12
        case .ampm_of_day: return hour / 12
        case .minute_of_hour: return nanos / 60_000_000_000 % 60
        case .minute_of_day: return nanos / 60_000_000_000
        case .second_of_minute: return nanos / 1_000_000_000 % 60
        case .second_of_day: return nanos / 1_000_000_000
        case .milli_of_second: return nanos / 1_000_000 % 1_000
        case .milli_of_day: return nanos / 1_000_000
        case .micro_of_second: return nanos / 1_000 % 1_000_000
        case .micro_of_day: return nanos / 1_000
        case .nano_of_second: return nanos % 1_000_000_000
        case .nano_of_day: return nanos
        case .instant_seconds: return milliseconds.flooredDivision(by: 1_000) - Int64(offset)
        case .offset_seconds: return Int64(offset)
        }
    }
}
