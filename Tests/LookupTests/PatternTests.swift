import Codecs
import Lookup
import Testing

@Suite struct `Patterns` {
    /// What a pattern finds in a text: the whole match and its groups, `nil` when it does not match.
    static func find(_ pattern: Pattern, _ text: [UInt8]) -> [String?]? {
        var matcher = PatternMatcher()
        guard unsafe matcher.match(pattern, text.span.bytes) == .found else { return nil }
        return (0...pattern.groupCount).map { number in
            matcher.group(number).map { unsafe text.span.bytes[$0].text }
        }
    }

    @Test func `A group that took no part is told from an empty one`() throws {
        let pattern = try Pattern(#"(a)(b|)(?:\.(\d+)|)"#)
        #expect(pattern.groupCount == 3)
        #expect(Self.find(pattern, Array("xa.".utf8)) == ["a", "a", "", nil])
        #expect(Self.find(pattern, Array("ab.12".utf8)) == ["ab.12", "a", "b", "12"])
        #expect(Self.find(pattern, Array("x".utf8)) == nil)
        #expect(Self.find(pattern, []) == nil)
    }

    @Test func `Only the first nine groups are kept`() throws {
        let pattern = try Pattern("(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)")
        let found = try #require(Self.find(pattern, Array("abcdefghijk".utf8)))
        #expect(found[9] == "i")
        #expect(found[10] == nil)
    }

    @Test func `A text that is no pattern says where`() {
        #expect(throws: PatternError.self) { try Pattern("ab(c") }
        do throws(PatternError) {
            _ = try Pattern("ab(c")
        } catch {
            #expect(error.description == "missing closing parenthesis behind byte 4")
        }
    }

    @Test func `Characters are whole, and bytes that are not UTF-8 match nothing`() throws {
        #expect(Self.find(try Pattern("<(.{1,2})"), Array("<小米>".utf8)) == ["<小米", "小米"])
        #expect(Self.find(try Pattern("a(.)b"), [0x61, 0xFF, 0x62]) == nil)
        #expect(Self.find(try Pattern("b(c)"), [0xFF, 0xC3, 0x62, 0x63]) == ["bc", "c"])
    }

    @Test func `Letters are the same without regard to case only when asked`() throws {
        #expect(Self.find(try Pattern("firefox"), Array("FireFox".utf8)) == nil)
        #expect(Self.find(try Pattern("firefox", ignoresCase: true), Array("FireFox".utf8)) == ["FireFox"])
    }

    @Test func `A pattern that goes back without end gives up`() throws {
        let pattern = try Pattern("(a+)+$")
        var matcher = PatternMatcher()
        let text = Array((String(repeating: "a", count: 2_000) + "b").utf8)
        #expect(unsafe matcher.match(pattern, text.span.bytes) == .tooCostly)
        #expect(matcher.group(0) == nil)
        #expect(unsafe matcher.match(pattern, Array("aa".utf8).span.bytes) == .found)
    }
}
