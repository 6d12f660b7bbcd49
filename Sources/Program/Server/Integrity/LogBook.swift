import Codecs
import Console
import Events
import Integrity
import Ledger
import Platform

/// What is remembered of the log of a tenant between looks at it: which records came on which day, and what was
/// compared. It is no evidence, and who changes it changes only what the page says was done.
///
/// - Shape: `integrity/TENANT.json`, with a version. A file that cannot be read, is of another version or of another log
///   counts as none: days are counted and records compared again.
struct LogBook: Sendable {
    static let version: Int64 = 1
    /// Comparisons that are remembered.
    static let mostChecks = 20
    /// Findings of one that are remembered.
    static let mostFindings = 20
    /// Stretches of verified or changed records that are remembered; beyond, the oldest are forgotten.
    static let mostStretches = 1_000

    let origin: String
    private(set) var days: [RecordedDay] = []
    /// Of how many records the day is known.
    private(set) var counted: UInt64 = 0
    /// The newest first.
    private(set) var checks: [LogCheck] = []
    private(set) var verified = SequenceSet()
    private(set) var changed = SequenceSet()
    private(set) var flaw: String?
    /// Where the server goes on when it compares again what was compared already.
    private(set) var again: UInt64 = 0
    private(set) var nextNumber = 1

    init(origin: String) { self.origin = origin }

    /// One that was kept.
    init(
        origin: String, days: [RecordedDay], counted: UInt64, checks: [LogCheck], verified: SequenceSet,
        changed: SequenceSet, flaw: String?, again: UInt64, next: Int
    ) {
        self.origin = origin
        self.days = days
        self.counted = counted
        self.checks = checks
        self.verified = verified
        self.changed = changed
        self.flaw = flaw
        self.again = again
        nextNumber = next
    }

    // MARK: Days

    /// Counts records that follow those that are counted already.
    mutating func count(_ leaves: [Leaf]) {
        for leaf in leaves {
            let nanoseconds = Int64(clamping: leaf.accepted)
            let day = Timestamp(nanoseconds: nanoseconds - nanoseconds % 86_400_000_000_000)
            add(day, leaf.sequence)
            counted = leaf.sequence + 1
        }
    }

    /// The days of another book of the same log that has counted further.
    mutating func takeDays(of other: LogBook) { (days, counted) = (other.days, other.counted) }

    private mutating func add(_ day: Timestamp, _ sequence: UInt64) {
        // Nearly always the last one; a clock that was set back leads to one before.
        guard let place = days.lastIndex(where: { $0.day <= day }), days[place].day == day else {
            let place = days.lastIndex { $0.day < day }.map { $0 + 1 } ?? 0
            days.insert(RecordedDay(day: day, records: sequence..<sequence + 1, count: 1), at: place)
            return
        }
        days[place].records = days[place].records.lowerBound..<sequence + 1
        days[place].count += 1
    }

    /// Between which records those of some time are.
    func records(in time: Range<Timestamp>) -> Range<UInt64>? {
        let found = days.filter { $0.day < time.upperBound && $0.day + .days(1) > time.lowerBound }
        guard let first = found.map(\.records.lowerBound).min(), let end = found.map(\.records.upperBound).max() else {
            return nil
        }
        return first..<end
    }

    // MARK: Checks

    /// Whether a record, or the log as a whole, was not what was signed.
    var isChanged: Bool { flaw != nil || !changed.isEmpty }

    mutating func begin(_ wish: String, by person: String, isStanding: Bool, now: Timestamp) -> LogCheck {
        defer { nextNumber += 1 }
        return LogCheck(number: nextNumber, wish: wish, person: person, isStanding: isStanding, began: now)
    }

    /// The first records that nobody has compared yet.
    ///
    /// - Parameters:
    ///   - sealed: records under the last checkpoint.
    ///   - most: records at once.
    /// - Returns: `nil` when all of them were compared.
    func uncompared(sealed: UInt64, most: UInt64) -> Range<UInt64>? {
        var place: UInt64 = 0
        var known = verified
        known.formUnion(changed)
        for stretch in known.ranges {
            guard stretch.lowerBound <= place else { break }
            place = stretch.upperBound
        }
        guard place < sealed else { return nil }
        let next = known.ranges.first { $0.lowerBound > place }?.lowerBound ?? sealed
        return place..<min(place + most, next, sealed)
    }

    /// Records whose turn it is to be compared once more.
    func comparedAgain(sealed: UInt64, most: UInt64) -> Range<UInt64>? {
        let start = again < sealed ? again : 0
        return sealed > 0 ? start..<min(start + most, sealed) : nil
    }

    /// Takes over what came of a comparison that has ended.
    ///
    /// - Parameter sequences: of the records that are not what they were.
    /// - Parameter isAll: whether these are all of them.
    mutating func take(_ check: LogCheck, changed sequences: Set<UInt64> = [], isAll: Bool = true) {
        var kept = check
        kept.findings = Array(check.findings.prefix(Self.mostFindings))
        if check.isStanding {
            again = check.records?.upperBound ?? again
            // The last one stands for those before it: what people asked for stays to be seen.
            checks.removeAll { $0.isStanding && $0.state != .failed }
        }
        checks = Array(([kept] + checks).prefix(Self.mostChecks))
        guard check.state == .passed || check.state == .failed, let rows = check.records else { return }
        changed = changed.without(rows)
        verified = verified.without(rows)
        flaw = check.findings.first { $0.sequence == nil }?.what
        if check.state == .passed {
            verified.insert(rows)
        } else {
            changed.formUnion(SequenceSet(sequences))
            // Where not all findings are known, or it is the whole that is wrong, nothing is said of the others.
            if flaw == nil, isAll {
                var others = SequenceSet()
                others.insert(rows)
                verified.formUnion(sequences.reduce(others) { $0.without($1..<$1 + 1) })
            }
        }
        verified = verified.last(Self.mostStretches)
        changed = changed.last(Self.mostStretches)
    }
}

extension SequenceSet {
    fileprivate mutating func insert(_ range: Range<UInt64>) {
        guard let one = SequenceSet(texts: ["\(range.lowerBound)-\(range.upperBound - 1)"]) else { return }
        formUnion(one)
    }

    func without(_ range: Range<UInt64>) -> SequenceSet {
        var rest = SequenceSet()
        for part in ranges {
            let before = part.lowerBound..<max(part.lowerBound, min(part.upperBound, range.lowerBound))
            let behind = min(part.upperBound, max(part.lowerBound, range.upperBound))..<part.upperBound
            for piece in [before, behind] where !piece.isEmpty { rest.insert(piece) }
        }
        return rest
    }

    fileprivate func last(_ count: Int) -> SequenceSet {
        ranges.count <= count ? self : chunks(of: 1).suffix(count).reduce(into: SequenceSet()) { $0.formUnion($1) }
    }
}
