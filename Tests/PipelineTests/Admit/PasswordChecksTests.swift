import Integrity
import Platform
import TestKit
import Testing

@testable import Pipeline

@Suite struct `Checks of passwords` {
    private let clock = TestClock()
    private let checks: PasswordChecks
    private let hash: PasswordHash

    init() throws {
        checks = PasswordChecks(clock: clock)
        let effort = try #require(PasswordHash.Effort(memory: 8, passes: 1))
        hash = try #require(PasswordHash(of: "right", effort: effort, random: .system))
    }

    @Test func `What was checked is remembered, right or wrong`() throws {
        for _ in 0..<100 {
            #expect(checks.match("right", among: [hash]) == .matches(hash))
            #expect(checks.match("wrong", among: [hash]) == .none)
        }
        #expect(checks.done.value == 2)
        // The same password under another hash is another question.
        let effort = try #require(PasswordHash.Effort(memory: 8, passes: 1))
        let second = try #require(PasswordHash(of: "right", effort: effort, random: .system))
        #expect(checks.match("right", among: [second]) == .matches(second))
        #expect(checks.match("right", among: [second, hash]) == .matches(second))
        #expect(checks.match("right", among: []) == .none)
        #expect(checks.done.value == 3)
    }

    @Test func `New secrets are checked only so often, and known ones go on`() {
        #expect(checks.match("right", among: [hash]) == .matches(hash))
        for number in 1..<PasswordChecks.burst { #expect(checks.match("\(number)", among: [hash]) == .none) }
        guard case .busy(let after) = checks.match("one more", among: [hash]) else {
            Issue.record("it was checked")
            return
        }
        #expect(after == .milliseconds(125))
        #expect(checks.match("right", among: [hash]) == .matches(hash))
        #expect(checks.match("1", among: [hash]) == .none)
        #expect(checks.done.value == PasswordChecks.burst)
        clock.advance(after)
        #expect(checks.match("one more", among: [hash]) == .none)
        #expect(checks.match("and one", among: [hash]) == .busy(after: .milliseconds(125)))
    }
}

@Suite struct `A rate` {
    @Test func `A second's worth comes at once, then one after another`() {
        let clock = TestClock()
        var limit = RateLimit(perSecond: 4)
        func take() -> Timestamp.Span? {
            let wait = limit.wait(at: clock.now())
            if wait == nil { limit.take(at: clock.now()) }
            return wait
        }
        #expect((0..<5).map { _ in take() } == [nil, nil, nil, nil, .milliseconds(250)])
        clock.advance(.milliseconds(249))
        #expect(take() == .milliseconds(1))
        clock.advance(.milliseconds(1))
        #expect(take() == nil && take() == .milliseconds(250))
        // A long pause fills it once and not more.
        clock.advance(.hours(1))
        #expect((0..<5).map { _ in take() == nil } == [true, true, true, true, false])
    }

    @Test(arguments: [1, 3, 7, 1_000, 1_000_000])
    func `It is exact over time`(rate: Int) {
        let clock = TestClock()
        var limit = RateLimit(perSecond: rate, burst: 1)
        var taken = 0
        let steps = 4_000
        for _ in 0..<steps {
            if limit.wait(at: clock.now()) == nil {
                limit.take(at: clock.now())
                taken += 1
            }
            // Four steps are one interval, and a few nanoseconds.
            clock.advance(Timestamp.Span(nanoseconds: (1_000_000_000 / Int64(rate) + 3) / 4))
        }
        #expect(taken == steps / 4, "\(taken)")
    }
}
