import Console
import Events
import Intake
import Journal
import Platform
import Synchronization

/// Counts what came of each source in the hours of a day, on a thread of the lowest priority, and remembers it for a
/// while: it reads all that was journaled since the day before.
///
/// - Full: one day is counted at a time; who asks for another one is told to ask again.
final class HourCounter: Sendable {
    private struct Question: Sendable, Hashable {
        let tenant: TenantName
        let day: Timestamp
    }

    private struct Answer: Sendable {
        let question: Question
        let answer: CoverageAnswer
        let made: Timestamp
    }

    private struct Shared: Sendable {
        /// The newest last.
        var answers: [Answer] = []
        var running: Question?
    }

    private let data: String
    private let heartbeat: Timestamp.Span
    private let clock: any Clock
    private let shared = Waitable(Shared())
    private let thread = Locked<OwnThread.Handle?>(nil)
    private let isStopping = Atomic<Bool>(false)

    private static let mostAnswers = 32
    /// How long an answer is good.
    private static let age = Timestamp.Span.minutes(1)
    /// How long a page waits for one.
    private static let patience = Timestamp.Span.seconds(2)

    init(data: String, heartbeat: Timestamp.Span, clock: any Clock) {
        self.data = data
        self.heartbeat = heartbeat
        self.clock = clock
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        thread.withLock { $0.take() }?.join()
    }

    /// - Parameter first: a record of the tenant that nothing of the day came before; `nil` when nothing came.
    /// - Parameter waits: whether to wait a little for what is being counted.
    func answer(_ tenant: TenantName, day: Timestamp, from first: UInt64?, waits: Bool) -> CoverageAnswer {
        let question = Question(tenant: tenant, day: day)
        if let known = known(question), clock.steady() - known.made <= Self.age { return known.answer }
        let isBegun = shared.update { shared in
            guard shared.running == nil, !isStopping.load(ordering: .relaxed) else { return false }
            shared.running = question
            return true
        }
        if isBegun {
            thread.withLock { thread in
                // The last one has ended, but for its last instructions.
                thread?.join()
                thread = OwnThread.start("hours", isBackground: true) { [self] in
                    let answer = count(question, from: first)
                    shared.update { [steady = clock.steady()] shared in
                        shared.running = nil
                        shared.answers.removeAll { $0.question == question }
                        shared.answers.append(Answer(question: question, answer: answer, made: steady))
                        shared.answers = shared.answers.suffix(Self.mostAnswers)
                    }
                }
            }
        }
        if waits { _ = shared.wait(atMost: Self.patience) { $0.running == nil ? true : nil } }
        return known(question)?.answer ?? .counting
    }

    private func known(_ question: Question) -> Answer? {
        shared.update { $0.answers.last { $0.question == question } }
    }

    private func count(_ question: Question, from first: UInt64?) -> CoverageAnswer {
        let now = clock.now()
        guard let first else { return .known([], at: now) }
        // A server writes a heartbeat when it has nothing else to write.
        let silence = max(Timestamp.Span.minutes(5), Timestamp.Span(nanoseconds: 3 * heartbeat.nanoseconds))
        var ledger = CoverageLedger(question.day..<question.day + .days(1), now: now, silence: silence)
        do {
            let reader = try JournalReader(
                try Journal.reading(FolderDisk(folder: "\(data)/journal")), at: first, of: question.tenant)
            while let batch = try reader.next() {
                if isStopping.load(ordering: .relaxed) { return .counting }
                ledger.follow(batch)
            }
        } catch {
            return .failed("\(error)")
        }
        return .known(ledger.rows.map(CoverageHour.init), at: now)
    }
}

extension CoverageHour {
    fileprivate init(_ row: CoverageRow) {
        self.init(
            source: row.source.text, part: row.part, hour: row.hour, state: row.state.rawValue, expected: row.expected,
            received: row.received, leftOut: row.leftOut, late: row.late, duplicate: row.duplicate,
            missing: row.missing, cause: row.cause)
    }
}
