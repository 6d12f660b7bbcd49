public import Events
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
        var isStopping = false
        var hasStopped = false
    }

    let disk: any Disk
    let shared: Waitable<Shared>
    private let limits: JournalLimits
    private let thread: OwnThread.Handle
    public let metrics: JournalMetrics
    /// What opening found that was not as it should be.
    public let findings: [JournalFinding]

    /// Opens the journal in a folder that this process has for itself, and cuts off what a crash left half
    /// written.
    public init(
        disk: any Disk, clock: any Clock, limits: JournalLimits = JournalLimits(), metrics: JournalMetrics, log: Log
    ) throws(JournalError) {
        let opened = try JournalRecovery(disk: disk, clock: clock).open()
        for finding in opened.findings { log.warning("the journal is not whole", ("finding", "\(finding)")) }
        let shared = Waitable(Shared(state: opened.state, end: opened.end))
        self.disk = disk
        self.limits = limits
        self.metrics = metrics
        self.shared = shared
        findings = opened.findings
        let writer = JournalWriter(
            disk: disk, clock: clock, limits: limits, metrics: metrics, log: log, shared: shared, opened: opened)
        let box = Locked<JournalWriter?>(writer)
        thread = OwnThread.start("journal") {
            guard let writer = box.withLock({ $0.take() }) else { return }
            writer.run()
        }
    }

    public func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
        let size = batch.byteCount
        let refusal = shared.update { shared -> Fault? in
            if let failure = shared.failure { return failure }
            if shared.isStopping { return Fault(.stopping, .again(after: limits.pause), "The server is stopping.") }
            guard size <= Frame.payloadLimit / 2 else {
                return Fault(.recordTooLarge, .aside, "The batch is larger than \(Frame.payloadLimit / 2) bytes.")
            }
            guard shared.pendingSize + size <= limits.queueSize || shared.pending.isEmpty else {
                return Fault(.journalBusy, .again(after: limits.pause), "The journal is busy; send it again later.")
            }
            shared.pending.append(Pending(batch: batch, size: size, done: done))
            shared.pendingSize += size
            return nil
        }
        if let refusal {
            metrics.refused.add(batch.entries.count)
            done(.failure(refusal))
        }
    }

    public func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? {
        shared.update { $0.state.bookmarks[.init(tenant: tenant, source: source)] }
    }

    /// Everything before it is durable.
    public var end: JournalPosition { shared.update { $0.end } }

    /// Why nothing is accepted any more, if so.
    public var failure: Fault? { shared.update { $0.failure } }

    /// How many records each tenant has.
    public var counts: [TenantName: UInt64] { shared.update { $0.state.nextSequence } }

    /// Writes what waits, then ends the thread. Later batches are refused.
    public func stop() {
        let isFirst = shared.update { shared in
            defer { shared.isStopping = true }
            return !shared.isStopping
        }
        if isFirst { thread.join() }
    }
}

/// What the journal counts.
public struct JournalMetrics: Sendable {
    let written: Counter
    let refused: Counter
    let bytes: Counter
    let commits: Counter

    public init(_ metrics: MetricList) {
        written = metrics.counter("docket_journal_records_total", "Records that are durable.")
        refused = metrics.counter("docket_journal_refused_total", "Records that the journal did not take.")
        bytes = metrics.counter("docket_journal_bytes_total", "Bytes written to the journal.")
        commits = metrics.counter("docket_journal_commits_total", "Group commits.")
    }
}

/// Something in a journal that is not as it was written.
public enum JournalFinding: Sendable, Equatable, CustomStringConvertible {
    /// A crash left a frame half written; nothing of it was acknowledged.
    case tornTail(file: String, offset: Int, bytes: Int)
    /// Bytes in the middle are no frame. Records may be missing.
    case damage(file: String, range: Range<Int>)

    public var description: String {
        switch self {
        case .tornTail(let file, let offset, let bytes):
            "\(file): cut off \(bytes) bytes at \(offset) that a crash left half written"
        case .damage(let file, let range):
            "\(file): bytes \(range.lowerBound) to \(range.upperBound) are damaged and were kept; records may be missing"
        }
    }
}
