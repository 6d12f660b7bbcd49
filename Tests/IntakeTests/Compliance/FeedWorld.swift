import Codecs
import Network
import Platform
import TestKit

@testable import Intake
@testable import Simulate

/// A feed and a journal without network, disk or waiting: the machine asks, the simulated desk answers, and
/// crashes happen where a test wants them.
struct FeedWorld {
    enum Crash: Sendable { case beforeDurable, afterDurable }

    static let start = Timestamp(milliseconds: 1_791_446_400_000)

    var desk: ComplianceDesk
    var rules: FeedMachine.Rules
    var now = FeedWorld.start
    var machine: FeedMachine
    /// What is durable.
    var bookmark: [UInt8]?
    var journal: [String] = []
    var appends = 0
    var late = 0
    var shortened = 0
    var restarts = 0
    /// The number of the append that crashes, and how.
    var crashes: [Int: Crash] = [:]
    /// Whether the server refuses the cursor of this request.
    var refuses: (Int) -> Bool = { _ in false }
    /// Pages of the backlog that a look has time for.
    var backlogPages = 2
    /// What the journal has all of, as the machine said.
    var covered = CoveredTime()
    private var requests = 0

    init(_ options: ComplianceSimulator.Options, rules: FeedMachine.Rules) {
        var options = options
        options.requestsPerMinute = 1_000_000
        desk = ComplianceDesk(options, start: Self.start)
        self.rules = rules
        machine = FeedMachine(rules)
    }

    mutating func restart() {
        restarts += 1
        machine = FeedMachine(rules, bookmark: bookmark.flatMap { FeedBookmark($0) })
    }

    /// One look at the feed. A crash ends it.
    ///
    /// - Returns: whether it came to its end.
    @discardableResult
    mutating func round() -> Bool {
        machine.beginRound()
        var backlog = 0
        while let question = next(&backlog) {
            requests += 1
            now = now + .milliseconds(150)
            if question.hasCursor, refuses(requests) {
                guard question.isBacklog ? machine.backlogRefused() : machine.cursorRefused(at: now) else {
                    return false
                }
                continue
            }
            guard take(question) else { return false }
        }
        return true
    }

    private mutating func next(_ backlog: inout Int) -> FeedQuestion? {
        if let question = machine.question(at: now) { return question }
        backlog += 1
        return backlog <= backlogPages ? machine.backlogQuestion(at: now) : nil
    }

    private mutating func take(_ question: FeedQuestion) -> Bool {
        let request = HTTPRequest(.get, question.target, headers: ["x-api-key": SimulatedKey.standard.text])
        let (response, _) = desk.answer(request, at: now)
        guard response.status == 200, let page = try? FeedPage(response.body),
            let take = question.isBacklog ? try? machine.takeBacklog(page) : try? machine.take(page)
        else { return false }
        late += take.late
        shortened += take.isShortened ? 1 : 0
        if take.hasNew || take.isWorthSaving {
            let crash = crashes[appends]
            appends += 1
            if crash != .beforeDurable {
                for index in take.kept {
                    let text = String(decoding: response.body[page.rows[index].range.range], as: UTF8.self)
                    journal.append((try? JSONValue(parsing: text))?["id"]?.string ?? "?")
                }
                bookmark = take.bookmark.bytes
                if let covers = take.covers { covered.insert(covers) }
            }
            if crash != nil {
                restart()
                return false
            }
        }
        machine.commit(take)
        return true
    }

    /// Looks every minute.
    mutating func run(for span: Timestamp.Span) {
        let end = now + span
        while now < end {
            round()
            now = now + .seconds(60)
        }
    }

    /// What is in the journal twice or not at all.
    var flaws: (doubled: [String], missing: [String]) {
        let counts = journal.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let doubled = counts.filter { $0.value > 1 }.map(\.key)
        return (doubled, desk.feed.truth.filter { counts[$0] == nil })
    }
}
