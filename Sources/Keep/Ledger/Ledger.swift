public import Events
public import Integrity
public import Platform

/// The logs of all tenants: a leaf for each record of the journal, and checkpoints over them that somebody signs.
///
/// It follows the journal and can be made from it again, but for the seeds. After any end it goes on from its state,
/// which is durable before anything is signed that it says; what the files hold beyond it is written over.
///
///     seeds ─▶ leaves, hashes ─▶ state ─▶ signature ─▶ checkpoint ─▶ log of all logs
///
/// What was signed becomes an entry of the log of all logs, which is written and signed with the next round.
///
/// - Threads: one at a time.
public final class Ledger {
    private let disk: any Disk
    private let random: RandomBytes
    private let lanes = DigestLanes()
    private let desk: SigningDesk
    private let instance: String
    private let metrics: LedgerMetrics
    private var state: LedgerState
    private var logs: [TenantName: TenantLog] = [:]
    private let all: LogOfLogs

    /// - Parameter instance: what the names of all logs begin with, such as `docket.example.com`.
    public init(
        disk: any Disk, instance: KeyName, signer: any CheckpointSigner, random: RandomBytes = .system,
        metrics: LedgerMetrics, log: Log
    ) throws(LedgerError) {
        self.disk = disk
        self.random = random
        desk = SigningDesk(signer, metrics: metrics, log: log)
        self.instance = instance.text
        self.metrics = metrics
        let bytes = try onDisk { () throws(DiskError) in try disk.contentsIfThere(of: Self.stateName) }
        if let bytes {
            guard let kept = LedgerState(kept: bytes) else { throw .state }
            state = kept
        } else {
            state = LedgerState()
        }
        all = try LogOfLogs(instance: instance.text, state: state, disk: disk, random: random, lanes: lanes)
        for (tenant, head) in state.logs {
            logs[tenant] = try TenantLog(
                tenant, instance: instance.text, head: head, disk: disk, random: random, lanes: lanes)
        }
    }

    static let stateName = "state"
    static let instanceName = "instance"

