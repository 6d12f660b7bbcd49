import TestKit
import Testing

@testable import Query

struct LuceneRegexTests {
    private static let matching: [(String, [String], [String])] = [
        // pattern, texts that match, texts that do not
        ("", [""], ["a"]),
        ("abc", ["abc"], ["", "ab", "abcd", "xabc", "ABC"]),
        ("a.c", ["abc", "a\nc", "aéc", "a🙂c"], ["ac", "abbc"]),
        ("ab?c", ["ac", "abc"], ["abbc"]),
        ("ab*", ["a", "abbb"], ["b", "aba"]),
        ("(ab)+", ["ab", "abab"], ["", "aba"]),
        ("a|b|cd", ["a", "b", "cd"], ["ab", "c", ""]),
        ("a{3}", ["aaa"], ["aa", "aaaa"]),
        ("a{2,}", ["aa", "aaaaa"], ["a"]),
        ("a{1,3}b", ["ab", "aaab"], ["b", "aaaab"]),
        ("a{0}", [""], ["a"]),
        ("(a{0,2}){2}", ["", "a", "aaaa"], ["aaaaa"]),
        ("[a-cx]", ["a", "b", "c", "x"], ["d", "-", ""]),
        ("[^a-c]", ["d", "é", "\n", "🙂"], ["a", "", "dd"]),
        ("[a-c-]", ["-", "b"], ["d"]),
        ("[-a]", ["-", "a"], ["b"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[^]a]", ["b"], ["]", "a"]),
        ("[\\d\\-x]", ["7", "-", "x"], ["d", "\\"]),
        ("[à-ü]+", ["éè"], ["e", "ÿ"]),
        ("()", [""], ["a"]),
        ("a()b", ["ab"], ["a"]),
        ("\"a.b*\"", ["a.b*"], ["axb"]),
        ("\"ab\"*", ["", "abab"], ["aba"]),
        ("\\.\\*\\\\\\\"", [".*\\\""], ["a"]),
        ("\\d+", ["0", "129"], ["", "a", "١"]),
        ("\\D\\W\\S", ["a!b"], ["1!b", "aab", "a! "]),
        ("\\w\\s\\w", ["a b", "_\t9"], ["a-b", "é b"]),
        ("@", ["", "any\nthing"], []),
        ("a@b", ["ab", "axxb"], ["a"]),
        ("#", [], ["", "a"]),
        ("a|#", ["a"], [""]),
        ("<5-12>", ["5", "12", "07", "0009"], ["4", "13", "", "1"]),
        ("<05-12>", ["05", "12", "09"], ["5", "13", "007"]),
        ("<100-250>", ["100", "199", "250"], ["99", "251", "0100"]),
        ("<0-10>", ["0", "10", "00", "010"], ["11", ""]),
        ("<12-5>", ["5", "12"], ["13"]),
        ("v<1-3>.<0-99>", ["v1.0", "v3x99"], ["v4.0"]),
        ("~a", ["", "b", "aa", "é"], ["a"]),
        ("~(ab)", ["", "a", "abb", "é"], ["ab"]),
        ("~a*", ["", "b", "bb", "xay", "aa"], ["a"]),
        ("~(a*)", ["b", "ab", "aé"], ["", "a", "aaa"]),
        ("a~(b@)c", ["ac", "axc", "axbc"], ["abc", "abxc"]),
        ("~~a", ["a"], ["", "b"]),
        ("~é~é", ["", "éé", "x"], ["é"]),
        ("~(@foo@)", ["fo", "", "bar"], ["foo", "xfoox"]),
        ("[a-z]+&~(root|admin)", ["user", "roots"], ["root", "admin", "A"]),
        ("a.*&.*b", ["ab", "axb"], ["a", "b", "ba"]),
        ("ab&cd|ef", ["ef"], ["ab", "cd"]),
        ("(a|b)*&(b|c)*", ["", "bb"], ["a", "ab", "c"]),
        ("^a$", ["^a$"], ["a"]),
        ("*a", ["*a"], ["a", "aa"]),
        ("a||b", ["a", "|b"], ["", "b"]),
        ("(|a)", ["|a"], ["", "a"]),
        ("(/|~|[.][.])", ["/", "x..", ".."], ["|..", ""]),
        ("a-b>c]d}e,f", ["a-b>c]d}e,f"], ["ab"]),
        (".*mimikatz.*", ["mimikatz", "x mimikatz y", "a\nmimikatz"], ["mimikat"]),
        ("((a*)*)*b", ["b", "aab"], ["aaa"]),
        ("(a?){30}a{30}", [String(repeating: "a", count: 30), String(repeating: "a", count: 60)], ["aaa"]),
    ]

