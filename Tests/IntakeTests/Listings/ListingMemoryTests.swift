import Platform
import TestKit
import Testing

@testable import Intake

/// How far a listing came, and what is remembered of it.
struct ListingMemoryTests {
    private static let now = Timestamp(milliseconds: 1_791_446_400_000)

    private static func chat(_ number: Int, _ time: Timestamp) -> ListedObject {
        let text = "{\"id\":\"c\(number)\",\"updated_at\":\"\(RFC3339.text(time, digits: 6))\"}"
        return ListedObject(Array(text.utf8), .chat, keepsTitles: false)!
    }

    private static func filled(_ count: Int, every span: Timestamp.Span) -> ListingMemory {
        var memory = ListingMemory(from: now - .days(1))
        memory.until = now
        for number in 0..<count {
            let time = now - .milliseconds(Int64(number + 1) * span.nanoseconds / 1_000_000)
            memory.note(chat(number, time), .chat)
        }
        return memory
    }

    @Test(arguments: ["cGFnZV8x+/=", "page_1", "with spaces"])
    func `what is written is read`(place: String) {
        var memory = Self.filled(20, every: .seconds(10))
        memory.place = place
        #expect(ListingMemory(memory.bytes) == memory)
        memory.end(.chat)
        #expect(ListingMemory(memory.bytes) == memory && memory.until == nil && memory.place == nil)
    }

    @Test func `nothing else is read, and no part of a line`() {
        let bytes = Self.filled(3, every: .seconds(1)).bytes
        for count in 0..<bytes.count where count == 0 || bytes[count - 1] != 10 {
            #expect(ListingMemory(Array(bytes[..<count])) == nil, "\(count)")
        }
        for text in ["", "docket listing 2\nwindow\t-\t-\t-\n", "docket listing 1\nwindow\tx\t-\t-\n"] {
            #expect(ListingMemory(Array(text.utf8)) == nil)
        }
    }

    @Test func `what the next window lists again is known, and only that`() {
        var memory = Self.filled(100, every: .seconds(10))
        memory.end(.chat)
        #expect(memory.from == Self.now - .minutes(10))
        #expect(memory.known.count == 60)
        #expect(memory.knows(Self.chat(0, Self.now - .seconds(10))))
        #expect(!memory.knows(Self.chat(0, Self.now - .seconds(11))), "another state of the same chat")
    }

    @Test func `with too many to remember less time is listed again, and what is listed again is known`() {
        let count = ListingMemory.mostDigests + 500
        var memory = Self.filled(count, every: .milliseconds(50))
        memory.end(.chat)
        #expect(memory.known.count <= ListingMemory.mostDigests)
        #expect(memory.from > Self.now - .minutes(10))
        for number in 0..<count {
            let time = Self.now - .milliseconds(Int64(number + 1) * 50)
            if time >= memory.from { #expect(memory.knows(Self.chat(number, time))) }
        }
    }

    @Test(arguments: ListedKind.allCases)
    func `a question says which window, and where in it`(kind: ListedKind) {
        var memory = ListingMemory(from: Self.now - .days(1))
        memory.until = Self.now
        memory.place = "a b"
        let target = ListingWalk.target(memory, kind, ["org_1"])
        #expect(target.contains("\(kind == .chat ? "updated_at" : "created_at").gte=2026-10-07T08%3A00%3A00.000000Z"))
        #expect(target.hasSuffix(kind == .chat ? "after_id=a%20b" : "page=a%20b"))
        #expect(target.contains("organization_ids%5B%5D=org_1") == (kind != .localSession))
    }
}
