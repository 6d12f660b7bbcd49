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
                #expect(mapped.documents.count >= 1)
                for document in mapped.documents { #expect(document.members != nil, "\(mapped.lines)") }
            }
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
