import Codecs
import Platform
import Testing

@testable import Intake

/// What is read when the present leaves time for it.
struct FeedBacklogTests {
    let now = FeedWorld.start

    func rules(_ change: (inout FeedMachine.Rules) -> Void = { _ in }) -> FeedMachine.Rules {
        var rules = FeedMachine.Rules()
        rules.limit = 2
        rules.initialInterval = .days(30)
        change(&rules)
        return rules
    }

    /// Newest first; created so many seconds before ``now``.
    func page(_ rows: [(seconds: Int64, type: UInt64)], more: Bool = false, last: String? = nil) -> FeedPage {
        var page = FeedPage()
        page.rows = rows.map {
            FeedPage.Row(
                range: .empty, identity: UInt64(bitPattern: $0.seconds), created: now - .seconds($0.seconds),
                type: $0.type)
        }
        page.hasMore = more
        page.firstID = rows.isEmpty ? nil : "first"
        page.lastID = last
        return page
    }

    /// A machine whose present is read.
    func caughtUp(_ rules: FeedMachine.Rules) throws -> FeedMachine {
        var machine = FeedMachine(rules)
        machine.beginRound()
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([(100, 1)], last: "a")))
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([])))
        return machine
    }

    static let access = IdentityDigest.of("anthropic_access".utf8)

    @Test func `the first window is a day, and what is older waits until it is read`() throws {
        var machine = FeedMachine(rules())
        machine.beginRound()
        let first = machine.question(at: now)?.place
        #expect(first == .window(from: now - .days(1), until: now - .seconds(60), after: nil))
        let early = machine.backlogQuestion(at: now)
        #expect(early == nil)
        machine = try caughtUp(rules())
        let question = machine.backlogQuestion(at: now)
        #expect(question?.isBacklog == true)
        #expect(question?.place == .window(from: now - .days(30), until: now - .days(1), after: nil))
    }

    @Test func `the backlog goes on from its page after a crash`() throws {
        var machine = try caughtUp(rules())
        _ = machine.backlogQuestion(at: now)
        let take = try machine.takeBacklog(page([(90_000, 1), (90_001, 1)], more: true, last: "b"))
        #expect(take.kept == [1, 0])
        #expect(take.covers == now - .seconds(90_001) + Timestamp.Span(nanoseconds: 1_000)..<now - .days(1))
        let durable = try #require(FeedBookmark(take.bookmark.bytes))
        #expect(durable == take.bookmark)
        var restarted = FeedMachine(rules(), bookmark: durable)
        restarted.beginRound()
        let question = restarted.backlogQuestion(at: now + .hours(1))
        #expect(question?.place == .window(from: now - .days(30), until: now - .days(1), after: "b"))
    }

    @Test func `a refused cursor of the backlog begins anew where it was, and doubles nothing`() throws {
        var machine = try caughtUp(rules())
        _ = machine.backlogQuestion(at: now)
        machine.commit(try machine.takeBacklog(page([(90_000, 1), (90_001, 1)], more: true, last: "b")))
        let hasWay = machine.backlogRefused()
        #expect(hasWay)
        let take = try machine.takeBacklog(page([(90_001, 1), (90_002, 1)], last: "c"))
        #expect(take.kept == [1] && take.known == 1)
        let hasNoOther = machine.backlogRefused()
        #expect(!hasNoOther)
    }

    @Test func `behind its last page the backlog is over, and is not begun again`() throws {
        var machine = try caughtUp(rules())
        _ = machine.backlogQuestion(at: now)
        let take = try machine.takeBacklog(page([(90_000, 1)], last: "b"))
        #expect(take.isWorthSaving && take.covers == now - .days(30)..<now - .days(1))
        machine.commit(take)
        let question = machine.backlogQuestion(at: now + .minutes(1))
        #expect(question == nil)
        let contradiction = page([(90_000, 1)], more: true)
        machine = try caughtUp(rules())
        _ = machine.backlogQuestion(at: now)
        #expect(throws: FeedPageContradiction.self) { try machine.takeBacklog(contradiction) }
    }

    @Test func `a longer wish later reads what is missing, and no more`() throws {
        let machine = try caughtUp(rules { $0.initialInterval = .hours(24) })
        let durable = try #require(FeedBookmark(machine.bookmark.bytes))
        var longer = FeedMachine(rules { $0.initialInterval = .days(90) }, bookmark: durable)
        longer.beginRound()
        let question = longer.backlogQuestion(at: now)
        #expect(question?.place == .window(from: now - .days(90), until: now - .days(1), after: nil))
    }

    @Test func `looking back finds activities of Access Transparency that are days late, once`() throws {
        let rules = rules { $0.initialInterval = .hours(24) }
        var machine = try caughtUp(rules)
        let early = machine.backlogQuestion(at: now + .minutes(5))
        #expect(early == nil)
        let later = now + .days(2)
        let question = machine.backlogQuestion(at: later)
        #expect(question?.place == .window(from: now - .days(1), until: later - .seconds(60), after: nil))
        let listed = page([(50, Self.access), (40_000, 1), (50_000, Self.access)], last: "x")
        let take = try machine.takeBacklog(listed)
        #expect(take.kept == [2, 0] && take.late == 2 && take.known == 1 && take.covers == nil)
        machine.commit(take)
        let soon = machine.backlogQuestion(at: later + .hours(1))
        #expect(soon == nil)
        var restarted = FeedMachine(rules, bookmark: FeedBookmark(machine.bookmark.bytes))
        _ = restarted.backlogQuestion(at: later + .hours(13))
        #expect(try restarted.takeBacklog(listed).kept.isEmpty)
    }

    @Test func `what the present has read is known when it is looked back`() throws {
        var machine = try caughtUp(rules { $0.initialInterval = .hours(24) })
        machine.beginRound()
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([(50, Self.access)], last: "y")))
        _ = machine.backlogQuestion(at: now + .days(1))
        #expect(try machine.takeBacklog(page([(50, Self.access)], last: "y")).kept.isEmpty)
    }

    @Test func `looking back can be turned off`() throws {
        var machine = try caughtUp(
            rules {
                $0.initialInterval = .hours(24)
                $0.lookBack = .seconds(0)
            })
        let question = machine.backlogQuestion(at: now + .days(9))
        #expect(question == nil)
    }

    @Test func `a bookmark of the version before is read, and begins no backlog`() throws {
        let machine = try caughtUp(rules())
        guard case .object(let members) = try JSONValue(parsing: machine.bookmark.bytes) else { return }
        let later = ["version", "origin", "whole", "looked_back", "access", "backlog"]
        let old = JSONValue.object(
            [.init("version", .integer(1))] + members.filter { !later.contains($0.key) }
        ).text
        let bookmark = try #require(FeedBookmark(Array(old.utf8)))
        #expect(bookmark.firstID == machine.bookmark.firstID && bookmark.seen == machine.bookmark.seen)
        var restarted = FeedMachine(rules(), bookmark: bookmark)
        restarted.beginRound()
        let question = restarted.backlogQuestion(at: now)
        #expect(question == nil)
    }
}
