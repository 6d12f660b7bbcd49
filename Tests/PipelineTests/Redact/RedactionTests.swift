import Codecs
import Detect
import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Pipeline

/// What is in front of the journal.
@Suite struct `Redaction` {
    static let token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    static let card = "4111 1111 1111 1111"

    private static func sink(
        _ policy: RedactionPolicy = RedactionPolicy(), keys: RedactionKeys? = nil, _ metrics: MetricList = MetricList(),
        clock: any Clock = SystemClock(), selfTest: @escaping RedactingSink.SelfTest = DetectorExamples.failures
    ) -> (RedactingSink, RecordSinkDouble) {
        let kept = RecordSinkDouble()
        return (
            RedactingSink(
                kept, policy: policy, keys: keys, metrics: RedactionMetrics(metrics),
                clock: clock, log: Log("test", least: .error, write: { _ in }),
                selfTest: selfTest), kept
        )
    }

    private static let standard = sink().0

    private static func redacted(_ batch: RecordBatch, _ policy: RedactionPolicy? = nil) -> RecordBatch {
        (policy.map { sink($0).0 } ?? standard).redacted(batch)
    }

    private static func batch(
        _ kind: RecordKind, _ encoding: RecordEncoding, _ record: [UInt8], resource: [UInt8] = [], scope: [UInt8] = []
    ) -> RecordBatch {
        RecordBatch(
            tenant: .default, source: "test", storage: resource + scope + record,
            contexts: [
                .init(
                    resource: ByteRange(start: 0, count: resource.count),
                    scope: ByteRange(start: resource.count, count: scope.count))
            ],
            entries: [
                .init(
                    kind: kind, encoding: encoding, context: 0,
                    range: ByteRange(start: resource.count + scope.count, count: record.count))
            ])
    }

    private static func record(_ batch: RecordBatch) -> [UInt8] { Array(batch.storage[batch.entries[0].range.range]) }
    private static func text(_ batch: RecordBatch) -> String { String(decoding: record(batch), as: UTF8.self) }

    private static func policy(_ text: String) throws -> RedactionPolicy {
        try RedactionPolicy(parsing: Array(text.utf8), file: "policy.yaml")
    }

    // MARK: Encodings

    /// An attribute with a text in it, so many lists deep.
    private static func attribute(_ key: String, _ value: String, deep: Int) -> (inout ProtobufWriter) -> Void {
        func wrapped(_ depth: Int) -> (inout ProtobufWriter) -> Void {
            { out in
                if depth == 0 {
                    out.text(1, value)
                } else if depth % 2 == 0 {
                    out.message(5) { $0.message(1, wrapped(depth - 1)) }
                } else {
                    out.message(6) { list in
                        list.message(1) { pair in
                            pair.text(1, "inner")
                            pair.message(2, wrapped(depth - 1))
                        }
                    }
                }
            }
        }
        return { pair in
            pair.text(1, key)
            pair.message(2, wrapped(deep))
        }
    }

    @Test(arguments: [0, 1, 2, 5, 9])
    func `Writes protobuf anew with lengths that hold on all levels`(_ depth: Int) throws {
        let long = String(repeating: "x ", count: 100)
        func log(_ secret: String) -> [UInt8] {
            var writer = ProtobufWriter()
            writer.fixed64(1, 1_700_000_000_000_000_000)
            writer.message(5) { $0.text(1, "body \(secret) \(long)") }
            writer.message(6, Self.attribute("prompt", "see \(secret)", deep: depth))
            writer.message(6, Self.attribute("user.email", "jane@example.com", deep: 0))
            writer.message(6) { pair in
                pair.text(1, "count")
                pair.message(2) { $0.varint(3, 4_111_111_111_111_111) }
            }
            writer.bytes(9, [UInt8](repeating: 7, count: 16))
            return writer.array
        }
        let out = Self.redacted(Self.batch(.otlpLog, .protobuf, log(Self.token)))
        #expect(Self.record(out) == log("[GITHUB_TOKEN]"))
        #expect(out.redaction?.entries == [.init(record: 0, count: 2, withheld: 0, detectors: ["github_token"])])
        #expect(out.redaction(of: out.entries[0])?.count == 2)
    }

