import Platform

/// How far a backfill is, and when it is likely to be done.
struct BackfillProgress: Sendable {
    struct Report: Sendable {
        /// From 0 to 1; `nil` when there is no backfill.
        var share: Double?
        /// `nil` before there is anything to tell it from.
        var left: Timestamp.Span?
        var isOver = false
        /// Whether it is time for a line in the log.
        var isWorthALine = false
    }

    /// Since this process has been reading.
    private var start: (share: Double, time: Timestamp)?
    private var lastLine: Timestamp?
    private static let pause = Timestamp.Span.minutes(1)

    /// - Parameter now: steady time.
    mutating func note(_ before: FeedBookmark, _ after: FeedBookmark, at now: Timestamp) -> Report {
        func share(_ bookmark: FeedBookmark) -> Double? {
            guard let backlog = bookmark.backlog, backlog.kind == .backfill else { return nil }
            return backlog.window.share ?? 0
        }
        guard let share = share(after) else {
            let wasThere = before.backlog?.kind == .backfill
            if wasThere { start = nil }
            return Report(isOver: wasThere, isWorthALine: wasThere)
        }
        let start = start ?? (share, now)
        self.start = start
        var report = Report(share: share)
        let (gained, passed) = (share - start.share, now - start.time)
        if gained > 0 {
            report.left = .seconds(Int64(min(Double(passed.nanoseconds) / 1e9 * (1 - share) / gained, 1e9)))
        }
        if now >= (lastLine ?? start.time) + Self.pause {
            lastLine = now
            report.isWorthALine = true
        }
        return report
    }
}

extension BackfillProgress.Report {
    func tell(_ poller: FeedPoller) {
        let (share, left, isOver) = (share, left, isOver)
        poller.change { health in
            health.backfillShare = share
            health.backfillLeft = left
        }
        poller.metrics.backfillLeft.set(Int((left?.nanoseconds ?? 0) / 1_000_000_000))
        if share != nil || isOver { poller.metrics.backfillShare.set(isOver ? 1_000 : Int((share ?? 0) * 1_000)) }
        guard isWorthALine else { return }
        if isOver { return poller.means.log.info("the past is read", ("source", "\(poller.name)")) }
        poller.means.log.info(
            "reading the past", ("source", "\(poller.name)"), ("percent", "\(Int((share ?? 0) * 100))"),
            ("seconds_left", left.map { "\($0.nanoseconds / 1_000_000_000)" } ?? "not known yet"))
    }
}
