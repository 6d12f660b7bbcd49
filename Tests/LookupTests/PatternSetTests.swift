import Codecs
import Platform
import TestKit
import Testing

@testable import Lookup

@Suite struct `Sets of patterns` {
    private static func demand(_ pattern: String) -> [String]? {
        RequiredLiterals.of(pattern)?.map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    @Test(arguments: [
        ("Firefox", ["firefox"]), ("(Firefox)/(\\d+)", ["firefox/"]), ("^Zao$", ["zao"]), (#"\bYeti\b"#, ["yeti"]),
        ("(foo|bar)baz", ["barbaz", "foobaz"]), ("[Bb]ot/", ["bot/"]), ("(?:Ant-|)Nutch", ["ant-nutch", "nutch"]),
        ("colou?r", ["color", "colour"]), ("abc+def", ["abc"]), ("abc*defg", ["defg"]), ("a.bcd", ["bcd"]),
        (#"a\.b\/c"#, ["a.b/c"]), ("(Opera)/.+Opera Mobi.+Version/", ["opera mobi"]), ("x{0,3}yabc", ["yabc"]),
        ("(abc){2}", ["abc"]), ("é(abc)é", ["abc"]), ("abc[^]]def", ["abc"]), ("[]a]bcd", ["]bcd", "abcd"]),
        (
            "(?:one|two|three)(?:four|five)?\\d",
            ["one", "onefive", "onefour", "three", "threefive", "threefour", "two", "twofive", "twofour"]
        ),
    ])
    func `A pattern demands its words`(pattern: String, words: [String]) {
        #expect(Self.demand(pattern) == words)
    }

    @Test(arguments: [
        "", "ab", #"\d+"#, "(abc|)", "(abc)?", "abc|d", "(?=abc)", "(?i)abc", #"\Qabc\E"#, "(?<n>abc)", #"(abc)\1"#,
        "[[:alpha:]]abc", "(*UCP)abc", "abc{x}def", "^*abc", "(abc", "abc)",
    ])
    func `What is not understood demands nothing`(pattern: String) {
        #expect(Self.demand(pattern) == nil)
    }

    /// Patterns made of the pieces that people use, and texts made of the same letters.
    private static func pattern(_ dice: inout Dice, depth: Int) -> String {
        var out = ""
        for _ in 0..<1 + dice.roll(4) {
            switch dice.roll(10) {
            case 0 where depth > 0:
                let branches = (0..<1 + dice.roll(3)).map { _ in pattern(&dice, depth: depth - 1) }
                out += (dice.roll(2) == 0 ? "(" : "(?:") + branches.joined(separator: "|") + ")"
            case 1: out += dice.pick(["[ab]", "[^a]", "[a-c]", "[Aab]", "[]c]"])
            case 2: out += dice.pick([#"\d"#, #"\w"#, #"\."#, #"\/"#, #"\b"#])
            case 3: out += "."
            case 4 where out.isEmpty: out += "^"
            default: out += dice.pick(["a", "b", "C", "abc", "1"])
            }
            if out.hasSuffix("^") || out.hasSuffix(#"\b"#) { continue }
            switch dice.roll(10) {
            case 0: out += "?"
            case 1: out += "+"
            case 2: out += "*"
            case 3: out += dice.pick(["{0,2}", "{1,2}", "{2}", "{0,}"])
            default: break
            }
        }
        return out
    }

    @Test(arguments: 0..<10)
    func `No pattern that matches is passed over`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var matcher = PatternMatcher()
        var candidates = PatternSet.Candidates()
        var found = 0
        for _ in 0..<40 {
            let texts = (0..<8).map { _ in Self.pattern(&dice, depth: 2) }
            let ignoresCase = dice.roll(2) == 0
            let set = PatternSet(try texts.map { (try Pattern($0, ignoresCase: ignoresCase), $0) })
            for _ in 0..<20 {
                let letters = Array("abcABC1./] ".utf8)
                let text = (0..<dice.roll(25)).map { _ in dice.pick(letters) }
                let span = unsafe text.span.bytes
                set.find(in: span, &candidates)
                for (number, pattern) in set.patterns.enumerated() where matcher.match(pattern, span) == .found {
                    found += 1
                    #expect(
                        candidates.first(in: number..<number + 1) == number,
                        "\(texts[number]) in \(String(decoding: text, as: UTF8.self))")
                }
            }
        }
        #expect(found > 1_000)
    }

    @Test func `Candidates come in the order of the patterns`() throws {
        let texts = (0..<150).map { $0 % 3 == 0 ? "word" : $0 % 3 == 1 ? "other" : ".?" }
        let set = PatternSet(try texts.map { (try Pattern($0), $0) })
        #expect(set.unfilteredCount == 50)
        var candidates = PatternSet.Candidates()
        unsafe set.find(in: Array("a WORD".utf8).span.bytes, &candidates)
        var range = 0..<150
        var found: [Int] = []
        while let number = candidates.first(in: range) {
            found.append(number)
            range = number + 1..<150
        }
        #expect(found == (0..<150).filter { $0 % 3 != 1 })
    }
}
