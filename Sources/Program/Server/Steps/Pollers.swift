import Events
import Intake
import Network
import Platform

/// The pollers of all feeds and reports, each in a task of its own.
final class Pollers: Sendable {
    private let client = HTTPClient()
    private let budgets: [String: FeedBudget]
    private let pollers: [FeedPoller]
    private let analytics: [AnalyticsPoller]
    private let directories: [DirectoryPoller]
    private let listings: [ListingPoller]
    private let tasks = Locked<[Task<Void, Never>]>([])

    init(
        _ feeds: [FeedConfiguration], _ analytics: [AnalyticsConfiguration], sink: any RecordSink, clock: any Clock,
        log: Log, metrics: MetricList
    ) {
        // The API counts requests by parent organization, so those who read the same one count together.
        var budgets: [String: FeedBudget] = [:]
        var pollers: [FeedPoller] = []
        var directories: [DirectoryPoller] = []
        var listings: [ListingPoller] = []
        for feed in feeds {
            let budget = budgets[feed.budgetName] ?? FeedBudget()
            budgets[feed.budgetName] = budget
            let means = PollerMeans(sink: sink, client: client, clock: clock, budget: budget, log: log)
            pollers.append(FeedPoller(feed, with: means, metrics: metrics))
            for (kind, interval) in feed.listings {
                listings.append(ListingPoller(kind, of: feed, every: interval, with: means, metrics: metrics))
            }
            guard let interval = feed.directoryInterval else { continue }
            directories.append(DirectoryPoller(feed, every: interval, with: means, metrics: metrics))
        }
        self.budgets = budgets
        self.pollers = pollers
        self.directories = directories
        self.listings = listings
        let means = PollerMeans(sink: sink, client: client, clock: clock, log: log)
        self.analytics = analytics.map { AnalyticsPoller($0, with: means, metrics: metrics) }
    }

    /// What all who read the organization of a feed hold together.
    func budget(of feed: FeedConfiguration) -> FeedBudget { budgets[feed.budgetName] ?? FeedBudget() }

    /// How each of them is doing, one line for each.
    var statuses: [String] { pollers.map(\.status) + analytics.map(\.status) + directories.map(\.status) }

    func start() {
        tasks.withLock { tasks in
            tasks = pollers.map { poller in Task { await poller.run() } }
            tasks += analytics.map { poller in Task { await poller.run() } }
            tasks += directories.map { poller in Task { await poller.run() } }
            tasks += listings.map { poller in Task { await poller.run() } }
        }
    }

    /// Ends the requests that are under way. A page that was not journaled is asked for again after a start.
    func stop() {
        for task in tasks.withLock({ $0 }) { task.cancel() }
        client.stop()
    }
}
