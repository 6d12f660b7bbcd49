import Codecs
import Events
import Platform

/// What of one feed is in the journal.
struct FeedCoverage: Sendable {
    private struct Hour {
        var received = 0
        /// What the source's pages had that was new.
        var kept = 0
        var leftOut = 0
        var late = 0
        var duplicate = 0
        /// Of those that are missing, how many were erased.
        var erased = 0
        var ids: Set<UInt64> = []
        /// When the journal had all of the hour.
        var wholeAt: Timestamp?
    }

    private let span: Range<Timestamp>
    private var hours: [Int64: Hour] = [:]
    private var covered = CoveredTime()
    private var origin: Timestamp?
    private var first: Timestamp?
    private var lastCover: Timestamp?
    private var stopped: Fault.Code?
    private var troubles: [FeedPageRecord.Trouble] = []

    /// How long after its end an hour may be open. Pages are asked for each minute, and say each five that there was
    /// nothing.
    static let grace = Timestamp.Span.minutes(10)
    private static let troubleLimit = 10_000

    init(span: Range<Timestamp>) { self.span = span }

    // MARK: Reading

    mutating func follow(_ batch: RecordBatch, _ records: [FeedPageRecord], accepted: Timestamp) {
        first = first ?? accepted
        let isLate = records.contains { $0.walk == "overlap" || $0.walk == FeedBookmark.Backlog.Kind.lookBack.rawValue }
        var here: [Int64: Int] = [:]
        var erased = 0
        for entry in batch.entries where !entry.kind.isOwn {
            if entry.encoding == .erased {
                erased += 1
            } else if entry.kind == .activity {
                guard let row = FeedPage.row(entry.range, in: batch.storage), let created = row.created else {
                    continue
                }
                let number = FeedPageRecord.hour(of: created)
                here[number, default: 0] += 1
                receive(row, number, isLate)
            }
        }
        for record in records { follow(record, accepted) }
        guard erased > 0 else { return }
        for hour in records.flatMap(\.hours) {
            hours[hour.number, default: Hour()].erased += max(0, hour.kept - (here[hour.number] ?? 0))
        }
    }

    private mutating func receive(_ row: FeedPage.Row, _ number: Int64, _ isLate: Bool) {
        guard span.overlaps(Timestamp.hour(number)) else { return }
        var hour = hours[number] ?? Hour()
        // Two owners of the set would copy it for each activity.
        hours[number] = nil
        if hour.ids.insert(row.identity).inserted {
            hour.received += 1
            if isLate { hour.late += 1 }
        } else {
            hour.duplicate += 1
        }
        hours[number] = hour
    }

    private mutating func follow(_ record: FeedPageRecord, _ accepted: Timestamp) {
        if let origin = record.origin { self.origin = min(origin, self.origin ?? origin) }
        for hour in record.hours {
            hours[hour.number, default: Hour()].kept += hour.kept
            hours[hour.number, default: Hour()].leftOut += hour.leftOut
        }
        troubles += record.trouble
        if troubles.count > Self.troubleLimit { troubles.removeFirst(troubles.count - Self.troubleLimit) }
        stopped = record.walk == "stopped" ? record.trouble.last?.code : nil
        guard let covers = record.covers else { return }
        lastCover = accepted
        for added in covered.insert(covers) {
            for number in FeedPageRecord.hour(of: added.lowerBound)...FeedPageRecord.hour(of: added.upperBound) {
                guard hours[number]?.wholeAt == nil, covered.firstGap(in: Timestamp.hour(number)) == nil else {
                    continue
                }
                hours[number, default: Hour()].wholeAt = accepted
            }
        }
    }

    // MARK: Telling

    func rows(of key: CoverageLedger.Key, presence: Presence, now: Timestamp) -> [CoverageRow] {
        guard let begin = origin ?? covered.ranges.first?.lowerBound ?? first,
            max(begin, span.lowerBound) < min(now, span.upperBound)
        else { return [] }
        return (max(begin, span.lowerBound)..<min(now, span.upperBound)).hours.map { number in
            let range = Timestamp.hour(number)
            let hour = hours[number] ?? Hour()
            var row = CoverageRow(key, hour: range.lowerBound, state: .received)
            row.received = hour.received
            tell(hour, max(range.lowerBound, begin)..<min(range.upperBound, now), presence, now, &row)
            return row
        }
    }

    private func tell(
        _ hour: Hour, _ range: Range<Timestamp>, _ presence: Presence, _ now: Timestamp, _ row: inout CoverageRow
    ) {
        row.leftOut = hour.leftOut
        row.late = hour.late
        row.duplicate = hour.duplicate
        row.missing = max(0, hour.kept - hour.received)
        if let gap = covered.firstGap(in: range) {
            row.state = gap.lowerBound >= now - Self.grace ? .open : .gap
            if row.state == .gap { row.cause = cause(of: gap, presence, now) }
            return
        }
        // Records of before there were hours in them do not say how many they kept.
        row.expected = max(hour.kept, hour.received) + hour.leftOut
        row.state = row.missing > 0 ? .gap : range.upperBound < now ? .whole : .open
        if row.missing > 0 {
            row.cause = hour.erased >= row.missing ? "erased" : "not in the journal any more; see docket verify"
        } else if let wholeAt = hour.wholeAt, let first, range.upperBound > first,
            wholeAt > range.upperBound + Self.grace
        {
            row.cause = delay(in: range.lowerBound..<wholeAt, presence).map { "read late: \($0)" }
        }
    }

    private func cause(of gap: Range<Timestamp>, _ presence: Presence, _ now: Timestamp) -> String {
        if let next = covered.ranges.last?.lowerBound, gap.lowerBound < next { return "the window is not walked yet" }
        if let stopped { return CoverageWords.stopped(stopped) }
        if presence.absences.last?.upperBound == now { return CoverageWords.absence }
        if let trouble = troubles.last, trouble.until >= lastCover ?? trouble.until {
            return CoverageWords.of(trouble.code)
        }
        return CoverageWords.notRead
    }

    private func delay(in range: Range<Timestamp>, _ presence: Presence) -> String? {
        if presence.wasAbsent(in: range) { return CoverageWords.absence }
        return troubles.last { $0.since < range.upperBound && $0.until >= range.lowerBound }.map {
            CoverageWords.of($0.code)
        }
    }
}