    @Test func `Writes spans, metrics and what records share anew`() {
        func span(_ secret: String) -> [UInt8] {
            var writer = ProtobufWriter()
            writer.text(5, "claude_code.tool")
            writer.message(11) { event in
                event.text(2, "tool.output")
                event.message(3, Self.attribute("output", secret, deep: 0))
            }
            writer.message(15) { $0.text(2, "failed: \(secret)") }
            return writer.array
        }
        func metric(_ secret: String) -> [UInt8] {
            var writer = ProtobufWriter()
            writer.text(1, "cost")
            writer.message(7) { sum in
                sum.message(1) { point in
                    point.message(7, Self.attribute("note", secret, deep: 0))
                    point.message(5) { $0.message(7, Self.attribute("why", secret, deep: 0)) }
                }
                sum.varint(2, 1)
            }
            return writer.array
        }
        func resource(_ secret: String) -> [UInt8] {
            var writer = ProtobufWriter()
            writer.message(1, Self.attribute("deployment.key", secret, deep: 0))
            return writer.array
        }
        let clean = "[GITHUB_TOKEN]"
        #expect(Self.record(Self.redacted(Self.batch(.otlpSpan, .protobuf, span(Self.token)))) == span(clean))
        let out = Self.redacted(
            Self.batch(.otlpMetric, .protobuf, metric(Self.token), resource: resource(Self.token)))
        #expect(Self.record(out) == metric(clean))
        #expect(Array(out.storage[out.contexts[0].resource.range]) == resource(clean))
        #expect(out.redaction?.entries.first?.count == 3)
    }

