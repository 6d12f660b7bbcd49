import TestKit
import Testing

@testable import Query

struct LikePatternTests {
    private static let cases: [(String, [String], [String])] = [
        ("", [""], ["a"]),
        ("abc", ["abc"], ["ab", "abcd", "ABC"]),
        ("*", ["", "a\nb"], []),
        ("a*", ["a", "abc"], ["", "ba"]),
        ("*a", ["a", "bca"], ["", "ab"]),
        ("*a*", ["a", "bab"], ["", "b"]),
        ("a*b", ["ab", "axxb"], ["a", "b", "abc"]),
        ("a*a", ["aa", "aba"], ["a"]),
        ("ab*ba", ["abba", "abxba"], ["aba"]),
        ("**a**", ["a"], ["b"]),
        ("?", ["a", "é", "🙂", "\n"], ["", "ab"]),
        ("a?c*", ["abc", "aéc", "abcd"], ["ac", "abbc"]),
        ("*?", ["a", "ab"], [""]),
        ("???", ["äöü"], ["ab"]),
        ("a\\*b\\?\\\\", ["a*b?\\"], ["axb?\\"]),
        ("*é*", ["aéb"], ["aèb"]),
        ("%_", ["%_"], ["ab"]),
    ]

    @Test(arguments: cases)
    func `a pattern matches whole texts`(_ pattern: String, _ fits: [String], _ others: [String]) throws {
        let like = try LikePattern(pattern)
        for text in fits { #expect(like.matches(text), "\(pattern) on \(text)") }
        for text in others { #expect(!like.matches(text), "\(pattern) on \(text)") }
    }

    @Test func `case can be ignored`() throws {
        let like = try LikePattern("*É?x\\*", ignoringCase: true)
        #expect(like.matches("aéYX*"))
        #expect(!like.matches("aeYX*"))
        #expect(try LikePattern("A*", ignoringCase: true).matches("ab"))
        #expect(try !LikePattern("A*").matches("ab"))
    }

    @Test func `a dialect sees the pieces`() throws {
        #expect(try LikePattern("a\\**?**%b").pieces == [.text("a*"), .run, .one, .run, .text("%b")])
        #expect(try LikePattern("").pieces == [])
    }

    @Test(arguments: [("a\\", 1), ("é\\n*", 2), ("\\\\\\a", 2)])
    func `a backslash stands in front of what it can stand for`(_ pattern: String, _ offset: Int) throws {
        let error = try #require(throws: RegexError.self) { try LikePattern(pattern) }
        #expect(error.offset == offset)
        #expect(error.message.contains("write `\\\\`"))
    }

    @Test func `a pattern may have 16 KiB and no more`() {
        #expect(throws: RegexError.self) { try LikePattern(String(repeating: "a", count: 16 * 1024 + 1)) }
        #expect(throws: Never.self) { try LikePattern(String(repeating: "a", count: 16 * 1024)) }
    }

    @Test(arguments: 0..<600)
    func `it says what the simplest reading of the pattern says`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let signs = seed % 2 == 0 ? ["a", "b", "é", "*"] : ["a", "é", "*", "?"]
        let pattern = (0..<dice.roll(7)).map { _ in dice.pick(signs) }.joined()
        let like = try LikePattern(pattern)
        let folded = try LikePattern(pattern.uppercased(), ignoringCase: true)
        for _ in 0..<20 {
            let text = (0..<dice.roll(7)).map { _ in dice.pick(["a", "b", "é"]) }.joined()
            let fits = Self.fits(pattern.unicodeScalars[...], text.unicodeScalars[...])
            #expect(like.matches(text) == fits, "seed \(seed): \(pattern) on \(text)")
            #expect(folded.matches(text) == fits, "seed \(seed): \(pattern) on \(text)")
        }
    }

    @Test(arguments: 0..<200)
    func `bytes are found where they stand first`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        for _ in 0..<20 {
            let bytes = (0..<(1 + dice.roll(5))).map { _ in UInt8(dice.roll(2)) }
            let text = (0..<dice.roll(14)).map { _ in UInt8(dice.roll(2)) }
            let range = dice.roll(text.count / 2 + 1)..<text.count
            let first = range.first { text[$0..<text.count].starts(with: bytes) }
            #expect(ByteSearch(bytes).place(in: text.span, range) == first, "seed \(seed): \(bytes) in \(text)")
        }
    }

    private static func fits(
        _ pattern: Substring.UnicodeScalarView, _ text: Substring.UnicodeScalarView
    ) -> Bool {
        guard let sign = pattern.first else { return text.isEmpty }
        if sign == "*" {
            return fits(pattern.dropFirst(), text) || (!text.isEmpty && fits(pattern, text.dropFirst()))
        }
        return !text.isEmpty && (sign == "?" || sign == text.first) && fits(pattern.dropFirst(), text.dropFirst())
    }
}
