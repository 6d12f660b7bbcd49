import Codecs
import Events
import Integrity
import Journal
import Ledger
import Pipeline
import Platform
import Synchronization

/// Follows the journal and keeps the log of each tenant: read, cut, add, publish.
///
/// - Threads: one of its own.
final class LedgerKeeper: Sendable {
    private let journal: Journal
    private let folder: String
    private let instance: KeyName
    private let signer: any CheckpointSigner
    private let clock: any Clock
    private let log: Log
    private let metrics: LedgerMetrics
    private let isFailed: Gauge
    private let isKeyStrange: Gauge
    private let isStopping = Atomic<Bool>(false)
    private let errands = Errands<Ledger>()
    private let reached = Locked(JournalPosition.start)
    private let heads = Locked<[TenantName: SignedHead]>([:])
    private let thread = Locked<OwnThread.Handle?>(nil)

    /// How long a record waits to be covered by a checkpoint at the most, if the signer answers at once.
    private static let publishTime = Timestamp.Span.milliseconds(500)
    /// Records between two checkpoints, so that memory has a bound.
    private static let publishCount = 16_384

    init(
        journal: Journal, folder: String, instance: KeyName, signer: any CheckpointSigner, metrics: MetricList,
        clock: any Clock, log: Log
    ) {
        self.journal = journal
        self.folder = folder
        self.instance = instance
        self.signer = signer
        self.clock = clock
        self.log = log
        self.metrics = LedgerMetrics(metrics)
        isFailed = metrics.gauge(
            "docket_ledger_stopped", "1 when the logs do not follow the journal any more: a person must look.")
        isKeyStrange = metrics.gauge(
            "docket_ledger_strange_key", "1 when the keys of the signer are not to be believed: a person must look.")
    }

    func start() {
        thread.withLock { thread in
            thread = OwnThread.start("ledger") { [self] in
                defer { errands.end() }
                // Also a stop that comes at once finds what is journaled in the logs.
                repeat {
                    do throws(LedgerError) {
                        try follow()
                    } catch {
                        guard case .disk = error else {
                            isFailed.set(1)
                            return log.error("the logs are not kept any more", ("error", "\(error)"))
                        }
                        // Everything is opened anew and goes on from what is durable for certain.
                        log.error("the logs wait for the disk", ("error", "\(error)"))
                        _ = Pause.sleep(.seconds(5)) { isStopping.load(ordering: .relaxed) }
                    }
                } while !isStopping.load(ordering: .relaxed)
            }
        }
    }

    /// Returns when what was journaled is signed, or cannot be.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        thread.withLock { $0.take() }?.join()
    }

    /// The logs have leaves of everything in the journal before it.
    var position: JournalPosition { reached.withLock { $0 } }

    /// How much of a tenant's log is signed; `nil` when nothing is, or the logs are not open yet.
    func signed(of tenant: TenantName) -> SignedHead? { heads.withLock { $0[tenant] } }

    /// Takes the seeds of records away.
    func forget(_ sequences: SequenceSet, of tenant: TenantName) throws(ErasureFailure) {
        let failure = errands.ask { ledger -> LedgerError? in
            do throws(LedgerError) {
                // What is in memory alone has seeds, too.
                try ledger.forget(sequences, of: tenant)
                return nil
            } catch {
                return error
            }
        }
        switch failure {
        case .some(nil): return
        case .some(let error?): throw .failed("\(error)")
        case nil: throw .ending
        }
    }

    private func follow() throws(LedgerError) {
        let ledger = try Ledger(
            disk: FolderDisk(folder: folder), instance: instance, signer: signer, metrics: metrics, log: log)
        let reader = JournalReader(journal, from: ledger.position)
        var cut = RecordCut()
        heads.withLock { [signed = ledger.signed] in $0 = signed }
        var added = 0
        var published = clock.steady()
        let keys = KeyKeeper(signer, ledger: folder, journal: journal, strange: isKeyStrange, log: log)
        var nextLook = clock.steady()
        while true {
            let isLast = isStopping.load(ordering: .relaxed) && journal.end <= reader.end
            let batch = try next(reader, wait: isLast || added > 0 ? .milliseconds(50) : .milliseconds(200))
            if let batch {
                try ledger.append(batch) { index, add in cut.content(of: index, in: batch.batch, add) }
                added += batch.batch.entries.count
            }
            reached.withLock { [end = reader.end] in $0 = end }
            errands.run(with: ledger)
            let isDue = isLast || added >= Self.publishCount || clock.steady() - published >= Self.publishTime
            if isDue, added > 0 || ledger.hasUnsigned {
                try ledger.publish(upTo: reader.end)
                heads.withLock { [signed = ledger.signed] in $0 = signed }
                added = 0
                published = clock.steady()
            }
            if !isLast, clock.steady() >= nextLook {
                let pause = try keys.look()
                nextLook = clock.steady() + pause
            }
            guard isLast else { continue }
            // What was signed just now comes into the log of all logs with the next round.
            if ledger.hasUnsigned { try ledger.publish(upTo: reader.end) }
            return
        }
    }

    private func next(_ reader: JournalReader, wait: Timestamp.Span) throws(LedgerError) -> JournaledBatch? {
        do throws(Fault) {
            return try reader.next(wait: wait)
        } catch {
            if error.remedy == .stop { throw .journal("\(error)") }
            log.warning("the logs wait for the journal", ("fault", "\(error)"))
            _ = Pause.sleep(.seconds(1)) { isStopping.load(ordering: .relaxed) }
            return nil
        }
    }
}
