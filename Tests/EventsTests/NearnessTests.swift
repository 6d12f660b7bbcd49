import Testing

@testable import Events

/// Names that are nearly right.
@Suite struct `Nearness of names` {
    @Test func `Counts single mistakes`() {
        #expect(Nearness.distance("kitten", "sitting") == 3)
        #expect(Nearness.distance("", "ab") == 2)
        #expect(Nearness.distance("ab", "ba") == 1)
    }

    @Test func `Knows what was meant, and when nothing was`() {
        #expect(Nearness.nearest(to: "promt", among: ["tool_input", "prompt"]) == "prompt")
        #expect(Nearness.nearest(to: "house", among: ["tool_input", "prompt"]) == nil)
    }
}
