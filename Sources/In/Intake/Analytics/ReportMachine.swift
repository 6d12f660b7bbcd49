import Codecs
import Events
import Platform

/// Decides what to ask of one report next, and what of an answer is new. It does nothing itself: no clock, no network,
/// no journal.
///
///     never read ──▶ all days of the look-back ──▶ rest ──▶ the newest days ──▶ rest …
///                                                   │
///                                                   └─ once a day: all days whose figures may still change
///
/// Days are read from the oldest to the newest, a day or a window of 31 of them at a time, page by page. Of what is
/// read again only what differs is kept: a part (a bucket, or a page of a day) whose digest is remembered is in the
/// journal already. What was decided holds once the journal has it: ``take(_:_:of:at:)``, then ``commit(_:)``.
struct ReportMachine: Sendable {
    struct Rules: Sendable, Equatable {
        var lookBackDays = 90
        /// How often all days that may have changed are read again.
        var revisionInterval = Timestamp.Span.days(1)
        /// Days that are read again at every look.
        var recentDays = 2
        var groups: [String]?
        var width = BucketWidth.day
    }

    /// Something that had rows and has none any more.
    struct Emptied: Sendable, Equatable {
        let start: String
        let end: String
        var page = 0
    }

    /// What an answer leads to.
    struct Take: Sendable, Equatable {
        /// Indexes of the parts of the page that are new or were revised.
        var kept: [Int] = []
        /// Of kept parts that were compared together with one before them, where that one starts.
        var unitStarts: [Int: String] = [:]
        var emptied: [Emptied] = []
        /// Parts that are in the journal already.
        var known = 0
        /// Units of a day that was read before which are otherwise now.
        var revised = 0
        /// Which page of its day it was, for a report whose units are pages.
        var page = 0
        /// Parts with as many groups as the API lists at the most.
        var cut: Set<Int> = []
        var place: ReportPlace
        /// Whether the whole walk came to its end.
        var isEnd = false
    }

    let report: Report
    let shape: ReportShape
    let rules: Rules
    private(set) var place: ReportPlace
    private let width: BucketWidth?
    private var limit: Int?
    private var hasRead = false
    /// Times that the cursors of one day or window had expired.
    private var expirations = 0
    private var hasBegunAgain = false

    /// Times that a window is begun again because its cursor expired, before it is left for later.
    static let mostExpirations = 5
    /// A day as young as this may not have been counted yet.
    private static let lateDays = 4

    init(_ report: Report, _ rules: Rules, place: ReportPlace?) {
        self.report = report
        self.rules = rules
        self.place = place ?? ReportPlace()
        shape = ReportShape.of(report)
        width = shape.width(rules.width)
        limit = shape.limit(width)
    }

    var groups: [String] { shape.groups(rules.groups) }

    /// Begins a look at the report.
    mutating func beginRound() {
        hasRead = false
        expirations = 0
        // A cursor belongs to the size of its pages.
        place.walk?.page = nil
        place.walk?.pages = 0
    }

    /// What to ask now.
    ///
    /// - Returns: `nil` when this look is over.
    mutating func question(at now: Timestamp) -> ReportQuestion? {
        if place.walk == nil, !hasRead { place.walk = newWalk(at: now) }
        if place.origin == nil { place.origin = place.walk?.at }
        guard let walk = place.walk else { return nil }
        let days = shape.stride.isDay ? 1 : ReportShape.windowDays
        return ReportQuestion(
            report: report, from: walk.at, until: min(walk.at + days, walk.until), page: walk.page, limit: limit,
            groups: groups, width: width)
    }

    private func newWalk(at now: Timestamp) -> ReportPlace.Walk? {
        let until = shape.lastDay(at: now) + 1
        let isDue = place.reread.map { now >= $0 + rules.revisionInterval } ?? true
        var from = until - rules.lookBackDays
        if let done = place.done {
            // Also what a long stop has left out, as far as the API reaches back.
            from = max(until - 365, min(done - rules.recentDays, isDue ? until - shape.revisedDays : done))
        }
        if shape.isEnterprise { from = max(from, UTCDay.firstOfAnalytics) }
        guard from < until else { return nil }
        return ReportPlace.Walk(at: from, until: until, began: now, isWhole: isDue)
    }

    /// What is new on a page, and where that leads. Changes nothing.
    ///
    /// - Throws: when the page contradicts itself, so that going on would never end.
    func take(
        _ page: ReportPage, _ body: [UInt8], of question: ReportQuestion, at now: Timestamp
    ) throws(FeedPageContradiction) -> Take {
        guard var walk = place.walk else { throw FeedPageContradiction() }
        var take = Take(place: place)
        if shape.stride.isDay { take.page = walk.pages }
        for unit in units(of: page, question, walk) { compare(unit, page, body, &take) }
        if page.hasMore {
            guard let next = page.next, next != walk.page else { throw FeedPageContradiction() }
            walk.page = next
            walk.pages += 1
            take.place.walk = walk
            return take
        }
        if shape.stride.isDay {
            let (start, end) = (walk.at.midnight, (walk.at + 1).midnight)
            take.emptied += take.place.cut(walk.at, to: walk.pages + 1).map {
                Emptied(start: start, end: end, page: $0)
            }
        }
        walk.at = question.until
        walk.page = nil
        walk.pages = 0
        take.place.walk = walk
        if walk.at >= walk.until { end(walk, at: now, &take) }
        return take
    }

    /// Parts that are compared and kept as a whole.
    private struct Unit {
        let day: UTCDay
        let number: Int
        /// Of parts of a page.
        var indexes: Range<Int>
        /// Of the time that the parts before the last one are of, and the last one is.
        let start: String
        var end: String
    }

