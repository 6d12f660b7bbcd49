import Codecs
import Network
import Platform
import Query
import TestKit
import Testing

struct FieldCallTests {
    @Test func `fields are listed with what is known of them`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call("/api/v1/fields", "")
        #expect(answer.status == 200)
        let fields = try #require(try answer.json()["fields"]?.array)
        #expect(fields.count == ListEngine.schema.fields.count)
        let names = fields.compactMap { $0["name"]?.string }
        #expect(names == names.sorted())
        let tool = fields.first { $0["name"] == "gen_ai.tool.name" }
        #expect(
            tool == [
                "name": "gen_ai.tool.name", "type": "keyword", "aliases": ["claude_code.events.tool_name"],
                "multi_valued": false, "streams": [], "has_values": true,
            ])
        let labels = fields.first { $0["name"] == "labels" }
        #expect(labels?["has_values"] == false)
        #expect(labels?["streams"] == ["claude_code.events"])
        #expect(fields.first { $0["name"] == "related.user" }?["multi_valued"] == true)
    }

    static let patterns: [(String, [String])] = [
        ("user.*", ["user.email"]), ("*.name", ["gen_ai.tool.name"]), ("tool_name", ["gen_ai.tool.name"]),
        ("command", ["process.command_line"]), ("nothing.*", []),
    ]

    @Test(arguments: patterns)
    func `a pattern chooses by name and alias`(pattern: String, names: [String]) async throws {
        let sample = try SampleConsole()
        let fields = try await sample.call("/api/v1/fields", #"{"pattern":"\#(pattern)"}"#).json()["fields"]?.array
        #expect(fields?.compactMap { $0["name"]?.string } == names)
    }

    @Test func `the values that most events have come first`() async throws {
        let events =
            (0..<9).map { SampleConsole.event($0 % 2, minutesAgo: 1, id: "e\($0)") }
            + [SampleConsole.event(1_000, minutesAgo: 1, tenant: "other")]
        let sample = try SampleConsole(events)
        let json = try await sample.call(
            "/api/v1/fields", #"{"field":"user.email","query":"event.action: tool_result","size":10}"#
        ).json()
        #expect(json["field"] == "user.email")
        #expect(json["type"] == "keyword")
        #expect(json["partial"] == false)
        #expect(
            json["values"] == [
                ["value": "user0@example.com", "count": 5], ["value": "user1@example.com", "count": 4],
            ])
        let one = try await sample.call("/api/v1/fields", #"{"field":"user.email","size":1}"#).json()
        #expect(one["values"] == [["value": "user0@example.com", "count": 5]])
        let none = try await sample.call("/api/v1/fields", #"{"field":"user.email","query":"user.email: x"}"#).json()
        #expect(none["values"] == [])
    }

    @Test func `aliases mean their field, and a name that nobody knows is remarked on`() async throws {
        let sample = try SampleConsole()
        let alias = try await sample.call("/api/v1/fields", #"{"field":"claude_code.events.tool_name"}"#).json()
        #expect(alias["field"] == "gen_ai.tool.name")
        #expect(alias["values"] == [["value": "Bash", "count": 120]])
        let typo = try await sample.call("/api/v1/fields", #"{"field":"user.emial"}"#).json()
        #expect(typo["values"] == [])
        #expect(typo["warnings"]?[0]?["message"]?.string?.contains("did you mean `user.email`?") == true)
    }

    static let hostile = ["a` | DROP b", "`", "a`\u{301}` | LIMIT 0", "a\n| LIMIT 1", "\"", "\\", "x] [", "é"]

    @Test(arguments: hostile)
    func `the name of a field is never a piece of the query`(name: String) async throws {
        let sample = try SampleConsole()
        let body = JSONValue.object([.init("field", .string(name))]).text
        let answer = try await sample.call("/api/v1/fields", body)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json()["field"]?.string == name)
        #expect(try answer.json()["values"] == [])
        let by = JSONValue.object([.init("by", .string(name))]).text
        #expect(try await sample.call("/api/v1/histogram", by).json()["series"] == [])
    }

    @Test func `a value with quotes is counted over time, too`() async throws {
        let events = (0..<4).map {
            SampleConsole.event($0, minutesAgo: Int64($0) * 60, id: "e\($0)", [("message", "a\"\\`\u{301} | LIMIT 0")])
        }
        let sample = try SampleConsole(events)
        let json = try await sample.call(
            "/api/v1/histogram", #"{"by":"message","from":"now-4h","to":"now+1h","buckets":5}"#
        ).json()
        let series = try #require(json["series"]?.array)
        #expect(series.count == 1)
        #expect(series[0]["value"] == "a\"\\`\u{301} | LIMIT 0")
        #expect(
            series[0]["counts"]?.array?.compactMap(\.integer)
                == json["buckets"]?.array?.compactMap { $0["count"]?.integer })
        #expect(json["total"] == 4)
    }

    @Test func `a histogram by a field has a row of counts for each of its values`() async throws {
        let sample = try SampleConsole()
        let json = try await sample.call(
            "/api/v1/histogram",
            #"{"query":"event.outcome: success","from":"now-10h","to":"now","by":"user.email","size":2,"buckets":10}"#
        ).json()
        #expect(json["by"] == "user.email")
        #expect(json["partial"] == false)
        let buckets = try #require(json["buckets"]?.array)
        let series = try #require(json["series"]?.array)
        #expect(series.count == 2)
        for one in series {
            let counts = (one["counts"]?.array ?? []).compactMap(\.integer)
            #expect(counts.count == buckets.count)
            #expect(counts.reduce(0, +) == one["total"]?.integer)
            #expect(one["total"] == 40)
        }
        #expect(json["total"] == 120)
    }

    static let badBodies: [(String, String, String)] = [
        ("/api/v1/fields", #"{"size":3}"#, "are for the values of a `field`"),
        ("/api/v1/fields", #"{"field":"a","pattern":"b"}"#, "no `pattern`"),
        ("/api/v1/fields", #"{"field":""}"#, "the name of one field"),
        ("/api/v1/fields", #"{"feild":"a"}"#, "did you mean `field`?"),
        ("/api/v1/fields", #"{"field":"a","size":1001}"#, "from 1 to 1000"),
        ("/api/v1/histogram", #"{"by":"a","size":51}"#, "from 1 to 50"),
        ("/api/v1/histogram", #"{"bucket":5}"#, "did you mean `buckets`?"),
        ("/api/v1/histogram", #"{"by":""}"#, "the name of a field"),
        ("/api/v1/search", #"{"size":1,"limit":1}"#, "`size` and `limit` mean the same"),
        ("/api/v1/search", #"{"fields":"a"}"#, "must be a list"),
        ("/api/v1/search", #"{"fields":[]}"#, "must be a list"),
        ("/api/v1/search", #"{"fields":["a",1]}"#, "must be a list"),
        ("/api/v1/search", #"{"language":"sql"}"#, "`language` must be"),
        ("/api/v1/search", #"{"language":"esql","query":"FROM a"}"#, "/api/v1/query"),
        ("/api/v1/search", #"{"language":"eql","query":"any where true","format":"csv"}"#, "`format` csv is for KQL"),
        ("/api/v1/search", #"{"language":"eql","query":"any where true","after":"1~a"}"#, "`after` is for KQL"),
        ("/api/v1/search", #"{"language":"eql","size":20000,"format":"ndjson"}"#, "`size` is at most 10000"),
        ("/api/v1/search", #"{"sort":"up"}"#, "`sort` must be one of"),
        ("/api/v1/search", #"{"after":"x"}"#, "`after`"),
    ]

    @Test(arguments: badBodies)
    func `a body that is not understood is told why`(path: String, body: String, words: String) async throws {
        let sample = try SampleConsole()
        let answer = try await sample.call(path, body)
        #expect(answer.status == 400)
        #expect(try answer.json()["error"]?["message"]?.string?.contains(words) == true, "\(answer.text)")
    }

    @Test func `a wrong query is about the query, also where it stands beside another one`() async throws {
        let sample = try SampleConsole()
        for (path, body) in [
            ("/api/v1/fields", #"{"field":"user.email","query":"a and"}"#),
            ("/api/v1/histogram", #"{"by":"user.email","query":"a and"}"#),
        ] {
            let error = try await sample.call(path, body).json()["error"]
            #expect(error?["type"] == "parsing_exception")
            let flaw = try #require(#expect(throws: QueryError.self) { try KQL.parse("a and") })
            #expect(error?["column"]?.integer == Int64(flaw.column))
        }
    }
}
