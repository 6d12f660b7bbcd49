import Events
import Network
import Platform
import Testing

@testable import Intake

/// One budget for all who read a parent organization.
struct FeedBudgetTests {
    let now = FeedWorld.start

    func answer(limit: Int, remaining: Int, reset: Timestamp) -> HTTPResponse {
        var response = HTTPResponse(200)
        response.headers.set("anthropic-ratelimit-requests-limit", String(limit))
        response.headers.set("anthropic-ratelimit-requests-remaining", String(remaining))
        response.headers.set("anthropic-ratelimit-requests-reset", RFC3339.text(reset))
        return response
    }

    @Test func `it knows the API's limit once it was told`() {
        let budget = FeedBudget()
        #expect(budget.limit == 600 && budget.remaining == nil)
        budget.learn(answer(limit: 60, remaining: 41, reset: now + .seconds(30)), at: (now, now))
        #expect(budget.limit == 60 && budget.remaining == 41)
        // Ten at once, then one a second.
        for _ in 0..<10 { #expect(budget.take(at: now, isBacklog: false) == .go(after: .seconds(0))) }
        #expect(budget.take(at: now, isBacklog: false) == .go(after: .seconds(1)))
    }

    @Test func `what is used up is waited for until it is new`() {
        let budget = FeedBudget()
        budget.learn(answer(limit: 600, remaining: 1, reset: now + .seconds(30)), at: (now, now))
        #expect(budget.take(at: now, isBacklog: false) == .go(after: .seconds(0)))
        #expect(budget.take(at: now + .seconds(10), isBacklog: false) == .later(.seconds(20)))
        #expect(budget.take(at: now + .seconds(30), isBacklog: false) == .go(after: .seconds(0)))
    }

    @Test func `the backlog leaves a quarter to the present`() {
        let budget = FeedBudget()
        budget.learn(answer(limit: 600, remaining: 151, reset: now + .seconds(30)), at: (now, now))
        #expect(budget.take(at: now, isBacklog: true) == .go(after: .seconds(0)))
        #expect(budget.take(at: now, isBacklog: true) == .later(.seconds(30)))
        #expect(budget.take(at: now, isBacklog: false) == .go(after: .seconds(0)))
    }

    @Test func `answers that overtake one another do not give back what is used`() {
        let budget = FeedBudget()
        budget.learn(answer(limit: 600, remaining: 7, reset: now + .seconds(30)), at: (now, now))
        budget.learn(answer(limit: 600, remaining: 9, reset: now + .seconds(30)), at: (now, now))
        #expect(budget.remaining == 7)
        let next = now + .seconds(31)
        budget.learn(answer(limit: 600, remaining: 599, reset: next + .seconds(59)), at: (next, next))
        #expect(budget.remaining == 599)
    }

    @Test func `a clock that is wrong stops nobody for longer than a minute`() {
        let budget = FeedBudget()
        budget.learn(answer(limit: 600, remaining: 0, reset: now + .days(3)), at: (now, now))
        #expect(budget.take(at: now, isBacklog: false) == .later(.minutes(1)))
    }

    @Test func `a pause that one is asked for holds for all`() {
        let budget = FeedBudget()
        budget.pause(until: now + .seconds(17))
        budget.pause(until: now + .seconds(3))
        #expect(budget.take(at: now, isBacklog: false) == .later(.seconds(17)))
        #expect(budget.take(at: now + .seconds(17), isBacklog: false) == .go(after: .seconds(0)))
    }

    @Test func `headers that say nonsense are passed over`() {
        let budget = FeedBudget()
        budget.learn(answer(limit: -1, remaining: -5, reset: now), at: (now, now))
        #expect(budget.limit == 600 && budget.remaining == nil)
    }

    @Test func `own requests are known again, the last four thousand`() {
        var own = OwnRequests()
        for number in 0...OwnRequests.limit { own.note("req_\(number)") }
        #expect(!own.contains(IdentityDigest.of("req_0".utf8)))
        #expect(own.contains(IdentityDigest.of("req_1".utf8)))
        #expect(own.contains(IdentityDigest.of("req_\(OwnRequests.limit)".utf8)))
    }

    @Test func `feeds share a budget by organization, or by what they are told`() {
        var one = FeedConfiguration(key: FeedKey("a"))
        var other = FeedConfiguration(key: FeedKey("b"))
        other.name = "other"
        #expect(one.budgetName == other.budgetName)
        other.parent = "subsidiary"
        #expect(one.budgetName != other.budgetName)
        one.parent = "subsidiary"
        #expect(one.budgetName == other.budgetName)
    }
}
