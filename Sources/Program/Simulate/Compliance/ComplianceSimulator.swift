public import Codecs
public import Network
public import Platform

/// A server that behaves as the Compliance API does, with an organization that does not exist.
///
///     let simulator = try ComplianceSimulator(seed: 7, count: 2_500, faults: [.late, .rateStorm])
///     simulator.start()
///     … simulator.url … simulator.truth …
///
/// - Threads: any.
/// - Source: *Compliance API*, platform.claude.com/docs/en/api/compliance/activities/list, 2026-08-21.
public final class ComplianceSimulator: Sendable {
    /// What is simulated.
    public struct Options: Sendable {
        /// The same seed and count give the same activities.
        public var seed: UInt64 = 1
        /// - Default: 40
        public var people = 40
        /// Activities that are there from the start.
        public var count = 2_500
        /// How long before the start the oldest one was created. - Default: 20 h
        public var before = Timestamp.Span.hours(20)
        /// How long after the start the newest one is. - Default: 0
        public var after = Timestamp.Span.seconds(0)
        /// Activities that are added while it runs. - Default: 0
        public var perMinute = 0
        /// How often something changes in the directory; `nil` for never.
        public var driftEvery: Timestamp.Span?
        /// Chats, and as many sessions. - Default: 60
        public var chats = 60
        public var keys = [SimulatedKey.standard]
        /// Requests over all keys. - Default: 600
        public var requestsPerMinute = 600
        public var faults: Set<SimulatedFault> = []
        /// How often a request meets one of the faults, from 0 to 1. - Default: 0.15
        public var faultChance = 0.15
        /// How long a slow page takes. - Default: 300 ms
        public var slowness = Timestamp.Span.milliseconds(300)
        /// How late the latest of the late activities are. - Default: 8 min
        public var lateness = Timestamp.Span.minutes(8)
        public var reportKeys = [SimulatedKey.enterprise, SimulatedKey.console]
        /// Requests for reports over all keys. - Default: 60
        public var reportRequestsPerMinute = 60
        /// The most elements of a page of a report, whatever is asked for.
        public var reportPageLimit = 1_000
        /// - Default: 127.0.0.1
        public var address = "127.0.0.1"
        /// - Default: 0, any free one
        public var port = 0

        public init() {}
    }

    private let desk: Locked<ComplianceDesk>
    private let reports: Locked<AnalyticsDesk>
    private let clock: any Clock
    private let server: HTTPServer

    /// - Parameter clock: decides what has happened yet; a test may turn it.
    public init(
        _ options: Options, clock: any Clock = SystemClock(), log: Log = Log("simulate", least: .warning)
    ) throws(NetworkError) {
        let desk = Locked(ComplianceDesk(options, start: clock.now()))
        let slowness = options.slowness
        let reports = Locked(AnalyticsDesk(options))
        self.desk = desk
        self.reports = reports
        self.clock = clock
        server = try HTTPServer(
            listeners: [
                Listener(options.address, port: options.port) { request, responder in
                    // Held for as long as a page is written: the simulator serves a few clients, not many.
                    let isReport = AnalyticsDesk.answers(request.path)
                    let (response, way) =
                        isReport
                        ? reports.withLock { $0.answer(request, at: clock.now()) }
                        : desk.withLock { $0.answer(request, at: clock.now()) }
                    Self.send(response, way, responder, slowness)
                }
            ], log: log)
    }

    public convenience init(
        seed: UInt64, count: Int, faults: Set<SimulatedFault> = [], clock: any Clock = SystemClock()
    ) throws(NetworkError) {
        var options = Options()
        options.seed = seed
        options.count = count
        options.faults = faults
        try self.init(options, clock: clock)
    }

    private static func send(
        _ response: HTTPResponse, _ way: ComplianceDesk.Way, _ responder: Responder, _ slowness: Timestamp.Span
    ) {
        switch way {
        case .atOnce: responder.send(response)
        case .late:
            OwnThread.start("slow-page") {
                _ = Waitable(()).wait(atMost: slowness) { _ in Optional<Void>.none }
                responder.send(response)
            }
        case .cut:
            var half = response
            half.body.removeLast(half.body.count / 2 + 1)
            responder.stream(half).abort()
        }
    }

    public func start() { server.start() }
    public func stop() { server.stop(grace: .seconds(1)) }

    public var port: Int { server.addresses[0].port }
    public var url: String { "http://\(server.addresses[0])" }

    /// Ids of all activities that were or will be listed, without the calls that a client made.
    public var truth: [String] { desk.withLock { $0.feed.truth } }

    /// Ids of the activities that are calls of a client.
    public var noise: [String] { desk.withLock { $0.feed.noiseIDs } }

    /// Figures of the last days change, as those of the real API do for a month.
    public func reviseReports() {
        let now = clock.now()
        reports.withLock { $0.revise(at: now) }
    }

    /// The rows of a day that a report has now.
    ///
    /// - Parameter report: as the path has it: `usage_report/messages`; `console/cost_report` for that of the Console.
    /// - Parameter day: of this moment.
    public func reportRows(
        _ report: String, of day: Timestamp, groups: Set<String>, in part: (minute: Int, count: Int)? = nil
    ) -> [JSONValue] {
        guard let report = SimulatedReports.Report(rawValue: report) else { return [] }
        return reports.withLock { $0.reports.rows(report, SimulatedReports.day(of: day), groups: groups, in: part) }
    }

    /// Adds what a story says happened.
    ///
    /// - Returns: its id; `nil` for a type that does not exist.
    func add(_ planned: PlannedActivity, created: Timestamp, visible: Timestamp) -> String? {
        desk.withLock { $0.feed.add(planned, created: created, visible: visible) }
    }

    /// Changes of the directory so far, as a poller must tell them: `user_added user_01…`.
    public var drifts: [String] { desk.withLock { $0.people.directory.drifts.map { "\($0.type) \($0.id)" } } }

    /// Changes something in the directory.
    public func drift() { desk.withLock { $0.people.directory.drift() } }

    /// Somebody goes on with a chat, and a session in the cloud ends.
    public func goOn() {
        let now = clock.now()
        desk.withLock { $0.content.content.goOn(at: now) }
    }

    /// Forgets the keys, as when somebody deletes them.
    public func refuseKeys() { desk.withLock { $0.areKeysRefused = true } }
    public func acceptKeys() { desk.withLock { $0.areKeysRefused = false } }

    /// Ids of the people who have chats.
    public var chatOwners: [String] {
        desk.withLock { Set($0.content.content.chats.map(\.person.id)).sorted() }
    }

    /// Ids of the chats that can be read.
    public var readableChats: [String] {
        desk.withLock { $0.content.content.chats.filter { !$0.isGone }.map(\.id) }
    }

    /// How many requests there were.
    public var requests: Int { desk.withLock { $0.requests } }
}
