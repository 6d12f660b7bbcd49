import Events
import Platform

/// A sink that keeps batches as the journal would: in order, with the time of their acceptance.
final class StampedSink: RecordSink {
    private let clock: any Clock
    private let kept = Locked<(batches: [JournaledBatch], bookmark: [UInt8]?)>(([], nil))

    init(_ clock: any Clock) { self.clock = clock }

    var batches: [JournaledBatch] { kept.withLock { $0.batches } }

    func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
        let now = clock.now()
        kept.withLock { kept in
            if let bookmark = batch.bookmark { kept.bookmark = bookmark }
            kept.batches.append(
                JournaledBatch(batch: batch, firstSequence: 0, accepted: now, position: .start, end: .start))
        }
        done(.success(()))
    }

    func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? { kept.withLock { $0.bookmark } }
}
