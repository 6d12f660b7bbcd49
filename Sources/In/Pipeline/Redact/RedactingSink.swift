public import Detect
public import Events
import Integrity
public import Platform

/// Looks through every batch before it is kept: nothing goes to the sink behind it that was not redacted.
///
///     any source ─▶ RedactingSink ─▶ journal
///
/// - Threads: any; each borrows a worker with memory of its own.
/// - Guarantee: what cannot be looked through is withheld.
public final class RedactingSink: RecordSink {
    /// Tells what detectors do not find of their examples.
    public typealias SelfTest = @Sendable (DetectorSet) -> [DetectorExamples.Failure]

    private let sink: any RecordSink
    private let keys: RedactionKeys?
    private let metrics: RedactionMetrics
    private let clock: any Clock
    private let log: Log
    private let selfTest: SelfTest
    private let state: Locked<State>
    private let workers = Locked<[Worker]>([])

    private struct State {
        var policy: RedactionPolicy
        var rules: [Source: SourceRules] = [:]
        var testedAt: Timestamp?
    }

    private struct Source: Hashable {
        let tenant: TenantName
        let source: SourceName
    }

    // Proof for @unchecked: who has taken a worker out of the list is the only one who has it.
    private final class Worker: @unchecked Sendable {
        var redactor: RecordRedactor
        init(_ set: DetectorSet) { redactor = RecordRedactor(set) }
    }

    /// Workers that are kept for the next batch; more threads than that make their own.
    private static let workerLimit = 8
    /// Bytes of a batch behind which a worker is let go.
    private static let largestKept = 2 << 20
    /// Sources whose rules are kept ready. They come from credentials and configuration, never from a sender.
    private static let ruleLimit = 4_096

    /// Between two self-tests, as long as anything comes in: memory goes bad, and libraries are changed below a program.
    static let selfTestInterval = Timestamp.Span.seconds(600)

    /// - Parameter keys: of tokens; without them a token is a mask.
    public init(
        _ sink: any RecordSink, policy: RedactionPolicy, keys: RedactionKeys?, metrics: RedactionMetrics,
        clock: any Clock, log: Log, selfTest: @escaping SelfTest = DetectorExamples.failures
    ) {
        self.sink = sink
        self.keys = keys
        self.metrics = metrics
        self.clock = clock
        self.log = log
        self.selfTest = selfTest
        state = Locked(State(policy: policy))
        testWhenDue()
    }

    /// Withholds all content from now on when detectors do not find what they should.
    private func testWhenDue() {
        let now = clock.steady()
        let due = state.withLock { state -> DetectorSet? in
            if let last = state.testedAt, now - last < Self.selfTestInterval { return nil }
            state.testedAt = now
            return state.policy.isOn ? state.policy.set : nil
        }
        guard let due else { return }
        let failures = selfTest(due)
        guard let first = failures.first else { return }
        // An example of the product's own files; it says nothing of anybody.
        log.error(
            "detectors fail their self-test; all content is withheld until the next start",
            ("failures", .number(failures.count)), ("detector", .text(first.detector)),
            ("problem", .text(first.message)))
        metrics.isBroken.set(1)
        state.withLock { state in
            state.policy = state.policy.switchedOff
            state.rules.removeAll()
        }
    }

    public func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
        sink.append(redacted(batch), done: done)
    }

    public func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? {
        sink.bookmark(of: source, tenant: tenant)
    }

    /// The batch as it may be kept.
    public func redacted(_ batch: RecordBatch) -> RecordBatch {
        testWhenDue()
        let (policy, rules) = rules(of: Source(tenant: batch.tenant, source: batch.source))
        let writer = MaskWriter(key: keys?.key(of: batch.tenant.text))
        let worker = workers.withLock { $0.popLast() } ?? Worker(policy.set)
        var facts = RedactionFacts(rules: policy.version)
        var redacted = worker.redactor.redact(batch, rules, writer, &facts) ?? batch
        let surrendered = worker.redactor.surrendered
        // One that had a large batch has large memory, which nobody needs for the next.
        if batch.byteCount <= Self.largestKept {
            workers.withLock { if $0.count < Self.workerLimit { $0.append(worker) } }
        }
        redacted.setRedaction(facts)
        count(batch.entries.count, facts, surrendered, policy.set)
        return redacted
    }

    private func rules(of source: Source) -> (RedactionPolicy, SourceRules) {
        state.withLock { state in
            if let known = state.rules[source] { return (state.policy, known) }
            let made = SourceRules(state.policy, tenant: source.tenant.text, source: source.source.text)
            if state.rules.count >= Self.ruleLimit { state.rules.removeAll() }
            state.rules[source] = made
            return (state.policy, made)
        }
    }

    private func count(_ records: Int, _ facts: RedactionFacts, _ surrendered: Int, _ set: DetectorSet) {
        metrics.records.add(records)
        guard !facts.entries.isEmpty else { return }
        metrics.redactedRecords.add(facts.entries.count)
        metrics.withheldFields.add(facts.entries.reduce(0) { $0 + Int($1.withheld) })
        metrics.surrenderedFields.add(surrendered)
        for entry in facts.entries {
            for id in entry.detectors {
                guard let number = set.detector(id) else { continue }
                metrics.findings[set.detectors[number].group]?.add()
            }
        }
    }
}
