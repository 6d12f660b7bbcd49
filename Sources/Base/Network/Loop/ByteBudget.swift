import Platform
import Synchronization

/// Bytes that a whole server may hold at a time.
///
/// - Threads: any, without a lock.
final class ByteBudget: Sendable {
    private let most: Int
    private let taken = Atomic<Int>(0)
    private let gauge: Gauge

    init(_ most: Int, gauge: Gauge) {
        self.most = most
        self.gauge = gauge
    }

    /// - Returns: false, and nothing is taken, when they are not there.
    func take(_ amount: Int) -> Bool {
        let (sum, overflow) = taken.load(ordering: .relaxed).addingReportingOverflow(amount)
        guard !overflow, sum <= most else { return false }
        // Two threads may pass the check at once; the budget is a bound on memory, not an account.
        gauge.set(taken.wrappingAdd(amount, ordering: .relaxed).newValue)
        return true
    }

    func give(_ amount: Int) {
        guard amount > 0 else { return }
        gauge.set(taken.wrappingSubtract(amount, ordering: .relaxed).newValue)
    }
}
