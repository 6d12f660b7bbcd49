import Events
import Journal
import Pipeline
import Platform
import Store
import Synchronization

/// Carries what is journaled into the store: read, map, append, show.
///
/// - Threads: one of its own, or that of ``catchUp()``.
final class Indexer: Sendable {
    /// What the indexing thread alone has.
    private struct Work: ~Copyable {
        let reader: JournalReader
        let writer: StoreWriter
        var enrichment: EnrichmentFiles
        var normalizer: Normalizer
        var documents = DocumentGroup()
    }

    private let journal: Journal
    private let work: Locked<WorkBox?>
    private let thread = Locked<OwnThread.Handle?>(nil)
    private let isStopping = Atomic<Bool>(false)
    private let errands = Errands<StoreWriter>()
    private let caughtUp = Atomic<Bool>(false)
    private let busy = Atomic<Bool>(true)
    private let indexed: Counter
    private let clock: any Clock
    private let log: Log

    /// Documents between two moments at which they become visible.
    private static let publishCount = 8_192
    private static let publishTime = Timestamp.Span.milliseconds(500)
    /// Records of one turn, half a second, from which on nothing else is to take time and memory.
    private static let busyCount = 1_024

    private final class WorkBox {
        var work: Work
        init(_ work: consuming Work) { self.work = work }
    }

    init(
        journal: Journal, store: EventStore, writer: sending StoreWriter, enrichment: consuming sending EnrichmentFiles,
        metrics: MetricList, clock: any Clock, log: Log
    ) {
        self.journal = journal
        self.clock = clock
        self.log = log
        let indexed = metrics.counter(
            "docket_indexed_records_total", "Records that the store has taken from the journal.")
        self.indexed = indexed
        let reached = reached
        metrics.gauge("docket_index_lag_records", "Records that are durable and cannot be found yet.") {
            let reached = reached.withLock { $0 }
            if reached.end >= journal.end { return 0 }
            return journal.counts.reduce(0) { $0 + Int($1.value - min($1.value, reached.next[$1.key] ?? 0)) }
        }
        let normalizer = Normalizer(enricher: enrichment.current, digest: EventDigests.make())
        work = Locked(
            WorkBox(
                Work(
                    reader: JournalReader(journal, from: store.position), writer: writer,
                    enrichment: enrichment, normalizer: normalizer)))
    }

    /// How far the store is: the position, and the next sequence of each tenant that was read since the start.
    private struct Reached: Sendable {
        var end = JournalPosition.start
        var next: [TenantName: UInt64] = [:]
    }

    private let reached = Locked(Reached())

    /// The store has all of the journal before it.
    var position: JournalPosition { reached.withLock { $0.end } }

    /// Whether the store had, at some moment since the start, everything that was durable then.
    var hasCaughtUp: Bool { caughtUp.load(ordering: .relaxed) }

    /// Whether much comes in, or waits to be taken.
    var isBusy: Bool { busy.load(ordering: .relaxed) }

    func start() {
        thread.withLock { thread in
            thread = OwnThread.start("indexer") { [self] in
                guard let box = work.withLock({ $0.take() }) else { return }
                defer { errands.end() }
                while !isStopping.load(ordering: .relaxed) || journal.end > box.work.reader.end {
                    errands.run(with: box.work.writer)
                    do throws(Fault) {
                        try step(&box.work, wait: .milliseconds(200))
                    } catch {
                        log.error("indexing waits", ("fault", "\(error)"))
                        if isStopping.load(ordering: .relaxed) { break }
                        _ = Pause.sleep(.seconds(5)) { isStopping.load(ordering: .relaxed) }
                    }
                }
            }
        }
    }

