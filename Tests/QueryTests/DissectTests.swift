import TestKit
import Testing

@testable import Query

struct DissectTests {
    private static let cases: [(String, String, [String]?)] = [
        ("%{a} %{b}", "foo bar", ["foo", "bar"]),
        ("%{a} %{b}", "foo bar baz", ["foo", "bar baz"]),
        ("%{a} %{b}", "foo", nil),
        ("%{a} %{b}", "foo ", ["foo", ""]),
        ("%{a}", "foo", ["foo"]),
        ("%{a}", "", nil),
        ("[%{a}] %{b}", "[x] y", ["x", "y"]),
        ("[%{a}] %{b}", "x] y", nil),
        ("[%{a}", "[", nil),
        ("%{a},%{b};", "1,2;rest", ["1", "2"]),
        ("%{a},%{b};", "1,2", nil),
        ("%{a} -- %{b}", "1 - 2 -- 3", ["1 - 2", "3"]),
        ("%{a}äö%{b}", "größäö!", ["größ", "!"]),
        ("%{a} %{} %{b}", "1 2 3", ["1", "3"]),
        ("%{a} %{?skipped} %{b}", "1 2 3", ["1", "3"]),
        ("%{?x} %{}", "1 2", []),
        ("%{a->} %{b}", "1    2", ["1", "2"]),
        ("%{a} %{b}", "1  2", ["1", ""]),
        ("%{a},%{b},%{c},%{d}", "1,,,4", ["1", "", "", "4"]),
        ("%{a},%{b->},%{c}", "1,,,4", ["1", "", "4"]),
        ("[%{a}]%{->} %{b}", "[x]   y", ["x", "y"]),
        ("%{+a} %{+a} %{+a}", "1 2 3", ["1-2-3"]),
        ("%{a} %{+a}", "1 2", ["1-2"]),
        ("%{+a/2} %{+a/1}", "1 2", ["2-1"]),
        ("%{a} %{+a/3} %{+a/1->} %{b}", "1 2 3   4", ["3-2-1", "4"]),
        ("%{a} %{a}", "1 2", ["2"]),
        ("%{user.name}@%{@domain}", "j@example.com", ["j", "example.com"]),
        ("%{a}%%{b}", "50%x", ["50", "x"]),
        ("%{a/2} %{b}", "1 2", ["1", "2"]),
    ]

    @Test(arguments: cases)
    func `a text is taken apart`(_ pattern: String, _ text: String, _ values: [String]?) throws {
        #expect(try Dissect(pattern: pattern, appendSeparator: "-").match(text) == values, "\(pattern) on \(text)")
    }

    @Test func `names stand in the order of the pattern, each once`() throws {
        #expect(try Dissect(pattern: "%{b} %{+a} %{} %{?c} %{+b} %{+a/1}").names == ["b", "a"])
        #expect(try Dissect(pattern: "%{+a} %{+a}").match("1 2") == ["12"])
    }

    private static let faults: [(String, Int, String)] = [
        ("", 0, "has a key"), ("no keys", 0, "has a key"), ("é%{a", 2, "not closed"),
        ("%{a}%{b}", 4, "between two keys"),
        ("%{a} %{*k}", 5, "write `%{k}`"), ("%{&k}", 0, "is a reference"), ("%{+}", 0, "has a name"),
        ("%{+/1}", 0, "has a name"), ("%{+k/x}", 0, "stands a number"), ("%{+k/}", 0, "stands a number"),
        ("%{+k/-1}", 0, "stands a number"),
    ]

    @Test(arguments: faults)
    func `what is no pattern is refused, and the place is told`(_ pattern: String, _ offset: Int, _ part: String) throws
    {
        let error = try #require(throws: RegexError.self) { try Dissect(pattern: pattern) }
        #expect(error.offset == offset, "\(error)")
        #expect(error.message.contains(part), "\(error)")
    }

    @Test(arguments: 0..<300)
    func `what was put together is taken apart`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let separators = [" ", ", ", "::", "é"]
        let parts = (0..<(1 + dice.roll(4))).map { place in
            (
                name: "k\(place)", value: (0..<(1 + dice.roll(3))).map { _ in dice.pick(["a", "ü", "1"]) }.joined(),
                separator: dice.pick(separators)
            )
        }
        let front = dice.pick(["", "<", "é "])
        let isClosed = dice.roll(2) == 0
        let last = isClosed ? "" : parts.last?.separator ?? ""
        let pattern = front + parts.map { "%{\($0.name)}\($0.separator)" }.joined().dropLast(last.count)
        let text = front + parts.map { "\($0.value)\($0.separator)" }.joined().dropLast(last.count)
        #expect(try Dissect(pattern: pattern).match(text) == parts.map(\.value), "seed \(seed): \(pattern) on \(text)")
    }
}
