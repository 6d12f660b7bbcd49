import Codecs
import Events
import Platform

/// Export requests as Claude Code sends them, made from a seed: people, sessions, prompts, decisions, results, model
/// calls. About 800 bytes a record in protobuf, with some 20 attributes.
struct ClaudeTelemetry {
    /// Ten clients a request, as a collector between them and the server would send it.
    struct Group {
        let session: String
        var records: [Record] = []
    }

    struct Record {
        let nanoseconds: UInt64
        let name: String
        let attributes: [(key: String, value: AttributeValue)]
    }

    /// How records lie in time, and how much they differ.
    struct Pace {
        /// Milliseconds from one record to the next at the most; half as many on average.
        var step = 40
        /// Records of a session before it ends; `nil` for sessions that never end.
        var recordsOfSession: Int?
        /// One group in so many comes up to two days late, as from a laptop that was away; 0 for none.
        var lateGroups = 0
        /// Whether ids, commands and prompts are all different.
        var isVaried = false
    }

    static let resource = [
        ("host.arch", "arm64"), ("os.type", "darwin"), ("os.version", "25.1.0"), ("service.name", "claude-code"),
        ("service.version", "2.1.294"),
    ]

    private var state: UInt64
    private var sequence = 0
    private var nanoseconds: UInt64 = 1_795_000_000_000_000_000

    private let pace: Pace

