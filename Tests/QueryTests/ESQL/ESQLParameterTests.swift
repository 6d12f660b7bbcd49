import Codecs
import Testing

@testable import Query

/// What a query is given for the `?` in it.
@Suite struct `Parameters of ES|QL` {
    private static func parameters(_ json: String) throws -> ESQLParameters {
        try ESQLParameters(try #require(try JSONValue(parsing: json).array))
    }

    /// A query with parameters is the query that has their values in their place.
    @Test(arguments: [
        ("ROW a = ?, b = ?", #"[1, "x"]"#, #"ROW a = 1, b = "x""#),
        ("ROW a = ?2, b = ?1, c = ?2", #"[1, "x"]"#, #"ROW a = "x", b = 1, c = "x""#),
        ("ROW a = ?n1, b = ?_2", #"[{"n1": "v"}, {"_2": true}]"#, #"ROW a = "v", b = true"#),
        ("ROW a = ?1, b = ?2", #"[{"n1": "v"}, {"n2": null}]"#, #"ROW a = "v", b = null"#),
        ("ROW a = ?, b = ?", #"[{"n1": "v"}, {"n1": 2}]"#, #"ROW a = "v", b = 2"#),
        ("ROW a = ?n", #"[{"n": 1}, {"n": 2}, {"unused": 3}]"#, "ROW a = 2"),
        (
            "ROW a = ?, b = ?, c = ?, d = ?, e = ?", "[2147483647, 2147483648, -1, 1.5, 1e-3]",
            "ROW a = 2147483647, b = 2147483648, c = -1, d = 1.5, e = 0.001"
        ),
        ("ROW a = ?, b = ?, c = ?", #"[[1, 2], ["x"], []]"#, #"ROW a = [1, 2], b = ["x"], c = null"#),
        ("ROW a = ?-1, b = ?+1, c = -?", "[10, 10, 5]", "ROW a = 10 - 1, b = 10 + 1, c = -(5)"),
        (
            "ROW a = ?n1::datetime + ?n2::date_period", #"[{"n1": "2024-01-01"}, {"n2": "3 days"}]"#,
            #"ROW a = "2024-01-01"::datetime + "3 days"::date_period"#
        ),
        ("ROW a = [?, 2, ?]", "[1, 3]", "ROW a = [1, 2, 3]"),
        (
            "FROM t | WHERE a IN (?, ?) | LIMIT ?", #"["x", "y", 5]"#,
            "FROM \"t\"\n| WHERE a IN (\"x\", \"y\")\n| LIMIT 5"
        ),
        (
            "FROM t | WHERE a LIKE ? AND b RLIKE (?, \"c\")", #"["x*", "d.*"]"#,
            "FROM \"t\"\n| WHERE a LIKE \"x*\" AND b RLIKE (\"d.*\", \"c\")"
        ),
        (
            "FROM t | WHERE a : ? | WHERE MATCH(b, ?)", #"["x", 5]"#,
            "FROM \"t\"\n| WHERE a : \"x\"\n| WHERE MATCH(b, 5)"
        ),
        (
            "SET time_zone = ?; FROM t | SAMPLE ?", #"["Europe/London", 0.5]"#,
            "SET time_zone = \"Europe/London\";\nFROM \"t\"\n| SAMPLE 0.5"
        ),
        (
            "FROM t | EVAL x = ??fn(??a.??b) | SORT ??a | KEEP ??a, x | RENAME ??a AS ??c | MV_EXPAND ??c",
            #"[{"fn": "to_string"}, {"a": "user"}, {"b": "name"}, {"c": "d.e"}]"#,
            "FROM \"t\"\n| EVAL x = to_string(user.name)\n| SORT user ASC NULLS LAST\n| KEEP `user`, `x`\n"
                + "| RENAME user AS d.e\n| MV_EXPAND d.e"
        ),
        ("FROM t | STATS x = ??(??) BY ??", #"["max", "a", "b"]"#, "FROM \"t\"\n| STATS x = max(a) BY b"),
        ("FROM t | EVAL ??1 = ?2", #"["a", "b"]"#, "FROM \"t\"\n| EVAL a = \"b\""),
        (
            "FROM t | KEEP ??a | DROP ?p, x.?q",
            #"[{"a": "b*"}, {"p": {"pattern": "c*d*"}}, {"q": {"identifier": "e"}}]"#,
            "FROM \"t\"\n| KEEP `b*`\n| DROP `c`*`d`*, `x.e`"
        ),
        (
            "FROM t | WHERE ?n == ?v", #"[{"n": {"identifier": "user.name"}}, {"v": {"value": "ann"}}]"#,
            "FROM \"t\"\n| WHERE user.name == \"ann\""
        ),
        (
            "FROM t | LOOKUP JOIN l ON ??f | ENRICH p ON ??f", #"[{"f": "a.b"}]"#,
            "FROM \"t\"\n| LOOKUP JOIN \"l\" ON a.b\n| ENRICH \"p\" ON a.b"
        ),
    ])
    func `Stand for values and names`(_ text: String, _ parameters: String, _ written: String) throws {
        let query = try ESQL.parse(text, Self.parameters(parameters))
        #expect(query.description == written)
        #expect(try ESQL.parse(written).commands == query.commands)
    }

    /// A value is one, whatever it says.
    @Test(arguments: [
        #"x" | LIMIT 0 //"#, #"\" OR true"#, "??a", "?", "a\nb", "`", "\"\"\" | DROP *", "/* ", "é\u{301}",
    ])
    func `Become no text of the query`(_ value: String) throws {
        let parameters = try ESQLParameters([.object([.init("a", .string(value))])])
        let query = try ESQL.parse("FROM t | WHERE ??a == ?a | KEEP ??a", parameters)
        #expect(query.commands.count == 3)
        let wanted = ESQLExpression(
            form: .comparison(
                .equal, ESQLExpression(form: .column(value), span: SourceSpan(0, 0)),
                ESQLExpression(form: .literal(.string(value)), span: SourceSpan(0, 0))), span: SourceSpan(0, 0))
        #expect(query.commands[1].form == .filter(wanted))
        #expect(query.commands[2].form == .keep([ESQLNamePattern(pieces: [value], span: SourceSpan(0, 0))]))
        #expect(try ESQL.parse(query.description).commands == query.commands)
    }

    @Test(arguments: [
        ("ROW a = ?, b = ?", "[1]", "1:16: Not enough actual parameters 1"),
        ("ROW a = ?n0", #"[{"n1": 1}]"#, "1:9: Unknown query parameter [n0], did you mean [n1]?"),
        ("ROW a = ?other", #"[{"n1": 1}]"#, "1:9: Unknown query parameter [other]"),
        ("ROW a = ?0", "[1]", "1:9: No parameter is defined for position 0, did you mean position 1?"),
        (
            "ROW a = ?3", "[1, 2]",
            "1:9: No parameter is defined for position 3, did you mean any position between 1 and 2?"
        ),
        ("ROW a = ?1", "[]", "1:9: No parameter is defined for position 1"),
        (
            "ROW a = ?, b = ?n", #"[{"n": 1}]"#,
            "1:16: Inconsistent parameter declaration, use one of positional, named or anonymous params but not a "
                + "combination of named and anonymous"
        ),
        ("ROW a = ?1, b = ?n", #"[{"n": 1}]"#, "combination of named and positional"),
        ("ROW a = ?1, b = ?", "[1]", "combination of positional and anonymous"),
        ("FROM t | KEEP ??n | WHERE a == ?", #"[{"n": "a"}]"#, "combination of named and anonymous"),
        ("FROM t | EVAL x = ??n", #"[{"n": 5}]"#, "1:19: Query parameter [??n] with value [5] is no name"),
        ("FROM t | KEEP ?n", #"[{"n": "a"}]"#, "1:15: expected the name of a column or a pattern, found `?n`"),
        ("FROM t | RENAME ?n AS b", #"[{"n": "a"}]"#, "1:17: expected a column, found `?n`"),
        ("FROM t | LIMIT ?n", #"[{"n": "a"}]"#, "1:16: expected a number of rows"),
        ("FROM t | LIMIT ?n", #"[{"n": {"identifier": "a"}}]"#, "1:16: expected a value, found `?n`"),
        ("ROW a = ??f(1)", #"[{"f": "a b"}]"#, "1:9: Unknown function [a b]"),
        ("FROM t | ?c x = 1", #"[{"c": {"identifier": "eval"}}]"#, "1:10: expected a command, found `?c`"),
        ("ROW a = ?1b", "[1]", "1:11: expected `|` or the end, found `b`"),
        ("ROW a = ???", #"["a", "b"]"#, "1:11: expected `|` or the end, found `?`"),
        ("ROW a = ? day", "[1]", "1:11: expected `|` or the end, found `day`"),
        ("ROW a = [?]", "[[1]]", "1:10: a list lies in no other list"),
    ])
    func `Are refused with their place`(_ text: String, _ parameters: String, _ message: String) throws {
        let given = try Self.parameters(parameters)
        let error = #expect(throws: QueryError.self) { try ESQL.parse(text, given) }
        #expect(error?.description.contains(message) == true, "\(error.map(String.init) ?? "")")
    }

    @Test(arguments: [
        (#"[{"n": 1}, 2]"#, "Params cannot contain both named and unnamed parameters"),
        (#"[{"type": "byte", "value": 5}]"#, "Cannot parse more than one key:value pair as parameter"),
        ("[{}]", "Cannot parse more than one key:value pair as parameter"),
        (#"[{"1": "v"}]"#, "[1] is not a valid parameter name"),
        (#"[{"a-": "v"}]"#, "[a-] is not a valid parameter name"),
        (#"[{"@a": "v"}]"#, "[@a] is not a valid parameter name"),
        (#"[{"n": [1, "x"]}]"#, "a list of a parameter holds values of one kind"),
        (#"[{"n": [1, null]}]"#, "a list of a parameter holds values of one kind"),
        ("[[[1]]]", "a list of a parameter holds values of one kind"),
        (#"[{"n": {"identifier": 5}}]"#, "[n] is no identifier"),
        (#"[{"n": {"pattern": "a"}}]"#, "[n] is no pattern"),
        (#"[{"n": {"text": "a"}}]"#, "[text] is not a valid param attribute"),
        (#"[{"n": {"value": "a", "pattern": "a*"}}]"#, "one of value, identifier, pattern"),
        (#"[{"n": {"value": {}}}]"#, "n={} is not supported as a parameter"),
    ])
    func `Have the shapes of Elasticsearch`(_ json: String, _ message: String) throws {
        let elements = try #require(try JSONValue(parsing: json).array)
        let error = #expect(throws: ESQLParameterError.self) { try ESQLParameters(elements) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `Are so many at the most`() throws {
        let list = Array(repeating: JSONValue.integer(1), count: ESQLParameters.most)
        #expect(throws: Never.self) { try ESQLParameters(list) }
        #expect(throws: ESQLParameterError.self) { try ESQLParameters(list + [.integer(1)]) }
    }
}