    private func units(of page: ReportPage, _ question: ReportQuestion, _ walk: ReportPlace.Walk) -> [Unit] {
        var units: [Unit] = []
        for (index, part) in page.parts.enumerated() {
            let start = part.start ?? question.from.midnight
            let end = part.end ?? question.until.midnight
            let day = UTCDay(start) ?? question.from
            let number = shape.stride.isDay ? walk.pages : width?.unit(start) ?? 0
            if width == .minute, let last = units.last, last.day == day, last.number == number {
                units[units.count - 1].indexes = last.indexes.lowerBound..<index + 1
                units[units.count - 1].end = end
            } else {
                units.append(Unit(day: day, number: number, indexes: index..<index + 1, start: start, end: end))
            }
        }
        return units
    }

    private func compare(_ unit: Unit, _ page: ReportPage, _ body: [UInt8], _ take: inout Take) {
        let parts = unit.indexes.filter { !page.parts[$0].rows.isEmpty }
        let cut = parts.filter {
            shape.stride == .buckets && !groups.isEmpty && page.parts[$0].rows.count >= ReportShape.groupLimit
        }
        take.cut.formUnion(cut)
        let digest = parts.isEmpty ? nil : Self.digest(parts.map { (page.parts[$0], cut.contains($0)) }, body)
        let known = take.place.digest(of: unit.day, part: unit.number)
        if digest == known {
            take.known += 1
            return
        }
        take.kept += parts
        for index in parts where page.parts[index].start != unit.start && unit.indexes.count > 1 {
            take.unitStarts[index] = unit.start
        }
        if parts.isEmpty {
            take.emptied.append(
                Emptied(start: unit.start, end: unit.end, page: shape.stride.isDay ? unit.number : 0))
        }
        if known != nil { take.revised += 1 }
        take.place.remember(digest, of: unit.day, part: unit.number)
    }

    /// All days before are read: up to now at the most. `nil` when it is not known where they begin.
    func whole(at now: Timestamp) -> Timestamp? { Self.whole(place, shape, at: now) }

    static func whole(_ place: ReportPlace, _ shape: ReportShape, at now: Timestamp) -> Timestamp? {
        guard let day = place.done ?? place.walk?.at else { return nil }
        guard shape.hasToday else { return day.start }
        // A day that has begun is read up to the look at it.
        return min(day.start, place.looked ?? now)
    }

    private func end(_ walk: ReportPlace.Walk, at now: Timestamp, _ take: inout Take) {
        take.isEnd = true
        take.place.walk = nil
        take.place.done = max(walk.until, place.done ?? walk.until)
        take.place.looked = walk.began
        if walk.isWhole { take.place.reread = walk.began }
        take.place.forget(before: UTCDay(now) - shape.revisedDays - Self.lateDays)
    }

    /// The journal has what was taken, or there was nothing to keep.
    mutating func commit(_ take: Take) {
        if take.place.walk?.at != place.walk?.at {
            expirations = 0
            hasBegunAgain = false
            // Pages that were too large for one day may do for the next.
            if let most = shape.limit(width) { limit = min(most, (limit ?? most) * 2) }
        }
        place = take.place
        if take.isEnd { hasRead = true }
    }

    /// The server does not know the cursor any more (410), as its figures were renewed: the window begins again.
    ///
    /// - Returns: false when that happened too often.
    mutating func cursorExpired() -> Bool {
        expirations += 1
        return expirations <= Self.mostExpirations && beginWindowAgain()
    }

    /// The server refused the request as invalid.
    ///
    /// - Returns: whether there is something else to do. If not, it is the question that is wrong.
    mutating func refused(at now: Timestamp) -> Bool {
        guard let walk = place.walk else { return false }
        if walk.page != nil, !hasBegunAgain {
            hasBegunAgain = true
            return beginWindowAgain()
        }
        // The newest days may not be counted yet: what is before them is read.
        let late = UTCDay(now) - Self.lateDays
        guard !shape.hasToday, walk.until >= late else { return false }
        if shape.stride == .dates, walk.at + ReportShape.windowDays >= walk.until, walk.until - 1 > walk.at {
            place.walk = ReportPlace.Walk(
                at: walk.at, until: walk.until - 1, began: walk.began, isWhole: walk.isWhole)
            return true
        }
        guard walk.at >= late else { return false }
        place.done = max(walk.at, place.done ?? walk.at)
        if walk.isWhole { place.reread = walk.began }
        place.walk = nil
        hasRead = true
        return true
    }

    /// The answer was too large: smaller pages, from the first one.
    mutating func askForLess() {
        // Buckets that are kept together stay on one page.
        let least = width?.perUnit ?? 1
        limit = limit.map { max(least, $0 / 2 / least * least) }
        _ = beginWindowAgain()
    }

    private mutating func beginWindowAgain() -> Bool {
        place.walk?.page = nil
        place.walk?.pages = 0
        return place.walk != nil
    }

    private static func digest(_ parts: [(part: ReportPage.Part, isCut: Bool)], _ body: [UInt8]) -> UInt64 {
        var digest = IdentityDigest()
        for (part, isCut) in parts {
            digest.add(CollectionOfOne(isCut ? 1 : 0))
            digest.add((part.start ?? "").utf8)
            for row in part.rows {
                digest.add(body[row.range])
                digest.add(CollectionOfOne(0))
            }
        }
        // Zero stands for nothing.
        return max(digest.value, 1)
    }
}
