import Codecs
import Platform
import TestKit
import Testing

@testable import Events

struct DocumentWriterTests {
    /// One entry of a document, and what it is in JSON.
    private struct Item {
        var name: String
        var value: JSONValue
    }

    @Test(arguments: 0..<600)
    func `a document is read back as what was put in`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        // Beyond some hundred entries another way of sorting is taken.
        let items = Self.items(&dice, count: seed % 20 == 0 ? 400 : dice.roll(30))
        var document = Document()
        for item in items { Self.set(item, in: &document) }
        var out = ByteBuffer()
        var writer = DocumentWriter()
        writer.write(document, to: &out)
        let value = try JSONValue(parsing: out.array)
        var found: [String: [JSONValue]] = [:]
        Self.flatten(value, "", isTop: true, into: &found, wanted: Set(items.map(\.name)))
        var expected: [String: [JSONValue]] = [:]
        for item in items { expected[item.name, default: []].append(item.value) }
        #expect(found == expected, "seed \(seed): \(out.text)")
        #expect(Self.repeatedKey(in: value) == nil, "seed \(seed): \(out.text)")
    }

    private static let order: [(String, String, Int)] = [
        ("a", "a.b", -1), ("a.b", "a!", -1), ("a.b", "a\u{0}", -1), ("a\u{0}", "a.b", 1), ("a", "a", 0),
        ("a.z", "ab", -1), ("b", "a.z", 1), ("", "a", -1),
    ]

    @Test(arguments: order)
    func `names are in order segment by segment`(_ left: String, _ right: String, _ sign: Int) {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        let order = unsafe FieldLayout.compare(left.span.bytes, right.span.bytes)
        #expect(order.signum() == sign)
    }

    @Test func `broken text becomes whole, also inside JSON`() throws {
        var document = Document()
        let broken: [UInt8] = [0x78, 0xED, 0xA0, 0xBD, 0x79]
        unsafe document.set(FieldCatalog.standard.known("user.name"), text: broken.span.bytes)
        let json = Array("{\"k\":\"".utf8) + broken + Array("\"}".utf8)
        unsafe document.set(FieldCatalog.standard.known("resource.attributes"), json: json.span.bytes)
        var out = ByteBuffer()
        var writer = DocumentWriter()
        writer.write(document, to: &out)
        #expect(out.text == "{\"resource\":{\"attributes\":{\"k\":\"x\u{FFFD}y\"}},\"user\":{\"name\":\"x\u{FFFD}y\"}}")
    }

    @Test func `a field of many values is a list, and numbers of a double field are written in one way`() throws {
        var document = Document()
        document.set(FieldCatalog.standard.known("tags"), text: "one")
        document.set(FieldCatalog.standard.known("claude_code.events.cost_usd"), long: 5)
        var out = ByteBuffer()
        var writer = DocumentWriter()
        writer.write(document, to: &out)
        #expect(out.text == "{\"claude_code\":{\"events\":{\"cost_usd\":5.0}},\"tags\":[\"one\"]}")
    }

    @Test func `a name of a thousand dots becomes twenty objects, and its rest keeps its dots`() throws {
        var document = Document()
        let deep = [String](repeating: "a", count: 20).joined(separator: ".")
        let names = [deep + ".b", deep + ".b.c", deep + String(repeating: ".", count: 1_000), deep]
        for (number, name) in names.enumerated() {
            document.set(kind: .long, bits: UInt64(number), name: { $0.append(text: name) })
        }
        var out = ByteBuffer()
        var writer = DocumentWriter()
        writer.write(document, to: &out)
        var found: [String: [JSONValue]] = [:]
        Self.flatten(try JSONValue(parsing: out.array), "", isTop: true, into: &found, wanted: [])
        #expect(found.count == names.count)
        for (number, name) in names.enumerated() { #expect(found[name] == [.integer(Int64(number))]) }
    }

    // MARK: Inside

    private static let known = ["user.name", "event.action", "message", "url.domain", "source.ip"]

    private static func items(_ dice: inout Dice, count: Int) -> [Item] {
        (0..<count).map { _ in
            let name = dice.roll(3) == 0 ? dice.pick(known) : dice.pick(Dice.awkwardNames)
            let value: JSONValue =
                switch dice.roll(6) {
                case 0: .integer(Int64(dice.roll(1_000)) - 500)
                case 1: .double(Double(dice.roll(1_000)) / 8 + 0.0625)
                case 2: .bool(dice.roll(2) == 0)
                case 3: .array([.string(dice.awkwardText()), .null, .array([.integer(1)])])
                default: .string(dice.awkwardText())
                }
            return Item(name: name, value: value)
        }
    }

    private static func set(_ item: Item, in document: inout Document) {
        let field = FieldCatalog.standard.id(of: item.name)
        let text = if case .string(let text) = item.value { text } else { item.value.text }
        switch item.value {
        case .integer(let number):
            if let field {
                document.set(field, long: number)
            } else {
                document.set(kind: .long, bits: UInt64(bitPattern: number), name: { $0.append(text: item.name) })
            }
        case .double(let number):
            if let field {
                document.set(field, double: number)
            } else {
                document.set(kind: .double, bits: number.bitPattern, name: { $0.append(text: item.name) })
            }
        case .bool(let flag):
            if let field {
                document.set(field, boolean: flag)
            } else {
                document.set(kind: .boolean, bits: flag ? 1 : 0, name: { $0.append(text: item.name) })
            }
        default:
            let kind: Document.Kind = if case .string = item.value { .text } else { .json }
            if let field {
                document.set(field, kind: kind) { $0.append(text: text) }
            } else {
                document.set(kind: kind, name: { $0.append(text: item.name) }, value: { $0.append(text: text) })
            }
        }
    }

    /// The values of a written document by dotted name. One value is itself, several are a list of them.
    private static func flatten(
        _ value: JSONValue, _ path: String, isTop: Bool, into found: inout [String: [JSONValue]], wanted: Set<String>
    ) {
        if case .object(let members) = value {
            for member in members {
                flatten(
                    member.value, isTop ? member.key : "\(path).\(member.key)", isTop: false, into: &found,
                    wanted: wanted)
            }
            return
        }
        // A value that is itself a list always holds a null here, so the two kinds of lists can be told apart.
        if case .array(let elements) = value, !elements.contains(.null) {
            found[path, default: []] += elements
        } else {
            found[path, default: []].append(value)
        }
    }

    private static func repeatedKey(in value: JSONValue) -> String? {
        guard case .object(let members) = value else { return nil }
        var keys: Set<[UInt8]> = []
        for member in members {
            if !keys.insert(Array(member.key.utf8)).inserted { return member.key }
            if let repeated = repeatedKey(in: member.value) { return repeated }
        }
        return nil
    }
}
