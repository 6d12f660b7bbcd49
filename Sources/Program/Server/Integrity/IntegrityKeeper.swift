import Codecs
import Console
import Events
import Integrity
import Ledger
import Platform
import Synchronization

/// Knows what was compared of the logs, and has it compared again when somebody wants that.
///
/// - Threads: answers on those that ask. A comparison and the counting of a day have one thread of the lowest priority
///   each, which end with them.
final class IntegrityKeeper: IntegrityDesk {
    private struct Running: Sendable {
        let tenant: TenantName
        var check: LogCheck
        var isStopped = false
    }

    private let data: String
    /// Where it is said that a record is not what it was.
    private let sink: any RecordSink
    private let books: LogBooks
    private let holds: HoldFolder
    private let retention: [RetentionFacts]
    private let standingInterval: Timestamp.Span?
    private let hours: HourCounter
    private let clock: any Clock
    private let log: Log
    private let running = Waitable<Running?>(nil)
    private let thread = Locked<OwnThread.Handle?>(nil)
    private let isStopping = Atomic<Bool>(false)

    private let results: [LogCheck.State: Counter]

    /// Checkpoints that are shown.
    private static let shownCheckpoints = 20
    /// How long a person's wish waits until the server has left its own comparison.
    private static let patience = Timestamp.Span.seconds(10)

    init(
        data: String, configuration: Configuration, sink: any RecordSink, metrics: MetricList, clock: any Clock,
        log: Log
    ) {
        self.data = data
        self.sink = sink
        books = LogBooks(data: data, log: log)
        holds = HoldFolder(data: data)
        retention = configuration.retention.rules.map { RetentionFacts(streams: $0.streams, keep: $0.keep) }
        let interval = configuration.integrityInterval
        standingInterval = interval > .seconds(0) ? interval : nil
        hours = HourCounter(data: data, heartbeat: configuration.ledgerHeartbeat, clock: clock)
        self.clock = clock
        self.log = log
        let ends = LogCheck.State.allCases.filter { $0 != .running }
        results = Dictionary(
            uniqueKeysWithValues: ends.map {
                (
                    $0,
                    metrics.counter(
                        "docket_integrity_checks_total", "Comparisons of records with what was signed, by their end.",
                        labels: [("result", $0.rawValue)])
                )
            })
        metrics.gauge("docket_integrity_changed_records", "Records that were not what was signed.") { [books] in
            books.changedRecords
        }
    }

