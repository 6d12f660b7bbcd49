import Codecs
import Platform
import Testing

@testable import Intake

/// The rules of the walk, one by one.
struct FeedMachineTests {
    let now = FeedWorld.start
    static let filters = FeedFilters()

    func rules(overlap: Timestamp.Span = .minutes(10)) -> FeedMachine.Rules {
        var rules = FeedMachine.Rules()
        rules.limit = 2
        rules.overlap = overlap
        return rules
    }

    /// A page whose activities were created so many seconds before ``now``, newest first.
    func page(_ seconds: [Int64], more: Bool = false, first: String? = nil, last: String? = nil) -> FeedPage {
        var page = FeedPage()
        page.rows = seconds.map {
            FeedPage.Row(
                range: .empty, identity: UInt64(bitPattern: $0), created: now - .seconds($0))
        }
        page.hasMore = more
        page.firstID = first
        page.lastID = last
        return page
    }

    /// A machine whose first window held one activity, `first_id` "a".
    func caughtUp() throws -> FeedMachine {
        var machine = FeedMachine(rules())
        machine.beginRound()
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([100], first: "a", last: "a")))
        return machine
    }

    func place(_ machine: inout FeedMachine, _ now: Timestamp) -> FeedQuestion.Place? {
        machine.question(at: now)?.place
    }

    func isOver(_ machine: inout FeedMachine, _ now: Timestamp) -> Bool { machine.question(at: now) == nil }

    @Test func `the first window ends a minute ago and is fixed while time goes on`() throws {
        var machine = FeedMachine(rules())
        machine.beginRound()
        let from = now - .hours(24)
        let until = now - .seconds(60)
        #expect(place(&machine, now) == .window(from: from, until: until, after: nil))
        machine.commit(try machine.take(page([70, 80], more: true, first: "a", last: "b")))
        #expect(place(&machine, now + .minutes(5)) == .window(from: from, until: until, after: "b"))
    }

    @Test func `within a page the oldest is journaled first`() throws {
        var machine = FeedMachine(rules())
        _ = machine.question(at: now)
        #expect(try machine.take(page([70, 80, 90], first: "a", last: "c")).kept == [2, 1, 0])
    }

    @Test func `behind the first window the walk goes forward from its newest activity`() throws {
        var machine = FeedMachine(rules())
        machine.beginRound()
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([70, 80], more: true, first: "a", last: "b")))
        machine.commit(try machine.take(page([90], first: "c", last: "c")))
        #expect(machine.bookmark.firstID == "a")
        #expect(place(&machine, now) == .newer(than: "a"))
    }

    @Test func `the bookmark moves only when there is nothing more`() throws {
        var machine = try caughtUp()
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([50, 60], more: true, first: "b", last: "x")))
        #expect(machine.bookmark.firstID == "a")
        #expect(place(&machine, now) == .newer(than: "b"))
        machine.commit(try machine.take(page([40], first: "c", last: "c")))
        #expect(machine.bookmark.firstID == "c")
        #expect(machine.bookmark.walk == nil)
    }

    @Test func `an empty page leaves the bookmark where it was`() throws {
        var machine = try caughtUp()
        _ = machine.question(at: now)
        let take = try machine.take(page([]))
        #expect(take.bookmark.firstID == "a")
        #expect(!take.isWorthSaving && take.kept.isEmpty)
        machine.commit(take)
        #expect(isOver(&machine, now))
    }

    @Test func `an empty last page moves the bookmark behind the page before it`() throws {
        var machine = try caughtUp()
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([50, 60], more: true, first: "b", last: "x")))
        machine.commit(try machine.take(page([])))
        #expect(machine.bookmark.firstID == "b")
    }

    @Test func `an empty first window is remembered, and the next look goes on there`() throws {
        var machine = FeedMachine(rules())
        machine.beginRound()
        _ = machine.question(at: now)
        let take = try machine.take(page([]))
        #expect(take.isWorthSaving)
        let durable = try #require(FeedBookmark(take.bookmark.bytes))
        machine.commit(take)
        #expect(isOver(&machine, now))

        var later = FeedMachine(rules(), bookmark: durable)
        let next = now + .hours(30)
        #expect(
            place(&later, next)
                == .window(from: now - .minutes(11), until: next - .seconds(60), after: nil))
    }

    @Test func `an interrupted walk goes on from its page`() throws {
        var machine = FeedMachine(rules())
        _ = machine.question(at: now)
        let back = try machine.take(page([70, 80], more: true, first: "a", last: "b"))
        var restarted = FeedMachine(rules(), bookmark: FeedBookmark(back.bookmark.bytes))
        #expect(
            place(&restarted, now + .hours(1))
                == .window(from: now - .hours(24), until: now - .seconds(60), after: "b"))

        machine = try caughtUp()
        _ = machine.question(at: now)
        let forward = try machine.take(page([50, 60], more: true, first: "p", last: "x"))
        restarted = FeedMachine(rules(), bookmark: FeedBookmark(forward.bookmark.bytes))
        #expect(place(&restarted, now) == .newer(than: "p"))
        restarted.commit(try restarted.take(page([40], first: "q")))
        #expect(restarted.bookmark.firstID == "q")
    }

    @Test func `other filters begin anew`() throws {
        let machine = try caughtUp()
        var rules = rules()
        rules.filters = FeedFilters(activityTypes: ["claude_chat_created"])
        var other = FeedMachine(rules, bookmark: machine.bookmark)
        #expect(other.bookmark.firstID == nil)
        #expect(
            place(&other, now)
                == .window(from: now - .hours(24), until: now - .seconds(60), after: nil))
    }

    @Test func `the order in which filters are written does not matter`() {
        let one = FeedFilters(activityTypes: ["a", "b"], organizationIDs: ["o"])
        let same = FeedFilters(activityTypes: ["b", "a", "a"], organizationIDs: ["o"])
        let other = FeedFilters(activityTypes: ["a", "b"], actorIDs: ["o"])
        #expect(one.fingerprint == same.fingerprint)
        #expect(one.fingerprint != other.fingerprint)
    }

    @Test func `a refused bookmark is replaced by a window that knows what is journaled`() throws {
        var machine = try caughtUp()
        _ = machine.question(at: now)
        let answer1 = machine.cursorRefused(at: now)
        #expect(answer1)
        #expect(
            place(&machine, now)
                == .window(from: now - .minutes(11), until: now - .seconds(60), after: nil))
        let take = try machine.take(page([65, 100], first: "n", last: "a"))
        #expect(take.kept == [0] && take.known == 1)
        machine.commit(take)
        #expect(machine.bookmark.firstID == "n")
    }

    @Test func `a second refusal in one look, and one without a cursor, have no other way`() throws {
        var machine = try caughtUp()
        _ = machine.question(at: now)
        let answer2 = machine.cursorRefused(at: now)
        #expect(answer2)
        let answer3 = machine.cursorRefused(at: now)
        #expect(!answer3)
        machine.commit(try machine.take(page([65], first: "n")))
        _ = machine.question(at: now)
        let answer4 = machine.cursorRefused(at: now)
        #expect(!answer4)

        var fresh = FeedMachine(rules())
        _ = fresh.question(at: now)
        let answer5 = fresh.cursorRefused(at: now)
        #expect(!answer5)
    }

    @Test func `a cursor refused inside a window narrows the window`() throws {
        var machine = FeedMachine(rules())
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([70, 80], more: true, first: "a", last: "b")))
        let answer6 = machine.cursorRefused(at: now)
        #expect(answer6)
        let until = now - .seconds(80) + Timestamp.Span(nanoseconds: 1_000)
        #expect(
            place(&machine, now) == .window(from: now - .hours(24), until: until, after: nil))
        let take = try machine.take(page([80, 90], first: "b", last: "c"))
        #expect(take.kept == [1] && take.known == 1)
        machine.commit(take)
        #expect(machine.bookmark.firstID == "a")
        #expect(machine.bookmark.swept == now - .seconds(60))
    }

    @Test func `the overlap is asked for when its time has come, and keeps what is new`() throws {
        var machine = try caughtUp()
        _ = machine.question(at: now)
        machine.commit(try machine.take(page([])))
        #expect(isOver(&machine, now))

        let later = now + .minutes(5)
        machine.beginRound()
        _ = machine.question(at: later)
        machine.commit(try machine.take(page([])))
        #expect(
            place(&machine, later)
                == .window(from: now - .minutes(11), until: later - .seconds(60), after: nil))
        let take = try machine.take(page([100, 200], first: "z", last: "y"))
        #expect(take.kept == [1] && take.late == 1 && take.known == 1)
        machine.commit(take)
        #expect(machine.bookmark.firstID == "a")
        #expect(isOver(&machine, later))
    }

    @Test func `a page that says there is more but not where is refused`() throws {
        var machine = FeedMachine(rules())
        _ = machine.question(at: now)
        #expect(throws: FeedPageContradiction.self) { try machine.take(page([70], more: true, first: "a")) }
        machine = try caughtUp()
        _ = machine.question(at: now)
        #expect(throws: FeedPageContradiction.self) { try machine.take(page([], more: true)) }
        #expect(throws: FeedPageContradiction.self) { try machine.take(page([], more: true, first: "a")) }
    }

    @Test func `a bookmark survives being written down`() throws {
        var machine = FeedMachine(rules())
        _ = machine.question(at: now)
        let window = try machine.take(page([70, 80], more: true, first: "a\"ü", last: "b")).bookmark
        #expect(FeedBookmark(window.bytes) == window)
        let ended = try caughtUp().bookmark
        #expect(FeedBookmark(ended.bytes) == ended)
        #expect(FeedBookmark(Array(#"{"version":3,"filters":"0000000000000000"}"#.utf8)) == nil)
        #expect(FeedBookmark(Array("nonsense".utf8)) == nil)
    }

    @Test func `a question is a target with encoded names`() {
        let question = FeedQuestion(
            place: .window(from: now - .seconds(1), until: now, after: "a b"),
            filters: FeedFilters(activityTypes: ["x"], actorIDs: ["user_1"], organizationIDs: ["org_1"]), limit: 5)
        #expect(
            question.target
                == "/v1/compliance/activities?limit=5&created_at.gte=2026-10-08T07%3A59%3A59.000000Z"
                + "&created_at.lt=2026-10-08T08%3A00%3A00.000000Z&after_id=a%20b"
                + "&actor_ids%5B%5D=user_1&organization_ids%5B%5D=org_1")
    }

    /// To say too much would hide a gap.
    @Test func `nothing is called whole that is not`() throws {
        var machine = FeedMachine(rules())
        machine.beginRound()
        _ = machine.question(at: now)
        let half = try machine.take(page([70, 80], more: true, first: "a", last: "b"))
        // There may be more of the same moment on the next page.
        #expect(half.covers == now - .seconds(80) + Timestamp.Span(nanoseconds: 1_000)..<now - .seconds(60))
        #expect(half.bookmark.whole == nil)
        machine.commit(half)
        let rest = try machine.take(page([90], first: "c", last: "c"))
        #expect(rest.covers == now - .hours(24)..<now - .seconds(60))
        machine.commit(rest)
        let later = now + .seconds(10)
        machine.beginRound()
        _ = machine.question(at: later)
        #expect(try machine.take(page([50], more: true, first: "d", last: "d")).covers == nil)
        let end = try machine.take(page([50], first: "d", last: "d"))
        #expect(end.covers == now - .seconds(60)..<later - .seconds(60))
    }
}
