import Platform

/// The parameters of a report, checked as the APIs check them.
struct ReportQuery: Sendable {
    /// What `next_page` says. It is good for one query, and for the figures of one moment.
    struct Cursor: Sendable, Equatable {
        let query: UInt64
        let revision: Int
        let start: Int

        init(query: UInt64, revision: Int, start: Int) {
            self.query = query
            self.revision = revision
            self.start = start
        }

        init?(_ text: String) {
            let parts = text.split(separator: "_")
            guard parts.count == 4, parts[0] == "page", let query = UInt64(parts[1]), let revision = Int(parts[2]),
                let start = Int(parts[3]), start >= 0
            else { return nil }
            self.init(query: query, revision: revision, start: start)
        }

        var text: String { "page_\(query)_\(revision)_\(start)" }
    }

    let report: SimulatedReports.Report
    private(set) var days: Range<Int> = 0..<0
    private(set) var groups: Set<String> = []
    private(set) var limit: Int
    /// Of buckets. - Unit: minutes
    private(set) var width = 1_440
    private(set) var page: String?

    /// Tells queries apart, whatever their page is.
    var fingerprint: UInt64 {
        var state = Draws.mixed(UInt64(days.lowerBound) << 20 ^ UInt64(days.upperBound) ^ UInt64(limit) << 44)
        state = Draws.mixed(state ^ UInt64(width))
        for byte in (report.rawValue + groups.sorted().joined(separator: ",")).utf8 {
            state = Draws.mixed(state ^ UInt64(byte))
        }
        return state
    }

    init(
        _ pairs: [(name: String, value: String)], of report: SimulatedReports.Report, at now: Timestamp
    ) throws(ActivityQuery.Flaw) {
        self.report = report
        limit = report.hasBuckets ? 7 : report == .userUsage || report == .userCost || report == .claudeCode ? 20 : 100
        var (from, until) = (Int?.none, Int?.none)
        let today = SimulatedReports.day(of: now)
        for (name, value) in pairs {
            switch name {
            case "date" where !report.isMoney, "starting_date" where !report.isMoney, "starting_at":
                from = try Self.day(name, value)
            case "ending_date" where !report.isMoney, "ending_at": until = try Self.day(name, value)
            case "group_by[]": groups.insert(value)
            case "page": page = value
            case "limit":
                guard let number = Int(value), (1...1_440).contains(number) else {
                    throw ActivityQuery.Flaw(message: "limit: out of range")
                }
                limit = number
            case "bucket_width":
                guard report.hasBuckets, let minutes = ["1d": 1_440, "1h": 60, "1m": 1][value],
                    minutes == 1_440 || report != .consoleCost
                else { throw ActivityQuery.Flaw(message: "bucket_width: not supported") }
                width = minutes
            default: throw ActivityQuery.Flaw(message: "\(name): is not a parameter")
            }
        }
        guard limit <= mostElements else { throw ActivityQuery.Flaw(message: "limit: out of range") }
        guard let from else { throw ActivityQuery.Flaw(message: "a start is required") }
        let end = until ?? (report.hasBuckets ? min(from + 31, today + 1) : from + 1)
        guard from < end, end - from <= 31 else {
            throw ActivityQuery.Flaw(message: "the range is longer than 31 days")
        }
        if !report.isConsole, from < Civil.days(year: 2026, month: 1, day: 1) || from < today - 365 {
            throw ActivityQuery.Flaw(message: "there is no data of that day")
        }
        // A day is counted at ten o'clock of the next.
        let latest = report.isMoney || report.isConsole ? today : SimulatedReports.day(of: now - .hours(34))
        guard report.hasBuckets || end - 1 <= latest else {
            throw ActivityQuery.Flaw(
                message: "the latest available day is \(SimulatedReports.midnight(latest).prefix(10))")
        }
        days = from..<min(end, today + 1)
    }

    private var mostElements: Int {
        guard report.hasBuckets else { return 1_000 }
        return width == 1_440 ? 31 : width == 60 ? 168 : report.isConsole ? 1_440 : 256
    }

    private static func day(_ name: String, _ value: String) throws(ActivityQuery.Flaw) -> Int {
        guard let moment = RFC3339.parse("\(value.prefix(10))T00:00:00Z".utf8) else {
            throw ActivityQuery.Flaw(message: "\(name): is no date")
        }
        return SimulatedReports.day(of: moment)
    }
}