    @Test(arguments: matching)
    func `a pattern matches whole texts`(_ pattern: String, _ fits: [String], _ others: [String]) throws {
        let regex = try LuceneRegex(pattern)
        for text in fits { #expect(regex.matches(text), "\(pattern) on \(text)") }
        for text in others { #expect(!regex.matches(text), "\(pattern) on \(text)") }
    }

    private static let anyCase: [(String, [String], [String])] = [
        ("abc", ["ABC", "aBc"], ["abd"]),
        ("\"é\"[x-z]", ["ÉX", "éy"], ["EX"]),
        ("[^a]", ["b"], ["a", "A"]),
        ("straße", ["STRAßE", "Straße"], ["STRASSE"]),
        ("k", ["K", "k"], ["\u{212A}"]), ("\u{212A}", ["\u{212A}"], ["k", "K"]),
        ("[\u{400}-\u{40F}]", ["ѐ", "Ѐ"], ["а"]),
        ("\\d<1-2>", ["91"], ["9a"]),
    ]

    @Test(arguments: anyCase)
    func `case can be ignored`(_ pattern: String, _ fits: [String], _ others: [String]) throws {
        let regex = try LuceneRegex(pattern, ignoringCase: true)
        for text in fits { #expect(regex.matches(text), "\(pattern) on \(text)") }
        for text in others { #expect(!regex.matches(text), "\(pattern) on \(text)") }
    }

    private static let faults: [(String, Int, String)] = [
        ("é[a", 2, "not closed"), ("[z-a]", 1, "greater"), ("[a-\\d]", 1, "greater"),
        ("\"ab", 0, "not closed"), ("a\\", 1, "ends with a"), ("x\\b", 1, "whole text"), ("\\p", 0, "means nothing"),
        ("a{", 1, "write `{3}`"), ("a{,3}", 1, "write `{3}`"), ("a{3,2}", 1, "3 is more than 2"),
        ("a{1001}", 2, "1000 repetitions"), ("(?i)a", 1, "`(?…)`"), ("<a>", 0, "<7-42>"), ("<1-2", 0, "<7-42>"),
        ("<1-1234567890123456789>", 0, "18 digits"), ("a&", 2, "ends where more must come"),
        ("(a{1000}){1000}", 2, "smaller numbers"), ("x~((a|b)*a(a|b){12})", 1, "too many states"),
        (String(repeating: "(", count: 70), 64, "64 deep"), (String(repeating: "~", count: 70), 63, "64 deep"),
        (String(repeating: "a", count: 16 * 1024 + 1), 16 * 1024, "16384 bytes"),
        ("a" + String(repeating: "*", count: 80), 64, "of one another"),
    ]

    @Test(arguments: faults)
    func `what is no pattern is refused, and the place is told`(_ pattern: String, _ offset: Int, _ part: String) throws
    {
        let error = try #require(throws: RegexError.self) { try LuceneRegex(pattern) }
        #expect(error.offset == offset, "\(error)")
        #expect(error.message.contains(part), "\(error)")
    }

    @Test func `bytes that are no text match nothing`() throws {
        let regex = try LuceneRegex(".*")
        let any = try LuceneRegex("~(x)")
        let texts: [[UInt8]] = [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x61, 0x80], [0xC3],
            [0xF5, 0x80, 0x80, 0x80], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80],
        ]
        for text in texts {
            #expect(!regex.matches(bytes: text), "\(text)")
            #expect(!any.matches(bytes: text), "\(text)")
        }
        #expect(regex.matches(bytes: [0x61, 0xF4, 0x8F, 0xBF, 0xBF, 0xED, 0x9F, 0xBF, 0xC2, 0x80]))
    }

    @Test(arguments: 0..<600)
    func `it says what the simplest reading of the pattern says`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let node = dice.node(depth: 3)
        let pattern = node.lucene
        let regex = try LuceneRegex(pattern)
        for _ in 0..<30 {
            let text = (0..<dice.roll(7)).map { _ in dice.pick(["a", "b", "é"]) }.joined()
            let fits = node.ends(in: Array(text.unicodeScalars), from: 0).contains(text.unicodeScalars.count)
            #expect(regex.matches(text) == fits, "seed \(seed): \(pattern) on \(text)")
        }
    }

    @Test func `a text costs no more than its characters times the steps`() throws {
        let hostile = ["(a*)*b", "(a|a)*b", "((a*)*)*b", "(a|b|ab)*c", "(a?){100}a{100}b", ".*a.{40}b", "(.*){20}x"]
        for pattern in hostile {
            let regex = try LuceneRegex(pattern)
            let short = regex.effort(on: String(repeating: "a", count: 1_000))
            let long = regex.effort(on: String(repeating: "a", count: 100_000))
            // What was learned at the start holds for the rest.
            #expect(long - short < 4 * 99_000, "\(pattern): \(short), \(long)")
        }
        // A text that brings new states all the time, in a pattern of 62 steps or so.
        var dice = Dice(seed: 1)
        let noise = (0..<100_000).map { _ in dice.pick(["a", "b"]) }.joined()
        let regex = try LuceneRegex(".*a.{50}c")
        #expect(regex.effort(on: noise) < 100_000 * 4 * 62)
    }

    @Test func `many threads may ask the same pattern`() async throws {
        let regex = try LuceneRegex(".*(ab|cd)+.{3}")
        let agree = await withTaskGroup(of: Bool.self) { group in
            for seed in 0..<8 {
                group.addTask {
                    var dice = Dice(seed: UInt64(seed))
                    return (0..<200).allSatisfy { _ in
                        let text = (0..<12).map { _ in dice.pick(["a", "b", "c", "d"]) }.joined()
                        let pair = String(text.dropLast(3).suffix(2))
                        return regex.matches(text) == (pair == "ab" || pair == "cd")
                    }
                }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(agree)
    }
}

extension LuceneRegex {
    fileprivate func matches(bytes: [UInt8]) -> Bool {
        let span = bytes.span
        return matches(span)
    }
}

extension Dice {
    /// A pattern of every kind that a node can be, small enough to be read in the simplest way.
    fileprivate mutating func node(depth: Int) -> RegexNode {
        let sets = [CodePoints("a"), CodePoints("b"), CodePoints("é"), CodePoints.all, CodePoints("a").inverted]
        guard depth > 0 else { return .set(pick(sets)) }
        switch roll(9) {
        case 0, 1: return .set(pick(sets))
        case 2: return .empty
        case 3, 4: return .sequence((0..<(2 + roll(2))).map { _ in node(depth: depth - 1) })
        case 5: return .choice((0..<(2 + roll(2))).map { _ in node(depth: depth - 1) })
        case 6:
            let least = roll(3)
            let most = [nil, least, least + 1, least + 2][roll(4)]
            return .repetition(node(depth: depth - 1), RegexRepeat(least: least, most: most))
        case 7: return .complement(node(depth: depth - 1), offset: 0)
        default: return .intersection([node(depth: depth - 1), node(depth: depth - 1)], offset: 0)
        }
    }
}

extension RegexNode {
    /// Every place where a match that begins at one place may end. Sets of places instead of steps and states.
    func ends(in text: [Unicode.Scalar], from start: Int) -> Set<Int> {
        switch self {
        case .empty: return [start]
        case .nothing, .look: return []
        case .set(let set): return start < text.count && set.contains(text[start].value) ? [start + 1] : []
        case .sequence(let parts):
            return parts.reduce([start]) { places, part in
                places.reduce(into: []) { $0.formUnion(part.ends(in: text, from: $1)) }
            }
        case .choice(let parts): return parts.reduce(into: []) { $0.formUnion($1.ends(in: text, from: start)) }
        case .repetition(let node, let times):
            var reached: Set<Int> = times.least == 0 ? [start] : []
            var places: Set<Int> = [start]
            for round in 1...max(times.most ?? (times.least + text.count + 1), 1) where times.most != 0 {
                places = places.reduce(into: []) { $0.formUnion(node.ends(in: text, from: $1)) }
                if round >= times.least { reached.formUnion(places) }
            }
            return reached
        case .group(let node, _): return node.ends(in: text, from: start)
        case .complement(let node, _): return Set(start...text.count).subtracting(node.ends(in: text, from: start))
        case .intersection(let parts, _):
            return parts.dropFirst().reduce(parts[0].ends(in: text, from: start)) {
                $0.intersection($1.ends(in: text, from: start))
            }
        }
    }

    fileprivate var lucene: String {
        switch self {
        case .empty: "()"
        case .nothing, .look: "#"
        case .set(.all): "."
        case .set(CodePoints("a").inverted): "[^a]"
        case .set(let set): String(set.ranges.compactMap { Unicode.Scalar($0.lowerBound) }.map(Character.init))
        case .sequence(let parts): "(\(parts.map(\.lucene).joined()))"
        case .choice(let parts): "(\(parts.map(\.lucene).joined(separator: "|")))"
        case .repetition(let node, let times):
            "(\(node.lucene)){\(times.least)\(times.most == times.least ? "" : ",\(times.most.map(String.init) ?? "")")}"
        case .group(let node, _): "(\(node.lucene))"
        case .complement(let node, _): "(~(\(node.lucene)))"
        case .intersection(let parts, _): "(\(parts.map(\.lucene).joined(separator: "&")))"
        }
    }
}
