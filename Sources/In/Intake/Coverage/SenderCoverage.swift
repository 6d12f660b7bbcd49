import Platform

/// What came of somebody who sends by himself. Nobody can say what should have come: there is only silence, and how long
/// it has lasted.
struct SenderCoverage: Sendable {
    private struct Hour {
        var received = 0
        var last: Timestamp
    }

    private let span: Range<Timestamp>
    private var hours: [Int64: Hour] = [:]
    private var first: Timestamp?
    /// The last word before the span.
    private var before: Timestamp?

    /// Whoever was silent for so long is not waited for any more.
    static let longest = Timestamp.Span.days(30)

    init(span: Range<Timestamp>) { self.span = span }

    mutating func note(_ count: Int, accepted: Timestamp) {
        first = first ?? accepted
        if accepted < span.lowerBound { before = max(accepted, before ?? accepted) }
        guard span.contains(accepted) else { return }
        var hour = hours[FeedPageRecord.hour(of: accepted)] ?? Hour(last: accepted)
        hour.received += count
        hour.last = max(hour.last, accepted)
        hours[FeedPageRecord.hour(of: accepted)] = hour
    }

    func rows(of key: CoverageLedger.Key, presence: Presence, now: Timestamp) -> [CoverageRow] {
        guard let first, max(first, span.lowerBound) < min(now, span.upperBound) else { return [] }
        var heard = before ?? first
        var rows: [CoverageRow] = []
        for number in (max(first, span.lowerBound)..<min(now, span.upperBound)).hours {
            let range = Timestamp.hour(number)
            var row = CoverageRow(key, hour: range.lowerBound, state: .received)
            if let hour = hours[number] {
                row.received = hour.received
                heard = hour.last
            } else {
                let length = min(range.upperBound, now) - heard
                if length > Self.longest { break }
                let wasAbsent = presence.wasAbsent(in: range)
                row.state = wasAbsent ? .gap : range.upperBound > now ? .open : .silent
                row.cause = wasAbsent ? CoverageWords.absence : CoverageWords.silence(length)
            }
            rows.append(row)
        }
        return rows
    }
}