    /// Waits for what is written to be shown.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        thread.withLock { $0.take() }?.join()
    }

    // MARK: Erasing

    /// Takes documents out of the store.
    func erase(_ sequences: SequenceSet, of tenant: TenantName) throws(ErasureFailure) {
        _ = try answer { (writer) throws(Fault) in try writer.erase(sequences, of: tenant) }
    }

    /// Removes files that were written anew, as far as no search reads them.
    ///
    /// - Returns: whether none is left.
    func hasRemovedFiles() throws(ErasureFailure) -> Bool {
        try answer { (writer) throws(Fault) in try writer.removeReplaced() }
    }

    private func answer<Value: Sendable>(
        _ body: @escaping @Sendable (StoreWriter) throws(Fault) -> Value
    ) throws(ErasureFailure) -> Value {
        do throws(Fault) {
            return try ask(body)
        } catch {
            if error.code == .stopping { throw .ending }
            throw .failed("\(error)")
        }
    }

    // MARK: Merging

    /// Files that are worth being merged.
    func nextMerge() throws(Fault) -> SegmentMerge? {
        try ask { (writer) throws(Fault) in writer.nextMerge() }
    }

    /// - Returns: whether the new files are in the places of the old ones.
    func finish(_ merged: MergedSegments) throws(Fault) -> Bool {
        try ask { (writer) throws(Fault) in try writer.finish(merged) }
    }

    // MARK: Keeping and deleting

    func hold(_ rows: [HeldRows]) throws(Fault) { try ask { (writer) throws(Fault) in writer.hold(rows) } }

    func deleteExpired(_ retention: Retention) throws(Fault) -> [DeletedRows] {
        try ask { (writer) throws(Fault) in try writer.deleteExpired(retention) }
    }

    func nextTrim(_ retention: Retention, passed: inout Set<String>) throws(Fault) -> SegmentMerge? {
        let known = passed
        let (trim, looked) = try ask { (writer) throws(Fault) in
            var looked = known
            return (try writer.nextTrim(retention, passed: &looked), looked)
        }
        passed = looked
        return trim
    }

    /// Puts all that is shown into files.
    func sealAll() throws(Fault) { try ask { (writer) throws(Fault) in try writer.sealAll() } }

    /// Has the indexing thread do something with the writer, which is its alone; before that is started, this thread.
    private func ask<Value: Sendable>(
        _ body: @escaping @Sendable (StoreWriter) throws(Fault) -> Value
    ) throws(Fault) -> Value {
        if let box = work.withLock({ $0 }) { return try body(box.work.writer) }
        let result = errands.ask { writer -> Result<Value, Fault> in
            do throws(Fault) {
                return .success(try body(writer))
            } catch {
                return .failure(error)
            }
        }
        guard let result else { throw Fault(.stopping, .stop, "The store is being closed.") }
        return try result.get()
    }

    /// - Parameter progress: is told how many records were taken, and how far the journal is read.
    func catchUp(_ progress: (Int, JournalPosition) -> Void = { _, _ in }) throws(Fault) {
        guard let box = work.withLock({ $0 }) else { return }
        let end = journal.end
        var records = 0
        while box.work.reader.end < end {
            records += try step(&box.work, wait: .milliseconds(0))
            progress(records, box.work.reader.end)
        }
    }

    /// Exchanges documents of the past, on this thread; nothing is indexed meanwhile.
    func exchange(_ replay: Replay, _ source: Replay.Source, log: Log) throws(StartError) -> (added: Int, removed: Int)
    {
        guard let box = work.withLock({ $0 }) else { return (0, 0) }
        return try replay.exchange(source, in: box.work.writer, log: log)
    }

    /// Takes what is there, up to a bound, and shows it.
    ///
    /// - Returns: how many records that were.
    @discardableResult
    private func step(_ work: inout Work, wait: Timestamp.Span) throws(Fault) -> Int {
        var records = 0
        var last: JournalPosition?
        if let enrichment = work.enrichment.renewed() {
            work.normalizer = Normalizer(enricher: enrichment, digest: EventDigests.make())
        }
        let began = clock.steady()
        while let batch = try work.reader.next(wait: records == 0 ? wait : .milliseconds(0)) {
            let writer = work.writer
            work.normalizer.mapAll(of: batch, into: &work.documents) { index, stream, document in
                writer.append(document, stream: stream, of: batch, sequence: batch.firstSequence + UInt64(index))
            }
            records += batch.batch.entries.count
            last = batch.end
            reached.withLock {
                $0.next[batch.batch.tenant] = batch.firstSequence + UInt64(batch.batch.entries.count)
            }
            if records >= Self.publishCount || clock.steady() - began > Self.publishTime { break }
        }
        try work.writer.publish(upTo: last ?? work.reader.end)
        indexed.add(records)
        busy.store(records >= Self.busyCount, ordering: .relaxed)
        let end = work.reader.end
        reached.withLock { $0.end = end }
        if work.reader.end >= journal.end { caughtUp.store(true, ordering: .relaxed) }
        return records
    }
}

/// Waiting in small pieces, so that a stop is not waited for.
enum Pause {
    /// - Returns: whether `isOver` ended it early.
    static func sleep(_ span: Timestamp.Span, until isOver: () -> Bool) -> Bool {
        let nothing = Waitable(())
        var left = span.nanoseconds
        while left > 0 {
            if isOver() { return true }
            let piece = min(left, 100_000_000)
            _ = nothing.wait(atMost: Timestamp.Span(nanoseconds: piece)) { _ in nil as Bool? }
            left -= piece
        }
        return isOver()
    }
}
