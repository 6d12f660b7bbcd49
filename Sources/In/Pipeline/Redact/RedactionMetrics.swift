import Detect
public import Platform

/// What redaction counts.
public struct RedactionMetrics: Sendable {
    let records: Counter
    let redactedRecords: Counter
    let withheldFields: Counter
    let surrenderedFields: Counter
    let findings: [Detector.Group: Counter]
    /// 1 when all content is withheld because something is wrong.
    let isBroken: Gauge

    public init(_ metrics: MetricList) {
        records = metrics.counter("docket_redaction_records_total", "Records that were looked through.")
        redactedRecords = metrics.counter(
            "docket_redaction_redacted_records_total", "Records that something was replaced or withheld in.")
        withheldFields = metrics.counter(
            "docket_redaction_withheld_fields_total", "Fields whose content was withheld, for any reason.")
        surrenderedFields = metrics.counter(
            "docket_redaction_surrendered_fields_total",
            "Fields whose content was withheld because looking through it failed, was too costly or found too much.")
        isBroken = metrics.gauge(
            "docket_redaction_broken",
            "1 when detectors failed their self-test, or there was no memory for them: all content is withheld.")
        var findings: [Detector.Group: Counter] = [:]
        for group in Detector.Group.allCases {
            findings[group] = metrics.counter(
                "docket_redaction_findings_total", "What detectors found, once for each detector and record.",
                labels: [("group", group.rawValue)])
        }
        self.findings = findings
    }
}
