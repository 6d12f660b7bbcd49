public import Events
public import Network
public import Platform

/// Reads the reports of one key for as long as it runs.
///
/// ``ReportMachine`` decides, one for each report; this only carries out. The places go into the same append as the rows,
/// so a crash at any moment loses none, and what comes again replaces itself.
///
/// - Threads: those of its task. Waiting holds none.
public final class AnalyticsPoller: Sendable {
    let configuration: AnalyticsConfiguration
    let sink: any RecordSink
    let client: HTTPClient
    let clock: any Clock
    let log: Log
    let metrics: AnalyticsMetrics
    let wait: FeedPoller.Wait
    let chance: @Sendable () -> Double
    private let state = Locked(AnalyticsHealth())

    /// - Parameter wait: how to wait; a test may be quicker.
    /// - Parameter chance: 0 to 1, spreads the pauses after failures.
    public init(
        _ configuration: AnalyticsConfiguration, sink: any RecordSink, client: HTTPClient,
        clock: any Clock = SystemClock(), log: Log, metrics: MetricList,
        wait: @escaping FeedPoller.Wait = FeedPoller.sleep,
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.configuration = configuration
        self.sink = sink
        self.client = client
        self.clock = clock
        self.log = log
        self.metrics = AnalyticsMetrics(metrics, source: configuration.name, configuration.reports)
        self.wait = wait
        self.chance = chance
        let state = state
        CoverageGauges.add(to: metrics, source: configuration.name, clock: clock) { state.withLock { $0.place } }
    }

    public var name: SourceName { configuration.name }
    public var health: AnalyticsHealth { state.withLock { $0 } }

    /// One line for people.
    public var status: String {
        let health = health
        var parts = ["\(name): \(health.state.words)"]
        let done = configuration.reports.compactMap { report in
            health.completeUntil[report].map { "\(report.rawValue) up to \(UTCDay($0).date)" }
        }
        if !done.isEmpty { parts.append(done.joined(separator: ", ")) }
        if !health.stopped.isEmpty {
            parts.append("stopped: " + health.stopped.keys.map(\.rawValue).sorted().joined(separator: ", "))
        }
        return parts.joined(separator: "; ")
    }

    /// Polls until the task is cancelled, or until a person must act.
    public func run() async {
        guard var walk = AnalyticsWalk(self) else { return stop(.reportPlacesUnknown) }
        log.info("reading reports", ("source", "\(name)"), ("key", "\(configuration.key)"))
        while !Task.isCancelled {
            let began = clock.steady()
            do throws(Fault) {
                guard try await walk.round() else { break }
            } catch {
                metrics.count(error)
                await walk.sayOfAll(error)
                return stop(error)
            }
            if walk.isStopped { return stop(nil) }
            let now = clock.now()
            change {
                $0.state = .resting
                $0.lastRound = now
            }
            let left = configuration.interval - (clock.steady() - began)
            guard await wait(max(left, .seconds(0))) else { break }
        }
        change { $0.state = .ended }
    }

    private func stop(_ fault: Fault?) {
        if let fault { log.error("reports are not read any more", ("source", "\(name)"), ("fault", "\(fault)")) }
        metrics.isStopped.set(1)
        change { health in
            health.state = .stopped
            if let fault { health.lastFault = fault }
        }
    }

    func change(_ body: @Sendable (inout AnalyticsHealth) -> Void) { state.withLock { body(&$0) } }
}
