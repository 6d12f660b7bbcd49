public import Platform

/// What the journal counts. `docs/guides/disk.md` says which of these to watch.
public struct JournalMetrics: Sendable {
    let written: Counter
    let refused: Counter
    let bytes: Counter
    let commits: Counter
    let commitTime: Counter
    let slowestCommit: Gauge
    let waiting: Gauge
    let givenUp: Counter
    let degraded: Gauge
    let stopped: Gauge
    let damaged: Counter
    let missing: Counter
    let diskUsed: Gauge
    let diskLevel: Gauge
    private let findings: [JournalFinding.Kind: Counter]

    public init(_ metrics: MetricList) {
        written = metrics.counter("docket_journal_records_total", "Records that are durable.")
        refused = metrics.counter("docket_journal_refused_total", "Records that the journal did not take.")
        bytes = metrics.counter("docket_journal_bytes_total", "Bytes written to the journal.")
        commits = metrics.counter("docket_journal_commits_total", "Group commits.")
        commitTime = metrics.counter(
            "docket_journal_commit_microseconds_total", "Time that writing and syncing took, all commits together.")
        slowestCommit = metrics.gauge(
            "docket_journal_slowest_commit_milliseconds", "The longest that one commit took since the start.")
        waiting = metrics.gauge("docket_journal_waiting_bytes", "Records that wait to be written.")
        givenUp = metrics.counter(
            "docket_journal_given_up_segments_total", "Segments that were ended because a write to the disk failed.")
        degraded = metrics.gauge("docket_journal_degraded", "1 when a write failed since the start.")
        stopped = metrics.gauge("docket_journal_stopped", "1 when nothing is written any more; see docs/faults.md.")
        damaged = metrics.counter(
            "docket_journal_damaged_bytes_total", "Bytes that a reader could not read and skipped.")
        missing = metrics.counter(
            "docket_journal_missing_records_total", "Records that were in the journal and are no more.")
        diskUsed = metrics.gauge("docket_journal_disk_used_percent", "How full the disk of the journal is.")
        diskLevel = metrics.gauge(
            "docket_journal_disk_level",
            "0 enough space, 1 it runs short, 2 logs and traces are refused, 3 everything is refused.")
        var findings: [JournalFinding.Kind: Counter] = [:]
        for kind in JournalFinding.Kind.allCases {
            findings[kind] = metrics.counter(
                "docket_journal_findings_total", "What was found that is not as it was written.",
                labels: [("kind", kind.rawValue)])
        }
        self.findings = findings
    }

    func count(_ finding: JournalFinding) {
        findings[finding.kind]?.add()
        if case .missing(_, let sequences) = finding { missing.add(Int(clamping: sequences.count)) }
    }
}