    @Test func `Writes JSON anew and keeps everything else of it`() {
        let log = #"""
            {"timeUnixNano":"1700000000000000000", "body":{"stringValue":"a\n\u0067hp_abcdefghijklmnopqrstuvwxyz0123456789"},
             "attributes":[{"key":"user.email","value":{"stringValue":"jane@example.com"}},
              {"value":{"stringValue":"mail jane@example.com"},"key":"prompt"},{"key":"n","value":{"intValue":4111111111111111}},
              {"key":"l","value":{"arrayValue":{"values":[{"stringValue":"4111 1111 1111 1111"}]}}}]}
            """#
        let out = Self.text(Self.redacted(Self.batch(.otlpLog, .json, Array(log.utf8))))
        #expect(out.contains(#""stringValue":"a\n[GITHUB_TOKEN]""#))
        #expect(out.contains(#""stringValue":"mail [EMAIL]@example.com""#))
        #expect(out.contains(#""stringValue":"jane@example.com""#), "who it was stays")
        #expect(out.contains(#""intValue":4111111111111111"#), "numbers stay")
        #expect(out.contains(#""stringValue":"[CARD]""#))
        let read = try? JSONValue(parsing: Array(out.utf8))
        #expect(read != nil)
    }

    @Test func `Walks spans of JSON into their events, links and lists`() throws {
        let inner = #"{"key":"user.email","value":{"stringValue":"jane@example.com"}}"#
        let secret =
            #"{"key":"note","value":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"stringValue":"\#(Self.token)"}]}}}]}}}"#
        let span = #"""
            {"name":"tool","attributes":[\#(secret),\#(inner)],"status":{"code":2,"message":"\#(Self.token)"},
            "events":[{"name":"output","attributes":[\#(secret),\#(inner)]},{"name":"\#(Self.token)"}],
            "links":[{"traceId":"00","attributes":[\#(inner),\#(secret)]}],"kind":3}
            """#
        let out = Self.text(Self.redacted(Self.batch(.otlpSpan, .json, Array(span.utf8))))
        var wanted = span.split(separator: Self.token, omittingEmptySubsequences: false)
        // The name of an event is one, and stays.
        wanted =
            [wanted[0] + "[GITHUB_TOKEN]" + wanted[1] + "[GITHUB_TOKEN]" + wanted[2] + "[GITHUB_TOKEN]" + wanted[3]]
            + [wanted[4] + "[GITHUB_TOKEN]" + wanted[5]]
        #expect(out == wanted.joined(separator: Self.token))
    }

    @Test func `Knows what of an activity and of a document says who it was`() {
        let activity = #"""
            {"id":"activity_1","type":"claude_chat_created","actor":{"type":"user_actor","email_address":"jane@example.com"},
             "title":"Call bob@example.com","unheard_of":{"deep":["4111 1111 1111 1111"]}}
            """#
        let out = Self.text(Self.redacted(Self.batch(.activity, .json, Array(activity.utf8))))
        #expect(out.contains(#""email_address":"jane@example.com""#))
        #expect(out.contains(#""title":"Call [EMAIL]@example.com""#))
        #expect(out.contains(#""deep":["[CARD]"]"#))
        let document =
            #"{"user":{"email":"jane@example.com"},"message":"bob@example.com","other":{"email":"al@example.com"}}"#
        #expect(
            Self.text(Self.redacted(Self.batch(.ecs, .json, Array(document.utf8))))
                == #"{"user":{"email":"jane@example.com"},"message":"[EMAIL]@example.com","other":{"email":"[EMAIL]@example.com"}}"#
        )
    }

    @Test func `Writes rows anew with the quotes that they need`() {
        let header = Array("created_at,event,event_info".utf8)
        let row = Array(#"2026-01-01T00:00:00Z,chat,"{'mail': ""jane@example.com"", 'key': '\#(Self.token)'}""#.utf8)
        let out = Self.redacted(Self.batch(.auditLogRow, .csv, row, resource: header))
        #expect(
            Self.text(out)
                == #"2026-01-01T00:00:00Z,chat,"{'mail': ""[EMAIL]@example.com"", 'key': '[GITHUB_TOKEN]'}""#)
        let broken = Self.batch(.auditLogRow, .csv, Array("x,\"\(Self.token)".utf8), resource: header)
        #expect(Self.text(Self.redacted(broken)) == "x,\"[GITHUB_TOKEN]")
    }

    @Test func `Keeps JSON within a text JSON`() {
        let parameters = #"{"card": 4111111111111111, "list": [4111111111111111, 2], "mail": "jane@example.com"}"#
        var preview = RedactionPreview(RedactionPolicy())
        let out = preview.redacted(Array(parameters.utf8))
        #expect(
            String(decoding: out, as: UTF8.self)
                == #"{"card": "[CARD]", "list": ["[CARD]", 2], "mail": "[EMAIL]@example.com"}"#)
    }

    @Test func `Passes on what it finds nothing in, and cuts off what nobody refers to`() {
        let plain = Self.batch(.activity, .json, Array(#"{"id":"a","title":"hello"}"#.utf8))
        let out = Self.redacted(plain)
        #expect(out.storage == plain.storage)
        #expect(out.redaction?.entries.isEmpty == true)
        #expect(out.redaction?.rules.count == RedactionFacts.rulesSize)
        var empty = RecordBatch(tenant: .default, source: "test", storage: Array(Self.token.utf8))
        empty.contexts = [.init(resource: ByteRange(start: 0, count: Self.token.utf8.count))]
        #expect(Self.redacted(empty).contexts[0].resource.isEmpty)
    }

    // MARK: Policies

    @Test func `Follows the rules of tenant, source and field`() throws {
        let policy = try Self.policy(
            """
            rules:
              - { detectors: email, action: keep }
              - { field: title, action: token, detectors: email }
              - { tenant: other, detectors: email, action: mask }
              - { attribute: secret_note, treatment: withhold }
              - { attribute: gone, treatment: drop }
              - { attribute: card, detectors: card, action: partial }
            """)
        let activity =
            #"{"a":"jane@example.com","title":"jane@example.com","secret_note":"anything","gone":"x","card":"4111 1111 1111 1111"}"#
        let batch = Self.batch(.activity, .json, Array(activity.utf8))
        let keys = RedactionKeys(disk: SimulatedDisk(seed: 1))
        let (sink, _) = Self.sink(policy, keys: keys)
        let out = Self.text(sink.redacted(batch))
        #expect(out.hasPrefix(#"{"a":"jane@example.com","title":"[EMAIL:"#))
        #expect(out.hasSuffix(#"]","secret_note":"[WITHHELD]","gone":"","card":"[CARD …1111]"}"#))
        #expect(Self.text(sink.redacted(batch)) == out, "the same value has the same token")
        let other = RecordBatch(
            tenant: TenantName("other")!, source: "test", storage: batch.storage, contexts: batch.contexts,
            entries: batch.entries)
        #expect(Self.text(sink.redacted(other)).hasPrefix(#"{"a":"[EMAIL]","#))
    }

    @Test(arguments: [
        ("rules: [{ detectors: secret, action: keep }]", "`secret` is always masked"),
        ("rules: [{ detectors: id_nik, action: partial }]", "`id_nik` is always masked"),
        ("rules: [{ detectors: emial, action: mask }]", "there is no detector `emial`"),
        ("rules: [{ treatment: keep }]", "`treatment` needs a `field`"), ("rules: [{ attribute: a }]", "a rule says"),
        ("rules: [{ field: prompt, action: hide }]", "`action` cannot be `hide`"), ("rule: []", "one key, `rules`"),
        ("rules: [{ field: promt, action: mask }]", "no source has a field `promt`; did you mean `prompt`?"),
        ("rules: [{ field: house, action: mask }]", "written `attribute: house`"),
        (
            "rules: [{ field: city_name, action: mask }]",
            "did you mean `source.geo.city_name`? The whole name is needed"
        ),
        ("rules: [{ field: tool_input.command, action: mask }]", "did you mean `tool_input`? It is a text"),
        ("rules: [{ field: actor.email_address.domain, action: mask }]", "did you mean `actor.email_address`?"),
        ("rules: [{ field: claude_code.events.tool_input, action: mask }]", "did you mean `tool_input`? That is what"),
        ("rules: [{ field: actor., action: mask }]", "no source has a field `actor.`"),
        ("rules: [{ fields: a, action: mask }]", "there is no key `fields`"),
    ])
    func `Refuses rules that cannot be followed`(_ text: String, _ message: String) {
        let error = #expect(throws: DetectorError.self) { try Self.policy(text) }
        #expect(error?.description.contains("policy.yaml:1:") == true)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "prompt", "tool_input", "system_prompt", "actor.email_address", "source.geo.city_name", "metadata",
        "metadata.old_value", "otlp.body", "title",
    ])
    func `Takes the names of fields as sources and documents have them`(_ name: String) throws {
        _ = try Self.policy("rules: [{ field: \(name), action: mask }]")
    }

    @Test func `Masks secrets also where everything is kept`() throws {
        let policy = try Self.policy("rules: [{ action: keep }]")
        let activity = #"{"a":"jane@example.com \#(Self.token) 3171014501820001"}"#
        let out = Self.text(Self.redacted(Self.batch(.activity, .json, Array(activity.utf8)), policy))
        #expect(out == #"{"a":"jane@example.com [GITHUB_TOKEN] [ID_NIK]"}"#)
    }

    @Test func `Withholds content when it is off, too costly or too much`() {
        let activity = #"{"id":"activity_1","title":"hello world"}"#
        let off = Self.redacted(
            Self.batch(.activity, .json, Array(activity.utf8)), RedactionPolicy(isOn: false))
        #expect(Self.text(off) == #"{"id":"activity_1","title":"[WITHHELD]"}"#)
        #expect(off.redaction?.entries == [.init(record: 0, count: 0, withheld: 1, detectors: [])])
        let metrics = MetricList()
        let much = #"{"title":"\#(String(repeating: "jane@example.com ", count: 9_000))"}"#
        let (sink, _) = Self.sink(RedactionPolicy(), metrics)
        #expect(Self.text(sink.redacted(Self.batch(.activity, .json, Array(much.utf8)))) == #"{"title":"[WITHHELD]"}"#)
        #expect(metrics.exposition().contains("docket_redaction_surrendered_fields_total 1"))
    }

    @Test func `Withholds content from the moment that detectors fail their self-test`() {
        let clock = TestClock()
        let tests = Counter()
        let metrics = MetricList()
        // The first one is that of the start.
        let (sink, _) = Self.sink(
            RedactionPolicy(), metrics, clock: clock,
            selfTest: { _ in
                tests.add()
                return tests.value < 3 ? [] : [.init(detector: "card", example: "", message: "is not found")]
            })
        let batch = Self.batch(.activity, .json, Array(#"{"id":"activity_1","title":"hello world"}"#.utf8))
        for _ in 0..<3 { #expect(Self.text(sink.redacted(batch)).contains("hello world")) }
        #expect(tests.value == 1)
        clock.advance(RedactingSink.selfTestInterval)
        #expect(Self.text(sink.redacted(batch)).contains("hello world"))
        #expect(tests.value == 2)
        #expect(metrics.exposition().contains("docket_redaction_broken 0"))
        let version = sink.redacted(batch).redaction?.rules
        clock.advance(RedactingSink.selfTestInterval)
        for _ in 0..<2 {
            let out = sink.redacted(batch)
            #expect(Self.text(out) == #"{"id":"activity_1","title":"[WITHHELD]"}"#)
            #expect(out.redaction?.rules != version, "the leaves tell that nothing was looked for")
        }
        #expect(metrics.exposition().contains("docket_redaction_broken 1"))
        clock.advance(RedactingSink.selfTestInterval)
        _ = sink.redacted(batch)
        #expect(tests.value == 3, "what is broken stays withheld until the next start")
    }

    // MARK: Properties

    /// Pieces of texts: ordinary ones, and some that are found.
    private static func texts(_ dice: inout Dice) -> String {
        let found = DetectorSet.standard.detectors.flatMap(\.positive)
        let plain = [
            "the ", "quick\n", "brown \"fox\"", "{\"a\": 1}", "x=1; ", "ünïcode ", "\\n", "2026-01-01 ", ", ",
            "/usr/bin ",
        ]
        return (0...dice.roll(12)).map { _ in dice.roll(3) == 0 ? dice.pick(found) + " " : dice.pick(plain) }.joined()
    }

    @Test(arguments: 1...60) func `Finds nothing more in what it made`(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        var preview = RedactionPreview(RedactionPolicy())
        for _ in 0..<20 {
            let once = preview.redacted(Array(Self.texts(&dice).utf8))
            #expect(preview.redacted(once) == once, "\(String(decoding: once, as: UTF8.self))")
        }
    }

    /// Bytes with some of them changed, left out, doubled or moved.
    private static func mutated(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0...dice.roll(4) where !bytes.isEmpty {
            let place = dice.roll(bytes.count)
            let end = min(bytes.count, place + 1 + dice.roll(8))
            switch dice.roll(4) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: dice.roll(bytes.count))
            default: bytes[place] ^= 1 << UInt8(dice.roll(8))
            }
        }
        return bytes
    }

    @Test(arguments: 1...20) func `Ends well whatever the bytes of a record are`(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        let span = #"""
            {"name":"t","attributes":[{"key":"a","value":{"kvlistValue":{"values":[{"key":"b","value":{"stringValue":"\#(Self.token)"}}]}}}],
            "events":[{"name":"o","attributes":[{"value":{"arrayValue":{"values":[{"stringValue":"jane@example.com"}]}},"key":"c"}]}]}
            """#
        let row = #"2026-01-01,"a ""\#(Self.token)""",jane@example.com"#
        var log = ProtobufWriter()
        log.message(5) { $0.text(1, Self.token) }
        log.message(6, Self.attribute("prompt", "see \(Self.token) jane@example.com", deep: 4))
        let inputs: [(RecordKind, RecordEncoding, [UInt8])] = [
            (.otlpSpan, .json, Array(span.utf8)), (.activity, .json, Array(span.utf8)),
            (.otlpLog, .protobuf, log.array),
            (.auditLogRow, .csv, Array(row.utf8)), (.otlpMetric, .protobuf, log.array),
        ]
        for _ in 0..<200 {
            for (kind, encoding, record) in inputs {
                let changed = Self.mutated(record, &dice)
                let out = Self.redacted(
                    Self.batch(kind, encoding, changed, resource: encoding == .csv ? Array("a,b,c".utf8) : []))
                guard encoding == .json, (try? JSONValue(parsing: changed)) != nil else { continue }
                let after = try? JSONValue(parsing: Self.record(out))
                #expect(after != nil, "what was JSON is JSON")
            }
        }
    }

    @Test(arguments: 1...30) func `Does the same in every encoding`(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var preview = RedactionPreview(RedactionPolicy())
        for _ in 0..<20 {
            let text = Self.texts(&dice)
            let wanted = String(decoding: preview.redacted(Array(text.utf8), field: "prompt"), as: UTF8.self)
            let json = JSONValue.object([.init("prompt", .string(text))])
            let activity = Self.redacted(Self.batch(.activity, .json, Array(json.text.utf8)))
            let read = try JSONValue(parsing: Self.record(activity))
            #expect(read["prompt"]?.string == wanted)
            var writer = ProtobufWriter()
            writer.message(6, Self.attribute("prompt", text, deep: 0))
            var clean = ProtobufWriter()
            clean.message(6, Self.attribute("prompt", wanted, deep: 0))
            #expect(Self.record(Self.redacted(Self.batch(.otlpLog, .protobuf, writer.array))) == clean.array)
        }
    }
}
