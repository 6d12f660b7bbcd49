import Codecs
import Events
import Integrity
import Pipeline
import Platform

/// From the bytes of a record to the bytes of its document, records shaped like what clients send.
enum NormalizeBenchmark {
    /// - Parameter name: only the inputs whose name has it in it.
    static func run(seconds: Double, only name: String = "") {
        let inputs: [(String, Schema, () -> RecordBatch)] = [
            ("claude_code.events, protobuf", .ecs, { events(.protobuf) }),
            ("claude_code.events, JSON", .ecs, { events(.json) }),
            ("anthropic.audit", .ecs, { activities() }),
            ("claude_code.events, JSON, as OCSF", .ocsf, { events(.json) }),
            ("anthropic.audit, as OCSF", .ocsf, { activities() }),
            ("claude_code.events, JSON, as CIM", .cim, { events(.json) }),
            ("anthropic.audit, as CIM", .cim, { activities() }),
        ]
        for (input, schema, batch) in inputs where name.isEmpty || input.contains(name) {
            measure(input, batch(), seconds, schema)
        }
    }

    private static let lanes = DigestLanes()

    static let digest: BatchDigest = { bytes, ranges, digests in
        var found: [Digest] = []
        lanes.append(digestsOf: ranges.map(\.range), in: bytes, to: &found)
        for digest in found { digest.append(to: &digests) }
    }

    static func measure(
        _ name: String, _ batch: RecordBatch, _ seconds: Double, _ schema: Schema = .ecs,
        _ enricher: (any Enricher)? = nil
    ) {
        var normalizer = Normalizer(enricher: enricher, digest: digest)
        var writer = SchemaWriter(schema)
        var group = DocumentGroup()
        var out = ByteBuffer(capacity: 1 << 20)
        let journaled = JournaledBatch(
            batch: batch, firstSequence: 0, accepted: Timestamp(nanoseconds: 1_791_447_318_000_000_000),
            position: .start, end: .start)
        var events = 0
        var bytesOut = 0
        func round() {
            normalizer.mapAll(of: journaled, into: &group) { _, _, document in
                writer.write(document, to: &out)
                events += 1
            }
            bytesOut += out.count
            out.removeAll()
        }
        round()
        events = 0
        bytesOut = 0
        let meter = Meter()
        let end = Meter.cpuSeconds() + seconds
        while Meter.cpuSeconds() < end { round() }
        let bytesIn = batch.entries.reduce(0) { $0 + $1.range.count }
        meter.report(name, events: events, bytesIn: bytesIn * events / batch.entries.count, bytesOut: bytesOut)
    }

    // MARK: Input

    /// What all events of a session carry.
    private static let common: [(String, AttributeValue)] = [
        ("user.id", .text("a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d2e3f4a5b6c7d8e9f0a1b2")),
        ("session.id", .text("eec3945a-5a85-4c3c-9aa2-39e4b8445cef")),
        ("organization.id", .text("00000000-0000-4000-8000-000000000001")),
        ("user.email", .text("user@example.com")),
        ("user.account_uuid", .text("00000000-1111-2222-3333-444444444444")),
        ("user.account_id", .text("user_01ExampleAccountId00000")),
        ("terminal.type", .text("xterm-256color")),
        ("prompt.id", .text("a50257c3-696f-46fc-9f50-5483556d2fac")),
    ]

