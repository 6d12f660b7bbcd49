import Events
import Glibc
import Ledger
import Pipeline
import Platform

/// Compares records with their leaves on all processors: the records of a batch need nothing of other batches.
///
/// - Full: whoever hands over a batch then compares it itself.
/// - Threads: one hands over.
final class ComparerTeam: Sendable {
    /// What one batch at a time is compared with.
    // Proof for @unchecked: it is in no list while a thread uses it.
    private final class Member: @unchecked Sendable {
        let comparer: RecordComparer
        var cut = RecordCut()

        init(_ moment: LedgerView.Moment) { comparer = RecordComparer(moment) }

        func compare(_ batch: JournaledBatch) throws(LedgerError) -> RecordComparison {
            try comparer.compare(batch) { cut.content(of: $0, in: batch.batch, $1) }
        }
    }

    private struct Shared: Sendable {
        var free: [Member] = []
        var found = RecordComparison()
        var failure: LedgerError?
    }

    private let moment: LedgerView.Moment
    private let shared = Locked(Shared())
    /// `nil` where there is one processor.
    private let pool: WorkerPool?

    /// Batches that wait. - Unit: batches, of a megabyte each as a rule
    private static let waiting = 4

    init(_ moment: LedgerView.Moment) {
        self.moment = moment
        let others = min(max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), 8) - 1
        pool = others > 0 ? WorkerPool("verify", threads: others, queue: Self.waiting) : nil
    }

    /// Records that were compared so far.
    var records: UInt64 { shared.withLock { $0.found.records } }

    func compare(_ batch: JournaledBatch) {
        let isTaken = pool?.submit { [self] in compareNow(batch) } ?? false
        if !isTaken { compareNow(batch) }
    }

    /// Waits for all that was handed over.
    func finish() throws(LedgerError) -> RecordComparison {
        pool?.stop()
        let (found, failure) = shared.withLock { ($0.found, $0.failure) }
        if let failure { throw failure }
        return found
    }

    private func compareNow(_ batch: JournaledBatch) {
        let member = shared.withLock { $0.free.popLast() } ?? Member(moment)
        let result = Result { () throws(LedgerError) in try member.compare(batch) }
        shared.withLock { shared in
            shared.free.append(member)
            switch result {
            case .success(let found): shared.found.merge(found)
            case .failure(let error): shared.failure = shared.failure ?? error
            }
        }
    }
}
