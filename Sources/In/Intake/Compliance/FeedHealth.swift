public import Events
public import Platform

/// How a poller is doing, for people and for `/metrics`.
///
/// Failures of a collector are told here and in the log; they are no audit events.
public struct FeedHealth: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case starting
        /// Reading pages.
        case reading
        /// All is read; waiting for the next look.
        case resting
        /// Something is in the way; it is tried again at this moment.
        case waiting(until: Timestamp)
        /// A person must act first: see ``FeedHealth/lastFault``.
        case stopped
        /// The program ended it.
        case ended
    }

    public var state = State.starting
    /// When the API last answered with a page.
    public var lastAnswer: Timestamp?
    /// Everything that could be queried at this moment is in the journal.
    public var completeUntil: Timestamp?
    /// Creation of the newest activity in the journal.
    public var newest: Timestamp?
    /// Why the last request failed; `nil` after one that did not.
    public var lastFault: Fault?
    /// How far the walk over a window of time has come, from 0 to 1; `nil` when none is under way.
    public var windowShare: Double?
    /// How far the past is read, from 0 to 1; `nil` when nothing of it is wanted any more.
    public var backfillShare: Double?
    /// How long the rest of the past will take, by what it took so far.
    public var backfillLeft: Timestamp.Span?
    /// Where the past is being read, from its end to its beginning.
    public var backfillReached: Timestamp?
    /// The `request-id` of the last answer, which Anthropic's support asks for.
    public var lastRequestID: String?
    var place: CoveragePlace?

    public init() {}

    public static func == (left: FeedHealth, right: FeedHealth) -> Bool {
        left.state == right.state && left.lastAnswer == right.lastAnswer && left.completeUntil == right.completeUntil
            && left.newest == right.newest && left.lastFault?.description == right.lastFault?.description
            && left.windowShare == right.windowShare && left.backfillShare == right.backfillShare
            && left.backfillLeft == right.backfillLeft && left.lastRequestID == right.lastRequestID
            && left.backfillReached == right.backfillReached && left.place == right.place
    }
}

extension FeedHealth.State {
    var words: String {
        switch self {
        case .starting: "starting"
        case .reading: "reading"
        case .resting: "resting"
        case .waiting(let until): "waiting until \(RFC3339.text(until))"
        case .stopped: "stopped; a person must act"
        case .ended: "ended"
        }
    }
}

/// What a poller counts.
struct FeedMetrics: Sendable {
    let requests: Counter
    let activities: Counter
    let bytes: Counter
    let known: Counter
    let late: Counter
    let selfNoise: Counter
    let refused: Counter
    let shortened: Counter
    let windows: Counter
    let leftOut: Counter
    let budgetWaits: Counter
    let budgetLimit: Gauge
    let budgetRemaining: Gauge
    let backfillShare: Gauge
    let backfillLeft: Gauge
    let wholeUntil: Gauge
    let lastAnswer: Gauge
    let newest: Gauge
    let isStopped: Gauge
    private let faults: FaultCounters

    init(_ metrics: MetricList, source: SourceName) {
        let labels = [("source", source.text)]
        func counter(_ name: String, _ help: String) -> Counter { metrics.counter(name, help, labels: labels) }
        requests = counter("docket_feed_requests_total", "Requests to the Compliance API.")
        activities = counter("docket_feed_activities_total", "Activities that are in the journal.")
        bytes = counter("docket_feed_bytes_total", "Bytes of answers of the Compliance API.")
        known = counter("docket_feed_known_total", "Activities that came again and were in the journal already.")
        late = counter("docket_feed_late_total", "Activities that appeared behind those that were read already.")
        selfNoise = counter(
            "docket_feed_self_noise_total", "Activities that say only that somebody called the Compliance API.")
        refused = counter("docket_feed_refused_total", "Elements of pages that are no activities.")
        shortened = counter(
            "docket_feed_overlap_shortened_total", "Pages after which not all ids of the overlap could be remembered.")
        windows = counter(
            "docket_feed_cursor_refused_total", "Times the API did not know a cursor and a window was read instead.")
        func gauge(_ name: String, _ help: String) -> Gauge { metrics.gauge(name, help, labels: labels) }
        leftOut = counter("docket_feed_left_out_total", "Activities that were not kept, as the configuration wishes.")
        budgetWaits = counter(
            "docket_feed_budget_waits_total", "Times that the requests of the parent organization were used up.")
        budgetLimit = gauge("docket_feed_budget_limit", "Requests a minute of the parent organization.")
        budgetRemaining = gauge(
            "docket_feed_budget_remaining", "Requests that the parent organization had left at the last answer.")
        backfillShare = gauge("docket_feed_backfill_permille", "How much of the past is read.")
        backfillLeft = gauge(
            "docket_feed_backfill_left_seconds", "How long the rest of the past will take; 0 when nobody can tell.")
        wholeUntil = gauge(
            "docket_feed_whole_until_seconds",
            "Everything that was created before, since 1970, is in the journal, but for what is listed late.")
        lastAnswer = metrics.gauge(
            "docket_feed_last_answer_seconds", "When the API last answered with a page, since 1970.", labels: labels)
        newest = metrics.gauge(
            "docket_feed_newest_seconds", "Creation of the newest activity in the journal, since 1970.", labels: labels)
        isStopped = metrics.gauge(
            "docket_feed_stopped", "1 when a person must act before the poller goes on.", labels: labels)
        faults = FaultCounters(metrics, "docket_feed_faults_total", labels: labels)
    }

    func count(_ fault: Fault) { faults.count(fault) }
}
