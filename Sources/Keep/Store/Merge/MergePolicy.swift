import Events
import Platform

/// Which files of a shelf are worth being merged.
///
/// Files of one stretch of time and of about one size are merged by eights, so a row is written about once for each
/// factor of eight; what is left of a day or a month when that is over is merged once more, if it is worth it.
///
/// - Source: size-tiered compaction, as log-structured stores do it, within stretches of time.
struct MergePolicy: Sendable {
    /// Files that are merged at once, at the least.
    var fan = 8
    /// Rows from which on a file is not merged any more. No file gets longer by merging.
    var fullRows = 1 << 20
    /// Rows of a month up to which it is one file, and not one a day.
    var smallMonthRows = 1 << 18

    /// Rows of late events are part of the day they happened on for so long after its end.
    private static let settling = Timestamp.Span.hours(2)
    private static let smallestTier = 1 << 15

    struct Choice: Sendable, Equatable {
        var segments: [Segment]
        /// Whether what comes of it is one file, however many days it has.
        var isWhole = false
    }

    /// - Parameter segments: of one shelf.
    func choose(_ segments: [Segment], now: Timestamp) -> Choice? {
        let small = segments.filter { $0.rows < fullRows / 2 }.sorted {
            ($0.earliest, $0.file) < ($1.earliest, $1.file)
        }
        guard small.count > 1 else { return nil }
        return tier(small) ?? day(small, now) ?? leftovers(small, now) ?? month(small, segments, now)
    }

    private func tier(_ small: [Segment]) -> Choice? {
        struct Key: Hashable {
            let stretch: Stretch
            let tier: Int
        }
        let groups = Dictionary(grouping: small) { Key(stretch: Stretch($0), tier: Self.tier(of: $0.rows)) }
        let full = groups.values.filter { $0.count >= fan }.min { $0[0].earliest < $1[0].earliest }
        return full.flatMap { choice($0) }
    }

    private func day(_ small: [Segment], _ now: Timestamp) -> Choice? {
        over(small, now) { if case .day = $0 { true } else { false } }
            .lazy.filter(isWorthIt).compactMap { choice($0) }.first
    }

    /// What is too little for writing the file of its day anew, day after day: together it is one file of the month. Each
    /// file costs every question about its time as much as some ten thousand rows.
    private func leftovers(_ small: [Segment], _ now: Timestamp) -> Choice? {
        let days = over(small, now) { if case .day = $0 { true } else { false } }
        let left = days.flatMap { $0.sorted { ($0.rows, $0.file) < ($1.rows, $1.file) }.dropLast() }
        let months = Dictionary(grouping: left) { Stretch.month(of: $0) }.values
        let full = months.filter { $0.count >= fan }.min { $0[0].earliest < $1[0].earliest }
        return full.flatMap { choice($0) }.map { Choice(segments: $0.segments, isWhole: true) }
    }

    private func month(_ small: [Segment], _ all: [Segment], _ now: Timestamp) -> Choice? {
        let months = Dictionary(grouping: all) { Stretch.month(of: $0) }
        for (month, segments) in months.sorted(by: { $0.value[0].earliest < $1.value[0].earliest }) {
            guard let month, month.isOver(now, Self.settling) else { continue }
            let rows = segments.reduce(0) { $0 + $1.rows }
            if rows <= smallMonthRows, isWorthIt(segments) {
                return Choice(segments: segments.sorted { $0.earliest < $1.earliest }, isWhole: true)
            }
        }
        return over(small, now) { if case .month = $0 { true } else { false } }
            .lazy.filter(isWorthIt).compactMap { choice($0) }.first
    }

    /// Files of each stretch that is over.
    private func over(_ small: [Segment], _ now: Timestamp, _ isWanted: (Stretch) -> Bool) -> [[Segment]] {
        Dictionary(grouping: small, by: Stretch.init)
            .filter { isWanted($0.key) && $0.key.isOver(now, Self.settling) }.values
            .sorted { $0[0].earliest < $1[0].earliest }
    }

    /// Whether what is added to the largest file is not too little for writing that anew.
    private func isWorthIt(_ segments: [Segment]) -> Bool {
        guard segments.count > 1, let largest = segments.map(\.rows).max() else { return false }
        let others = segments.reduce(0) { $0 + $1.rows } - largest
        return segments.count >= fan || others * 4 >= largest
    }

    /// As many as fit into one file, the oldest first.
    private func choice(_ segments: [Segment]) -> Choice? {
        var rows = 0
        let fitting = segments.prefix(2 * fan).prefix { segment in
            rows += segment.rows
            return rows <= fullRows
        }
        return fitting.count > 1 ? Choice(segments: Array(fitting)) : nil
    }

    private static func tier(of rows: Int) -> Int {
        var (tier, limit) = (0, smallestTier)
        while rows >= limit {
            tier += 1
            limit *= 8
        }
        return tier
    }
}

/// The shortest stretch of the calendar that holds some times. All of it in UTC.
enum Stretch: Hashable, Sendable {
    /// Days since 1970.
    case day(Int64)
    /// Months since the year 0.
    case month(Int64)
    case more

    init(_ segment: Segment) { self.init(segment.earliest, segment.latest) }

    init(_ earliest: Timestamp, _ latest: Timestamp) {
        let (first, last) = (Self.day(of: earliest), Self.day(of: latest))
        let month = Self.month(of: earliest)
        self = first == last ? .day(first) : month == Self.month(of: latest) ? .month(month) : .more
    }

    /// The month that all of a file is in.
    static func month(of segment: Segment) -> Stretch? {
        let month = month(of: segment.earliest)
        return month == self.month(of: segment.latest) ? .month(month) : nil
    }

    func isOver(_ now: Timestamp, _ settling: Timestamp.Span) -> Bool {
        let then = now - settling
        return switch self {
        case .day(let day): Self.day(of: then) > day
        case .month(let month): Self.month(of: then) > month
        case .more: false
        }
    }

    static func day(of moment: Timestamp) -> Int64 { floor(moment.nanoseconds, by: 86_400_000_000_000) }

    static func month(of moment: Timestamp) -> Int64 {
        // Days from the first of March of the year 0, in eras of 400 years.
        let days = day(of: moment) + 719_468
        let era = floor(days, by: 146_097)
        let rest = days - era * 146_097
        let year = (rest - rest / 1_460 + rest / 36_524 - rest / 146_096) / 365
        let ofYear = rest - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        // March is 0.
        return (era * 400 + year) * 12 + month + 2
    }

    private static func floor(_ number: Int64, by unit: Int64) -> Int64 {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: unit)
        return rest < 0 ? quotient - 1 : quotient
    }
}
