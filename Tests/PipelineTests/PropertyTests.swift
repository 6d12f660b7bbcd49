import Codecs
import Events
import Pipeline
import TestKit
import Testing

@Suite struct `Whatever comes in` {
    private static let names = [
        "tool_name", "mcp_tool_name", "tool_input", "tool_parameters", "prompt", "prompt_text", "event.name",
        "duration_ms", "success", "error", "error.type", "input_tokens", "cost_usd", "is_plugin", "session.id",
        "user.email", "user.id", "decision", "status", "a.b", "a.b.c", "x", "", ".", "elastic.preserve_original_event",
        "event.timestamp", "workspace.host_paths", "mcp_server_name", "model", "organization.id",
    ]

    @Test(arguments: 0..<300)
    func `Attributes become one document in which nothing is lost`(_ seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        var attributes: [(String, AnyValue)] = []
        for _ in 0..<dice.roll(14) {
            attributes.append((dice.roll(5) == 0 ? AnyValue.text(&dice) : dice.pick(Self.names), .random(&dice)))
        }
        var form = LogForm(attributes: attributes)
        if dice.roll(4) == 0 { form.scope = "somebody.else" }
        if dice.roll(4) == 0 { form.resource = [("service.name", .text("cowork"))] }
        for mode in [Normalizer.Mode.full, .conformance] {
            let protobuf = Mapped(try form.batch(.protobuf), mode)
            let json = Mapped(try form.batch(.json), mode)
            #expect(protobuf.documents.count == 1)
            #expect(json.documents.count == 1)
            #expect(protobuf.document.members != nil, "\(protobuf.lines)")
            if protobuf.document.at("event.original") == nil { #expect(protobuf.lines == json.lines) }
        }
        let full = Mapped(try form.batch(.json), .full)
        let leaves = Self.leaves(full.document)
        let original = full.document.at("event.original")?.string
        for leaf in attributes.flatMap({ $0.1.leaves }) where original == nil {
            #expect(leaves.contains { Self.shows($0, leaf) }, "\(leaf) is not in \(full.lines)")
        }
    }

    @Test(arguments: 0..<300)
    func `An object becomes one document in which nothing is lost`(_ seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let names = [
            "id", "type", "created_at", "actor", "url", "role", "user_id", "principal_id", "principal_type", "metadata",
            "member_ids", "to_date", "from_date", "github_webhook_id", "status_code", "org_name", "updates", "x", "",
            "reason", "error", "setting_metadata", "organization_name",
        ]
        let types = ["role_assignment_granted", "compliance_api_accessed", "org_join_proposal_decided", "made_up"]
        var members: [JSONValue.Member] = []
        for name in names where dice.roll(2) == 0 {
            var value = Self.value(&dice)
            if name == "type", dice.roll(2) == 0 { value = .string(dice.pick(types)) }
            if name == "principal_type", dice.roll(2) == 0 { value = "user" }
            members.append(.init(name, value))
        }
        let input = JSONValue.object(members)
        for mode in [Normalizer.Mode.full, .conformance] {
            let mapped = Mapped(activity: input.text, mode)
            #expect(mapped.documents.count == 1)
            #expect(mapped.document.members != nil, "\(mapped.lines)")
        }
        let mapped = Mapped(activity: input.text)
        guard mapped.document.at("event.original") == nil else { return }
        let leaves = Self.leaves(mapped.document)
        for leaf in Self.leaves(input) {
            #expect(leaves.contains { Self.shows($0, leaf) }, "\(leaf) of \(input.text) is not in \(mapped.lines)")
        }
    }

    @Test(arguments: 0..<200)
    func `Bytes that are no record become a document that says so`(_ seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let bytes = (0..<dice.roll(40)).map { _ in UInt8(dice.roll(256)) }
        for kind in RecordKind.allCases {
            for encoding in RecordEncoding.allCases {
                let batch = RecordBatch(
                    tenant: .default, source: "test", storage: bytes, contexts: [.init()],
                    entries: [
                        .init(
                            kind: kind, encoding: encoding, context: 0, range: ByteRange(start: 0, count: bytes.count))
                    ])
                let mapped = Mapped(batch, .full)
                #expect(mapped.documents.isEmpty != batch.entries[0].hasDocuments)
                for document in mapped.documents { #expect(document.members != nil, "\(mapped.lines)") }
            }
        }
    }

    private static let columns = [
        "created_at", "actor_info", "event", "event_info", "entity_info", "ip_address", "device_id", "user_agent",
        "client_platform", "region", "a.b", "",
    ]

    @Test(arguments: 0..<300)
    func `A row becomes one document in which nothing is lost`(_ seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let cells = Self.columns.map { column -> String in
            switch (dice.roll(4), column) {
            case (0, _): ""
            case (1, _): dice.awkwardText()
            case (_, "created_at"): "2026-03-02T09:00:00.\(100 + dice.roll(900))Z"
            case (_, "ip_address"): "192.0.2.\(dice.roll(255))"
            case (_, "event"): dice.pick(["user_signed_out", "project_created", "made_up"])
            case (_, let name) where name.hasSuffix("_info"):
                PythonText.repr(.object([.init("type", "account"), .init("x", Self.value(&dice))]))
            default: AnyValue.text(&dice)
            }
        }
        var file = Self.columns.joined(separator: ",") + "\n"
        var row = ByteBuffer()
        for (place, cell) in cells.enumerated() {
            if place > 0 { row.append(UInt8(ascii: ",")) }
            unsafe row.append(csvCell: Array(cell.utf8).span.bytes)
        }
        // Whatever the last cell is, it says something else then.
        let isBroken = dice.roll(8) == 0
        if isBroken { row.append(UInt8(ascii: dice.pick(["\"", ",", "x"] as [Unicode.Scalar]))) }
        file += row.text + "\n"
        for mode in [Normalizer.Mode.full, .conformance] {
            let mapped = try Mapped(file, stream: "anthropic.audit_log", mode)
            #expect(mapped.documents.count == 1)
            #expect(mapped.document.members != nil, "\(mapped.lines)")
            guard mapped.document.at("event.original") == nil, !isBroken else { continue }
            let leaves = Self.leaves(mapped.document)
            let expected = try zip(Self.columns, cells).flatMap { column, cell -> [String] in
                guard column.hasSuffix("_info"), !cell.isEmpty else { return cell.isEmpty ? [] : [cell] }
                return Self.leaves(try unsafe PythonLiteral.parse(Array(cell.utf8).span.bytes))
            }
            for leaf in expected {
                #expect(leaves.contains { Self.shows($0, leaf) }, "\(leaf) of \(file) is not in \(mapped.lines)")
            }
        }
    }

    /// Lists and objects in one another, with a leaf at the bottom.
    private static func nested(_ depth: Int, _ dice: inout Dice) -> String {
        let levels = (0..<depth).map { _ in dice.roll(2) == 0 }
        return levels.map { $0 ? #"{"k":"# : "[" }.joined() + #""the leaf""#
            + levels.reversed().map { $0 ? "}" : "]" }.joined()
    }

    @Test(arguments: [1, 5, 19, 20, 21, 22, 40, 60, 62, 63, 64, 65, 66, 200])
    func `A document is never too deep for a reader, and its leaves are not lost`(_ depth: Int) throws {
        var dice = Dice(seed: UInt64(depth))
        let inputs: [(String, RecordKind)] = [
            (#"{"type":"t","x":\#(Self.nested(depth, &dice))}"#, .activity),
            (#"{"type":"t","updates":\#(Self.nested(depth, &dice))}"#, .activity),
            (#"{"type":"t","actor":\#(Self.nested(depth, &dice))}"#, .activity),
            (#"{"type":"t","actor":{"type":"user_actor","x":\#(Self.nested(depth, &dice))}}"#, .activity),
            (#"{"x":\#(Self.nested(depth, &dice))}"#, .ecs),
            (#"{"gen_ai":{"tool":{"call":{"arguments":\#(Self.nested(depth, &dice))}}}}"#, .ecs),
            (#"{"attributes":[{"key":"a","value":\#(Self.nestedValue(depth))}]}"#, .otlpLog),
            (#"{"attributes":[{"key":"a","value":\#(Self.nestedValue(depth))}]}"#, .otlpSpan),
            (
                #"{"gauge":{"dataPoints":[{"attributes":[{"key":"a","value":\#(Self.nestedValue(depth))}]}]}}"#,
                .otlpMetric
            ),
            (#"{"body":\#(Self.nestedValue(depth))}"#, .otlpLog),
            (#"{"events":[{"attributes":[{"key":"a","value":\#(Self.nestedValue(depth))}]}]}"#, .otlpSpan),
        ]
        for (text, kind) in inputs {
            for mode in [Normalizer.Mode.full, .conformance] {
                let mapped = Mapped(Mapped.batch(text, kind), mode)
                #expect(mapped.documents.count == 1)
                #expect(mapped.document.members != nil, "\(kind) \(mapped.lines)")
                if mode == .full { #expect(mapped.lines[0].contains("the leaf"), "\(kind) \(mapped.lines)") }
                #expect(Self.depth(of: mapped.document) <= 48, "\(kind) \(mapped.lines)")
            }
        }
    }

    /// The same as a value of OpenTelemetry.
    private static func nestedValue(_ depth: Int) -> String {
        String(repeating: #"{"arrayValue":{"values":["#, count: depth) + #"{"stringValue":"the leaf"}"#
            + String(repeating: "]}}", count: depth)
    }

    private static func depth(of value: JSONValue) -> Int {
        switch value {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .object(let members): 1 + (members.map { depth(of: $0.value) }.max() ?? 0)
        default: 0
        }
    }

    /// Dates are written with milliseconds and numbers in one way, so texts are compared loosely.
    private static func shows(_ shown: String, _ leaf: String) -> Bool {
        if shown == leaf { return true }
        guard let left = Double(shown), let right = Double(leaf) else { return false }
        return left == right || left == right * 1_000_000
    }

    private static func leaves(_ value: JSONValue) -> [String] {
        switch value {
        case .null, .bool: []
        case .integer(let number): [String(number)]
        case .double(let number): [number.description]
        case .string(let text): text.isEmpty ? [] : [text]
        case .array(let values): values.flatMap(leaves)
        case .object(let members): members.flatMap { leaves($0.value) }
        }
    }

    private static func value(_ dice: inout Dice, depth: Int = 0) -> JSONValue {
        switch dice.roll(depth < 3 ? 8 : 6) {
        case 0: .null
        case 1: .bool(dice.roll(2) == 0)
        case 2: .integer(Int64(dice.roll(1_000_000)))
        case 3: .double(Double(dice.roll(1_000)) / 8)
        case 4, 5: .string(AnyValue.text(&dice))
        case 6: .array((0..<dice.roll(4)).map { _ in value(&dice, depth: depth + 1) })
        default:
            .object(
                (0..<dice.roll(4)).map { index in
                    let names = ["type", "email_address", "user_id", "ip_address", "user_agent", "z\(index)"]
                    return .init(
                        names[dice.roll(6)] + "\(dice.roll(2) == 0 ? "" : "\(index)")", value(&dice, depth: depth + 1))
                })
        }
    }
}
