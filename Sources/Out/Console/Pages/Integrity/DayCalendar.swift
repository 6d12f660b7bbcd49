import Platform

/// Days as squares, a week in each column, with a sign in each square; and the same as a table.
struct DayCalendar {
    let days: [CalendarDay]
    /// Records of which it is not known yet on which day they came.
    let uncounted: UInt64

    /// Weeks that are drawn; the table has all days.
    private static let weeks = 53
    private static let cell = 24
    private static let head = 18
    private static let length: Int64 = 86_400_000_000_000

    var markup: Markup {
        h(.div, .testID("calendar")) {
            if uncounted > 0 {
                h(.p, .class("muted")) {
                    "\(Numbers.grouped(Int(clamping: uncounted))) records are not sorted into days yet; load the page again."
                }
            }
            if days.isEmpty {
                h(.p) { "No day has a record yet." }
            } else {
                squares
                legend
                table
            }
        }
    }

    /// Days since 1970. That one was a Thursday, so a Monday is 4 of these later.
    private static func number(_ day: Timestamp) -> Int { Int(day.nanoseconds / length) }
    private static func week(_ day: Int) -> Int { (day + 3) / 7 }

    private var squares: Markup {
        let last = days.last.map { Self.number($0.day) } ?? 0
        let first = max(days.first.map { Self.number($0.day) } ?? 0, last - Self.weeks * 7 + 7)
        let shown = days.filter { Self.number($0.day) >= first }
        let start = Self.week(first)
        // The name of a month is wider than a week.
        let (width, height) = ((Self.week(last) - start + 3) * Self.cell, 7 * Self.cell + Self.head)
        return h(.figure, .class("calendar"), .inTabOrder, .role("region"), .label("Calendar of days")) {
            h(
                .svg, .viewBox(width: width, height: height), .width(Double(width)), .height(Double(height)),
                .role("img"), .label(summary)
            ) {
                h(.desc) { "A square for each day on which records came. The table below says the same." }
                for month in months(shown, start) { month }
                for day in shown { square(day, start) }
            }
        }
    }

    private var summary: String {
        let counts = CalendarDay.State.allCases.compactMap { state -> String? in
            let count = days.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.words)"
        }
        return "\(days.count) days with records: \(counts.joined(separator: "; "))"
    }

    private func square(_ day: CalendarDay, _ start: Int) -> Markup {
        let number = Self.number(day.day)
        let x = Double((Self.week(number) - start) * Self.cell)
        let y = Double((number + 3) % 7 * Self.cell + Self.head)
        return h(.g, .key(Numbers.day(day.day)), .datum(Int(clamping: day.count)), day.state.attribute) {
            h(.title) { Self.words(day) }
            h(.rect, day.state.look, .x(x + 2), .y(y + 2), .width(20), .height(20))
            h(.text, day.state.signLook, .x(x + 12), .y(y + 16), .hiddenFromReaders) { day.state.sign }
        }
    }

    private static func words(_ day: CalendarDay) -> String {
        "\(Numbers.day(day.day)): \(Numbers.grouped(Int(clamping: day.count))) records, \(day.state.words)"
    }

    /// The name of a month above the week in which it first is there, where there is room for it.
    private func months(_ shown: [CalendarDay], _ start: Int) -> [Markup] {
        var names: [Markup] = []
        var (last, lastWeek) = ("", -3)
        for day in shown {
            let month = String(Numbers.day(day.day).prefix(7))
            let week = Self.week(Self.number(day.day)) - start
            guard month != last, week >= lastWeek + 3 else { continue }
            names.append(h(.text, .class("month"), .x(Double(week * Self.cell + 2)), .y(12)) { month })
            (last, lastWeek) = (month, week)
        }
        return names
    }

    private var legend: Markup {
        h(.ul, .class("legend"), .label("Signs")) {
            for state in CalendarDay.State.allCases { h(.li) { "\(state.sign) \(state.words)" } }
        }
    }

    private var table: Markup {
        h(.details) {
            h(.summary) { "Table view" }
            h(.div, .class("scroll"), .inTabOrder, .role("region"), .label("Days, as a table")) {
                h(.table) {
                    h(.thead) {
                        h(.tr) {
                            h(.th, .scope("col")) { "Day" }
                            h(.th, .scope("col"), .class("number")) { "Records" }
                            h(.th, .scope("col")) { "State" }
                        }
                    }
                    h(.tbody) {
                        for day in days.reversed() {
                            h(.tr) {
                                h(.td) {
                                    h(
                                        .a, .href(Place.integrity.address.with([("day", Numbers.day(day.day))])),
                                        .label("Hours of \(Numbers.day(day.day))")
                                    ) { Numbers.day(day.day) }
                                }
                                h(.td, .class("number")) { Numbers.grouped(Int(clamping: day.count)) }
                                h(.td) { "\(day.state.sign) \(day.state.words)" }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension CalendarDay.State {
    fileprivate var look: Attribute {
        switch self {
        case .verified: .class("day day-verified")
        case .unchecked: .class("day day-unchecked")
        case .unsealed: .class("day day-unsealed")
        case .problem: .class("day day-problem")
        case .deleted: .class("day day-deleted")
        }
    }

    fileprivate var signLook: Attribute { self == .problem ? .class("sign-problem") : .class("sign") }

    fileprivate var attribute: Attribute {
        switch self {
        case .verified: .state("verified")
        case .unchecked: .state("unchecked")
        case .unsealed: .state("unsealed")
        case .problem: .state("problem")
        case .deleted: .state("deleted")
        }
    }
}
