import Platform

/// Looks at the disk once a second, so that it never becomes so full that nothing can be written down.
struct DiskSpaceGuard {
    private let disk: any Disk
    private let clock: any Clock
    private let limits: JournalLimits
    private let metrics: JournalMetrics
    private let log: Log
    private var looked: Timestamp?
    private var level = Level.ample

    private enum Level: Int { case ample, scarce, full }

    init(disk: any Disk, clock: any Clock, limits: JournalLimits, metrics: JournalMetrics, log: Log) {
        self.disk = disk
        self.clock = clock
        self.limits = limits
        self.metrics = metrics
        self.log = log
    }

    /// Whether nothing may be written.
    var isFull: Bool {
        mutating get {
            let now = clock.steady()
            if let looked, now - looked < .seconds(1) { return level == .full }
            looked = now
            // A disk that does not say how full it is will say so when it is.
            guard let space = try? disk.space(), space.total > 0 else { return level == .full }
            let used = 100 - Int(Double(space.free) / Double(space.total) * 100)
            metrics.diskUsed.set(used)
            tell(used >= limits.stopPercent ? .full : used >= limits.warnPercent ? .scarce : .ample, space.free)
            return level == .full
        }
    }

    private mutating func tell(_ now: Level, _ free: Int) {
        defer { level = now }
        guard now != level else { return }
        let pair = ("free_bytes", Log.Value.number(free))
        switch now {
        case .full: log.error("the disk is nearly full; nothing is accepted until there is space", pair)
        case .scarce where level == .full: log.warning("there is space again; records are accepted", pair)
        case .scarce: log.warning("the disk fills up", pair)
        case .ample: log.info("there is enough space on the disk again", pair)
        }
    }
}
