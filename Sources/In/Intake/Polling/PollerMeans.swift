public import Events
public import Network
public import Platform

/// What every poller works with: where records go, how it asks, and how it waits.
public struct PollerMeans: Sendable {
    /// Waits, and tells whether to go on: false when the task was cancelled.
    public typealias Wait = @Sendable (Timestamp.Span) async -> Bool

    let sink: any RecordSink
    let client: HTTPClient
    let clock: any Clock
    /// Of requests; shared by all who read the same parent organization.
    let budget: FeedBudget
    let log: Log
    let wait: Wait
    /// 0 to 1, spreads the pauses after failures.
    let chance: @Sendable () -> Double

    /// - Parameter wait: how to wait; a test may be quicker.
    public init(
        sink: any RecordSink, client: HTTPClient, clock: any Clock = SystemClock(), budget: FeedBudget = FeedBudget(),
        log: Log, wait: @escaping Wait = PollerMeans.sleep,
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.sink = sink
        self.client = client
        self.clock = clock
        self.budget = budget
        self.log = log
        self.wait = wait
        self.chance = chance
    }

    @Sendable public static func sleep(_ span: Timestamp.Span) async -> Bool {
        do {
            try await Task.sleep(nanoseconds: UInt64(max(0, span.nanoseconds)))
            return !Task.isCancelled
        } catch {
            return false
        }
    }
}
