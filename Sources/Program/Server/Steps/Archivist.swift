import Archive
import Events
import Integrity
import Journal
import Ledger
import Platform
import Synchronization

/// Follows the journal behind the logs and puts what they cover into the archive: keys, objects, manifests.
///
/// It holds nobody up. When the archive cannot be reached, records stay in the journal, the lag is measured, and a
/// person is told.
///
/// - Threads: one of its own.
final class Archivist: Sendable {
    private let configuration: ArchiveConfiguration
    private let data: String
    private let sink: any RecordSink
    private let clock: any Clock
    private let log: Log
    private let metrics: ArchiveMetrics
    private let isStopping = Atomic<Bool>(false)
    private let thread = Locked<OwnThread.Handle?>(nil)
    private let archived = Locked(JournalPosition.start)
    private let keyRounds = Locked<UInt64>(0)

    /// How often it is looked whether there is something to archive.
    private static let look = Timestamp.Span.seconds(1)
    /// Behind it a person should know that the archive lags, besides the stretch of time that gathers in any case.
    private static let patience = Timestamp.Span.minutes(15)

    /// - Parameter sink: where what came of drills is written down.
    init(
        _ configuration: ArchiveConfiguration, data: String, sink: any RecordSink, metrics: MetricList,
        clock: any Clock, log: Log
    ) {
        self.configuration = configuration
        self.sink = sink
        self.data = data
        self.clock = clock
        self.log = log
        self.metrics = ArchiveMetrics(metrics)
    }

    /// How often the copies of keys were made to be what the keys are; `nil` when there are no copies.
    var copiedKeys: UInt64? { configuration.keys == nil ? nil : keyRounds.withLock { $0 } }

    /// Everything before it is in the archive. Whoever deletes from the journal stops here.
    var position: JournalPosition { archived.withLock { $0 } }

    func start() {
        thread.withLock { thread in
            thread = OwnThread.start("archive") { [self] in
                while !isStopping.load(ordering: .relaxed) {
                    do throws(ArchiveError) {
                        try follow()
                    } catch {
                        tell(error)
                        _ = Pause.sleep(error.pause) { isStopping.load(ordering: .relaxed) }
                    }
                }
            }
        }
    }

    /// Returns when nothing is being sent any more. What is not archived yet is archived after the next start.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        thread.withLock { $0.take() }?.join()
    }

    private func tell(_ error: ArchiveError) {
        metrics.failures.add()
        if case .again = error {
            log.warning("the archive waits", ("error", "\(error)"))
        } else {
            metrics.stopped.set(1)
            log.error("nothing is archived", ("error", "\(error)"))
        }
    }

    /// Opens everything anew and goes on, also over failures that pass.
    private func follow() throws(ArchiveError) {
        let stop: @Sendable () -> Bool = { [self] in isStopping.load(ordering: .relaxed) }
        let target = configuration.target(clock: clock) { span in _ = Pause.sleep(span, until: stop) }
        try target.check()
        let ledger = FolderDisk(folder: "\(data)/ledger")
        let keys = configuration.keyPlace(clock: clock) { span in _ = Pause.sleep(span, until: stop) }
            .map { KeyCopies(disk: ledger, place: $0, metrics: metrics) }
        try keys?.copy()
        let folder = FolderDisk(folder: "\(data)/archive")
        try onDisk { () throws(DiskError) in try FolderDisk.makeFolder(folder.folder) }
        let writer = try ArchiveWriter(
            disk: folder, settings: configuration.settings, target: target, metrics: metrics)
        let drills = DrillRecorder(disk: folder, sink: sink)
        var position = writer.position
        while !stop() {
            do throws(ArchiveError) {
                try onDisk { () throws(DiskError) in try drills.record() }
                // First the keys: no object is ever without them.
                try keys?.copy()
                keyRounds.withLock { $0 += 1 }
                try archive(writer, ledger, from: &position)
                metrics.stopped.set(0)
                _ = Pause.sleep(Self.look, until: stop)
            } catch {
                tell(error)
                _ = Pause.sleep(error.pause, until: stop)
                if writer.mustReopen { return }
            }
            if writer.mustRewind { position = writer.position }
        }
    }

    private func onDisk<Result>(_ body: () throws(DiskError) -> Result) throws(ArchiveError) -> Result {
        do throws(DiskError) {
            return try body()
        } catch {
            throw .disk(error)
        }
    }

    /// - Returns: `nil` before there are logs.
    private func view(_ disk: FolderDisk) throws(ArchiveError) -> LedgerView? {
        do throws(LedgerError) {
            return try LedgerView(disk: disk)
        } catch {
            switch error {
            case .disk(let error): throw .disk(error)
            case .state: return nil
            default: throw .refused("the archive waits: \(error)")
            }
        }
    }

    /// Takes what the logs have, and archives what is over.
    ///
    /// - Parameter position: where to go on in the journal.
    private func archive(
        _ writer: ArchiveWriter, _ ledger: FolderDisk, from position: inout JournalPosition
    ) throws(ArchiveError) {
        guard let view = try view(ledger) else { return }
        let journal = Journal.reading(FolderDisk(folder: "\(data)/journal"), upTo: view.position, log: log)
        let reader = JournalReader(journal, from: position)
        while let batch = try next(reader) {
            try writer.take(batch, ArchivedLogs(view: view))
            position = reader.end
            if isStopping.load(ordering: .relaxed) { return }
        }
        position = max(position, reader.end)
        defer {
            archived.withLock { $0 = writer.position }
            measure(view, writer)
        }
        // A new view, so that the last checkpoint is not one that the old view does not reach.
        guard let now = try self.view(ledger) else { return }
        try writer.finish(now: clock.now(), ArchivedLogs(view: now))
    }

    private func next(_ reader: JournalReader) throws(ArchiveError) -> JournaledBatch? {
        do throws(Fault) {
            return try reader.next()
        } catch {
            throw .again("the archive waits for the journal: \(error)", after: .seconds(5))
        }
    }

    private func measure(_ view: LedgerView, _ writer: ArchiveWriter) {
        let lag = view.logs.reduce(0) { $0 + Int($1.size - min($1.size, writer.archived(of: $1.tenant))) }
        metrics.lagRecords.set(lag)
        let oldest = writer.oldest.map { clock.now() - $0 } ?? .seconds(0)
        metrics.lagSeconds.set(Int(max(0, oldest.nanoseconds) / 1_000_000_000))
        let patience = Timestamp.Span(
            nanoseconds: configuration.settings.roll.nanoseconds + Self.patience.nanoseconds)
        if lag > 0, oldest > patience {
            log.warning(
                "the archive lags", ("records", .number(lag)),
                ("seconds", .number(Int(oldest.nanoseconds / 1_000_000_000))))
        }
    }
}
