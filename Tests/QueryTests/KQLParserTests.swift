import TestKit
import Testing

@testable import Query

struct KQLParserTests {
    @Test(arguments: 0..<500)
    func `a printed tree is read as the same tree`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let tree = dice.tree(depth: 4)
        let text = "\(tree)"
        #expect(try KQL.parse(text).expression == tree, "seed \(seed): \(text)")
    }

    @Test(arguments: 0..<500)
    func `no text breaks the reader, and each error has a place in the text`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        let parts = [
            "a", ":", "(", ")", "{", "}", "\"", "\\", "*", "<", ">=", " and ", " or ", "not ", " ", "\n", "é", "\\u00",
        ]
        let text = (0..<dice.roll(20)).map { _ in dice.pick(parts) }.joined()
        for dialect in [KQLDialect.kibana, .elasticsearch] {
            do throws(QueryError) {
                let query = try KQL.parse(text, KQLOptions(dialect: dialect))
                #expect(try KQL.parse("\(query.expression)").expression == query.expression, "seed \(seed): \(text)")
            } catch {
                #expect(0...text.utf8.count ~= error.span.lower && error.span.upper <= text.utf8.count, "seed \(seed)")
                #expect(!error.rendered(in: SourceText(text)).isEmpty)
            }
        }
    }

    @Test func `spans point at the parts of the text`() throws {
        let text = "event.action: (a or \"b c\") and not x > 5"
        let query = try KQL.parse(text)
        guard case .all(let parts) = query.expression.form, case .any(let values) = parts[0].form,
            case .match(let field, let value) = values[1].form
        else { return #expect(Bool(false), "\(query.expression)") }
        #expect(query.source.text(query.expression.span) == text)
        #expect(query.source.text(parts[0].span) == "event.action: (a or \"b c\")")
        #expect(query.source.text(parts[1].span) == "not x > 5")
        #expect(query.source.text(field.span) == "event.action")
        #expect(query.source.text(value.span) == "\"b c\"")
    }

    @Test func `groups may lie 64 deep and no deeper`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(throws: Never.self) { try KQL.parse(nested(64)) }
        #expect(throws: QueryError.self) { try KQL.parse(nested(65)) }
        #expect(throws: QueryError.self) { try KQL.parse(String(repeating: "(", count: 16_000)) }
        #expect(throws: QueryError.self) { try KQL.parse(String(repeating: "a:{", count: 5_000)) }
    }

    @Test func `a query may have 4096 tests and no more`() {
        func list(_ count: Int) -> String {
            "f:(" + Array(repeating: "a", count: count).joined(separator: " or ") + ")"
        }
        #expect(throws: Never.self) { try KQL.parse(list(2_000)) }
        var parser = KQLParser(SourceText(list(2_000)), KQLOptions(), leaves: 4_096 - 1_999)
        #expect(throws: QueryError.self) { try parser.query() }
    }

    @Test func `a query may have 16 KiB and no more`() {
        #expect(throws: Never.self) { try KQL.parse(String(repeating: "a", count: 16 * 1024)) }
        #expect(throws: QueryError.self) { try KQL.parse(String(repeating: "a", count: 16 * 1024 + 1)) }
    }

    @Test func `an error in a long line shows only what is near`() throws {
        let text = String(repeating: "a", count: 4_000) + " ) " + String(repeating: "b", count: 4_000)
        let error = try #require(throws: QueryError.self) { try KQL.parse(text) }
        let lines = error.rendered(in: SourceText(text)).split(separator: "\n")
        #expect(error.column == 4_002)
        #expect(lines[1].count < 140)
        #expect(Array(lines[1])[try #require(lines[2].firstIndex(of: "^")).utf16Offset(in: lines[2])] == ")")
    }
}

extension Dice {
    fileprivate mutating func tree(depth: Int) -> KQLExpression {
        let nowhere = SourceSpan(0, 0)
        func made(_ form: KQLExpression.Form) -> KQLExpression { KQLExpression(form: form, span: nowhere) }
        let kind = depth == 0 ? 4 + roll(3) : roll(7)
        switch kind {
        case 0: return made(.all((0..<(2 + roll(2))).map { _ in tree(depth: depth - 1) }))
        case 1: return made(.any((0..<(2 + roll(2))).map { _ in tree(depth: depth - 1) }))
        case 2: return made(.not(tree(depth: depth - 1)))
        case 3: return made(.object(path: literal(isName: true), tree(depth: depth - 1)))
        case 4: return made(.match(field: literal(isName: true), literal()))
        case 5:
            return made(.compare(field: literal(isName: true), pick([.less, .atMost, .greater, .atLeast]), bound()))
        default: return made(.freeText(literal()))
        }
    }

    private mutating func bound() -> KQLLiteral {
        KQLLiteral(form: pick([.quoted(anyText()), .plain(anyText())]), span: SourceSpan(0, 0))
    }

    private mutating func literal(isName: Bool = false) -> KQLLiteral {
        let pieces = (0..<(2 + roll(2))).map { _ in roll(3) == 0 ? "" : anyText() }
        let forms: [KQLLiteral.Form] = [
            .quoted(roll(4) == 0 ? "" : anyText()), .plain(anyText()), .pattern(Wildcard(pieces)), .boolean(true),
            .null,
        ]
        return KQLLiteral(form: pick(forms), span: SourceSpan(0, 0))
    }

    private mutating func anyText() -> String {
        let parts = [
            "or", "AND", "not", "nOt", " ", "\u{a0}", "x", "\n", "ot", "\t", "\r", "\\", "\"", "*", ":", "(", "}", "é",
            "😀", "u0041",
        ]
        let text = (0...roll(5)).map { _ in pick(parts) }.joined()
        return ["true", "false", "null"].contains(text) ? "x" : text
    }
}
