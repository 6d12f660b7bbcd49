import Events
import Platform

/// What can be said of a log in plain words. It says what was looked at, and never more.
struct IntegritySentence: Equatable {
    enum Mood: String { case good, open, bad }

    let mood: Mood
    let text: String

    /// - Parameter hours: what is known of the completeness of a day; `nil` while it is not.
    init(_ log: LogFacts?, hours: [CoverageHour]? = nil, now: Timestamp) {
        guard let log, log.size > 0 else {
            (mood, text) = (.open, "Nothing is recorded yet.")
            return
        }
        let (mood, text) = Self.records(log, now)
        let gaps = hours.map(CoverageTotal.of) ?? []
        let (all, unexplained) = (gaps.reduce(0) { $0 + $1.gaps }, gaps.reduce(0) { $0 + $1.unexplained })
        guard hours != nil else {
            (self.mood, self.text) = (mood, text)
            return
        }
        self.mood = mood == .good && unexplained > 0 ? .open : mood
        self.text =
            text + " Hours with a gap on the day shown: \(all - unexplained) explained, \(unexplained) unexplained."
    }

    private static func records(_ log: LogFacts, _ now: Timestamp) -> (Mood, String) {
        let last = log.checks.first { $0.state == .passed || $0.state == .failed }
        let age = last?.ended.map { " Last check \(Numbers.ago(now - $0))." } ?? ""
        if let first = log.changed.ranges.first?.lowerBound {
            let count = log.changed.count
            let others = count == 1 ? "Record \(first) is" : "\(Numbers.grouped(count)) records are"
            let which = count == 1 ? "" : ", the first of them record \(first)"
            return (.bad, "\(others) not what was recorded\(which).\(age)")
        }
        if let flaw = log.flaw { return (.bad, "The log is not what was signed: \(flaw).\(age)") }
        let sealed = Int(clamping: log.sealed)
        let (verified, waiting) = (min(log.verified.count, sealed), Int(clamping: log.size) - sealed)
        let first = log.days.first.map { Numbers.day($0.day) }
        let since = first.map { ", the first since \($0)" } ?? ""
        let unsealed = waiting > 0 ? " \(Self.records(waiting)) not under a checkpoint yet." : ""
        guard verified > 0 else {
            return (
                .open,
                "\(Self.records(sealed)) under a signed checkpoint\(since); none was checked here yet.\(unsealed)"
            )
        }
        let unchecked = sealed - verified
        let rest = unchecked > 0 ? " \(Self.records(unchecked)) sealed and not checked yet." : ""
        // What came behind the last check leaves a beginning without a hole.
        guard log.verified.ranges.count == 1, log.verified.ranges[0].lowerBound == 0 else {
            return (
                .open,
                "\(Numbers.grouped(verified)) of \(Numbers.grouped(sealed)) records verify.\(age)\(rest)\(unsealed)"
            )
        }
        let until = log.day(of: log.verified.ranges[0].upperBound - 1).map { " to \(Numbers.day($0))" } ?? ""
        let from = first.map { " from \($0)" } ?? ""
        return (
            unchecked > 0 && (last?.ended).map { now - $0 > .days(1) } ?? true ? .open : .good,
            "All \(Numbers.grouped(verified)) records\(from)\(until) verify.\(age)\(rest)\(unsealed)"
        )
    }

    private static func records(_ count: Int) -> String {
        count == 1 ? "1 record is" : "\(Numbers.grouped(count)) records are"
    }
}

extension LogFacts {
    /// The day on which a record was accepted.
    func day(of sequence: UInt64) -> Timestamp? { days.last { $0.records.contains(sequence) }?.day }
}

extension Numbers {
    /// `2026-10-08`
    static func day(_ moment: Timestamp) -> String { String(RFC3339.text(moment).prefix(10)) }

    /// `4 minutes ago`, in the largest unit that fits.
    static func ago(_ span: Timestamp.Span) -> String {
        let seconds = max(0, span.nanoseconds / 1_000_000_000)
        for (length, name) in [(86_400, "day"), (3_600, "hour"), (60, "minute")] as [(Int64, String)]
        where seconds >= length {
            return "\(seconds / length) \(name)\(seconds / length == 1 ? "" : "s") ago"
        }
        return "less than a minute ago"
    }
}
