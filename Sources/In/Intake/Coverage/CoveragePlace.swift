import Events
import Platform

/// What of a source is in the journal by what its poller knows of its own place, which is in the journal as well: enough
/// for a figure at any moment, without reading the record. What was erased or lost since, only ``CoverageLedger`` sees.
struct CoveragePlace: Sendable, Equatable {
    /// What grows with time: a feed has one, a source of reports one for each report.
    struct End: Sendable, Equatable {
        /// All before is whole, but for ``CoveragePlace/gaps``.
        var whole: Timestamp
        /// How long what is behind it may be missing before it is missed.
        var lag: Timestamp.Span
    }

    /// From here on everything is wanted.
    var origin: Timestamp
    var gaps: [Range<Timestamp>] = []
    var ends: [End] = []

    struct Figures: Sendable, Equatable {
        var whole = 0
        var withGap = 0
        var oldestGap: Timestamp?
    }

    /// Full hours, as they are at a moment. The hour that has begun is none yet.
    func figures(at now: Timestamp) -> Figures {
        var missing = CoveredTime()
        for gap in gaps where !gap.isEmpty { missing.insert(gap) }
        for end in ends where end.whole < now - end.lag { missing.insert(end.whole..<now - end.lag) }
        let (first, this) = (FeedPageRecord.hour(of: origin), FeedPageRecord.hour(of: now))
        // Of hours behind the end that is least far nobody can tell yet whether they are whole.
        let told = FeedPageRecord.hour(of: ends.map { max($0.whole, now - $0.lag) }.min() ?? now)
        var figures = Figures()
        var counted = first
        var toldWithGap: Int64 = 0
        for range in missing.ranges {
            let (low, high) = (max(range.hours.lowerBound, counted), min(range.hours.upperBound + 1, this))
            guard low < high else { continue }
            figures.withGap += Int(high - low)
            toldWithGap += max(0, min(high, told) - low)
            figures.oldestGap = figures.oldestGap ?? max(range.lowerBound, origin)
            counted = high
        }
        figures.whole = Int(max(0, min(told, this) - first - toldWithGap))
        return figures
    }
}

/// Coverage in `/metrics`, by source.
enum CoverageGauges {
    /// - Parameter place: `nil` as long as nothing was read.
    static func add(
        to metrics: MetricList, source: SourceName, clock: any Clock,
        place: @escaping @Sendable () -> CoveragePlace?
    ) {
        let labels = [("source", source.text)]
        func add(_ name: String, _ help: String, _ value: @escaping @Sendable (CoveragePlace.Figures) -> Int) {
            metrics.gauge(name, help, labels: labels) {
                place().map { value($0.figures(at: clock.now())) } ?? 0
            }
        }
        add("docket_coverage_whole_hours", "Full hours of which everything is in the journal.") { $0.whole }
        add("docket_coverage_gap_hours", "Hours of which something is missing that should be there.") { $0.withGap }
        add(
            "docket_coverage_oldest_gap_seconds", "Where the oldest gap begins, since 1970; 0 when there is none."
        ) { Int(($0.oldestGap?.nanoseconds ?? 0) / 1_000_000_000) }
    }
}
