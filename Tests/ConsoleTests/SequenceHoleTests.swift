import Platform
import Testing

@testable import Console

struct SequenceHoleTests {
    private func holes(_ numbers: [Int?]) -> SequenceHoles {
        SequenceHoles(numbers.enumerated().map { SessionEvents.event("api_request", Int64($0), $1) })
    }

    @Test func `a whole count has no holes, whether it begins with zero or with one`() {
        for numbers in [[0, 1, 2, 3], [1, 2, 3]] {
            let holes = holes(numbers)
            #expect(holes.holes.isEmpty)
            #expect(holes.processCount == 1)
        }
    }

    @Test func `numbers between two events are missing, with the moments around them`() {
        let holes = holes([0, 1, 5, 6])
        #expect(holes.holes.map(\.numbers) == [2...4])
        #expect(holes.holes.map(\.text) == ["2–4"])
        #expect(holes.missing == 3)
        #expect(holes.holes.first?.after == SessionEvents.at(1))
        #expect(holes.holes.first?.before == SessionEvents.at(2))
    }

    @Test func `what comes later than its time fills a hole, and may leave two`() {
        #expect(holes([0, 2, 1, 3]).holes.isEmpty)
        #expect(holes([0, 6, 3]).holes.map(\.numbers) == [1...2, 4...5])
        #expect(holes([0, 4, 2]).holes.map(\.text) == ["1", "3"])
    }

    @Test func `a count that begins late lacks its beginning`() {
        let holes = holes([15, 16])
        #expect(holes.holes.map(\.numbers) == [0...14])
        #expect(holes.holes.first?.after == nil)
    }

    @Test func `a resumed session is of several processes, each with a count of its own`() {
        let holes = holes([0, 1, 2, 0, 1, 4, 5])
        #expect(holes.processCount == 2)
        #expect(holes.holes.map(\.numbers) == [2...3])
        #expect(holes.holes.map(\.process) == [1])
    }

    @Test func `two processes at once are told apart where their numbers differ`() {
        let holes = holes([0, 1, 2, 0, 3, 1, 4, 2, 5])
        #expect(holes.processCount == 2)
        #expect(holes.holes.isEmpty)
    }

    @Test func `events without a number count for nothing`() {
        #expect(holes([nil, 0, nil, 1, -3]).holes.isEmpty)
        #expect(holes([nil]).processCount == 0)
    }

    @Test func `a leap as large as numbers go is one hole`() {
        let holes = holes([0, .max])
        #expect(holes.holes.map(\.numbers) == [1...(.max - 1)])
    }
}
