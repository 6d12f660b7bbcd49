import Console
import Events
import Platform

/// Answers as it was told to.
final class StubDesk: IntegrityDesk {
    let facts = Locked<LogFacts?>(nil)
    let checks = Locked<[LogCheck]>([])
    let begun = Locked<[CheckWish]>([])
    let stopped = Locked<[Int]>([])
    let files = Locked<[UploadedFile]>([])
    let proof = Locked<EventProof?>(nil)
    let problem = Locked<IntegrityProblem?>(nil)
    let hours = Locked(CoverageAnswer.counting)

    private func orProblem<Answer: Sendable>(_ answer: Answer) throws(IntegrityProblem) -> Answer {
        if let problem = problem.withLock({ $0 }) { throw problem }
        return answer
    }

    func log(of tenant: TenantName) throws(IntegrityProblem) -> LogFacts? { try orProblem(facts.withLock { $0 }) }

    func begin(_ wish: CheckWish, of tenant: TenantName, by person: String) throws(IntegrityProblem) -> Int {
        begun.withLock { $0.append(wish) }
        return try orProblem(7)
    }

    func check(_ number: Int, of tenant: TenantName) -> LogCheck? {
        checks.withLock { $0.first { $0.number == number } }
    }

    func stop(_ number: Int, of tenant: TenantName) { stopped.withLock { $0.append(number) } }

    func record(_ sequence: UInt64, of tenant: TenantName) throws(IntegrityProblem) -> RecordFacts? {
        guard sequence < 10 else { return nil }
        return try orProblem(
            RecordFacts(
                sequence: sequence, state: .changed, expected: "expected+hash", found: "found+hash", accepted: .sample,
                differences: ["what it says"], neighbors: [.init(sequence: sequence + 1, state: .unchanged)]))
    }

    func proof(of sequence: UInt64, tenant: TenantName) throws(IntegrityProblem) -> EventProof? {
        try orProblem(proof.withLock { $0 })
    }

    func verify(_ files: [UploadedFile], of tenant: TenantName) throws(IntegrityProblem) -> ExportVerdict {
        self.files.withLock { $0 = files }
        return try orProblem(
            ExportVerdict(.proven, what: files.map(\.name).joined(), "Proven: record 3.", details: ["a <b>"]))
    }

    func coverage(of tenant: TenantName, day: Timestamp, waits: Bool) -> CoverageAnswer { hours.withLock { $0 } }
}

extension LogFacts {
    /// Three days: 100 records on each of the first two, 50 on the last, of which 40 are sealed.
    static var sample: LogFacts {
        var log = LogFacts(origin: "docket.example.com/t/00", size: 250)
        let first = Timestamp(nanoseconds: 1_791_244_800_000_000_000)
        log.days = [
            RecordedDay(day: first, records: 0..<100, count: 100),
            RecordedDay(day: first + .days(1), records: 100..<200, count: 100),
            RecordedDay(day: first + .days(2), records: 200..<250, count: 50),
        ]
        log.counted = 250
        log.checkpoints = [CheckpointFacts(size: 240, root: "root+of+240", keyIDs: ["0a0b0c0d"])]
        return log
    }

    mutating func verify(_ records: Range<UInt64>, endedAgo: Timestamp.Span = .minutes(4)) {
        verified.formUnion(SequenceSet(records))
        var check = LogCheck(number: 1, wish: "all records", person: "ada", began: .sample - endedAgo)
        check.state = .passed
        check.ended = .sample - endedAgo
        check.records = records
        checks.insert(check, at: 0)
    }
}
