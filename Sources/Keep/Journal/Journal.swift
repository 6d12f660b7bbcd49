public import Events
import Integrity
public import Platform

/// The log that everything else can be built again from: archive and queue in one.
///
/// One thread writes. It takes all that waits, writes it, syncs the disk once, and answers everybody: a
/// thousand senders cost as many syncs as one.
///
/// - Guarantee: a batch whose `done` was called with success survives a power loss. Any other batch is wholly
///   in the log or wholly out of it after the next start.
/// - Threads: any.
public final class Journal: RecordSink {
    struct Pending: Sendable {
        let batch: RecordBatch
        let size: Int
        let done: @Sendable (Result<Void, Fault>) -> Void
    }

    struct Shared: Sendable {
        var pending: [Pending] = []
        var pendingSize = 0
        var state: JournalState
        /// Everything before it is durable.
        var end: JournalPosition
        var failure: Fault?
        var isDegraded = false
        /// Somebody waits for all that is durable to be in finished segments.
        var isToFinishSegment = false
        /// Why that could not be done.
        var unfinished: Fault?
        var isStopping = false
        var hasStopped = false
    }

    let disk: any Disk
    let shared: Waitable<Shared>
    private let limits: JournalLimits
    private let thread: OwnThread.Handle?
    /// Whether readers go on behind a segment that is missing. Who only looks must name all that is wrong; who takes
    /// in must not go on in what may be a wrong mount.
    let passesMissingSegments: Bool
    public let metrics: JournalMetrics
    let found: FindingList

    /// Opens the journal in a folder that this process has for itself, and cuts off what a crash left half
    /// written.
    public convenience init(
        disk: any Disk, clock: any Clock, limits: JournalLimits = JournalLimits(), metrics: JournalMetrics, log: Log
    ) throws(JournalError) {
        let (shared, writer, found) = try Self.open(disk, clock, limits, metrics, log)
        let box = Locked<JournalWriter?>(writer)
        let thread = OwnThread.start("journal") {
            guard let writer = box.withLock({ $0.take() }) else { return }
            writer.run()
        }
        self.init(disk: disk, limits: limits, metrics: metrics, shared: shared, found: found, thread: thread)
    }

    /// Without a thread: somebody has the writer and runs it.
    init(
        disk: any Disk, limits: JournalLimits, metrics: JournalMetrics, shared: Waitable<Shared>,
        found: FindingList, thread: OwnThread.Handle?, passesMissingSegments: Bool = false
    ) {
        self.disk = disk
        self.passesMissingSegments = passesMissingSegments
        self.limits = limits
        self.metrics = metrics
        self.shared = shared
        self.found = found
        self.thread = thread
    }

    /// A journal that is only read, up to a place of which is known that it is durable; also beside the program that
    /// writes it. It takes no records.
    public static func reading(_ disk: any Disk, upTo end: JournalPosition, log: Log) -> Journal {
        let metrics = JournalMetrics(MetricList())
        var shared = Shared(state: JournalState(), end: end)
        shared.isStopping = true
        shared.hasStopped = true
        return Journal(
            disk: disk, limits: JournalLimits(), metrics: metrics, shared: Waitable(shared),
            found: FindingList(metrics: metrics, log: log), thread: nil, passesMissingSegments: true)
    }

    /// A journal that is only read, as far as its files go. What stands behind the last commit may be half written, and
    /// is passed over without a word.
    public static func reading(_ disk: any Disk) throws(DiskError) -> Journal {
        let last = try disk.names().compactMap(Segment.number(in:)).max()
        let size = try last.map { number throws(DiskError) in try disk.open(Segment.fileName(number)).size() }
        let end = JournalPosition(segment: last ?? 0, offset: UInt64(size ?? 0))
        return reading(disk, upTo: end, log: Log("journal", write: { _ in }))
    }

    static func open(
        _ disk: any Disk, _ clock: any Clock, _ limits: JournalLimits, _ metrics: JournalMetrics, _ log: Log,
        random: RandomBytes = .system
    ) throws(JournalError) -> (Waitable<Shared>, JournalWriter, FindingList) {
        let recovery = JournalRecovery(disk: disk, clock: clock, random: random)
        let opened = try recovery.open()
        let found = FindingList(metrics: metrics, log: log)
        for finding in opened.findings { found.note(finding) }
        let end = JournalPosition(segment: opened.segment.number, offset: UInt64(opened.segment.size))
        let shared = Waitable(Shared(state: opened.state, end: end))
        let writer = JournalWriter(
            recovery: recovery, limits: limits, metrics: metrics, log: log, shared: shared, found: found, opened: opened
        )
        return (shared, writer, found)
    }

    deinit { shared.update { $0.isStopping = true } }

    public func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
        let size = BatchPayload.size(of: batch)
        let refusal = shared.update { [metrics] shared -> Fault? in
            if let failure = shared.failure { return failure }
            if shared.isStopping { return Fault(.stopping, .again(after: limits.pause), "The server is stopping.") }
            guard batch.isSound else {
                return Fault(.requestRefused, .aside, "The batch refers to bytes that it does not have.")
            }
            guard size <= Frame.payloadLimit / 2 else {
                return Fault(.recordTooLarge, .aside, "The batch is larger than \(Frame.payloadLimit / 2) bytes.")
            }
            guard shared.pendingSize + size <= limits.queueSize || shared.pending.isEmpty else {
                return Fault(.journalBusy, .again(after: limits.pause), "The journal is busy; send it again later.")
            }
            shared.pending.append(Pending(batch: batch, size: size, done: done))
            shared.pendingSize += size
            metrics.waiting.set(shared.pendingSize)
            return nil
        }
        if let refusal {
            metrics.refused.add(batch.entries.count)
            done(.failure(refusal))
        }
    }

    public func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? {
        shared.read { $0.state.bookmarks[.init(tenant: tenant, source: source)] }
    }

    /// Everything before it is durable.
    public var end: JournalPosition { shared.read { $0.end } }

    /// Why nothing is accepted any more, if so.
    public var failure: Fault? { shared.read { $0.failure } }

    /// Whether a write failed since the start. What was answered is durable all the same; the disk should be
    /// looked at.
    public var isDegraded: Bool { shared.read { $0.isDegraded } }

    /// What is not as it was written, in the order in which it was found; the first thousand.
    public var findings: [JournalFinding] { found.all }

    /// How many records each tenant has.
    public var counts: [TenantName: UInt64] { shared.read { $0.state.nextSequence } }

    /// Writes what waits, then ends the thread. Later batches are refused. Not from within `done`.
    public func stop() {
        let isFirst = shared.update { shared in
            defer { shared.isStopping = true }
            return !shared.isStopping
        }
        guard let thread else { return }
        if isFirst { thread.join() } else { _ = shared.wait { $0.hasStopped ? true : nil } }
    }
}