    private static let kinds: [(String, [(String, AttributeValue)])] = [
        (
            "api_request",
            [
                ("model", .text("claude-haiku-5-5")), ("input_tokens", .number(2)), ("output_tokens", .number(4)),
                ("cache_read_tokens", .number(9_179)), ("cache_creation_tokens", .number(13_356)),
                ("cost_usd", .fraction(0.00276519)), ("cost_usd_micros", .number(2_765)),
                ("duration_ms", .number(742)), ("ttft_ms", .number(729)),
                ("request_id", .text("req_011CfpSK96NthX9vPNsW9X2b")),
                ("client_request_id", .text("6c711657-a9c5-4866-a954-d89949d811b5")), ("speed", .text("normal")),
                ("query_source", .text("main")), ("effort", .text("medium")),
            ]
        ),
        (
            "tool_result",
            [
                ("tool_name", .text("Bash")), ("tool_use_id", .text("toolu_01ExampleToolUseId00000")),
                ("success", .text("true")), ("duration_ms", .text("214")), ("decision_type", .text("accept")),
                ("decision_source", .text("config")), ("tool_input_size_bytes", .text("102")),
                ("tool_result_size_bytes", .text("59")),
                (
                    "tool_parameters",
                    .text(#"{"bash_command":"echo","full_command":"echo hello","description":"Say hello"}"#)
                ),
                ("tool_input", .text(#"{"command":"echo hello","description":"Say hello"}"#)),
            ]
        ),
        (
            "tool_decision",
            [
                ("tool_name", .text("Edit")), ("tool_use_id", .text("toolu_01ExampleToolUseId00001")),
                ("decision", .text("accept")), ("source", .text("user_permanent")), ("tool_source", .text("builtin")),
            ]
        ),
        (
            "user_prompt",
            [
                ("prompt_length", .text("26")), ("prompt", .text("<REDACTED>")), ("prompt_text", .text("<REDACTED>")),
                ("message.uuid", .text("45d22e98-df5d-4769-9f54-d50c668477be")),
            ]
        ),
        (
            "hook_execution_complete",
            [
                ("hook_event", .text("PreToolUse")), ("hook_name", .text("PreToolUse:Bash")), ("num_hooks", .text("1")),
                ("managed_only", .text("false")), ("hook_source", .text("merged")), ("num_success", .text("1")),
                ("num_blocking", .text("0")), ("num_non_blocking_error", .text("0")), ("num_cancelled", .text("0")),
                ("total_duration_ms", .text("31")),
            ]
        ),
    ]

    /// - Parameter first: number of the first event; it decides time, session, person and texts.
    static func events(_ encoding: RecordEncoding, from first: Int = 0) -> RecordBatch {
        var storage: [UInt8] = []
        var entries: [RecordBatch.Entry] = []
        func add(_ bytes: [UInt8]) -> ByteRange {
            defer { storage += bytes }
            return ByteRange(start: storage.count, count: bytes.count)
        }
        let resource: [(String, AttributeValue)] = [
            ("host.arch", .text("amd64")), ("os.type", .text("linux")), ("os.version", .text("6.17.0-14-generic")),
            ("service.name", .text("claude-code")), ("service.version", .text("2.1.294")),
        ]
        let scope = "com.anthropic.claude_code.events"
        let resourceRange: ByteRange
        let scopeRange: ByteRange
        switch encoding {
        case .protobuf:
            var writer = ProtobufWriter()
            for (key, value) in resource { value.write(key, field: 1, to: &writer) }
            resourceRange = add(writer.array)
            var scopeWriter = ProtobufWriter()
            scopeWriter.text(1, scope)
            scopeWriter.text(2, "2.1.294")
            scopeRange = add(scopeWriter.array)
        default:
            resourceRange = add(Array("{\"attributes\":[\(json(resource))],\"droppedAttributesCount\":0}".utf8))
            scopeRange = add(Array("{\"name\":\"\(scope)\",\"version\":\"2.1.294\"}".utf8))
        }
        for number in first..<first + 500 {
            let (name, own) = kinds[number % kinds.count]
            // Sessions send every few seconds, so events of a batch are older than some before it.
            let time = 1_791_447_318_137_000_000 + (number + number / 500 % 7 * 900) * 1_000_000
            var attributes = first == 0 ? common : common(of: number)
            attributes.append(("event.name", .text(name)))
            attributes.append(("event.timestamp", .text(RFC3339.text(Timestamp(nanoseconds: Int64(time))))))
            attributes.append(("event.sequence", .number(number)))
            attributes += first == 0 ? own : own.map { ($0, varied($1, $0, number)) }
            let range: ByteRange
            switch encoding {
            case .protobuf:
                var writer = ProtobufWriter()
                writer.fixed64(1, UInt64(time))
                writer.fixed64(11, UInt64(time))
                writer.message(5) { $0.text(1, "claude_code.\(name)") }
                for (key, value) in attributes { value.write(key, field: 6, to: &writer) }
                range = add(writer.array)
            default:
                range = add(
                    Array(
                        """
                        {"timeUnixNano":"\(time)","observedTimeUnixNano":"\(time)","body":{"stringValue":\
                        "claude_code.\(name)"},"attributes":[\(json(attributes))],"droppedAttributesCount":0}
                        """.utf8))
            }
            entries.append(.init(kind: .otlpLog, encoding: encoding, context: 0, range: range))
        }
        return RecordBatch(
            tenant: .default, source: "otlp-http", storage: storage,
            contexts: [.init(resource: resourceRange, scope: scopeRange, credential: "cred-1", peer: "192.0.2.7")],
            entries: entries)
    }

    /// A session has a batch of events, and a person some sessions.
    private static func common(of number: Int) -> [(String, AttributeValue)] {
        let session = number / 500
        let person = session % 200
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return [
            ("user.id", .text(digits(person * 7_919, 64))),
            ("session.id", .text("eec3945a-5a85-4c3c-9aa2-\(digits(session, 12))")),
            ("organization.id", .text("00000000-0000-4000-8000-000000000001")),
            ("user.email", .text("user\(person)@example.com")),
            ("user.account_uuid", .text("00000000-1111-2222-3333-\(digits(person, 12))")),
            ("user.account_id", .text("user_01ExampleAccountId\(digits(person, 6))")),
            ("terminal.type", .text(["xterm-256color", "vscode", "tmux"][person % 3])),
            ("prompt.id", .text("a50257c3-696f-46fc-9f50-\(digits(number / 25, 12))")),
        ]
    }

    /// Ids differ from event to event, numbers from some to others.
    private static func varied(_ value: AttributeValue, _ name: String, _ number: Int) -> AttributeValue {
        switch value {
        case .number(let base): .number(base + number * 31 % (base + 7))
        case .fraction(let base): .fraction(base * Double(number % 97 + 1))
        case .text(let base):
            switch name {
            case "request_id", "client_request_id", "tool_use_id", "message.uuid":
                .text(base.dropLast(8) + String(10_000_000 + number))
            case "duration_ms", "total_duration_ms", "tool_result_size_bytes": .text(String(number * 17 % 5_000))
            case "tool_parameters", "tool_input":
                .text(base.replacing("hello", with: "run \(number % 5_000) of case \(number % 61)"))
            default: value
            }
        }
    }

    private static func json(_ attributes: [(String, AttributeValue)]) -> String {
        attributes.map { $1.json($0) }.joined(separator: ",")
    }

    static func activities() -> RecordBatch {
        let shapes = [
            #""type":"claude_chat_created","claude_chat_id":"claude_chat_ijk012","claude_project_id":"claude_proj_art274""#,
            #""type":"claude_file_uploaded","filename":null,"claude_file_id":"claude_file_fgh789","claude_chat_id":"claude_chat_cde345""#,
            """
            "type":"claude_project_sharing_updated","claude_project_id":"claude_proj_def234",\
            "audience":[{"type":"user","user_id":"user_xyz456","role":"admin"},{"type":"organization"}]
            """,
            """
            "type":"compliance_api_accessed","request_id":"req_123456","api_key_id":"apikey_fghij567890",\
            "url":"https://api.anthropic.com/v1/compliance/activities?limit=1000","request_method":"GET",\
            "request_body":null,"status_code":200
            """,
            #""type":"role_assignment_granted","role":"admin","target_id":"user_abc","target_type":"user","resource_id":"r1""#,
        ]
        return activities(
            (0..<500).map { number in
                """
                {"id":"activity_01ExampleActivity\(number)","created_at":"2026-10-08T08:09:10.812446Z",\
                "organization_id":"org_abc123","organization_uuid":"abcdef01-4567-89ab-cdef-0123456789ab",\
                "actor":{"type":"user_actor","email_address":"user@example.com","user_id":"user_xyz456",\
                "ip_address":"192.0.2.34","user_agent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \
                AppleWebKit/537.36 (KHTML, like Gecko)"},\(shapes[number % shapes.count])}
                """
            })
    }

    static func activities(_ texts: [String]) -> RecordBatch {
        var storage: [UInt8] = []
        var entries: [RecordBatch.Entry] = []
        for text in texts {
            entries.append(
                .init(
                    kind: .activity, encoding: .json, context: 0,
                    range: ByteRange(start: storage.count, count: text.utf8.count)))
            storage += text.utf8
        }
        return RecordBatch(
            tenant: .default, source: "compliance", storage: storage, contexts: [.init(credential: "cred-1")],
            entries: entries)
    }
}
