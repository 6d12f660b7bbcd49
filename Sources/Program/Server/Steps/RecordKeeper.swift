import Codecs
import Events
import Journal
import Platform

/// Writes into the record what Docket has to say of itself: what the journal found wrong with its files, and that
/// there was nothing else to say.
///
/// - Threads: one of its own.
final class RecordKeeper: Sendable {
    private let journal: Journal
    /// How long a tenant's log rests before a heartbeat is written; `nil` for none.
    private let heartbeat: Timestamp.Span?
    private let clock: any Clock
    /// Findings that are recorded, or about to be.
    private let recorded = Locked<Set<JournalFinding>>([])
    /// How many records each tenant had when its log was last seen to grow, or had its heartbeat.
    private let rests = Locked<[TenantName: (count: UInt64, since: Timestamp)]>([:])
    private let rounds = Rounds()

    private static let pause = Timestamp.Span.seconds(1)

    init(_ journal: Journal, heartbeat: Timestamp.Span?, clock: any Clock) {
        self.journal = journal
        self.heartbeat = heartbeat
        self.clock = clock
    }

    func start() {
        rounds.start("record") { [self] in
            recordFindings()
            if let heartbeat { rests.withLock { beat(heartbeat, &$0) } }
            return Self.pause
        }
    }

    /// Returns when the thread has ended. What was found since its last round is recorded, too: a start that does not read
    /// that part of the journal again would not find it again.
    func stop() {
        rounds.stop()
        recordFindings()
    }

    // MARK: Heartbeats

    private func beat(
        _ heartbeat: Timestamp.Span, _ rests: inout [TenantName: (count: UInt64, since: Timestamp)]
    ) {
        let now = clock.steady()
        for (tenant, count) in journal.counts {
            if let rest = rests[tenant], rest.count == count {
                guard now - rest.since >= heartbeat else { continue }
                // One that the journal refuses is not missed: the next is due as soon.
                journal.append(OwnRecord.heartbeat.batch(of: tenant)) { _ in }
            }
            rests[tenant] = (count, now)
        }
    }

    // MARK: Findings

    /// Hands over what was found since the last time. What the journal refuses is tried again at the next call.
    private func recordFindings() {
        for finding in journal.findings where finding.isLoss {
            guard recorded.withLock({ $0.insert(finding).inserted }) else { continue }
            for tenant in tenants(of: finding) {
                journal.append(finding.own.batch(of: tenant)) { [recorded] result in
                    if case .failure = result { recorded.withLock { _ = $0.remove(finding) } }
                }
            }
        }
    }

    /// A finding that does not say whose records it is about can be about those of everybody.
    private func tenants(of finding: JournalFinding) -> [TenantName] {
        if case .missing(let tenant, _) = finding { return [tenant] }
        let all = journal.counts.keys.sorted()
        return all.isEmpty ? [.default] : all
    }
}

extension JournalFinding {
    /// The same finding is the same document: damage that every start meets again is one event.
    fileprivate var own: OwnRecord {
        OwnRecord(
            .finding,
            [.init("kind", .string("alert")), .init("action", .string("journal-\(kind.rawValue)"))],
            [.init("message", .string("\(self)"))])
    }
}
