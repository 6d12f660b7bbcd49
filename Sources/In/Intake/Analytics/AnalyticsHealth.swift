public import Events
public import Platform

/// How a poller of reports is doing.
public struct AnalyticsHealth: Sendable {
    public var state = FeedHealth.State.starting
    /// Why the last request failed; `nil` after one that did not.
    public var lastFault: Fault?
    /// Reports that are not read any more, and why.
    public var stopped: [Report: Fault] = [:]
    /// All days before this one were read, by report.
    public var completeUntil: [Report: Timestamp] = [:]
    /// When a look at all reports last came to its end.
    public var lastRound: Timestamp?
    /// The `request-id` of the last answer, which Anthropic's support asks for.
    public var lastRequestID: String?
    var place: CoveragePlace?

    public init() {}
}

/// What a poller of reports counts.
struct AnalyticsMetrics: Sendable {
    let requests: Counter
    let bytes: Counter
    let known: Counter
    let revised: Counter
    let emptied: Counter
    let refused: Counter
    let cut: Counter
    let expired: Counter
    let isStopped: Gauge
    private let rows: [Report: Counter]
    private let complete: [Report: Gauge]
    private let stopped: [Report: Gauge]
    private let faults: FaultCounters

    init(_ metrics: MetricList, source: SourceName, _ reports: [Report]) {
        let labels = [("source", source.text)]
        func counter(_ name: String, _ help: String) -> Counter { metrics.counter(name, help, labels: labels) }
        requests = counter("docket_analytics_requests_total", "Requests for reports.")
        bytes = counter("docket_analytics_bytes_total", "Bytes of answers with reports.")
        known = counter("docket_analytics_known_total", "Buckets and pages that came again as they were.")
        revised = counter("docket_analytics_revised_total", "Buckets and pages that came again with other figures.")
        emptied = counter(
            "docket_analytics_emptied_total", "Buckets and pages that had rows and have none any more.")
        refused = counter("docket_analytics_refused_total", "Elements of reports that are no rows.")
        cut = counter(
            "docket_analytics_cut_total", "Buckets with as many groups as the API lists, so that others are missing.")
        expired = counter("docket_analytics_cursor_expired_total", "Windows that were begun again after a 410.")
        isStopped = metrics.gauge(
            "docket_analytics_stopped", "1 when a person must act before the poller goes on.", labels: labels)
        var (rows, complete, stopped): ([Report: Counter], [Report: Gauge], [Report: Gauge]) = ([:], [:], [:])
        for report in reports {
            let labels = labels + [("report", report.rawValue)]
            rows[report] = metrics.counter(
                "docket_analytics_rows_total", "Rows of reports that are in the journal.", labels: labels)
            complete[report] = metrics.gauge(
                "docket_analytics_complete_seconds", "All days before this moment were read, since 1970.",
                labels: labels)
            stopped[report] = metrics.gauge(
                "docket_analytics_report_stopped", "1 when a person must act before the report is read again.",
                labels: labels)
        }
        (self.rows, self.complete, self.stopped) = (rows, complete, stopped)
        faults = FaultCounters(metrics, "docket_analytics_faults_total", labels: labels)
    }

    func count(_ fault: Fault) { faults.count(fault) }
    func add(rows count: Int, of report: Report) { rows[report]?.add(count) }
    func set(complete moment: Timestamp, of report: Report) {
        complete[report]?.set(Int(moment.nanoseconds / 1_000_000_000))
    }
    func setStopped(_ report: Report) { stopped[report]?.set(1) }
}
