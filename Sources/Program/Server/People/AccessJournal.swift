import Console
import Events
import Platform

/// Takes what people do in the console into the record, through redaction, for a query is text that somebody wrote.
///
/// The same act of the same person again within a minute is counted and told in one record at its end: who guesses
/// passwords, or leaves a page to reload itself, does not fill the journal. What must not happen unrecorded is told each
/// time.
///
/// - Full: acts that nobody waits for are dropped and counted once ``limit`` of them wait for the disk.
/// - Threads: any; one of its own tells what was counted.
final class AccessJournal: ReaderJournal {
    /// Acts on their way to the disk.
    static let limit = 1_024
    /// Different acts that are counted at a time. Above it each is told.
    static let kinds = 4_096
    static let summedOver = Timestamp.Span.minutes(1)
    /// How long somebody waits to see what must be recorded first.
    private static let patience = Timestamp.Span.seconds(5)
    private static let pause = Timestamp.Span.seconds(1)

    private struct Sum: Sendable {
        let since: Timestamp
        /// Besides the first, which was told at once.
        var others = 0
    }

    private struct State: Sendable {
        var sums: [ReaderAct: Sum] = [:]
        var waiting = 0
    }

    private let sink: any RecordSink
    /// Whether also what programs with a token read is recorded.
    private let recordsCalls: Bool
    private let clock: any Clock
    private let state = Locked(State())
    private let recorded, lost, refused: Counter
    private let isStopping = Waitable(false)
    private let thread = Locked<OwnThread.Handle?>(nil)

    init(_ sink: any RecordSink, recordsCalls: Bool = true, clock: any Clock, metrics: MetricList) {
        self.sink = sink
        self.recordsCalls = recordsCalls
        self.clock = clock
        recorded = metrics.counter("docket_access_records_total", "Records of what people did in the console.")
        lost = metrics.counter(
            "docket_access_records_lost_total", "Acts in the console that could not be recorded and happened.")
        refused = metrics.counter(
            "docket_access_records_refused_total", "Acts that did not happen because they could not be recorded.")
    }

    func start() {
        thread.withLock { $0 = OwnThread.start("access") { [self] in run() } }
    }

    /// Tells what was counted, and returns when the thread has ended.
    func stop() {
        isStopping.update { $0 = true }
        thread.withLock { $0.take() }?.join()
        tellSums(since: nil)
    }

    private func run() {
        while isStopping.wait(atMost: Self.pause, until: { $0 ? true : nil }) == nil {
            tellSums(since: clock.steady() - Self.summedOver)
        }
    }

    // MARK: Acts

    func record(_ act: ReaderAct) {
        guard wants(act) else { return }
        let now = clock.steady()
        let isFirst = state.withLock { state in
            if state.sums[act] != nil {
                state.sums[act]?.others += 1
                return false
            }
            if state.sums.count < Self.kinds { state.sums[act] = Sum(since: now) }
            return true
        }
        if isFirst { append(act, count: 1) }
    }

    func keep(_ act: ReaderAct) -> Bool {
        guard wants(act) else { return true }
        guard case .success? = sink.appendAndWait(batch(act, count: 1), atMost: Self.patience) else {
            refused.add()
            return false
        }
        recorded.add()
        return true
    }

    /// Tells what was counted since before some moment.
    ///
    /// - Parameter end: `nil` for all.
    func tellSums(since end: Timestamp?) {
        let over = state.withLock { state in
            let over = state.sums.filter { end == nil || $0.value.since <= end ?? $0.value.since }
            for act in over.keys { state.sums[act] = nil }
            return over
        }
        for (act, sum) in over where sum.others > 0 { append(act, count: sum.others) }
    }

    func wants(_ act: ReaderAct) -> Bool { recordsCalls || act.session != nil || !act.isReading }

    // MARK: To the journal

    private func append(_ act: ReaderAct, count: Int) {
        let isTaken = state.withLock { state in
            guard state.waiting < Self.limit else { return false }
            state.waiting += 1
            return true
        }
        guard isTaken else { return lost.add() }
        sink.append(batch(act, count: count)) { [state, recorded, lost] result in
            state.withLock { $0.waiting -= 1 }
            if case .success = result { recorded.add() } else { lost.add() }
        }
    }

    /// The random id sets acts of the same moment apart, for records of the same bytes are one event.
    private func batch(_ act: ReaderAct, count: Int) -> RecordBatch {
        // An export is called as the event that has its receipt.
        let own = act.action == .exportReceipt ? act.export?.id : nil
        return act.own(id: own ?? ReaderAct.newID("access"), at: clock.now(), count: count).batch(of: act.tenant)
    }
}