    /// Ends a comparison that runs.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        hours.stop()
        thread.withLock { $0.take() }?.join()
    }

    // MARK: What is known

    func log(of tenant: TenantName) throws(IntegrityProblem) -> LogFacts? {
        guard let (evidence, log) = try evidence(of: tenant) else { return nil }
        let book = try answer { () throws(StartError) in try books.book(of: log, evidence) }
        var facts = LogFacts(origin: log.origin, size: log.size)
        facts.days = book.days
        facts.counted = book.counted
        facts.verified = book.verified
        facts.changed = book.changed
        facts.flaw = book.flaw
        facts.checks = book.checks
        facts.standingInterval = standingInterval
        if let running = running.read({ $0 }), running.tenant == tenant,
            !book.checks.contains(where: { $0.number == running.check.number })
        {
            facts.checks.insert(running.check, at: 0)
        }
        facts.retention = retention
        try answer { () throws(StartError) in
            (facts.checkpoints, facts.witnesses) = try evidence.checkpoints(of: log, most: Self.shownCheckpoints)
            facts.keptCheckpoints = log.kept
            // By the name of the log, as whoever checks a proof needs them.
            if let name = KeyName(log.origin) {
                facts.keys = try evidence.keys(trusting: nil).map {
                    VerifierKey(name: name, kind: .note, key: $0).text
                }
            }
            facts.holds = try holds.holds().filter { $0.tenant == tenant }.map(\.facts)
        }
        return facts
    }

    /// Without what days and checks cost.
    func checkpoint(of tenant: TenantName) throws(IntegrityProblem) -> ExportReceipt.Checkpoint? {
        guard let (_, log, last) = try sealed(tenant) else { return nil }
        return ExportReceipt.Checkpoint(origin: log.origin, size: last.size, root: last.root.base64)
    }

    func coverage(of tenant: TenantName, day: Timestamp, waits: Bool) -> CoverageAnswer {
        var rows: Range<UInt64>?
        if let (evidence, log) = try? evidence(of: tenant), let book = try? books.book(of: log, evidence) {
            // Silence shows only beside what was sent before.
            rows = book.records(in: day - .days(1)..<day + .days(1))
        }
        return hours.answer(tenant, day: day, from: rows?.lowerBound, waits: waits)
    }

    // MARK: One record

    func record(_ sequence: UInt64, of tenant: TenantName) throws(IntegrityProblem) -> RecordFacts? {
        guard let (evidence, log) = try evidence(of: tenant) else { return nil }
        return try answer { () throws(StartError) in
            guard let found = try evidence.examine(sequence, of: log) else { return nil }
            var facts = found.facts
            for beside in [sequence &- 1, sequence + 1] where beside < log.size {
                guard let found = try evidence.examine(beside, of: log) else { continue }
                facts.neighbors.append(.init(sequence: beside, state: found.facts.state))
            }
            return facts
        }
    }

    func proof(of sequence: UInt64, tenant: TenantName) throws(IntegrityProblem) -> EventProof? {
        guard let (evidence, log) = try evidence(of: tenant) else { return nil }
        return try answer { () throws(StartError) in try evidence.eventProof(of: sequence, in: log) }
    }

    func verify(_ files: [UploadedFile], of tenant: TenantName) throws(IntegrityProblem) -> ExportVerdict {
        guard let (evidence, log) = try evidence(of: tenant) else {
            return ExportVerdict(.unclear, what: "a file", "There is no log yet that it could be of.")
        }
        return try answer { () throws(StartError) in try ExportCheck(evidence, log).verdict(on: files) }
    }

    // MARK: Comparing

    func begin(_ wish: CheckWish, of tenant: TenantName, by person: String) throws(IntegrityProblem) -> Int {
        guard let (evidence, log, last) = try sealed(tenant), last.size > 0
        else { throw IntegrityProblem(.flaw, "No record is under a checkpoint yet; try again in a moment.") }
        let near = try near(wish, log, evidence)
        // What the server does by itself gives way.
        running.update { if $0?.check.isStanding == true { $0?.isStopped = true } }
        _ = running.wait(atMost: Self.patience) { $0?.check.isStanding == true ? nil : true }
        guard let number = reserve(wish, of: tenant, by: person, isStanding: false) else {
            throw IntegrityProblem(.conflict, "Another check runs; one runs at a time. Wait for it, or stop it.")
        }
        thread.withLock { thread in
            // The last one has ended, but for its last instructions.
            thread?.join()
            thread = OwnThread.start("integrity", isBackground: true) { [self] in
                run(wish, within: near, of: tenant)
            }
        }
        return number
    }

    /// Compares records, on this thread and without having been asked, if nobody has something compared.
    ///
    /// - Returns: whether they are what was signed; false also when it did not come to an end.
    func compareUnasked(_ rows: Range<UInt64>, of tenant: TenantName) -> Bool {
        guard !rows.isEmpty else { return false }
        let wish = CheckWish.records(rows.lowerBound...rows.upperBound - 1)
        guard reserve(wish, of: tenant, by: "Docket", isStanding: true) != nil else { return false }
        return run(wish, within: rows, of: tenant)
    }

    /// Which records the server compares next by itself, and whether somebody compared them before.
    func nextUnasked(of tenant: TenantName, most: UInt64) throws(IntegrityProblem) -> (Range<UInt64>, isNew: Bool)? {
        guard let (evidence, log, last) = try sealed(tenant) else { return nil }
        let book = try answer { () throws(StartError) in try books.book(of: log, evidence) }
        if let rows = book.uncompared(sealed: last.size, most: most) { return (rows, true) }
        return book.comparedAgain(sealed: last.size, most: most).map { ($0, false) }
    }

    /// What is wrong with the record of a tenant, as far as anybody has looked.
    func problem(of tenant: TenantName) -> String? {
        books.isChanged(tenant) ? "The record is not what was signed; see the integrity page." : nil
    }

    func reserve(_ wish: CheckWish, of tenant: TenantName, by person: String, isStanding: Bool) -> Int? {
        let now = clock.now()
        return running.update { running -> Int? in
            guard running == nil, !isStopping.load(ordering: .relaxed),
                let check = books.change(
                    tenant, { $0.begin(wish.words, by: person, isStanding: isStanding, now: now) })
            else { return nil }
            running = Running(tenant: tenant, check: check)
            return check.number
        }
    }

    func check(_ number: Int, of tenant: TenantName) -> LogCheck? {
        if let running = running.read({ $0 }), running.tenant == tenant, running.check.number == number {
            return running.check
        }
        guard let (evidence, log) = try? evidence(of: tenant) else { return nil }
        return try? books.book(of: log, evidence).checks.first { $0.number == number }
    }

    func stop(_ number: Int, of tenant: TenantName) {
        running.update { running in
            guard running?.tenant == tenant, running?.check.number == number else { return }
            running?.isStopped = true
        }
    }

    /// Where the records of a wish are to be looked for.
    private func near(
        _ wish: CheckWish, _ log: LedgerView.Log, _ evidence: Evidence
    ) throws(IntegrityProblem) -> Range<UInt64> {
        let book = try answer { () throws(StartError) in try books.book(of: log, evidence) }
        switch wish {
        case .all: return 0..<log.size
        case .records(let numbers):
            guard numbers.lowerBound < log.size else {
                throw IntegrityProblem(.flaw, "The log has \(log.size) records; the last is \(log.size - 1).")
            }
            return numbers.lowerBound..<min(numbers.upperBound, log.size - 1) + 1
        case .time(let time):
            guard book.counted == log.size else { return 0..<log.size }
            guard let rows = book.records(in: time) else {
                throw IntegrityProblem(.flaw, "No record was accepted in that time.")
            }
            return rows
        }
    }

    /// - Returns: whether all of them are what was signed.
    @discardableResult
    func run(_ wish: CheckWish, within near: Range<UInt64>, of tenant: TenantName) -> Bool {
        do throws(StartError) {
            // Opened again, so that all of it is of one moment.
            let evidence = try Evidence(data: data, log: log)
            let log = try evidence.log(of: tenant)
            let note = try evidence.checkpoint(of: log, size: nil)
            let size = Checkpoint(text: note.text)?.size ?? 0
            var rows = near.clamped(to: 0..<size)
            if case .time(let time) = wish, !rows.isEmpty {
                rows =
                    try evidence.sequences(
                        of: log, acceptedFrom: time.lowerBound, to: time.upperBound, within: rows) ?? 0..<0
            }
            guard !rows.isEmpty else { throw StartError("no record of that time is under a checkpoint") }
            let checkpoint = evidence.facts(note, of: log)
            update {
                $0.records = rows
                $0.checkpoint = checkpoint
            }
            let verifier = try evidence.check(rows, of: log, under: note, keys: evidence.keys(trusting: nil)) {
                progress in
                update {
                    $0.leaves = progress.leaves
                    $0.compared = progress.compared
                }
                return !isStopping.load(ordering: .relaxed) && !isStopped
            }
            guard let verifier else {
                end(tenant) { $0.state = .stopped }
                return false
            }
            let findings = try verifier.findings.prefix(LogBook.mostFindings).map { finding throws(StartError) in
                try evidence.facts(finding, of: log)
            }
            end(
                tenant, changed: Set(verifier.findings.compactMap(\.sequence)),
                isAll: verifier.findings.count == verifier.findingCount
            ) {
                $0.leaves = UInt64(rows.count)
                $0.compared = verifier.records
                $0.erased = verifier.erased
                $0.lost = verifier.lost
                $0.findings = findings
                $0.findingCount = verifier.findingCount
                $0.state = verifier.findingCount == 0 ? .passed : .failed
            }
            return verifier.findingCount == 0
        } catch {
            end(tenant) {
                $0.state = .unclear
                $0.problem = "\(error)"
            }
            return false
        }
    }

    var isStopped: Bool { running.read { $0?.isStopped ?? true } }

    private func update(_ change: (inout LogCheck) -> Void) {
        running.update { running in
            guard var check = running?.check else { return }
            change(&check)
            running?.check = check
        }
    }

    /// Remembers what came of it. Only then does it run no more: whoever asks finds it in one of the two.
    private func end(
        _ tenant: TenantName, changed sequences: Set<UInt64> = [], isAll: Bool = true,
        _ conclude: (inout LogCheck) -> Void
    ) {
        guard var check = running.read({ $0?.check }) else { return }
        conclude(&check)
        check.ended = clock.now()
        // One of the server's own that gave way is gone on with, and no news.
        if !check.isStanding || check.state != .stopped {
            books.keep(check, changed: sequences, isAll: isAll, of: tenant)
        }
        running.update { $0 = nil }
        results[check.state]?.add()
        guard check.state == .failed else { return }
        log.error(
            "the record is not what was signed", ("tenant", "\(tenant)"), ("check", .number(check.number)),
            ("findings", .number(check.findingCount)))
        sink.append(check.alarm.batch(of: tenant)) { _ in }
    }

    // MARK: Disk

    /// What is proven of a tenant's log; `nil` before there is one.
    private func evidence(of tenant: TenantName) throws(IntegrityProblem) -> (Evidence, LedgerView.Log)? {
        try answer { () throws(StartError) in
            guard try Evidence.exists(data: data) else { return nil }
            let evidence = try Evidence(data: data, log: log)
            return evidence.view.log(of: tenant).map { (evidence, $0) }
        }
    }

    /// The same with the last checkpoint; `nil` before there is one.
    private func sealed(
        _ tenant: TenantName
    ) throws(IntegrityProblem) -> (Evidence, LedgerView.Log, Checkpoint)? {
        guard let (evidence, log) = try evidence(of: tenant),
            let last = log.checkpoint.flatMap({ Checkpoint(text: $0.text) })
        else { return nil }
        return (evidence, log, last)
    }

    private func answer<Result>(_ body: () throws(StartError) -> Result) throws(IntegrityProblem) -> Result {
        do throws(StartError) {
            return try body()
        } catch {
            throw IntegrityProblem(.unavailable, "\(error)".asSentence)
        }
    }
}

extension LogCheck {
    /// What the record itself has to say of it. It is searched, and delivered, as any other event.
    fileprivate var alarm: OwnRecord {
        OwnRecord(
            .finding, [.init("kind", .string("alert")), .init("action", .string("record-check-failed"))],
            [
                .init(
                    "message",
                    .string("Check \(number) of \(wish): \(findingCount) findings; the record is not what was signed."))
            ])
    }
}

extension String {
    /// With a capital letter and a full stop.
    fileprivate var asSentence: String { prefix(1).uppercased() + dropFirst() + (hasSuffix(".") ? "" : ".") }
}
