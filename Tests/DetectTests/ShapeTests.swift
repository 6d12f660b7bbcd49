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

    /// The index must never hide a match: what a pattern matches, it must allow.
    @Test(arguments: [
        #"\d{4}[ -]?\d{4}"#, #"\+\d{8,15}"#, #"[A-Z]{2} ?\d{2}"#, #"\(\d{3}\) ?\d{3}"#, #"[A-Z]\d{6}\([0-9A]\)"#,
        #"[A-Za-z0-9_-]{5,9}\.x"#, #"\d{3}(?: [A-Z][a-z]{1,3}){0,2}-"#,
    ])
    func `Have heads that allow what they match`(_ pattern: String) throws {
        for boundary in [false, true] {
            for sequence in try Shape(pattern, isSplit: true).sequences {
                let heads = ShapeHead.all(sequence, limit: HeadIndex.lengthLimit, isOpen: boundary)
                for seed in 0..<200 {
                    let text = RandomMatch.text(of: sequence, seed: UInt64(seed))
                    let key = RandomMatch.key(of: text, isOpen: boundary, seed: UInt64(seed))
                    #expect(heads.contains { $0.allows(key) }, "seed \(seed): \(String(decoding: text, as: UTF8.self))")
                }
            }
        }
    }

    @Test func `Of all detectors are found by what they match`() throws {
        let set = DetectorSet.standard
        for (number, detector) in set.detectors.enumerated() where detector.anchors.isEmpty {
            for sequence in detector.shape.sequences {
                for seed in 0..<20 {
                    let text = RandomMatch.text(of: sequence, seed: UInt64(seed))
                    let key = RandomMatch.key(of: text, isOpen: detector.boundary != .both, seed: UInt64(seed))
                    let found = (0..<64).contains { word in
                        guard set.heads.words(key) >> UInt64(word) & 1 == 1 else { return false }
                        let bits = set.heads.candidates(word, key)
                        return (0..<64).contains { bit in
                            bits >> UInt64(bit) & 1 == 1 && Int(set.heads.entries[word * 64 + bit].detector) == number
                        }
                    }
                    #expect(found, "\(detector.id), seed \(seed): \(String(decoding: text, as: UTF8.self))")
                }
            }
        }
    }
}

extension String {
    fileprivate func replacingOccurrences(_ part: String, with other: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
