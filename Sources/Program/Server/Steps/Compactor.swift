import Events
import Platform
import Store
import Synchronization

/// Keeps the store's files in order in the background: merges them, one merge at a time, and deletes what is too old.
///
/// Whatever comes in has precedence: as long as the indexer has work, nothing is merged, unless files have piled up.
///
/// - Threads: one of its own, at the lowest priority.
final class Compactor: Sendable {
    private let indexer: Indexer
    private let retainer: Retainer
    private let merger: SegmentMerger
    private let clock: any Clock
    private let log: Log
    private let isStopping = Atomic<Bool>(false)
    private let thread = Locked<OwnThread.Handle?>(nil)
    private let failures: Counter
    private let segments: @Sendable () -> Int

    private static let look = Timestamp.Span.seconds(2)
    /// Files from which on searches get slower than intake may be held up.
    private static let crowd = 1_000

    /// How often it is looked for what is too old.
    private static let retaining = Timestamp.Span.hours(1)

    init(
        _ indexer: Indexer, retainer: Retainer, merger: SegmentMerger, store: EventStore, metrics: MetricList,
        clock: any Clock, log: Log
    ) {
        self.indexer = indexer
        self.retainer = retainer
        self.merger = merger
        segments = { store.segmentCount }
        self.clock = clock
        self.log = log
        failures = metrics.counter(
            "docket_store_merge_failures_total", "Merges and deletions of files that came to nothing.")
    }

    func start() {
        thread.withLock { thread in
            thread = OwnThread.start("compactor", isBackground: true) { [self] in
                var retained: Timestamp?
                while !Pause.sleep(Self.look, until: { isEnding }) {
                    do {
                        try retainer.recordHolds()
                        guard !indexer.isBusy || segments() > Self.crowd else { continue }
                        if retained.map({ clock.steady() - $0 > Self.retaining }) ?? true {
                            _ = try retainer.run()
                            retained = clock.steady()
                        }
                        while try merge(), !isEnding {
                            if indexer.isBusy, segments() <= Self.crowd { break }
                        }
                    } catch {
                        if isEnding { return }
                        failures.add()
                        log.error("files of the store are not put in order", ("error", "\(error)"))
                        _ = Pause.sleep(.seconds(60)) { isEnding }
                    }
                }
            }
        }
    }

    private var isEnding: Bool { isStopping.load(ordering: .relaxed) }

    /// What is being merged comes to nothing, and costs nothing but the work.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        merger.cancel()
        thread.withLock { $0.take() }?.join()
    }

    /// Merges until there is nothing to merge, on this thread.
    func mergeAll() throws(Fault) { while try merge() {} }

    /// - Returns: whether there was something to merge.
    private func merge() throws(Fault) -> Bool {
        guard let merge = try indexer.nextMerge() else { return false }
        let began = clock.steady()
        let merged = try merger.run(merge)
        guard try indexer.finish(merged) else { return true }
        log.info(
            "files merged", ("tenant", "\(merge.tenant)"), ("stream", "\(merge.stream)"),
            ("files", .number(merge.files)), ("into", .number(merged.files)), ("rows", .number(merge.rows)),
            ("milliseconds", .number(Int((clock.steady() - began).nanoseconds / 1_000_000))))
        return true
    }
}