    init(seed: UInt64, pace: Pace = Pace()) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        self.pace = pace
    }

    mutating func protobuf(records: Int) -> [UInt8] {
        var request = ProtobufWriter(capacity: records * 1_000)
        for group in groups(records) {
            request.message(1) { out in
                out.message(1) { resource in
                    for (key, value) in Self.resource { AttributeValue.text(value).write(key, field: 1, to: &resource) }
                }
                out.message(2) { scope in
                    scope.message(1) { name in
                        name.text(1, "com.anthropic.claude_code.events")
                        name.text(2, "2.1.294")
                    }
                    for record in group.records {
                        scope.message(2) { Self.write(record, to: &$0) }
                    }
                }
            }
        }
        return request.array
    }

    /// The same as Claude Code writes it: nanoseconds as text, `intValue` as a bare number.
    mutating func json(records: Int) -> [UInt8] {
        var out = "{\"resourceLogs\":["
        for (place, group) in groups(records).enumerated() {
            if place > 0 { out += "," }
            let resource = Self.resource.map { AttributeValue.text($0.1).json($0.0) }.joined(separator: ",")
            out +=
                "{\"resource\":{\"attributes\":[\(resource)],\"droppedAttributesCount\":0},\"scopeLogs\":[{\"scope\":"
            out += "{\"name\":\"com.anthropic.claude_code.events\",\"version\":\"2.1.294\"},\"logRecords\":["
            for (place, record) in group.records.enumerated() {
                if place > 0 { out += "," }
                let time = record.nanoseconds
                out += "{\"timeUnixNano\":\"\(time)\",\"observedTimeUnixNano\":\"\(time)\",\"body\":{\"stringValue\":"
                out += "\"claude_code.\(record.name)\"},\"attributes\":["
                out += record.attributes.map { $0.value.json($0.key) }.joined(separator: ",")
                out += "],\"droppedAttributesCount\":0}"
            }
            out += "]}]}"
        }
        return Array((out + "]}").utf8)
    }

    /// The same as it comes out of the journal.
    mutating func batch(records: Int, number: Int) -> JournaledBatch {
        var (storage, contexts, entries): ([UInt8], [RecordBatch.Context], [RecordBatch.Entry]) = ([], [], [])
        func add(_ bytes: [UInt8]) -> ByteRange {
            defer { storage += bytes }
            return ByteRange(start: storage.count, count: bytes.count)
        }
        var resource = ProtobufWriter()
        for (key, value) in Self.resource { AttributeValue.text(value).write(key, field: 1, to: &resource) }
        var scope = ProtobufWriter()
        scope.text(1, "com.anthropic.claude_code.events")
        scope.text(2, "2.1.294")
        let context = RecordBatch.Context(
            resource: add(resource.array), scope: add(scope.array), credential: "cred-1", peer: "192.0.2.7")
        contexts.append(context)
        for record in groups(records).lazy.flatMap(\.records) {
            let range = add(Self.protobuf(record))
            entries.append(.init(kind: .otlpLog, encoding: .protobuf, context: 0, range: range))
        }
        return JournaledBatch(
            batch: RecordBatch(
                tenant: .default, source: "otlp-http", storage: storage, contexts: contexts, entries: entries),
            firstSequence: UInt64(number * records), accepted: Timestamp(nanoseconds: Int64(nanoseconds)),
            position: JournalPosition(segment: 1, offset: UInt64(number)),
            end: JournalPosition(segment: 1, offset: UInt64(number + 1)))
    }

    private static func protobuf(_ record: Record) -> [UInt8] {
        var log = ProtobufWriter()
        write(record, to: &log)
        return log.array
    }

    private static func write(_ record: Record, to log: inout ProtobufWriter) {
        log.fixed64(1, record.nanoseconds)
        log.fixed64(11, record.nanoseconds)
        log.message(5) { $0.text(1, "claude_code.\(record.name)") }
        for (key, value) in record.attributes { value.write(key, field: 6, to: &log) }
    }

    // MARK: Content

    mutating func groups(_ records: Int) -> [Group] {
        (0..<10).map { _ in
            // A hundred sessions at once, of which each ends after a while.
            let session = pace.recordsOfSession.map { sequence / $0 + roll(100) } ?? roll(2_000)
            let person = pace.recordsOfSession == nil ? roll(400) : session % 400
            var group = Group(session: uuid(session))
            let isLate = pace.lateGroups > 0 && roll(pace.lateGroups) == 0
            let late = isLate ? UInt64(roll(172_800)) * 1_000_000_000 : 0
            for _ in 0..<max(1, records / 10) {
                nanoseconds += UInt64(1 + roll(pace.step)) * 1_000_000
                group.records.append(
                    record(person: person, session: group.session, number: session, at: nanoseconds - late))
            }
            return group
        }
    }

    private mutating func record(person: Int, session: String, number: Int, at nanoseconds: UInt64) -> Record {
        sequence += 1
        let name = ["api_request", "tool_decision", "tool_result", "user_prompt", "tool_result", "api_request"][roll(6)]
        let isPaced = pace.recordsOfSession != nil
        let prompt = uuid(isPaced ? number &* 32 &+ roll(25) : roll(50_000))
        let time =
            isPaced ? RFC3339.text(Timestamp(nanoseconds: Int64(nanoseconds))) : "2026-11-18T10:00:00.137Z"
        var attributes: [(key: String, value: AttributeValue)] = [
            ("user.id", .text("8f14e45fceea167a5a36dedd4bea2543f2a1b2c3d4e5f60718293a4b5c6d\(1_000 + person)")),
            ("session.id", .text(session)), ("organization.id", .text("5b236db4-3fb4-4bf3-a560-b5e266038a15")),
            ("user.email", .text("person\(person)@example.com")),
            ("user.account_uuid", .text("0d7c1b8e-5b1f-4c3a-9e62-\(100_000_000_000 + person)")),
            ("user.account_id", .text("user_01Example\(10_000 + person)")), ("terminal.type", .text("xterm-256color")),
            ("event.name", .text(name)), ("event.timestamp", .text(time)),
            ("event.sequence", .number(sequence)), ("prompt.id", .text(prompt)),
        ]
        attributes += details(of: name)
        return Record(nanoseconds: nanoseconds, name: name, attributes: attributes)
    }

    private mutating func details(of name: String) -> [(key: String, value: AttributeValue)] {
        let tool = ["Bash", "Read", "Edit", "Grep", "WebFetch", "mcp_tool"][roll(6)]
        let model = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"][roll(3)]
        let id = "toolu_\(uuid(roll(1 << 30)))"
        let (a, b, c, d) = (roll(20_000), roll(4_000), roll(90_000), roll(900))
        let request = pace.isVaried ? "\(uuid(roll(1 << 40)).suffix(24))" : "X9v\(d)"
        switch name {
        case "api_request":
            return [
                ("model", .text(model)), ("input_tokens", .number(a)), ("output_tokens", .number(b)),
                ("cache_read_tokens", .number(c)), ("cache_creation_tokens", .number(b)),
                ("cost_usd", .fraction(Double(a) / 1e5)), ("cost_usd_micros", .number(a * 10)),
                ("duration_ms", .number(a)), ("request_id", .text("req_011CfpSK96Nth\(request)")),
                ("speed", .text("normal")), ("query_source", .text("main")), ("effort", .text("medium")),
            ]
        case "tool_decision":
            return [
                ("tool_name", .text(tool)), ("tool_use_id", .text(id)),
                ("decision", .text(d < 850 ? "accept" : "reject")), ("tool_source", .text("builtin")),
                ("source", .text(d < 300 ? "user_permanent" : d < 850 ? "config" : "user_reject")),
            ]
        case "tool_result":
            let command = pace.isVaried ? self.command() : "swift test --filter Case\(d) --parallel"
            let parameters =
                "{\"bash_command\":\"swift\",\"full_command\":\"\(command)\",\"timeout\":\(a)}"
            return [
                ("tool_name", .text(tool)), ("tool_use_id", .text(id)), ("success", .text(d < 860 ? "true" : "false")),
                ("duration_ms", .text("\(b)")), ("decision_type", .text("accept")),
                ("decision_source", .text("config")), ("tool_result_size_bytes", .text("\(c)")),
                ("tool_parameters", .text(parameters)),
            ]
        default:
            let prompt = pace.isVaried ? words(4 + roll(60)) : "<REDACTED>"
            return [("prompt_length", .text("\(b)")), ("prompt", .text(prompt))]
        }
    }

    private static let syllables = [
        "ba", "ro", "ti", "lu", "men", "ka", "son", "de", "vi", "por", "ta", "gre", "ni", "mo", "sel", "fa", "du",
        "ken",
    ]

    private mutating func word() -> String {
        (0...(1 + roll(2))).reduce(into: "") { text, _ in text += Self.syllables[roll(Self.syllables.count)] }
    }

    private mutating func words(_ count: Int) -> String {
        (0..<count).map { _ in word() }.joined(separator: " ")
    }

    private mutating func command() -> String {
        let path = "src/\(word())/\(word()).swift"
        switch roll(5) {
        case 0: return "git commit -m '\(words(6))'"
        case 1: return "grep -rn \(word()) src/\(word())"
        case 2: return "sed -n \(roll(900)),\(roll(900))p \(path)"
        case 3: return "curl -s https://\(word()).example.com/\(word())?id=\(roll(1 << 30))"
        default: return "swift test --filter \(word())\(roll(900)) --parallel"
        }
    }

    // MARK: Chance

    private mutating func roll(_ sides: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(sides))
    }

    private func uuid(_ number: Int) -> String {
        let digits = String(number &* 0x9E37_79B9 & 0xFFFF_FFFF_FFFF, radix: 16)
        return "a50257c3-696f-46fc-9f50-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
