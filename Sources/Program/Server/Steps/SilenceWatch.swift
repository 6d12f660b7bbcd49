import Events
import Platform
import Query

/// Looks now and then whether a source that sent has fallen silent, so that nobody takes a quiet page for a quiet day.
///
/// - Threads: one of its own, of the lowest priority.
final class SilenceWatch: Sendable {
    private let engine: any TableEngine
    private let tenants: @Sendable () -> [TenantName]
    private let clock: any Clock
    private let log: Log
    private let found = Locked<[TenantName: [String: Silence]]>([:])
    /// Of the look that is being taken.
    private let cancellation = Locked<Cancellation?>(nil)
    private let rounds = Rounds()

    private static let pause = Timestamp.Span.minutes(5)
    /// How much longer than a look took the pause behind it is at least: it takes a thousandth of the time at most.
    private static let rest: Int64 = 1_000
    static let lookBack = Timestamp.Span.days(28)
    /// Sources and hours together that one look takes.
    private static let mostRows = 30_000

    init(
        _ engine: any TableEngine, of tenants: @escaping @Sendable () -> [TenantName], metrics: MetricList,
        clock: any Clock, log: Log
    ) {
        self.engine = engine
        self.tenants = tenants
        self.clock = clock
        self.log = log
        metrics.gauge("docket_silent_sources", "Sources that sent, and have been silent for unusually long.") {
            [found] in found.withLock { $0.values.reduce(0) { $0 + $1.count } }
        }
    }

    func start() {
        rounds.start("silence", isBackground: true, after: Self.pause) { [self] in
            let start = clock.steady()
            look()
            let took = clock.steady() - start
            return max(Self.pause, Timestamp.Span(nanoseconds: took.nanoseconds * Self.rest))
        }
    }

    /// Returns when the thread has ended.
    func stop() {
        rounds.stop { cancellation.withLock { $0 }?.cancel() }
    }

    /// What is silent of a tenant at the moment, as sentences.
    func sentences(for tenant: TenantName) -> [String] {
        found.withLock { $0[tenant] ?? [:] }.sorted { $0.key < $1.key }.map { source, silence in
            let longest = silence.longestBefore.nanoseconds / 3_600_000_000_000
            return
                "\(source): nothing has come since \(ServerProblems.minute(silence.since)); in four weeks it never "
                + "paused for more than \(longest + 1) hour\(longest == 0 ? "" : "s")."
        }
    }

    /// Looks once. What cannot be looked at keeps what was known of it.
    func look() {
        for tenant in tenants() where !rounds.isEnding {
            do throws(SearchError) {
                let silent = try silences(of: tenant)
                found.withLock { $0[tenant] = silent }
            } catch {
                log.debug("silence cannot be looked for", ("tenant", "\(tenant)"), ("error", "\(error)"))
            }
        }
    }

    private func silences(of tenant: TenantName) throws(SearchError) -> [String: Silence] {
        let now = clock.now()
        let cancellation = Cancellation()
        self.cancellation.withLock { $0 = cancellation }
        var request = TableRequest(
            tenant: "\(tenant)",
            text: """
                FROM events | WHERE NOT STARTS_WITH(data_stream.dataset, "docket.") \
                | STATS events = COUNT(*) BY source = data_stream.dataset, hour = BUCKET(event.ingested, 1 hour) \
                | SORT hour
                """,
            from: now - Self.lookBack, to: now, cancellation: cancellation)
        request.limits.rows = Self.mostRows
        request.limits.defaultRows = Self.mostRows
        let answer = try engine.table(request)
        var rhythms: [String: SourceRhythm] = [:]
        for row in answer.rows {
            guard case .text(let source) = row[1], case .integer(let hour) = row[2] else { continue }
            rhythms[source, default: SourceRhythm()].add(Timestamp(nanoseconds: hour * 1_000_000))
        }
        return rhythms.compactMapValues { $0.silence(now: now) }
    }
}
