public import Events
public import Platform

/// Lists the chats or the sessions of one key from time to time: when, whose, with which model; never what was said.
///
/// What is new goes into the journal together with the place behind it, so a crash neither loses nor doubles one.
///
/// - Threads: those of its task. Waiting holds none.
public final class ListingPoller: Sendable {
    let feed: FeedConfiguration
    let kind: ListedKind
    let interval: Timestamp.Span
    let means: PollerMeans
    let metrics: ListingMetrics

    /// - Parameter interval: from the start of one look to the start of the next.
    public init(
        _ kind: ListedKind, of feed: FeedConfiguration, every interval: Timestamp.Span, with means: PollerMeans,
        metrics: MetricList
    ) {
        self.means = means
        self.feed = feed
        self.kind = kind
        self.interval = interval
        self.metrics = ListingMetrics(metrics, source: kind.source(of: feed.name))
    }

    /// Each listing has a name and a bookmark of its own.
    public var name: SourceName { kind.source(of: feed.name) }

    /// Looks until the task is cancelled, or until a person must act.
    public func run() async {
        means.log.info("listing", ("source", "\(name)"), ("key", "\(feed.key)"))
        var walk = ListingWalk(self)
        let loop = LookLoop(
            source: name, interval: interval, means: means, faults: metrics.faults, isStopped: metrics.isStopped)
        await loop.run { () async throws(Fault) in try await walk.look() }
    }
}

/// What listing counts.
struct ListingMetrics: Sendable {
    let requests, changes, refused: Counter
    let objects, lastLook, isStopped: Gauge
    let faults: FaultCounters

    init(_ metrics: MetricList, source: SourceName) {
        let labels = [("source", source.text)]
        requests = metrics.counter(
            "docket_listing_requests_total", "Requests for listings of chats and sessions.", labels: labels)
        changes = metrics.counter(
            "docket_listing_changes_total", "Chats and sessions that were new or changed, in the journal.",
            labels: labels)
        refused = metrics.counter(
            "docket_listing_refused_total", "Elements of listings that do not say what they are.", labels: labels)
        objects = metrics.gauge("docket_listing_objects", "Objects that the last look listed.", labels: labels)
        lastLook = metrics.gauge(
            "docket_listing_last_look_seconds", "When the last look began that came to its end, since 1970.",
            labels: labels)
        isStopped = metrics.gauge(
            "docket_listing_stopped", "1 when a person must act before anything is listed again.", labels: labels)
        faults = FaultCounters(metrics, "docket_listing_faults_total", labels: labels)
    }
}
