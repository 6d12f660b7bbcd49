import Events
import Platform

/// A day of the calendar: how its records are.
struct CalendarDay: Equatable {
    enum State: String, CaseIterable {
        case verified, unchecked, unsealed, problem, deleted

        /// So that no state is a color alone.
        var sign: String {
            switch self {
            case .verified: "✓"
            case .unchecked: "○"
            case .unsealed: "…"
            case .problem: "✕"
            case .deleted: "–"
            }
        }

        var words: String {
            switch self {
            case .verified: "verified"
            case .unchecked: "sealed, not checked yet"
            case .unsealed: "not yet sealed"
            case .problem: "problem"
            case .deleted: "documents deleted by retention; the records can still be proven"
            }
        }
    }

    let day: Timestamp
    /// Records that were accepted on it.
    let count: UInt64
    let state: State

    /// - Parameter deletedBefore: documents of at least one stream that are older were deleted for their age.
    static func all(of log: LogFacts, deletedBefore: Timestamp? = nil) -> [CalendarDay] {
        log.days.map { day in
            CalendarDay(day: day.day, count: day.count, state: state(of: day, log, deletedBefore))
        }
    }

    private static func state(of day: RecordedDay, _ log: LogFacts, _ deletedBefore: Timestamp?) -> State {
        if log.changed.overlaps(day.records) { return .problem }
        if day.records.upperBound > log.sealed { return .unsealed }
        if let deletedBefore, day.day + .days(1) <= deletedBefore { return .deleted }
        return log.verified.covers(day.records) ? .verified : .unchecked
    }
}

extension SequenceSet {
    /// Whether all of these are in it. Stretches that touch are one.
    func covers(_ sequences: Range<UInt64>) -> Bool {
        ranges.contains { $0.lowerBound <= sequences.lowerBound && sequences.upperBound <= $0.upperBound }
    }
}