    /// The name of this installation, which all names of its logs begin with. It is chosen once and for all.
    ///
    /// - Parameter wish: what the configuration says; without it a new one is chosen by chance.
    public static func instance(
        disk: any Disk, wish: KeyName?, random: RandomBytes = .system
    ) throws(LedgerError) -> KeyName {
        if let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: instanceName) }) {
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.hasSuffix("\n"), let kept = KeyName(String(text.dropLast())) else { throw .state }
            if let wish, wish != kept { throw .otherName(kept.text) }
            return kept
        }
        let chance = random.bytes(4)
        guard let chosen = wish ?? KeyName("docket-\(unsafe Hexadecimal.text(of: chance.span.bytes))") else {
            preconditionFailure("digits are a name")
        }
        try onDisk { () throws(DiskError) in try disk.replace(instanceName, with: Array("\(chosen)\n".utf8)) }
        return chosen
    }

    /// Where to go on in the journal.
    public var position: JournalPosition { state.position }

    /// Whether there is something that ``publish(upTo:)`` could have signed.
    public var hasUnsigned: Bool { all.rows.hasChanged || !unsigned.isEmpty }

    private var unsigned: [any SignableLog] {
        (Array(logs.values) as [any SignableLog] + [all]).filter(desk.needsSignature)
    }

    /// How much of each tenant's log is signed.
    public var signed: [TenantName: SignedHead] { logs.compactMapValues(\.checkpoints.head) }

    /// What stops logs from being signed.
    public var refusals: [LedgerError] { desk.refusals }

    // MARK: Adding

    /// Adds the records of a batch of the journal. Those that the log has already are passed over.
    ///
    /// - Parameter cut: gives what a leaf says of each record, in their order.
    public func append(
        _ batch: JournaledBatch, cut: (_ index: Int, _ add: (borrowing LeafContent) -> Void) -> Void
    ) throws(LedgerError) {
        let tenant = batch.batch.tenant
        let log = try self.log(of: tenant)
        let count = batch.batch.entries.count
        let end = batch.firstSequence + UInt64(count)
        guard end > log.size else { return }
        if batch.firstSequence > log.size { try addLost(upTo: batch.firstSequence, accepted: batch.accepted, log) }
        let first = Int(log.size - batch.firstSequence)
        let seeds = try log.seeds(forNext: count - first)
        var contents = ContentBatch(lanes: lanes)
        var leaves: [Leaf] = []
        leaves.reserveCapacity(count - first)
        for index in first..<count {
            cut(index) { content in
                content.commit(seed: seeds[index - first], in: &contents)
                leaves.append(content.leaf(of: index, in: batch, log.identity))
            }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(leaves.count * Leaf.size)
        for (place, root) in contents.finishRoots().enumerated() {
            leaves[place].content = root
            leaves[place].append(to: &bytes)
        }
        log.append(bytes)
        metrics.leaves.add(leaves.count)
    }

    /// Leaves for records that the journal has lost: no number is left out.
    private func addLost(upTo end: UInt64, accepted: Timestamp, _ log: TenantLog) throws(LedgerError) {
        metrics.lost.add(Int(end - log.size))
        while log.size < end {
            let count = Int(min(end - log.size, 4_096))
            // Their seeds are passed over, so that the seed of a record stays where its number says.
            var bytes: [UInt8] = []
            for sequence in log.size..<log.size + UInt64(count) {
                Leaf(
                    log: log.identity.id, sequence: sequence, accepted: UInt64(max(accepted.nanoseconds, 0)),
                    happened: 0, source: Leaf.ownSource, type: Leaf.OwnType.lost.rawValue,
                    rules: ShortID(high: 0, low: 0), schema: 0, event: .zero, content: .zero
                ).append(to: &bytes)
            }
            log.append(bytes)
        }
    }

    /// Takes the seeds of records away, so that nobody can tell any more what their leaves commit to.
    public func forget(_ sequences: SequenceSet, of tenant: TenantName) throws(LedgerError) {
        try logs[tenant]?.forget(sequences)
    }

    private func log(of tenant: TenantName) throws(LedgerError) -> TenantLog {
        if let known = logs[tenant] { return known }
        let made = try TenantLog(tenant, instance: instance, head: nil, disk: disk, random: random, lanes: lanes)
        logs[tenant] = made
        return made
    }

    // MARK: Publishing

    /// Makes durable what was added, and has it signed.
    ///
    /// - Parameter position: everything before it was added.
    /// - Throws: only what a person must look at. A signer that does not answer is asked again at the next call.
    public func publish(upTo position: JournalPosition) throws(LedgerError) {
        try onDisk { () throws(DiskError) in try write(upTo: position) }
        let signed = try desk.sign(unsigned) { known throws(LedgerError) in
            // The log of all logs leaves nothing out, also not what was signed in vain: only the last signature of a
            // log may be missing in it, for the signer tells of no other.
            for case (let log as TenantLog, let checkpoint) in known { all.add(checkpoint, of: log.tenant) }
            try onDisk { () throws(DiskError) in try write(upTo: position) }
        }
        for (log, note) in signed { try keep(note, of: log) }
        metrics.unsigned.set(logs.values.reduce(0) { $0 + Int(desk.unsigned(of: $1)) })
        metrics.entries.set(Int(all.size))
    }

    private func write(upTo position: JournalPosition) throws(DiskError) {
        var next = state
        next.position = position
        for log in logs.values where log.rows.hasChanged {
            try log.rows.write()
            try log.checkpoints.keepLast(before: log.accepted)
            next.logs[log.tenant] = LedgerState.Head(size: log.size, root: log.root, kept: log.checkpoints.count)
        }
        try all.write()
        next.all = LedgerState.Head(size: all.size, root: all.root)
        for tenant in next.logs.keys { next.logs[tenant]?.entries = all.count(of: tenant) }
        guard next != state else { return }
        try disk.replace(Self.stateName, with: next.bytes)
        state = next
    }

    private func keep(_ note: SignedNote, of log: any SignableLog) throws(LedgerError) {
        guard let log = log as? TenantLog else {
            return try onDisk { () throws(DiskError) in
                try disk.replace(LogOfLogsView.checkpointName, with: Array(note.whole.utf8))
            }
        }
        try onDisk { () throws(DiskError) in
            try log.checkpoints.replace(note, size: log.size, accepted: log.accepted)
        }
        all.add(log.checkpoint, of: log.tenant)
        metrics.checkpoints.add()
    }
}

/// How long a log is by the last checkpoint that was signed of it.
public struct SignedHead: Sendable, Equatable {
    public let size: UInt64
    /// When the last of these records was accepted. - Unit: nanoseconds since 1970
    public let accepted: UInt64
}

/// What the logs count.
public struct LedgerMetrics: Sendable {
    let leaves: Counter
    let lost: Counter
    let checkpoints: Counter
    let unsigned: Gauge
    let refused: Gauge
    let entries: Gauge

    public init(_ metrics: MetricList) {
        leaves = metrics.counter("docket_ledger_leaves_total", "Records that came into the logs.")
        lost = metrics.counter("docket_ledger_lost_total", "Records that were damaged before they came into the logs.")
        checkpoints = metrics.counter("docket_ledger_checkpoints_total", "Checkpoints that were signed.")
        unsigned = metrics.gauge("docket_ledger_unsigned_records", "Records in the logs that no checkpoint covers yet.")
        refused = metrics.gauge("docket_ledger_refused_logs", "Logs that are not signed any more: a person must look.")
        entries = metrics.gauge("docket_ledger_all_entries", "Checkpoints in the log of all logs.")
    }
}
