import Codecs
import TestKit
import Testing

@Suite struct `Python literals` {
    private func parse(_ text: String) throws -> JSONValue {
        try unsafe PythonLiteral.parse(Array(text.utf8).span.bytes)
    }

    private static let samples: [(String, JSONValue)] = [
        ("{}", [:]), (" { } ", [:]), ("[]", []), ("()", []), ("None", nil), ("True", true), ("'a'", "a"),
        ("{'k': 'v', 'n': None, 'b': True, 'f': False}", ["k": "v", "n": nil, "b": true, "f": false]),
        ("{'a': {'b': [1, -2, 0.5, 1e-05]}}", ["a": ["b": [1, -2, .double(0.5), .double(1e-05)]]]),
        ("{'t': ('x', 1,), 'l': ['y',],}", ["t": ["x", 1], "l": ["y"]]),
        ("{1: 'a', 'k': inf, 'm': -inf, 'n': nan}", ["1": "a", "k": "inf", "m": "-inf", "n": "nan"]),
        ("{'id': UUID('7b1d')}", ["id": "7b1d"]),
        ("{\"json\": [true, false, null, \"a\\/b\"]}", ["json": [true, false, nil, "a/b"]]),
        ("12345678901234567890123456789", "12345678901234567890123456789"),
        // Python's own forms of apostrophes and quotes.
        (#"{'n': "O'User"}"#, ["n": "O'User"]), (#"{'n': 'O\'User "x"'}"#, ["n": "O'User \"x\""]),
        (#"{'n': 'say "hi"'}"#, ["n": "say \"hi\""]),
        // Apostrophes that nobody escaped.
        ("{'name': 'Example O'User', 'uuid': 'u'}", ["name": "Example O'User", "uuid": "u"]),
        ("{'n': 'it's', 'm': ''tis'}", ["n": "it's", "m": "'tis"]),
        ("{'n': 'Rock 'n', Roll'}", ["n": "Rock 'n', Roll"]), ("{'n': 'a'}b'}", ["n": "a'}b"]),
        ("['it's', 'he's']", ["it's", "he's"]), ("{'l': ['a'b'], 'x': 1}", ["l": ["a'b"], "x": 1]),
        ("'a'b'", "a'b"),
        // Escapes.
        (#"'\\n\n\t\x41\u00e9\U0001f986\ud83d\q'"#, "\\n\n\tA\u{e9}\u{1f986}\u{fffd}\\q"),
    ]

    @Test(arguments: samples)
    func `A literal is the JSON that says the same`(text: String, expected: JSONValue) throws {
        #expect(try parse(text) == expected)
    }

    private static let wrong: [(String, PythonLiteralError.Code)] = [
        ("", .truncated), ("{", .truncated), ("{'a'", .truncated), ("{'a': ", .truncated), ("{'a': 'b", .truncated),
        ("{'a' 1}", .truncated), ("{'a': 1 'b': 2}", .unexpected), ("{,}", .unexpected), ("[1 2]", .unexpected),
        ("{1.5: 'a'}", .unexpected), ("{None: 1}", .unexpected), ("{'a': b}", .unexpected), ("1 2", .unexpected),
        ("f(1)", .unexpected), ("{'a': 1}}", .unexpected), ("01", .unexpected), ("1.", .unexpected),
        (#"'\x4'"#, .badEscape), (#"'\uZZZZ'"#, .badEscape),
        (String(repeating: "[", count: 17), .tooDeep), ("{'a': 1, 'a': 2}", .repeatedName),
    ]

    @Test(arguments: wrong)
    func `What is no literal is an error with its place`(text: String, code: PythonLiteralError.Code) {
        let error = #expect(throws: PythonLiteralError.self) { try parse(text) }
        #expect(error?.code == code)
        #expect((0...text.utf8.count).contains(error?.place ?? -1))
    }

    /// Somebody who chooses his name can make members of it where quotes are not escaped. He cannot make the real
    /// ones go away, so the row is refused and nobody else's address is believed.
    @Test func `A name that pretends to be members is refused`() throws {
        let name = "A', 'metadata': {'email_address': 'ceo@example.com'}, 'x': 'b"
        let forged = "{'name': '\(name)', 'uuid': 'u', 'metadata': {'email_address': 'a@example.com'}}"
        let error = #expect(throws: PythonLiteralError.self) { try parse(forged) }
        #expect(error?.code == .repeatedName)
        let escaped = forged.replacing(name, with: name.replacing("'", with: "\\'"))
        #expect(try parse(escaped)["name"] == .string(name))
    }

    @Test func `What Python prints is read as what it was`() throws {
        var dice = Dice(seed: 7)
        for _ in 0..<500 {
            let value = Self.value(&dice)
            #expect(try parse(PythonText.repr(value)) == value)
        }
    }

    @Test func `Any bytes end in a value or an error`() {
        var dice = Dice(seed: 8)
        let letters = Array("{}[]()'\"\\,: \nNone01-.xuTeinf".utf8)
        for _ in 0..<3_000 {
            let bytes = (0..<dice.roll(30)).map { _ in dice.pick(letters) }
            guard let value = try? unsafe PythonLiteral.parse(bytes.span.bytes) else { continue }
            #expect((try? JSONValue(parsing: value.text)) == value, "\(bytes)")
        }
    }

    private static func value(_ dice: inout Dice, depth: Int = 0) -> JSONValue {
        switch dice.roll(depth < 4 ? 8 : 6) {
        case 0: .null
        case 1: .bool(dice.roll(2) == 0)
        case 2: .integer(Int64(truncatingIfNeeded: dice.next()))
        case 3: .double(Double(dice.roll(1_000_000)) / 64)
        case 4, 5: .string(dice.awkwardText())
        case 6: .array((0..<dice.roll(4)).map { _ in value(&dice, depth: depth + 1) })
        default:
            .object(
                (0..<dice.roll(4)).map { place in
                    .init("\(place)\(dice.pick(Dice.awkwardTexts))", value(&dice, depth: depth + 1))
                })
        }
    }
}
