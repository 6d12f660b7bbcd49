import Events
import Platform

/// What is wrong with the server at the moment, in sentences for people who look at pages.
///
/// What concerns the whole server is read off the numbers that `/metrics` shows, so that the two never say different
/// things, and costs a few loads. A number that is not there has no problem.
struct ServerProblems: Sendable {
    private struct Sign: Sendable {
        let metric: String
        /// From this value on it is a problem.
        var least = 1
        let sentence: String
    }

    private static let signs = [
        Sign(metric: "docket_journal_stopped", sentence: "Nothing is written any more; see docs/faults.md."),
        Sign(metric: "docket_journal_degraded", sentence: "A write to the journal failed since the start."),
        Sign(metric: "docket_journal_disk_level", least: 3, sentence: "The disk is full: nothing is taken in."),
        Sign(
            metric: "docket_journal_disk_level", least: 2,
            sentence: "The disk is nearly full: logs and traces are refused."),
        Sign(metric: "docket_journal_disk_level", sentence: "The disk runs short of space."),
        Sign(
            metric: "docket_journal_missing_records_total",
            sentence: "Records that were in the journal are missing; check the record on the integrity page."),
        Sign(metric: "docket_ledger_stopped", sentence: "The logs do not follow the journal any more."),
        Sign(
            metric: "docket_ledger_refused_logs",
            sentence: "The signer refuses to sign: a log does not continue what was signed."),
        Sign(metric: "docket_ledger_strange_key", sentence: "The signer has a key that no key before it introduced."),
        Sign(metric: "docket_ledger_unsigned_records", sentence: "Records wait for a signature; is the signer there?"),
        Sign(metric: "docket_witness_refusing", sentence: "A witness has seen another history of the log."),
        Sign(metric: "docket_witness_missing", sentence: "A witness does not answer, or does not cosign."),
        Sign(metric: "docket_archive_stopped", sentence: "The archive does not follow the journal any more."),
    ]

    private static let feedSigns = [
        Sign(metric: "docket_feed_stopped", sentence: "stopped; a person must act"),
        Sign(metric: "docket_analytics_stopped", sentence: "stopped; a person must act"),
    ]

    /// How far a feed may be behind. - Unit: seconds
    private static let feedLag = 900

    private let metrics: MetricList
    /// Names of the feeds of each tenant.
    private let feeds: [TenantName: [String]]
    private let others: @Sendable (TenantName) -> [String]

    /// - Parameter others: what is known elsewhere of the data of a tenant. It must cost next to nothing.
    init(
        _ metrics: MetricList, feeds: [TenantName: [String]],
        others: @escaping @Sendable (TenantName) -> [String] = { _ in [] }
    ) {
        self.metrics = metrics
        self.feeds = feeds
        self.others = others
    }

    /// - Parameter tenant: whose feeds are looked at; what others have is not told.
    func sentences(for tenant: TenantName, now: Timestamp) -> [String] {
        var found: [String] = []
        var told: Set<String> = []
        for sign in Self.signs where !told.contains(sign.metric) {
            guard metrics.readings(sign.metric).contains(where: { $0.value >= sign.least }) else { continue }
            found.append(sign.sentence)
            told.insert(sign.metric)
        }
        for feed in feeds[tenant] ?? [] {
            func value(_ metric: String) -> Int? {
                metrics.readings(metric).first { $0.labels == "source=\"\(feed)\"" }?.value
            }
            for sign in Self.feedSigns where value(sign.metric) ?? 0 >= sign.least {
                found.append("\(feed): \(sign.sentence).")
            }
            // 0 before the first window is read.
            if let whole = value("docket_feed_whole_until_seconds"), whole > 0,
                Int(now.nanoseconds / 1_000_000_000) - whole > Self.feedLag
            {
                found.append(
                    "\(feed): what was created since \(Self.minute(Timestamp(nanoseconds: Int64(whole) * 1_000_000_000))) is not all here yet."
                )
            }
        }
        return found + others(tenant)
    }

    /// `2026-10-08T08:15Z`
    static func minute(_ moment: Timestamp) -> String { RFC3339.text(moment).prefix(16) + "Z" }
}
