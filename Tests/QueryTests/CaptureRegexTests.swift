import TestKit
import Testing

@testable import Query

struct CaptureRegexTests {
    /// A pattern, a text, and what the groups hold, the whole in front; `nil` when nothing matches.
    private static let cases: [(String, String, [String?]?)] = [
        ("b+", "abbbc", ["bbb"]),
        ("b*", "abbbc", [""]),
        ("b+?", "abbbc", ["b"]),
        ("a(b)?c", "xac", ["ac", nil]),
        ("(a)(b)?(c)", "abc", ["abc", "a", "b", "c"]),
        ("(a|ab)(c|bcd)?", "abcd", ["abcd", "a", "bcd"]),
        ("(a|ab)(c)", "abc", ["abc", "ab", "c"]),
        ("a|ab", "ab", ["a"]),
        ("(?:a|b)+(c)", "abac", ["abac", "c"]),
        ("(?>a|b)+c", "abac", ["abac"]),
        ("a++b", "aaab", ["aaab"]),
        ("(a|b)*", "abab", ["abab", "b"]),
        ("(?<year>\\d{4})-(?<month>\\d\\d)", "on 2026-10-08", ["2026-10", "2026", "10"]),
        ("^b", "a\nb", ["b"]),
        ("a$", "a\nb", ["a"]),
        ("\\Ab", "a\nb", nil),
        ("a\\z", "a\nb", nil),
        ("\\Aa.b\\z", "a\nb", nil),
        ("(?m)\\Aa.b\\z", "a\nb", ["a\nb"]),
        ("(?m:a.)b.c", "a\nb\nc", nil),
        ("\\bcat\\b", "concat cat", ["cat"]),
        ("\\Bcat", "cat concat", ["cat"]),
        ("\\b\\w+\\b", "!größe!", ["größe"]),
        ("\\d+", "x١٢", ["١٢"]),
        ("\\h+", "xyzBEEFg", ["BEEF"]),
        ("[[:alpha:]]+", "12ab3", ["ab"]),
        ("[[:^alpha:]]+", "ab12c", ["12"]),
        ("[^[:space:]]+", "  a-b ", ["a-b"]),
        ("[a-z&&[^aeiou]]+", "aeixyz", ["xyz"]),
        ("[a[bc]]+", "xbca", ["bca"]),
        ("[]a]+", "x]a", ["]a"]),
        ("[a-]+", "x-a", ["-a"]),
        ("[\\]\\\\-]+", "x]\\-", ["]\\-"]),
        ("\\p{Alpha}\\P{L}", "ab1", ["b1"]),
        ("\\x41\\u00e9\\x{1F642}", "Aé🙂", ["Aé🙂"]),
        ("(?i)straße", "STRAßE", ["STRAßE"]),
        ("a(?i)b|c", "aC", ["C"]),
        ("(a(?i)b)c", "aBC", nil),
        ("(?i:a)b", "Ab AB", ["Ab"]),
        ("(?i)a(?-i)b", "Ab AB", ["Ab"]),
        ("[^A](?i)[^b]", "aBac", ["Ba"]),
        ("(?<![0-9])\\d{2}(?![0-9])", "123 45", ["45"]),
        ("(?<=[=:])\\w+", "a b=c", ["c"]),
        ("\\w+(?=;|$)", "ab cd", ["cd"]),
        ("(?<=^|,)x", "xx,x", ["x"]),
        ("(?#remark)a", "ba", ["a"]),
        ("{\"a\": \\d+}", "{\"a\": 12}", ["{\"a\": 12}"]),
        ("a{2}{2}", "aaaa", ["aaaa"]),
        ("a{0}b(c){0}", "abc", ["b", nil]),
        ("(a{0,2}?)b", "aab", ["aab", "aa"]),
        ("x*", "", [""]),
        ("", "abc", [""]),
        ("(|a)+b", "aab", ["aab", "a"]),
        (".", "é", ["é"]),
        ("é", "aé🙂é", ["é"]),
    ]

    @Test(arguments: cases)
    func `the first match is the one that the pattern prefers`(_ pattern: String, _ text: String, _ parts: [String?]?)
        throws
    {
        let regex = try CaptureRegex(pattern)
        let found = regex.captures(in: text).map { $0.map { $0.map { text.text(at: $0) } } }
        #expect(found == parts, "\(pattern) on \(text)")
    }

