import Codecs
import Testing

@testable import Detect

/// Patterns that read their text once.
@Suite struct `Patterns` {
    /// The longest match at the start of a text, or -1.
    private func length(_ pattern: String, _ text: String, isSplit: Bool = false) throws -> Int {
        let shape = try Shape(pattern, isSplit: isSplit)
        var places: [[StepTable.Place]] = []
        let table = StepTable([shape], places: &places)
        let bytes = Array(text.utf8)
        var steps = 0
        var longest = -1
        for place in places[0] {
            longest = max(longest, unsafe table.match(bytes.span.bytes, at: 0, place, counted: &steps)?.end ?? -1)
        }
        #expect(steps <= places[0].count * (bytes.count + 64), "no byte is read twice")
        return longest
    }

    @Test(arguments: [
        (#"\d{3}-\d{2}"#, "123-45", 6), (#"\d{3}-\d{2}"#, "123-4", -1), ("a|bc", "bc", 2), ("(?:ab){2}c", "ababc", 5),
        ("[a-c]{1,3}x", "abcx", 4), ("[^x]+x", "ab x", 4), ("ab?c", "ac", 2), ("ab?c", "abc", 3), (#"\+\d+"#, "+12", 3),
        (#"[\d.]{2,}"#, "1.2a", 3), ("a(?:b|c)d", "acd", 3), ("a{0,2}b", "aab", 3),
    ])
    func `Match as regular expressions do`(_ pattern: String, _ text: String, _ end: Int) throws {
        #expect(try length(pattern, text) == end)
        #expect(try length(pattern, text, isSplit: true) == end)
    }

    @Test(arguments: [
        ("a*a", "what may be repeated"), (#"\d{2,3}-?\d{3}"#, "what may be repeated"), ("a?", "nothing at all"),
        ("(a", "not closed"), ("a)", "too many"), ("[a", "not closed"), ("a{2", "{3}"), ("a{99999}", "repetitions"),
        ("(a)(b)", "one pair"), ("*", #"write `\`"#), (#"\q"#, "only"), ("[z-a]", "backwards"),
        ("(?:a?b?c?d?e?f?){3}", "too many alternatives"),
    ])
    func `Are refused when they would have to go back, or cannot be read`(_ pattern: String, _ reason: String) {
        let error = #expect(throws: ShapeError.self) { try Shape(pattern, isSplit: true) }
        #expect(error?.message.contains(reason) == true, "\(pattern): \(error?.message ?? "")")
    }

    @Test func `Say which part of them is the value`() throws {
        let shape = try Shape(#"k=("?)"#.replacingOccurrences(#"("?)"#, with: "([a-z]{2,9});"))
        var places: [[StepTable.Place]] = []
        let table = StepTable([shape], places: &places)
        let bytes = Array("k=value;".utf8)
        var steps = 0
        let match = unsafe table.match(bytes.span.bytes, at: 0, places[0][0], counted: &steps)
        #expect(match?.value == 2..<7)
        #expect(match?.end == 8)
    }

    /// The index must never hide a match: what a pattern matches, its head must allow.
    @Test(arguments: [
        (#"\d{4}[ -]?\d{4}"#, "1234 5678"), (#"\d{4}[ -]?\d{4}"#, "12345678"), (#"\+\d{8,15}"#, "+12345678"),
        (#"[A-Z]{2} ?\d{2}"#, "AB 12"), (#"\(\d{3}\) ?\d{3}"#, "(123) 456"), (#"[A-Z]\d{6}\([0-9A]\)"#, "A123456(3)"),
        (#"[A-Za-z0-9_-]{5,9}\.x"#, "ab-1c.x"),
    ])
    func `Have heads that allow what they match`(_ pattern: String, _ text: String) throws {
        let bytes = Array(text.utf8)
        let isWord = bytes.map { ByteSet.words.contains($0) }
        let start = isWord.firstIndex(of: true) ?? 0
        let end = isWord[start...].firstIndex(of: false) ?? bytes.count
        let behind = end + 1 < bytes.count ? (isWord[(end + 1)...].firstIndex(of: false) ?? bytes.count) - end - 1 : 0
        let heads = try Shape(pattern, isSplit: true).sequences.map { ShapeHead($0, limit: 40, isOpen: false) }
        #expect(
            heads.contains { head in
                head.first.contains(bytes[0]) && head.lengths[end - start] && head.second[max(behind, 0)]
                    && (end == bytes.count ? head.mayEnd : head.next.contains(bytes[end]))
            })
    }
}

extension String {
    fileprivate func replacingOccurrences(_ part: String, with other: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
