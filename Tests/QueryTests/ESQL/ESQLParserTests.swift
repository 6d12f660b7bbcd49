import TestKit
import Testing

@testable import Query

/// How ES|QL is read and written.
@Suite struct `ES|QL as text` {
    /// What is written on the left is written by Docket as on the right, and both are read as the same.
    @Test(arguments: [
        ("from logs-*", #"FROM "logs-*""#),
        ("FROM a , -b* , \"c d\" metadata _id, _index", #"FROM "a", "-b*", "c d" METADATA _id, _index"#),
        ("FROM logs-claude_code.events.otel-*|LIMIT 5", "FROM \"logs-claude_code.events.otel-*\"\n| LIMIT 5"),
        ("FROM a, (FROM b | WHERE c)", #"FROM "a", (FROM "b" | WHERE c)"#),
        ("ROW a = 1, b = [1, -2], null", "ROW a = 1, b = [1, -2], null"),
        ("ROW 1 day + -3 months", "ROW `1 day + -3 months` = 1 day + -3 month"), ("ROW 15m", "ROW `15m` = 15 minute"),
        (
            "ROW 2147483648, 9223372036854775808, 1e3, .5",
            "ROW 2147483648, 9223372036854775808, `1e3` = 1000.0, ``.`5` = 0.5"
        ),
        ("ROW \"a\\tb\\\"c\\\\\", x = \"\"\"d\"e\\w\"\"\"", "ROW \"a\\tb\\\"c\\\\\", x = \"d\\\"e\\\\w\""),
        ("ROW x = \"\"\"ends in quotes\"\"\"\"\"", "ROW x = \"ends in quotes\\\"\\\"\""),
        ("SHOW info", "SHOW INFO"), ("SET time_zone = \"UTC\"; ROW 1", "SET time_zone = \"UTC\";\nROW 1"),
        (
            "EQL logs \"process where true\" METADATA _id WITH {\"timestamp_field\": \"@timestamp\"}",
            #"EQL "logs" "process where true" METADATA _id WITH {"timestamp_field": "@timestamp"}"#
        ),
        ("ROW 1 // one\n /* two /* deep */ */ | LIMIT 1 // end", "ROW 1\n| LIMIT 1"),
        ("ROW 1 | WHERE NOT a == b AND c OR d", "ROW 1\n| WHERE NOT a == b AND c OR d"),
        ("ROW 1 | WHERE (a or b) and not (c and d)", "ROW 1\n| WHERE (a OR b) AND NOT (c AND d)"),
        ("ROW 1 | WHERE a not in (1, 2) and b IS NOT NULL", "ROW 1\n| WHERE a NOT IN (1, 2) AND b IS NOT NULL"),
        (
            "ROW 1 | WHERE a not in (from b | keep c) and d IN (EQL e \"any where true\" | KEEP f) or row IN (row, 1)",
            "ROW 1\n| WHERE a NOT IN (FROM \"b\" | KEEP `c`) AND d IN (EQL \"e\" \"any where true\" | KEEP `f`)"
                + " OR row IN (row, 1)"
        ),
        (
            "ROW 1 | WHERE a LIKE \"x*\" OR a NOT RLIKE (\"p\", \"q\")",
            "ROW 1\n| WHERE a LIKE \"x*\" OR a NOT RLIKE (\"p\", \"q\")"
        ),
        ("ROW 1 | WHERE user.name : \"jane\"", "ROW 1\n| WHERE user.name : \"jane\""),
        (
            "ROW 1 | EVAL x = -a::int, -1::long, (a - b) - (c - d), a * (b + c)",
            "ROW 1\n| EVAL x = -a::int, -1::long, `(a - b) - (c - d)` = a - b - (c - d), a * (b + c)"
        ),
        ("ROW 1 | EVAL Esql.new = `odd name`.`by`, @timestamp", "ROW 1\n| EVAL Esql.new = `odd name`.`by`, @timestamp"),
        ("ROW 1 | EVAL f(), g(a, {\"k\": 1})", "ROW 1\n| EVAL f(), g(a, {\"k\": 1})"),
        (
            "ROW 1 | STATS COUNT(*), n = MAX(a) WHERE a > 1 BY b, c = DATE_TRUNC(1 hour, d)",
            "ROW 1\n| STATS COUNT(*), n = MAX(a) WHERE a > 1 BY b, c = DATE_TRUNC(1 hour, d)"
        ),
        ("ROW 1 | STATS BY a", "ROW 1\n| STATS BY a"),
        ("ROW 1 | INLINESTATS m = MAX(a)", "ROW 1\n| INLINE STATS m = MAX(a)"),
        (
            "ROW 1 | SORT a, b DESC, c desc nulls last",
            "ROW 1\n| SORT a ASC NULLS LAST, b DESC NULLS FIRST, c DESC NULLS LAST"
        ),
        ("ROW 1 | LIMIT 3 BY user.name", "ROW 1\n| LIMIT 3 BY user.name"),
        ("ROW 1 | KEEP a, b.*, *, c.*.d | DROP *_x", "ROW 1\n| KEEP `a`, `b.`*, *, `c.`*`.d`\n| DROP *`_x`"),
        ("ROW 1 | RENAME a AS b, c = d", "ROW 1\n| RENAME a AS b, d AS c"),
        (
            "ROW 1 | DISSECT a \"%{b} %{c}\" append_separator=\",\"",
            "ROW 1\n| DISSECT a \"%{b} %{c}\" APPEND_SEPARATOR = \",\""
        ),
        (
            "ROW 1 | GROK a \"%{IP:b}\", \"%{WORD:c}\" | MV_EXPAND b",
            "ROW 1\n| GROK a \"%{IP:b}\", \"%{WORD:c}\"\n| MV_EXPAND b"
        ),
        ("ROW 1 | ENRICH my-list ON a WITH b, c = d", "ROW 1\n| ENRICH \"my-list\" ON a WITH b = b, c = d"),
        ("ROW 1 | LOOKUP JOIN allowed ON a, b", "ROW 1\n| LOOKUP JOIN \"allowed\" ON a, b"),
        ("ROW 1 | FORK (WHERE a | LIMIT 1) (LIMIT 2)", "ROW 1\n| FORK (WHERE a | LIMIT 1) (LIMIT 2)"),
        (
            "ROW 1 | CHANGE_POINT n ON @timestamp AS t, p | SAMPLE 0.5",
            "ROW 1\n| CHANGE_POINT n ON @timestamp AS t, p\n| SAMPLE 0.5"
        ),
        (
            "ROW 1 | IP_LOCATION g = ip WITH {\"properties\": [\"city_name\"]}",
            "ROW 1\n| IP_LOCATION g = ip WITH {\"properties\": [\"city_name\"]}"
        ),
    ])
    func `Is read and written`(_ text: String, _ written: String) throws {
        let query = try ESQL.parse(text)
        #expect(query.description == written)
        #expect(try ESQL.parse(written).commands == query.commands)
    }

    @Test(arguments: [
        ("", "1:1: expected `FROM`, `ROW`, `SHOW INFO` or `EQL`, found the end"),
        (
            "WHERE a",
            "1:1: expected `FROM`, `ROW`, `SHOW INFO` or `EQL`, found `WHERE`; a query begins with where its rows come from"
        ),
        ("ROW 1 |", "1:8: expected a command, found the end"),
        ("ROW 1 | WERE a", "1:9: expected a command, found `WERE`; did you mean `WHERE`?"),
        ("ROW 1\n| EVAL x = ", "2:12: expected a value, found the end"),
        ("ROW 1 | WHERE a == 1 == 2", "1:22: comparisons have no chains; put `AND` between two of them"),
        ("ROW 1 | WHERE a IN 1", "1:20: expected `(`, found `1`"),
        ("ROW 1 | WHERE a =~ \"b\"", "1:17: `=~` is not known; write `TO_LOWER(a) == TO_LOWER(b)`"),
        ("ROW 1 | WHERE f(a) : \"b\"", "1:15: `:` stands behind the name of a field"),
        ("ROW 1 | WHERE a IN (FROM b", "1:27: expected `)`, found the end"),
        ("ROW a = ?", "1:9: Not enough actual parameters 0"),
        ("ROW \"a", "1:5: this string is never closed"),
        (
            "ROW \"\\d\"",
            "1:6: a `\\` in a string stands before t, n, r, \" or \\; write `\\\\` for the sign itself, or put the text between three quotes"
        ),
        ("ROW `a", "1:5: this name is never closed"), ("ROW 1 /* a", "1:7: this comment is never closed"),
        ("ROW [1, \"a\"]", "1:9: the values of a list are of one kind"),
        ("ROW [[1]]", "1:6: a list lies in no other list"),
        ("ROW ü", "1:5: `ü` has no meaning here"), ("ROW 1 ROW", "1:7: expected `|` or the end, found `ROW`"),
        ("ROW 1 | LIMIT -1", "1:15: a number of rows is not negative"),
        ("ROW 1 | LIMIT a", "1:15: expected a value, found `a`"),
        ("ROW 1 | SAMPLE 2", "1:16: expected a share of the rows; it lies between 0 and 1, as 0.1"),
        ("ROW 1 | FORK (LIMIT 1)", "1:14: `FORK` has two to eight branches in parentheses"),
        ("ROW a. b", "1:8: expected the rest of the name `a.`, found `b`"),
        ("ROW by", "1:5: expected a value, found `by`; a field of that name stands between back quotes"),
        ("FROM -", "1:6: there is no name behind `-`"),
        (
            "ROW 1 | DISSECT a \"b\" SEPARATOR = \"c\"",
            "1:23: `SEPARATOR` is no option of `DISSECT`; it has `APPEND_SEPARATOR`"
        ),
    ])
    func `Says what is wrong and where`(_ text: String, _ message: String) {
        let error = #expect(throws: QueryError.self) { try ESQL.parse(text) }
        #expect(error?.description == message)
    }

    /// Nothing that somebody may send costs more than its length, nor ends the process.
    @Test func `Has limits`() {
        func deep(_ open: String, _ close: String, _ count: Int) -> String {
            "ROW " + String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
        }
        #expect(throws: Never.self) { try ESQL.parse(deep("(", ")", 100)) }
        for text in [
            deep("(", ")", 5_000), deep("f(", ")", 5_000), deep("- a -", "", 5_000), deep("-", "", 5_000),
            "ROW 1" + String(repeating: " + 1", count: 5_000), "ROW 1" + String(repeating: "|LIMIT 1", count: 5_000),
            "FROM " + String(repeating: "(FROM ", count: 5_000), "ROW " + String(repeating: "NOT ", count: 5_000) + "a",
            "ROW a IN (1" + String(repeating: ",1", count: 20_000) + ")", String(repeating: " ", count: 300_000),
        ] {
            #expect(throws: QueryError.self, "\(text.prefix(40))") { try ESQL.parse(text) }
        }
    }

    @Test(arguments: 1...300) func `Is read as it was written, whatever it says`(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let expression = RandomESQL.expression(&dice, depth: 4)
        let text = "ROW x = \(expression)"
        let query = try ESQL.parse(text)
        guard case .row(let values) = query.commands[0].form else { return #expect(Bool(false), "no row") }
        #expect(values[0].value == expression, "seed \(seed): \(text)")
    }
}

/// Expressions made at random.
private enum RandomESQL {
    private static let nowhere = SourceSpan(0, 0)

    static func expression(_ dice: inout Dice, depth: Int) -> ESQLExpression {
        ESQLExpression(form: form(&dice, depth: depth), span: nowhere)
    }

    private static func form(_ dice: inout Dice, depth: Int) -> ESQLExpression.Form {
        func part() -> ESQLExpression { expression(&dice, depth: depth - 1) }
        func parts(_ least: Int) -> [ESQLExpression] { (0..<least + dice.roll(2)).map { _ in part() } }
        guard depth > 0 else { return leaf(&dice) }
        switch dice.roll(14) {
        case 0: return .all(parts(2))
        case 1: return .any(parts(2))
        case 2: return .not(part())
        case 3: return .comparison(dice.pick([.equal, .notEqual, .less, .atMost, .greater, .atLeast]), part(), part())
        case 4, 5: return .arithmetic(dice.pick(Arithmetic.allCases), part(), part())
        case 6: return .negative(part())
        case 7: return .isNull(part())
        case 8: return .isIn(part(), parts(1))
        case 9:
            let pattern = ESQLExpression(form: .literal(.string("a*\\\"b")), span: nowhere)
            return .like(part(), [pattern], isRegular: dice.roll(2) == 0)
        case 10: return .cast(part(), ESQLName(text: dice.pick(["long", "keyword"]), span: nowhere))
        case 11: return .function(ESQLName(text: "f", span: nowhere), parts(0))
        case 12: return .everyRow(ESQLName(text: "COUNT", span: nowhere))
        default: return leaf(&dice)
        }
    }

    private static func leaf(_ dice: inout Dice) -> ESQLExpression.Form {
        switch dice.roll(5) {
        case 0: .column(dice.pick(["a", "user.name", "@timestamp", "odd name", "x.by.y", "not", "`"]))
        case 1: .literal(dice.pick([.null, .boolean(true), .string("é\n\"\\"), .string("")]))
        case 2: .literal(dice.pick([.integer(0), .integer(-5), .long(1 << 40), .unsignedLong(.max), .long(.min)]))
        case 3: .literal(dice.pick([.double(1.5), .double(-1e-7), .double(1e300), .span(3, .week), .span(-1, .month)]))
        default: .literal(.list([.integer(1), .integer(-2)]))
        }
    }
}