    private static let javaCases: [(String, String, [String?]?)] = [
        ("^b", "a\nb", nil), ("(?m)^b", "a\nb", ["b"]), ("a.b", "a\rb", nil), ("(?s)a.b", "a\rb", ["a\rb"]),
        ("\\w+", "größe", ["gr"]), ("\\d+", "١2", ["2"]), ("\\h+", "a \tb", [" \t"]), ("\\s+", "a\u{A0} b", [" "]),
        ("a{2}+b", "aab", ["aab"]), ("(x)(?<n>y)", "xy", ["xy", "x", "y"]), ("é\\b", "é ", nil),
        ("[[:alpha:]]", "é", nil),
    ]

    @Test(arguments: javaCases)
    func `Java's notation has other classes`(_ pattern: String, _ text: String, _ parts: [String?]?) throws {
        let regex = try CaptureRegex(pattern, dialect: .java)
        let found = regex.captures(in: text).map { $0.map { $0.map { text.text(at: $0) } } }
        #expect(found == parts, "\(pattern) on \(text)")
    }

    private static let faults: [(String, RegexDialect, Int, String)] = [
        ("a(b", .oniguruma, 1, "not closed"), ("a)", .oniguruma, 1, "closes nothing"),
        ("é*+?*a|*", .oniguruma, 8, "nothing in front"), ("[a", .oniguruma, 0, "not closed"),
        ("[z-a]", .oniguruma, 1, "greater"), ("[a-\\d]", .oniguruma, 1, "greater"),
        ("[[:nope:]]", .oniguruma, 1, "[:nope:]"), ("\\p{Nope}", .oniguruma, 0, "Nope"), ("a\\", .oniguruma, 1, "ends"),
        ("(a)\\1", .oniguruma, 3, "refer"), ("(?<n>a)\\k<n>", .oniguruma, 7, "refer"),
        ("x\\Z", .oniguruma, 1, "not known"), ("(?<=ab)c", .oniguruma, 0, "one character"),
        ("a(?!b+)", .oniguruma, 1, "one character"), ("(?=^)", .oniguruma, 0, "one character"),
        ("(?x)a", .oniguruma, 0, "`(?x`"), ("(?", .oniguruma, 0, "not closed"), ("(?<n", .oniguruma, 0, "a name"),
        ("(?<>a)", .oniguruma, 0, "a name"), ("(?<a b>a)", .oniguruma, 0, "a name"), ("a{3,1}", .oniguruma, 1, "more"),
        ("a{9999}", .oniguruma, 2, "1000"), ("{", .java, 0, "nothing in front"), ("a{", .java, 1, "write `{3}`"),
        ("\\xZZ", .oniguruma, 0, "\\x41"), ("\\x{110000}", .oniguruma, 0, "\\x41"),
        (String(repeating: "(a)", count: 256), .oniguruma, 765, "255 groups"),
        (String(repeating: "(", count: 70), .oniguruma, 64, "64 deep"),
        (String(repeating: "[", count: 70), .oniguruma, 64, "64 deep"),
        ("a" + String(repeating: "?*", count: 80), .oniguruma, 128, "one another"),
        ("((a{1000}){1000})", .oniguruma, 3, "smaller numbers"),
    ]

    @Test(arguments: faults)
    func `what is no pattern is refused, and the place is told`(
        _ pattern: String, _ dialect: RegexDialect, _ offset: Int, _ part: String
    ) throws {
        let error = try #require(throws: RegexError.self) { try CaptureRegex(pattern, dialect: dialect) }
        #expect(error.offset == offset, "\(error)")
        #expect(error.message.contains(part), "\(error)")
    }

    @Test func `what is in front of the start is seen by what looks behind`() throws {
        let regex = try CaptureRegex("(?<=^|é)b+")
        let text = "bbébxb"
        let bytes = text.utf8.span
        let places = [0, 1, 2, 4, 5].map { start in regex.captures(in: bytes, from: start)?[0] }
        #expect(places == [0..<2, 4..<5, 4..<5, 4..<5, nil])
    }

