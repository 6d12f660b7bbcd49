import Platform

/// What was found in a journal that is not as it was written. Each is told once, however often it is met: to the
/// log, to the metrics, and to whoever asks for ``Journal/findings``.
final class FindingList: Sendable {
    private struct Found: Sendable {
        var list: [JournalFinding] = []
        var known: Set<JournalFinding> = []
    }

    private let found = Locked(Found())
    private let metrics: JournalMetrics
    private let log: Log

    /// A disk that is all damage has more findings than anybody reads; behind this many they are only counted.
    static let limit = 1_000

    init(metrics: JournalMetrics, log: Log) {
        self.metrics = metrics
        self.log = log
    }

    var all: [JournalFinding] { found.withLock { $0.list } }

    func note(_ finding: JournalFinding) {
        let isNew = found.withLock { found in
            guard found.list.count < Self.limit else { return true }
            guard found.known.insert(finding).inserted else { return false }
            found.list.append(finding)
            return true
        }
        guard isNew else { return }
        metrics.count(finding)
        if finding.isLoss {
            log.error("the journal is not whole; what is missing is skipped", ("finding", "\(finding)"))
        } else {
            log.warning("a crash cut the journal short", ("finding", "\(finding)"))
        }
    }
}
