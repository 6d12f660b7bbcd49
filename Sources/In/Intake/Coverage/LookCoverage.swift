import Events
import Platform

/// What of a source is in the journal that is looked at from time to time: a report, the directory. How much there should
/// be is known to nobody else, so only time can be missing.
struct LookCoverage: Sendable {
    private let span: Range<Timestamp>
    /// What arrived, by the hour of its arrival.
    private var received: [Int64: Int] = [:]
    private var covered = CoveredTime()
    private var origin: Timestamp?
    private var due: Timestamp?
    private var trouble: Fault.Code?
    private var isStopped = false

    init(span: Range<Timestamp>) { self.span = span }

    mutating func note(_ count: Int, accepted: Timestamp) {
        guard count > 0, span.contains(accepted) else { return }
        received[FeedPageRecord.hour(of: accepted), default: 0] += count
    }

    mutating func follow(_ note: CoverageNote) {
        if let origin = note.origin { self.origin = min(origin, self.origin ?? origin) }
        (trouble, isStopped) = (note.trouble, note.isStopped)
        due = note.due ?? due
        if let covers = note.covers { covered.insert(covers) }
    }

    func rows(of key: CoverageLedger.Key, presence: Presence, now: Timestamp) -> [CoverageRow] {
        guard let begin = origin ?? covered.ranges.first?.lowerBound,
            max(begin, span.lowerBound) < min(now, span.upperBound)
        else { return [] }
        return (max(begin, span.lowerBound)..<min(now, span.upperBound)).hours.map { number in
            let hour = Timestamp.hour(number)
            var row = CoverageRow(key, hour: hour.lowerBound, state: .whole)
            row.received = received[number] ?? 0
            if let gap = covered.firstGap(in: max(hour.lowerBound, begin)..<min(hour.upperBound, now)) {
                let isBehind = gap.lowerBound >= covered.ranges.last?.upperBound ?? begin
                row.state = isBehind && !isStopped && due.map { now <= $0 } ?? false ? .open : .gap
                if row.state == .gap { row.cause = cause(presence, now) }
            } else if hour.upperBound > now {
                row.state = .open
            }
            return row
        }
    }

    private func cause(_ presence: Presence, _ now: Timestamp) -> String {
        if let trouble, isStopped { return CoverageWords.stopped(trouble) }
        if presence.absences.last?.upperBound == now { return CoverageWords.absence }
        return trouble.map(CoverageWords.of) ?? CoverageWords.notRead
    }
}