    private static let all: [(String, String, [String])] = [
        ("a", "banana", ["a", "a", "a"]), ("a*", "baaé", ["", "aa", "", ""]),
        ("(?<=^|,)[^,]*", "a,,b", ["a", "", "b"]),
        ("b|(?=a)", "ab", ["", "b"]), ("\\bx", "xx x", ["x", "x"]), ("z", "a", []), ("", "é", ["", ""]),
    ]

    @Test(arguments: all)
    func `matches are found one behind the other`(_ pattern: String, _ text: String, _ parts: [String]) throws {
        var found: [String] = []
        let isAll = try CaptureRegex(pattern).forEach(in: text.utf8.span) { ranges in
            found.append(ranges[0].map { text.text(at: $0) } ?? "")
        }
        #expect(isAll)
        #expect(found == parts, "\(pattern) on \(text)")
    }

    @Test func `all matches of a text together are bounded`() throws {
        // Each match looks 200 characters ahead for a `b` that is not there. Long texts are given up.
        let regex = try CaptureRegex("a(?:[^c]?){200}b|a")
        for (count, isAll) in [(2_000, true), (11_000, false)] {
            var found = 0
            #expect(regex.forEach(in: String(repeating: "a", count: count).utf8.span) { _ in found += 1 } == isAll)
            #expect(isAll ? found == count : found < count)
        }
    }

    @Test(arguments: 0..<2_000)
    func `it finds what going back and trying again finds`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        var groups = 1
        let node = dice.node(depth: 3, groups: &groups)
        let regex = try CaptureRegex(node, names: [String?](repeating: nil, count: groups))
        for _ in 0..<15 {
            let text = (0..<dice.roll(7)).map { _ in dice.pick(["a", "b", "é"]) }.joined()
            let found = regex.captures(in: text)
            let expected = Backtracker(text).first(node, groups: groups)
            #expect(found?[0] == expected?[0], "seed \(seed): \(node) on \(text)")
            for start in [0, text.unicodeScalars.first.map { UTF8.width($0) } ?? 0] {
                let trial = regex.trial(on: text, from: start).found
                #expect(Set(trial).count == 1, "seed \(seed): \(node) on \(text) from \(start)")
            }
            #expect(regex.all(in: text) == regex.eachAnew(in: text), "seed \(seed): \(node) on \(text)")
            if !node.hasEmptyRounds { #expect(found == expected, "seed \(seed): \(node) on \(text)") }
        }
    }

    @Test func `a text costs no more than its characters times the steps`() throws {
        let texts = [String(repeating: "a", count: 10_000), String(repeating: "ab", count: 5_000) + "!"]
        for pattern in [
            "(a*)*b", "(a|a)*b$", "((a*)*)*!?b", "(a|b|ab)*c", "(?:a?){50}a{50}b", "(.*)(.*)(.*)x", "^(a+)+$",
        ] {
            let regex = try CaptureRegex(pattern)
            for text in texts {
                // Each looks at a step once for a character, and once more when it goes on from there.
                for effort in regex.trial(on: text).effort {
                    #expect(effort < 2 * (text.utf8.count + 1) * regex.size, "\(pattern)")
                }
            }
        }
    }
}

extension CaptureRegex {
    fileprivate func all(in text: String) -> [Range<Int>?] {
        var found: [Range<Int>?] = []
        _ = forEach(in: text.utf8.span) { found.append($0[0]) }
        return found
    }

    /// The same from the start for each match.
    fileprivate func eachAnew(in text: String) -> [Range<Int>?] {
        let bytes = text.utf8.span
        var found: [Range<Int>?] = []
        var start = 0
        while start <= bytes.count, let whole = captures(in: bytes, from: start)?[0] {
            found.append(whole)
            start = whole.upperBound
            if whole.isEmpty { start += start < bytes.count ? CodePoints.point(in: bytes, at: start).length : 1 }
        }
        return found
    }
}

/// Finds the preferred match by trying all ways in their order: the meaning of a pattern, at any cost.
private struct Backtracker {
    let text: [Unicode.Scalar]
    /// Where each character stands, in bytes.
    let offsets: [Int]

    typealias Groups = [Range<Int>?]

