public import Events
import Network
public import Platform

/// Reads the Activity Feed of one key for as long as it runs.
///
/// ``FeedMachine`` decides; this only carries out: it asks, waits, and hands pages to the journal. The place
/// goes into the same append as the page's activities, so a crash at any moment neither loses nor doubles one.
///
///     let poller = FeedPoller(configuration, with: means, metrics: metrics)
///     await poller.run()      // in a task; cancel it to stop
///
/// - Threads: those of its task. Waiting holds none.
public final class FeedPoller: Sendable {
    let configuration: FeedConfiguration
    let means: PollerMeans
    let metrics: FeedMetrics
    private let state = Locked(FeedHealth())
    private let trouble = Locked(FeedTroubles())
    /// When the record was last told of trouble.
    private let lastWord = Locked(Timestamp(nanoseconds: .min))

    public init(_ configuration: FeedConfiguration, with means: PollerMeans, metrics: MetricList) {
        self.means = means
        self.configuration = configuration
        self.metrics = FeedMetrics(metrics, source: configuration.name)
        let state = state
        CoverageGauges.add(to: metrics, source: configuration.name, clock: means.clock) { state.withLock { $0.place } }
    }

    public var name: SourceName { configuration.name }
    public var health: FeedHealth { state.withLock { $0 } }

    /// One line for people.
    public var status: String {
        let health = health
        var parts = ["\(name): \(health.state.words)"]
        if let whole = health.place?.ends.first?.whole { parts.append("whole up to \(RFC3339.text(whole))") }
        if let share = health.backfillShare {
            // Tenths: six years take a while.
            let tenths = Int(share * 1_000)
            parts.append("\(tenths / 10).\(tenths % 10) % of the past is read")
            if let reached = health.backfillReached { parts.append("back to \(RFC3339.text(reached))") }
            parts.append(
                health.backfillLeft.map { "done at about \(RFC3339.text(means.clock.now() + $0))" }
                    ?? "nobody can tell yet when it is done")
        }
        return parts.joined(separator: "; ")
    }

    /// Polls until the task is cancelled, or until a person must act.
    public func run() async {
        guard var walk = FeedWalk(self) else {
            return stop(.bookmarkUnknown)
        }
        means.log.info("reading the feed", ("source", "\(name)"), ("key", "\(configuration.key)"))
        var isNewRound = true
        while !Task.isCancelled {
            let began = means.clock.steady()
            do throws(Fault) {
                guard try await walk.round(isNew: isNewRound) else { break }
                isNewRound = true
                change { $0.state = .resting }
                let left = configuration.interval - (means.clock.steady() - began)
                guard await means.wait(max(left, .seconds(0))) else { break }
            } catch {
                guard let pause = failed(error, &walk) else { return }
                isNewRound = error.remedy == .aside
                change { $0.state = .waiting(until: means.clock.now() + pause) }
                guard await means.wait(pause) else { break }
            }
        }
        change { $0.state = .ended }
    }

    /// - Returns: how long to wait; `nil` when a person must act.
    private func failed(_ fault: Fault, _ walk: inout FeedWalk) -> Timestamp.Span? {
        note(fault)
        change { $0.lastFault = fault }
        if fault.code == .rateLimited, case .again(let wish) = fault.remedy {
            means.budget.pause(until: means.clock.steady() + (wish ?? FeedPace.shortest))
        }
        if let first = troubles.first,
            means.clock.now() >= max(first.since, lastWord.withLock { $0 }) + Self.longestTrouble
        {
            record("waiting")
        }
        switch fault.remedy {
        case .stop:
            record("stopped")
            stop(fault)
            return nil
        case .aside:
            means.log.warning("the feed was not read", ("source", "\(name)"), ("fault", "\(fault)"))
            return configuration.interval
        case .again(let wish):
            means.log.warning("the feed was not read", ("source", "\(name)"), ("fault", "\(fault)"))
            return walk.pace.failed(wish: wish, chance: means.chance())
        }
    }

    private func stop(_ fault: Fault) {
        means.log.error("the feed is not read any more", ("source", "\(name)"), ("fault", "\(fault)"))
        metrics.isStopped.set(1)
        change { health in
            health.state = .stopped
            health.lastFault = fault
        }
    }

    /// How long something may be in the way until the record says so; otherwise it is said with the next page.
    static let longestTrouble = Timestamp.Span.minutes(5)

    /// Says in the record what is in the way. Where that is the journal, it will not take it.
    private func record(_ walk: String) {
        var record = FeedPageRecord(source: name, walk: walk)
        record.requestID = health.lastRequestID
        record.trouble = troubles
        let now = means.clock.now()
        lastWord.withLock { $0 = now }
        var batch = RecordBatch(tenant: configuration.tenant, source: name)
        record.own.append(to: &batch)
        means.sink.append(batch) { _ in }
    }

    // MARK: What is in the way

    var troubles: [FeedPageRecord.Trouble] { trouble.withLock { $0.all } }
    func clearTroubles() { trouble.withLock { $0.clear() } }

    func note(_ fault: Fault) {
        metrics.count(fault)
        let now = means.clock.now()
        trouble.withLock { $0.note(fault.code, at: now) }
    }

    /// What an answer says of the requests that are left.
    func learn(_ response: HTTPResponse) {
        means.budget.learn(response, at: (means.clock.now(), means.clock.steady()))
        metrics.budgetLimit.set(means.budget.limit)
        if let remaining = means.budget.remaining { metrics.budgetRemaining.set(remaining) }
    }

    func change(_ body: @Sendable (inout FeedHealth) -> Void) { state.withLock { body(&$0) } }
}

extension Timestamp.Span {
    static func - (left: Timestamp.Span, right: Timestamp.Span) -> Timestamp.Span {
        Timestamp.Span(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
}
