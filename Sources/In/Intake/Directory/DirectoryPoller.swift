public import Events
public import Network
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
    let sink: any RecordSink
    let client: HTTPClient
    let clock: any Clock
    let log: Log
    let metrics: DirectoryMetrics
    /// Shared with the other pollers of the parent organization.
    let budget: FeedBudget
    let wait: FeedPoller.Wait
    let chance: @Sendable () -> Double

    /// - Parameter interval: from the start of one look to the start of the next.
    public init(
        _ feed: FeedConfiguration, every interval: Timestamp.Span, sink: any RecordSink, client: HTTPClient,
        clock: any Clock = SystemClock(), budget: FeedBudget = FeedBudget(), log: Log, metrics: MetricList,
        wait: @escaping FeedPoller.Wait = FeedPoller.sleep,
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.feed = feed
        self.interval = interval
        self.sink = sink
        self.client = client
        self.clock = clock
        self.log = log
        self.metrics = DirectoryMetrics(metrics, source: feed.directorySource)
        self.budget = budget
        self.wait = wait
        self.chance = chance
    }

    public var name: SourceName { feed.directorySource }

    /// Looks until the task is cancelled, or until a person must act.
    public func run() async {
        log.info("looking at the directory", ("source", "\(name)"), ("key", "\(feed.key)"))
        var walk = DirectoryWalk(self)
        while !Task.isCancelled {
            let began = clock.steady()
            var pause = interval
            do throws(Fault) {
                guard try await walk.look() else { return }
                pause = max(interval - (clock.steady() - began), .seconds(0))
            } catch {
                metrics.count(error)
                if error.remedy == .stop {
                    log.error("the directory is not looked at any more", ("source", "\(name)"), ("fault", "\(error)"))
                    metrics.isStopped.set(1)
                    return
                }
                log.warning("the directory was not read", ("source", "\(name)"), ("fault", "\(error)"))
            }
            guard await wait(pause) else { return }
        }
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
    private let faults: FaultCounters

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
