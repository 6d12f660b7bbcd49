import Codecs
import Events
import TestKit
import Testing

@testable import Intake

@Suite struct `JSON requests are split` {
    private func split(_ body: [UInt8], _ signal: OTLPSignal = .logs) throws(Intake.OTLPError) -> OTLPRequest {
        try unsafe JSONSplitter.split(body.span.bytes, signal)
    }

    private func split(_ text: String, _ signal: OTLPSignal = .logs) throws(Intake.OTLPError) -> OTLPRequest {
        try split(Array(text.utf8), signal)
    }

    private func around(_ records: String) -> String {
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[\#(records)]}]}]}"#
    }

    /// The records by way of a tree; `nil` when the request cannot be read.
    private func reference(_ body: [UInt8]) -> [JSONValue]? {
        guard let root = try? JSONValue(parsing: body), root.members != nil else { return nil }
        func lists(_ value: JSONValue, _ names: [String]) -> [JSONValue]? {
            guard let members = value.members else { return nil }
            var found: [JSONValue] = []
            for member in members where names.contains(member.key) {
                if member.value.isNull { continue }
                guard let elements = member.value.array else { return nil }
                found += elements
            }
            return found
        }
        guard let groups = lists(root, ["resourceLogs", "resource_logs"]) else { return nil }
        var records: [JSONValue] = []
        for group in groups {
            guard let scopes = lists(group, ["scopeLogs", "scope_logs"]) else { return nil }
            for scope in scopes {
                guard let found = lists(scope, ["logRecords", "log_records"]) else { return nil }
                records += found
            }
        }
        return records
    }

    @Test(arguments: 0..<40)
    func `Records kept are those of a tree, whatever happened to the bytes`(seed: UInt64) throws {
        var sample = SampleExport(seed: seed)
        let good = SampleExport.json(sample.request())
        var mutation = Mutation(seed: seed)
        for turn in 0..<60 {
            let body = turn == 0 ? good : mutation.applied(to: good)
            let expected = reference(body)
            let found = try? split(body)
            #expect((found == nil) == (expected == nil), "seed \(seed), turn \(turn)")
            guard let found, let expected else { continue }
            #expect(found.entries.count + found.refused == expected.count, "seed \(seed), turn \(turn)")
            var rest = expected[...]
            for entry in found.entries {
                let kept = try JSONValue(parsing: Array(body[entry.range.range]))
                // Those that were refused stand between them.
                while let next = rest.first, next != kept { rest = rest.dropFirst() }
                #expect(rest.popFirst() == kept, "seed \(seed), turn \(turn)")
            }
            if turn == 0 { #expect(found.refused == 0) }
        }
    }

    @Test(arguments: 0..<40)
    func `What is kept can be read, and both encodings keep the same`(seed: UInt64) throws {
        var sample = SampleExport(seed: seed)
        let request = sample.request()
        let good = SampleExport.json(request)
        let wire = SampleExport.protobuf(request)
        let calls = try unsafe ProtobufSplitter.split(wire.span.bytes, .logs)
        #expect(try split(good).entries.count == calls.entries.count)
        var mutation = Mutation(seed: seed ^ 0x5EED)
        var reader = OTLPReader()
        for turn in 0..<60 {
            let body = mutation.applied(to: good)
            guard let found = try? split(body) else { continue }
            let span = unsafe body.span.bytes
            for entry in found.entries {
                #expect(throws: Never.self, "seed \(seed), turn \(turn): \(span[entry.range].text)") {
                    _ = try reader.readLog(span, entry.range, .json)
                }
            }
        }
    }

    private static let bad: [(String, String)] = [
        ("nothing", ""), ("white space", "  \n"), ("a list", "[]"), ("a word", "null"), ("a number", "1"),
        ("two values", "{}{}"), ("an open object", "{"), ("a comma too many", #"{"resourceLogs":[],}"#),
        ("a list that is an object", #"{"resourceLogs":{}}"#), ("a list that is a text", #"{"resourceLogs":"all"}"#),
        ("scopes that are none", #"{"resourceLogs":[{"scopeLogs":1}]}"#),
        ("records that are none", #"{"resourceLogs":[{"scopeLogs":[{"logRecords":{}}]}]}"#),
        ("a group that is none", #"{"resourceLogs":[1]}"#), ("a control character", "{\"a\":\"\u{1}\"}"),
        ("a bad escape", #"{"a":"\x"}"#), ("a short escape", #"{"a":"\u12"}"#), ("a leading zero", #"{"a":01}"#),
        ("not a number", #"{"a":NaN}"#), ("single quotes", "{'a':1}"), ("a comment", "{/* */}"),
    ]

    @Test(arguments: bad)
    func `A request that is no OTLP is refused as a whole`(name: String, text: String) {
        #expect(throws: Intake.OTLPError.self) { try split(text) }
    }

    private static let empty = [
        "{}", " {} \n", #"{"resourceLogs":[]}"#, #"{"resourceLogs":null}"#, #"{"resourceLogs":[{}]}"#,
        #"{"resourceLogs":[{"scopeLogs":null}]}"#, #"{"resourceLogs":[{"scopeLogs":[{}]}]}"#,
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}"#, #"{"unknown":[[[{"a":1}]]]}"#,
    ]

    @Test(arguments: empty)
    func `A request without records of this kind has nothing to refuse`(text: String) throws {
        let found = try split(text)
        #expect(found.entries.isEmpty && found.refused == 0)
    }

    private static let badRecords: [(String, String)] = [
        ("a text", #""record""#), ("a list", "[]"), ("null", "null"),
        ("attributes that are an object", #"{"attributes":{}}"#),
        ("an attribute that is a text", #"{"attributes":["a"]}"#),
        ("an attribute without a key", #"{"attributes":[{"value":{}}]}"#),
        ("a key that is a number", #"{"attributes":[{"key":1}]}"#),
        ("a value that is a text", #"{"attributes":[{"key":"a","value":"b"}]}"#),
        ("a time before 1970", #"{"timeUnixNano":-1}"#), ("a time with a fraction", #"{"timeUnixNano":1.5}"#),
        ("a time in words", #"{"timeUnixNano":"now"}"#), ("a time that is a list", #"{"observedTimeUnixNano":[]}"#),
        ("a time of 21 digits", #"{"timeUnixNano":"123456789012345678901"}"#),
    ]

    @Test(arguments: badRecords)
    func `A bad record is refused and its neighbors are kept`(name: String, bad: String) throws {
        let found = try split(around(#"{"timeUnixNano":"1"},\#(bad),{"timeUnixNano":2}"#))
        #expect(found.entries.count == 2)
        #expect(found.refused == 1)
        #expect(found.firstReason != nil)
    }

    private static let goodRecords = [
        "{}", #"{"timeUnixNano":1791447318137000000}"#, #"{"timeUnixNano":"1791447318137000000"}"#,
        #"{"timeUnixNano":null,"attributes":null}"#, #"{"timeUnixNano":""}"#,
        #"{"attributes":[{"key":"a","value":{"intValue":1}},{"key":"b","value":null},{"key":"c"}]}"#,
        #"{"body":{"stringValue":"cut \ud83d"}}"#,
        #"{"attributes":[{"key":"\ud83d","value":{"stringValue":"\udc00"}}]}"#,
        #"{"unknown":{"deep":[1,2,{"a":null}]}}"#,
    ]

    @Test(arguments: goodRecords)
    func `What Claude's clients send is kept byte for byte`(record: String) throws {
        let body = Array(around(" \(record) ").utf8)
        let found = try split(body)
        #expect(found.refused == 0)
        #expect(found.entries.map { String(decoding: body[$0.range.range], as: UTF8.self) } == [record])
    }

    @Test(arguments: OTLPSignal.allCases)
    func `Both spellings of the lists are read`(signal: OTLPSignal) throws {
        for names in [signal.listNames, signal.listNamesAsDeclared] {
            let text = #"{"\#(names.resources)":[{"\#(names.scopes)":[{"\#(names.records)":[{},{}]}]}]}"#
            let found = try split(text, signal)
            #expect(found.entries.map(\.kind) == [signal.kind, signal.kind])
        }
    }

    @Test func `A bad resource or scope refuses its records and no others`() throws {
        let found = try split(
            """
            {"resourceLogs":[{"resource":1,"scopeLogs":[{"logRecords":[{},{}]}]},
            {"scopeLogs":[{"scope":"a","logRecords":[{}]},{"scope":null,"logRecords":[{}]}]}]}
            """)
        #expect(found.entries.count == 1)
        #expect(found.refused == 3)
    }

    @Test(arguments: [
        (#"{"sum":{"dataPoints":[{},{},{}],"isMonotonic":true}}"#, 3), (#"{"gauge":{"data_points":[{},{}]}}"#, 2),
        (#"{"name":"a","sum":{"dataPoints":null}}"#, 1), (#""no object""#, 1),
    ])
    func `Of a refused metric the data points are counted`(metric: String, expected: Int) throws {
        let text = #"{"resourceMetrics":[{"resource":1,"scopeMetrics":[{"metrics":[\#(metric),\#(metric)]}]}]}"#
        let found = try split(text, .metrics)
        #expect(found.refused == 2)
        #expect(found.rejected == 2 * expected)
    }

    @Test func `A resource behind its records is theirs all the same`() throws {
        let text = #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}],"scope":{"name":"s"}}],"resource":{"a":1}}]}"#
        let found = try split(text)
        let body = Array(text.utf8)
        #expect(String(decoding: body[found.contexts[0].resource.range], as: UTF8.self) == #"{"a":1}"#)
        #expect(String(decoding: body[found.contexts[0].scope.range], as: UTF8.self) == #"{"name":"s"}"#)
    }

    @Test(arguments: [60, 64, 65, 100_000])
    func `Nesting has an end`(depth: Int) throws {
        let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let text = #"{"a":\#(value)}"#
        // The object around it is not skipped but entered.
        if depth <= JSONCursor.depthLimit {
            #expect(try split(text).entries.isEmpty)
        } else {
            #expect(throws: Intake.OTLPError.self) { try split(text) }
        }
    }

    @Test func `Records and scopes have limits`() throws {
        func records(_ count: Int) -> String { around(Array(repeating: "{}", count: count).joined(separator: ",")) }
        #expect(try split(records(OTLPLimits.records)).entries.count == OTLPLimits.records)
        #expect(throws: Intake.OTLPError.self) { try split(records(OTLPLimits.records + 1)) }
        func scopes(_ count: Int) -> String {
            #"{"resourceLogs":[{"scopeLogs":[\#(Array(repeating: "{}", count: count).joined(separator: ","))]}]}"#
        }
        #expect(try split(scopes(OTLPLimits.contexts)).contexts.count == OTLPLimits.contexts)
        let error = #expect(throws: Intake.OTLPError.self) { try split(scopes(OTLPLimits.contexts + 1)) }
        #expect(error?.description.contains("scopes") == true)
    }

    @Test func `Text that is no UTF-8 refuses the request`() {
        #expect(throws: Intake.OTLPError.self) { try split(Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)) }
        #expect(throws: Intake.OTLPError.self) {
            try split(Array(#"{"a":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8))
        }
    }
}
