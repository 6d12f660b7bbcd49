import Query
import TestKit
import Testing

@testable import Console

struct TableCurtainTests {
    private func shown(_ question: String, _ columns: [String], hasParameters: Bool = false) -> [String] {
        let list = columns.enumerated().map {
            ESQLColumn(number: $0.offset, name: $0.element, type: .keyword, mayBeMany: true)
        }
        let answer = ESQLAnswer(
            columns: list, rows: [columns.map { _ in .many([.text("x"), .integer(1)]) }])
        let curtain = TableCurtain(question, ListEngine.schema, hasParameters: hasParameters)
        return curtain.draw(over: answer).rows[0].map { value in
            guard case .many(let values) = value, case .text(let text) = values[0], case .integer(1) = values[1] else {
                return "?"
            }
            return text
        }
    }

    @Test func `a column of content has no texts, whoever asked for it`() {
        let hidden = ContentCurtain.word
        #expect(
            shown("FROM events", ["user.email", "process.command_line", "message", "labels.x"]) == [
                "x", hidden, hidden, hidden,
            ])
    }

    @Test func `whole events and what parameters may name are content`() {
        let hidden = ContentCurtain.word
        let question = "EQL events \"any where true\" METADATA _source | EVAL value = LEFT(_source, 9)"
        #expect(shown(question, ["_source", "value", "event.action"]) == [hidden, hidden, "x"])
        #expect(shown("FROM events METADATA _source | EVAL value = LEFT(`_source`, 9)", ["value"]) == [hidden])
        #expect(shown("FROM events | EVAL value = claude_code.events.hook_source", ["value"]) == ["x"])
        #expect(shown("FROM events | EVAL value = ??a", ["value"]) == ["x"])
        #expect(shown("FROM events | EVAL value = ??a", ["value"], hasParameters: true) == [hidden])
    }

    @Test func `a column that a question makes of content has none either`() {
        let hidden = ContentCurtain.word
        for name in ["process.command_line", "`process.command_line`", "message", "claude_code.events.tool_input.a"] {
            let question = "FROM events | STATS n = COUNT(*) BY value = \(name)"
            #expect(shown(question, ["n", "value", "event.action"]) == [hidden, hidden, "x"], "\(name)")
        }
        #expect(
            shown("FROM events | STATS n = COUNT(*) BY value = event.action | WHERE n > 1.5", ["n", "value"]) == [
                "x", "x",
            ])
        // Neither streams nor values are fields, and numbers are no words.
        for question in [
            "SET unmapped_fields = \"load\"; FROM claude_code.events, anthropic.audit | STATS BY value = user.email",
            "FROM events | WHERE event.dataset == \"anthropic.audit\" | EVAL value = user.email",
        ] {
            #expect(shown(question, ["value"]) == ["x"], "\(question)")
        }
        let catalog = SampleCatalog.schema
        let sum = "FROM a | STATS n = SUM(anthropic.cost.amount_usd) BY value = user.email"
        #expect(!TableCurtain(sum, catalog).hides("value"))
        #expect(TableCurtain("FROM a | EVAL value = CONCAT(\"a\", message, \"b\")", catalog).hides("value"))
        #expect(TableCurtain("FROM a | EVAL value = \"FROM b\" | EVAL c = process.command_line", catalog).hides("c"))
        // Fields without a dot in their names, but not where a number is called so.
        for use in ["TO_STRING(attributes)", "events", "FIELD_EXTRACT(attributes, \"prompt\")", "MV_FIRST(links)"] {
            #expect(TableCurtain("FROM claude_code.traces | EVAL value = \(use)", catalog).hides("value"), "\(use)")
        }
        #expect(TableCurtain("FROM a | STATS events = COUNT(*), value = VALUES(events)", catalog).hides("value"))
        let counted =
            "FROM a | STATS events = COUNT(*) BY value = user.email | WHERE events > 1 | SORT `events` DESC, value"
        #expect(!TableCurtain(counted, catalog).hides("value"))
        // A span has a name; so has much that somebody writes.
        #expect(!TableCurtain("FROM claude_code.traces | STATS BY name", catalog).hides("name"))
        #expect(ContentCurtain.isContent("name"))
        // By another name it is the same field.
        #expect(shown("FROM events | STATS BY v = claude_code.events.tool_name", ["v"]) == ["x"])
    }
}
