public import Platform

/// What the archive counts. `docs/guides/archive.md` says which of these to watch.
public struct ArchiveMetrics: Sendable {
    let objects: Counter
    let records: Counter
    let bytes: Counter
    let keys: Counter
    public let failures: Counter
    /// Records that are in the logs and not in the archive.
    public let lagRecords: Gauge
    /// How long ago the oldest of them was accepted.
    public let lagSeconds: Gauge
    /// 1 when a person must look.
    public let stopped: Gauge

    public init(_ metrics: MetricList) {
        objects = metrics.counter("docket_archive_objects_total", "Objects that are archived with their manifests.")
        records = metrics.counter("docket_archive_records_total", "Records in archived objects.")
        bytes = metrics.counter("docket_archive_bytes_total", "Bytes of archived objects.")
        keys = metrics.counter("docket_archive_keys_total", "Files with keys that were copied.")
        failures = metrics.counter("docket_archive_failures_total", "Attempts to archive that did not succeed.")
        lagRecords = metrics.gauge(
            "docket_archive_lag_records", "Records that are in the logs and not in the archive yet.")
        lagSeconds = metrics.gauge(
            "docket_archive_lag_seconds", "How long ago the oldest record was accepted that is not in the archive.")
        stopped = metrics.gauge(
            "docket_archive_stopped", "1 when nothing can be archived before a person has looked.")
    }
}
