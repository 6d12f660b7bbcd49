import Console
import Events
import Platform

/// Compares records with what was signed of them without being asked, a stretch at a time: first those that nobody has
/// compared yet, then all of them again in turn. Whoever tampers with the record is not safe because nobody looks.
///
/// - Threads: one of its own, of the lowest priority. It gives way to comparisons that people ask for.
final class StandingCheck: Sendable {
    private let keeper: IntegrityKeeper
    private let tenants: @Sendable () -> [TenantName]
    private let interval: Timestamp.Span
    private let clock: any Clock
    private let log: Log
    private let rounds = Rounds()

    /// Records at once: what a comparison that gives way has done in vain is little.
    static let stretch: UInt64 = 1 << 18
    /// A fresh record is looked at soon, and not while the server starts.
    private static let firstPause = Timestamp.Span.minutes(1)

    /// - Parameter interval: zero for never.
    init(
        _ keeper: IntegrityKeeper, every interval: Timestamp.Span, of tenants: @escaping @Sendable () -> [TenantName],
        clock: any Clock, log: Log
    ) {
        self.keeper = keeper
        self.interval = interval
        self.tenants = tenants
        self.clock = clock
        self.log = log
    }

    func start() {
        guard interval > .seconds(0) else { return }
        rounds.start("standing", isBackground: true, after: min(Self.firstPause, interval)) { [self] in
            round()
            return interval
        }
    }

    /// Returns when the thread has ended. The keeper must have been stopped before, so that a comparison ends.
    func stop() { rounds.stop() }

    /// Takes at most a tenth of the time, so that a record that grows quickly is not compared all day long.
    func round() {
        let end = clock.steady() + Timestamp.Span(nanoseconds: interval.nanoseconds / 10)
        for tenant in tenants() {
            do throws(IntegrityProblem) {
                while let (rows, isNew) = try keeper.nextUnasked(of: tenant, most: Self.stretch) {
                    guard keeper.compareUnasked(rows, of: tenant), isNew, clock.steady() < end else { break }
                }
            } catch {
                log.warning("records cannot be compared", ("tenant", "\(tenant)"), ("problem", "\(error.message)"))
            }
        }
    }
}
