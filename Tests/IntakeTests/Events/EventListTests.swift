import Codecs
import Testing

@testable import Intake

@Suite struct `Events in a text` {
    private func list(_ text: String, limit: Int = 100) -> EventList { list(Array(text.utf8), limit: limit) }
    private func list(_ bytes: [UInt8], limit: Int = 100) -> EventList {
        unsafe EventList(bytes.span.bytes, limit: limit, told: 3)
    }

    private func found(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return list(bytes).events.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }

    @Test(arguments: [
        (#"{"a":1}"#, [#"{"a":1}"#]),
        ("\n{\"a\":1}\r\n\r\n {\"b\":2} \n", [#"{"a":1}"#, #"{"b":2}"#]),
        (#"[{"a":1}, {"b":"],{"}]"#, [#"{"a":1}"#, #"{"b":"],{"}"#]),
        (#"[{"a":"\"],{"},{"b":1}]"#, [#"{"a":"\"],{"}"#, #"{"b":1}"#]),
        (" [ ] \n", []),
        ("", []),
        ("{\n \"a\": {\n  \"b\": 1 }\n}\n", ["{\n \"a\": {\n  \"b\": 1 }\n}"]),
    ])
    func `come one a line, as a list, or alone over several lines`(_ text: String, _ events: [String]) {
        #expect(found(text) == events)
        #expect(list(text).refused == 0)
    }

    struct Flaw: Sendable {
        let line: Int
        let reason: String
    }

    static let flaws: [(String, String)] = [
        ("5", "not a JSON object"), (#""text""#, "not a JSON object"), ("[]", "not a JSON object"),
        ("{}", "no fields"), (#"{"a":{}}"#, "no fields"), (#"{"a":"#, "ends too early"), (#"{"a":1}x"#, "unexpected"),
        (#"{"a":1,"a":2}"#, "twice"), (#"{"a.b":1,"a":{"b":2}}"#, "twice"), (#"{"a":1,"\u0061":2}"#, "twice"),
        (String(repeating: #"{"a":"#, count: 21) + "1" + String(repeating: "}", count: 21), "too deeply"),
        (#"{"a":"# + String(repeating: "[", count: 100_000), "too deeply"),
        (#"{"a":"# + String(repeating: "[", count: 21) + String(repeating: "]", count: 21) + "}", "too deeply"),
        ("{" + (0...4_096).map { "\"\($0)\":0" }.joined(separator: ",") + "}", "4096 values"),
        (#"{"a":""# + String(repeating: "x", count: 1 << 20) + "\"}", "larger than 1048576 bytes"),
    ]

    @Test(arguments: flaws)
    func `that is none is named and costs no neighbour`(_ text: String, _ reason: String) {
        let lines = list("{\"x\":1}\n\(text)\n{\"y\":2}\n")
        #expect(lines.events.count == 2)
        #expect(lines.refused == 1)
        #expect(lines.refusals.first?.line == 2)
        #expect(lines.refusals.first?.reason.contains(reason) == true, "\(lines.refusals)")
    }

    @Test(arguments: flaws.filter { !$0.0.hasSuffix("[") && !$0.0.hasSuffix(":") && !$0.0.hasSuffix("x") })
    func `that is none costs no neighbour in a list either`(_ text: String, _ reason: String) {
        let elements = list("[{\"x\":1},\n\(text),\n{\"y\":2}]")
        #expect(elements.events.count == 2)
        #expect(elements.refusals.map(\.line) == [2])
    }

    @Test func `of bad UTF-8 loses its line alone`() {
        let lines = list(Array("{\"x\":1}\n{\"a\":\"".utf8) + [0xFF] + Array("\"}\n{\"y\":2}".utf8))
        #expect(lines.events.count == 2)
        #expect(lines.refusals.map(\.line) == [2])
        #expect(lines.refusals[0].reason.contains("UTF-8"))
    }

    @Test(arguments: [
        (#"[{"a":1}"#, 1, 1), (#"[{"a":1},"#, 1, 1), (#"[{"a":1},]"#, 1, 1), (#"[,{"a":1}]"#, 1, 1),
        (#"[{"a":1}] x"#, 1, 1), (#"[{"a":"]"#, 0, 2), ("[", 0, 1),
    ])
    func `in a list that is broken are kept as far as it goes, and the rest is told`(
        _ text: String, _ events: Int, _ refused: Int
    ) {
        #expect(list(text).events.count == events)
        #expect(list(text).refused == refused)
    }

    @Test func `are bounded, and so is what is told of those that are none`() {
        let many = String(repeating: "{\"a\":1}\n", count: 11)
        #expect(list(many, limit: 11).isOverfull == false)
        #expect(list(many, limit: 10).isOverfull)
        let bad = list(String(repeating: "x\n", count: 10))
        #expect(bad.refused == 10)
        #expect(bad.refusals.map(\.line) == [1, 2, 3])
    }
}

@Suite struct `Actions in Elasticsearch's bulk format` {
    private func list(_ text: String) throws -> BulkList {
        let bytes = Array(text.utf8)
        return try unsafe BulkList(bytes.span.bytes)
    }

    @Test func `have their document on the next line`() throws {
        let text = """
            {"index":{"_index":"logs-okta.system-default","_id":"1"}}
            {"a":1}
            {"create":{}}
            {"b":2}

            """
        let items = try list(text).items
        #expect(items.map(\.action) == [.index, .create])
        #expect(items.map(\.line) == [1, 3])
        #expect(items.allSatisfy { $0.refusal == nil })
        let bytes = Array(text.utf8)
        #expect(items.map { String(decoding: bytes[$0.source.range], as: UTF8.self) } == [#"{"a":1}"#, #"{"b":2}"#])
        #expect(items[0].index.map { String(decoding: bytes[$0.range], as: UTF8.self) } == "logs-okta.system-default")
        #expect(items[1].index == nil && items[1].id == nil)
    }

    @Test(arguments: [
        ("{\"create\":{}}\n{\"a\":", "document_parsing_exception", 1),
        ("{\"create\":{}}\n", "illegal_argument_exception", 1),
        ("{\"delete\":{\"_id\":\"1\"}}\n", "illegal_argument_exception", 1),
        ("{\"update\":{\"_id\":\"1\"}}\n{\"doc\":{}}", "illegal_argument_exception", 1),
        ("{\"create\":{\"_index\":\"Big\"}}\n{\"a\":1}", "invalid_index_name_exception", 1),
        ("{\"create\":{\"_index\":\"a\\u0022b\"}}\n{\"a\":1}", "invalid_index_name_exception", 1),
    ])
    func `that are not taken are told in the words of Elasticsearch, and cost no neighbour`(
        _ text: String, _ type: String, _ refused: Int
    ) throws {
        let list = try list("{\"create\":{}}\n{\"x\":1}\n\(text)")
        #expect(list.items.count == 2)
        #expect(list.refused == refused)
        #expect(list.items[1].refusal?.type == type)
        #expect(list.firstReason?.hasPrefix("line 3: ") == true)
    }

    @Test(arguments: [
        "{}", "x", #"{"a":1}"#, #"{"create":1}"#, #"{"create":{},"index":{}}"#, #"{"create":{}} x"#, "[]",
    ])
    func `that are none refuse the request, since nobody can say what follows`(_ line: String) {
        #expect(throws: IntakeRefusal.self) { try list("{\"create\":{}}\n{\"x\":1}\n\(line)\n{\"y\":1}") }
    }
}
