public import Events
public import Platform

/// Reads the reports of one key for as long as it runs.
///
/// ``ReportMachine`` decides, one for each report; this only carries out. The places go into the same append as the rows,
/// so a crash at any moment loses none, and what comes again replaces itself.
///
/// - Threads: those of its task. Waiting holds none.
public final class AnalyticsPoller: Sendable {
    let configuration: AnalyticsConfiguration
    let means: PollerMeans
    let metrics: AnalyticsMetrics
    private let state = Locked(AnalyticsHealth())

    public init(_ configuration: AnalyticsConfiguration, with means: PollerMeans, metrics: MetricList) {
        self.means = means
        self.configuration = configuration
        self.metrics = AnalyticsMetrics(metrics, source: configuration.name, configuration.reports)
        let state = state
        CoverageGauges.add(to: metrics, source: configuration.name, clock: means.clock) { state.withLock { $0.place } }
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
        means.log.info("reading reports", ("source", "\(name)"), ("key", "\(configuration.key)"))
        while !Task.isCancelled {
            let began = means.clock.steady()
            do throws(Fault) {
                guard try await walk.round() else { break }
            } catch {
                metrics.count(error)
                await walk.sayOfAll(error)
                return stop(error)
            }
            if walk.isStopped { return stop(nil) }
            let now = means.clock.now()
            change {
                $0.state = .resting
                $0.lastRound = now
            }
            let left = configuration.interval - (means.clock.steady() - began)
            guard await means.wait(max(left, .seconds(0))) else { break }
        }
        change { $0.state = .ended }
    }

    private func stop(_ fault: Fault?) {
        if let fault { means.log.error("reports are not read any more", ("source", "\(name)"), ("fault", "\(fault)")) }
        metrics.isStopped.set(1)
        change { health in
            health.state = .stopped
            if let fault { health.lastFault = fault }
        }
    }

    func change(_ body: @Sendable (inout AnalyticsHealth) -> Void) { state.withLock { body(&$0) } }
}
