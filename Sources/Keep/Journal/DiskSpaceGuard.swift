import Events
import Platform

/// Looks at the disk once a second, so that it never becomes so full that nothing can be written down.
struct DiskSpaceGuard {
    private let disk: any Disk
    private let clock: any Clock
    private let limits: JournalLimits
    private let metrics: JournalMetrics
    private let log: Log
    private var looked: Timestamp?
    private var last = Level.ample

    enum Level: Int, Comparable {
        case ample
        /// A person should know.
        case scarce
        /// Logs and traces wait.
        case short
        /// Everything waits.
        case full

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        func refuses(_ batch: RecordBatch) -> Bool {
            self == .full || (self == .short && batch.entries.contains { $0.kind.holdsContent })
        }
    }

    init(disk: any Disk, clock: any Clock, limits: JournalLimits, metrics: JournalMetrics, log: Log) {
        self.disk = disk
        self.clock = clock
        self.limits = limits
        self.metrics = metrics
        self.log = log
    }

    mutating func level() -> Level {
        let now = clock.steady()
        if let looked, now - looked < .seconds(1) { return last }
        looked = now
        // A disk that does not say how full it is will say so when it is.
        guard let space = try? disk.space(), space.total > 0 else { return last }
        let used = 100 - Int(Double(space.free) / Double(space.total) * 100)
        metrics.diskUsed.set(used)
        tell(level(used), space.free)
        return last
    }

    private func level(_ used: Int) -> Level {
        if used >= limits.stopPercent { return .full }
        if used >= limits.contentPercent { return .short }
        return used >= limits.warnPercent ? .scarce : .ample
    }

    private mutating func tell(_ now: Level, _ free: Int) {
        let before = last
        last = now
        metrics.diskLevel.set(now.rawValue)
        guard now != before else { return }
        let pair = ("free_bytes", Log.Value.number(free))
        switch now {
        case .full: log.error("the disk is nearly full; nothing is accepted until there is space", pair)
        case .short where before == .full: log.warning("activities and metrics are accepted again", pair)
        case .short: log.error("the disk is short of space; logs and traces are not accepted", pair)
        case .scarce where before > .scarce: log.warning("there is space again; everything is accepted", pair)
        case .scarce: log.warning("the disk fills up", pair)
        case .ample: log.info("there is enough space on the disk again", pair)
        }
    }
}

extension RecordKind {
    /// Whether records of this kind can hold what people and models wrote: those are large, many, and can be sent
    /// again. What says who did what in few bytes is taken to the last.
    var holdsContent: Bool {
        switch self {
        case .otlpLog, .otlpSpan, .event: true
        case .otlpMetric, .activity, .ecs, .auditLogRow, .reportRow, .directory, .listing: false
        case .heartbeat, .bookmark, .erasure, .keyRotation, .finding, .drill, .hold, .retention, .access: false
        }
    }
}
