import Codecs

/// Export requests as Claude Code sends them, made from a seed: people, sessions, prompts, decisions, results, model
/// calls. About 900 bytes a record, with some 25 attributes.
struct ClaudeTelemetry {
    private var state: UInt64
    private var sequence = 0
    private var nanoseconds: UInt64 = 1_795_000_000_000_000_000

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// One request in protobuf.
    mutating func request(records: Int) -> [UInt8] {
        var request = ProtobufWriter(capacity: records * 1_000)
        // Ten clients a request, as a collector between them and the server would send it.
        for _ in 0..<10 {
            let person = roll(400)
            let session = uuid(roll(2_000))
            request.message(1) { group in
                group.message(1) { resource in
                    for (key, value) in [
                        ("host.arch", "arm64"), ("os.type", "darwin"), ("os.version", "25.1.0"),
                        ("service.name", "claude-code"), ("service.version", "2.1.294"),
                    ] { Self.text(&resource, 1, key, value) }
                }
                group.message(2) { scope in
                    scope.message(1) { name in
                        name.text(1, "com.anthropic.claude_code.events")
                        name.text(2, "2.1.294")
                    }
                    for _ in 0..<max(1, records / 10) {
                        nanoseconds += UInt64(1 + roll(40)) * 1_000_000
                        record(&scope, person: person, session: session)
                    }
                }
            }
        }
        return request.array
    }

    private mutating func record(_ scope: inout ProtobufWriter, person: Int, session: String) {
        sequence += 1
        let kind = ["api_request", "tool_decision", "tool_result", "user_prompt", "tool_result", "api_request"][roll(6)]
        let tool = ["Bash", "Read", "Edit", "Grep", "WebFetch", "mcp_tool"][roll(6)]
        let model = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"][roll(3)]
        let prompt = uuid(roll(50_000))
        let id = "toolu_\(uuid(roll(1 << 30)))"
        let (a, b, c, d) = (roll(20_000), roll(4_000), roll(90_000), roll(900))
        let (nanoseconds, sequence) = (nanoseconds, sequence)
        scope.message(2) { log in
            log.fixed64(1, nanoseconds)
            log.fixed64(11, nanoseconds)
            log.message(5) { $0.text(1, "claude_code.\(kind)") }
            Self.text(
                &log, 6, "user.id", "8f14e45fceea167a5a36dedd4bea2543f2a1b2c3d4e5f60718293a4b5c6d\(1_000 + person)")
            Self.text(&log, 6, "session.id", session)
            Self.text(&log, 6, "organization.id", "5b236db4-3fb4-4bf3-a560-b5e266038a15")
            Self.text(&log, 6, "user.email", "person\(person)@example.com")
            Self.text(&log, 6, "user.account_uuid", "0d7c1b8e-5b1f-4c3a-9e62-\(100_000_000_000 + person)")
            Self.text(&log, 6, "user.account_id", "user_01Example\(10_000 + person)")
            Self.text(&log, 6, "terminal.type", "xterm-256color")
            Self.text(&log, 6, "event.name", kind)
            Self.text(&log, 6, "event.timestamp", "2026-11-18T10:00:00.137Z")
            Self.number(&log, 6, "event.sequence", sequence)
            Self.text(&log, 6, "prompt.id", prompt)
            switch kind {
            case "api_request":
                Self.text(&log, 6, "model", model)
                Self.number(&log, 6, "input_tokens", a)
                Self.number(&log, 6, "output_tokens", b)
                Self.number(&log, 6, "cache_read_tokens", c)
                Self.number(&log, 6, "cache_creation_tokens", b)
                log.message(6) { pair in
                    pair.text(1, "cost_usd")
                    pair.message(2) { $0.fixed64(4, (Double(a) / 1e5).bitPattern) }
                }
                Self.number(&log, 6, "cost_usd_micros", a * 10)
                Self.number(&log, 6, "duration_ms", a)
                Self.text(&log, 6, "request_id", "req_011CfpSK96NthX9v\(d)")
                Self.text(&log, 6, "speed", "normal")
                Self.text(&log, 6, "query_source", "main")
                Self.text(&log, 6, "effort", "medium")
            case "tool_decision":
                Self.text(&log, 6, "tool_name", tool)
                Self.text(&log, 6, "tool_use_id", id)
                Self.text(&log, 6, "decision", d < 850 ? "accept" : "reject")
                Self.text(&log, 6, "tool_source", "builtin")
                Self.text(&log, 6, "source", d < 300 ? "user_permanent" : d < 850 ? "config" : "user_reject")
            case "tool_result":
                Self.text(&log, 6, "tool_name", tool)
                Self.text(&log, 6, "tool_use_id", id)
                Self.text(&log, 6, "success", d < 860 ? "true" : "false")
                Self.text(&log, 6, "duration_ms", "\(b)")
                Self.text(&log, 6, "decision_type", "accept")
                Self.text(&log, 6, "decision_source", "config")
                Self.text(&log, 6, "tool_result_size_bytes", "\(c)")
                Self.text(
                    &log, 6, "tool_parameters",
                    "{\"bash_command\":\"swift\",\"full_command\":\"swift test --filter Case\(d) --parallel\",\"timeout\":\(a)}"
                )
            default:
                Self.text(&log, 6, "prompt_length", "\(b)")
                Self.text(&log, 6, "prompt", "<REDACTED>")
            }
        }
    }

    private static func text(_ writer: inout ProtobufWriter, _ field: Int, _ key: String, _ value: String) {
        writer.message(field) { pair in
            pair.text(1, key)
            pair.message(2) { $0.text(1, value) }
        }
    }

    private static func number(_ writer: inout ProtobufWriter, _ field: Int, _ key: String, _ value: Int) {
        writer.message(field) { pair in
            pair.text(1, key)
            pair.message(2) { $0.varint(3, UInt64(value)) }
        }
    }

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
