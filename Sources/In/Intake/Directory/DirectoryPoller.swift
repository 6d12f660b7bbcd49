public import Events
public import Platform

/// Looks at the directory of one key from time to time: organizations, people, roles, groups, settings.
///
/// ``DirectoryLook`` decides; this only carries out. What is new goes into the journal together with the memory that
/// the next look compares with, so a crash neither loses nor doubles a change.
///
/// - Threads: those of its task. Waiting holds none, and nothing is kept between two looks but when they were.
public final class DirectoryPoller: Sendable {
    let feed: FeedConfiguration
    let interval: Timestamp.Span
    let means: PollerMeans
    let metrics: DirectoryMetrics
    private let known = Locked<CoveragePlace?>(nil)

    /// - Parameter interval: from the start of one look to the start of the next.
    public init(
        _ feed: FeedConfiguration, every interval: Timestamp.Span, with means: PollerMeans, metrics: MetricList
    ) {
        self.means = means
        self.feed = feed
        self.interval = interval
        self.metrics = DirectoryMetrics(metrics, source: feed.directorySource)
        let known = known
        CoverageGauges.add(to: metrics, source: feed.directorySource, clock: means.clock) { known.withLock { $0 } }
    }

    public var name: SourceName { feed.directorySource }

    /// One line for people.
    public var status: String {
        guard let looked = known.withLock({ $0 })?.ends.first?.whole else { return "\(name): not looked at yet" }
        return "\(name): looked at \(RFC3339.text(looked))"
    }

    /// A look that began then came to its end.
    func place(since: Timestamp?, _ began: Timestamp, isWhole: Bool) {
        let lag = Timestamp.Span(nanoseconds: 2 * interval.nanoseconds)
        known.withLock { place in
            let whole = isWhole ? began : place?.ends.first?.whole ?? since ?? began
            place = CoveragePlace(origin: place?.origin ?? since ?? began, ends: [.init(whole: whole, lag: lag)])
        }
    }

    private func say(_ fault: Fault) async {
        var note = CoverageNote()
        note.trouble = fault.code
        note.isStopped = fault.remedy == .stop
        await note.record(in: means.sink, of: name, feed.tenant)
    }

    /// Looks until the task is cancelled, or until a person must act.
    public func run() async {
        means.log.info("looking at the directory", ("source", "\(name)"), ("key", "\(feed.key)"))
        var walk = DirectoryWalk(self)
        let loop = LookLoop(
            source: name, interval: interval, means: means, faults: metrics.faults, isStopped: metrics.isStopped)
        await loop.run(onFault: say) { () async throws(Fault) in try await walk.look() }
    }
}

extension FeedConfiguration {
    /// The directory has a name and a bookmark of its own.
    var directorySource: SourceName { SourceName("\(name.text).directory") }
}

/// What looks at a directory count.
struct DirectoryMetrics: Sendable {
    let requests, changes, refused: Counter
    let objects, unread, lastLook, isStopped: Gauge
    let faults: FaultCounters

    init(_ metrics: MetricList, source: SourceName) {
        let labels = [("source", source.text)]
        requests = metrics.counter(
            "docket_directory_requests_total", "Requests for listings of the directory.", labels: labels)
        changes = metrics.counter(
            "docket_directory_changes_total", "Changes of the directory that are in the journal.", labels: labels)
        refused = metrics.counter(
            "docket_directory_refused_total", "Elements of listings that do not say what they are.", labels: labels)
        objects = metrics.gauge(
            "docket_directory_objects", "Objects that the last look found.", labels: labels)
        unread = metrics.gauge(
            "docket_directory_unread", "Listings that the last look could not read.", labels: labels)
        lastLook = metrics.gauge(
            "docket_directory_last_look_seconds", "When the last look began that came to its end, since 1970.",
            labels: labels)
        isStopped = metrics.gauge(
            "docket_directory_stopped", "1 when a person must act before the directory is looked at again.",
            labels: labels)
        faults = FaultCounters(metrics, "docket_directory_faults_total", labels: labels)
    }

    func count(_ fault: Fault) { faults.count(fault) }
}
