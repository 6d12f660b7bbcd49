import Platform
import Testing

struct RoundsTests {
    private let count = Waitable(0)
    private let rounds = Rounds()

    private func start(after first: Timestamp.Span? = nil, pause: Timestamp.Span) {
        let count = count
        rounds.start("rounds", after: first) {
            count.update { $0 += 1 }
            return pause
        }
    }

    @Test func `rounds follow each other until they are stopped`() {
        start(pause: .milliseconds(1))
        #expect(count.wait(atMost: .minutes(1)) { $0 >= 3 ? true : nil } == true)
        rounds.stop()
        let last = count.read { $0 }
        #expect(count.wait(atMost: .milliseconds(20)) { $0 > last ? true : nil } == nil)
    }

    @Test(.timeLimit(.minutes(1))) func `a stop does not wait for the end of a pause`() {
        start(after: .days(1), pause: .days(1))
        rounds.stop()
        #expect(count.read { $0 } == 0)
    }

    @Test(.timeLimit(.minutes(1))) func `a first round at once is done even if a stop follows as fast`() {
        start(pause: .days(1))
        rounds.stop()
        #expect(count.read { $0 } == 1)
    }
}