    init(_ text: String) {
        self.text = Array(text.unicodeScalars)
        offsets = self.text.reduce(into: [0]) { $0.append(($0.last ?? 0) + UTF8.width($1)) }
    }

    func first(_ node: RegexNode, groups: Int) -> Groups? {
        for start in 0...text.count {
            let found = ways(of: node, from: start, Groups(repeating: nil, count: groups)) { end, groups in
                var groups = groups
                groups[0] = offsets[start]..<offsets[end]
                return groups
            }
            if let found { return found }
        }
        return nil
    }

    private func ways(
        of node: RegexNode, from place: Int, _ groups: Groups, _ then: (Int, Groups) -> Groups?
    ) -> Groups? {
        switch node {
        case .empty: return then(place, groups)
        case .nothing, .complement, .intersection: return nil
        case .set(let set):
            return place < text.count && set.contains(text[place].value) ? then(place + 1, groups) : nil
        case .look(let look):
            let index = look.isAhead ? place : place - 1
            let point = text.indices.contains(index) ? text[index].value : CodePoints.edge
            return look.set.contains(point) ? then(place, groups) : nil
        case .group(let node, let number):
            return ways(of: node, from: place, groups) { end, inner in
                var inner = inner
                inner[number] = offsets[place]..<offsets[end]
                return then(end, inner)
            }
        case .sequence(let parts):
            guard let first = parts.first else { return then(place, groups) }
            return ways(of: first, from: place, groups) { end, groups in
                ways(of: .sequence(Array(parts.dropFirst())), from: end, groups, then)
            }
        case .choice(let parts):
            for part in parts {
                if let found = ways(of: part, from: place, groups, then) { return found }
            }
            return nil
        case .repetition(let node, let times):
            func again(_ end: Int, _ inner: Groups) -> Groups? {
                // A round without end that takes nothing is the last one.
                if times.most == nil, times.least == 0, end == place { return then(end, inner) }
                let rest = RegexRepeat(
                    least: max(times.least - 1, 0), most: times.most.map { $0 - 1 }, isLazy: times.isLazy)
                return ways(of: .repetition(node, rest), from: end, inner, then)
            }
            if times.least > 0 { return ways(of: node, from: place, groups, again) }
            if times.most == 0 { return then(place, groups) }
            return times.isLazy
                ? then(place, groups) ?? ways(of: node, from: place, groups, again)
                : ways(of: node, from: place, groups, again) ?? then(place, groups)
        }
    }
}

extension RegexNode {
    /// Whether a loop may go round and take nothing: then it is not defined what a group in it holds.
    fileprivate var hasEmptyRounds: Bool {
        switch self {
        case .repetition(let node, let times): times.most == nil && node.mayBeEmpty || node.hasEmptyRounds
        case .sequence(let parts), .choice(let parts): parts.contains(where: \.hasEmptyRounds)
        case .group(let node, _): node.hasEmptyRounds
        default: false
        }
    }
}

extension Dice {
    fileprivate mutating func node(depth: Int, groups: inout Int) -> RegexNode {
        let sets = [CodePoints("a"), CodePoints("b"), CodePoints("é"), CodePoints.all, CodePoints("a").inverted]
        guard depth > 0 else { return .set(pick(sets)) }
        switch roll(10) {
        case 0, 1: return .set(pick(sets))
        case 2: return .empty
        case 3, 4: return .sequence((0..<(2 + roll(2))).map { _ in node(depth: depth - 1, groups: &groups) })
        case 5: return .choice((0..<(2 + roll(2))).map { _ in node(depth: depth - 1, groups: &groups) })
        case 6:
            let set = pick(sets)
            return .look(RegexLook(set: roll(2) == 0 ? set : set.union(.atEdge), isAhead: roll(2) == 0))
        case 7:
            groups += 1
            let number = groups - 1
            return .group(node(depth: depth - 1, groups: &groups), number: number)
        default:
            let least = roll(2)
            let most = [nil, nil, least, least + 1, least + 2][roll(5)]
            return .repetition(
                node(depth: depth - 1, groups: &groups),
                RegexRepeat(least: least, most: most, isLazy: roll(3) == 0))
        }
    }
}
