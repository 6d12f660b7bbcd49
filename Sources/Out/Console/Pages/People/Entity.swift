import Query

/// Somebody or something that events are about, with a page of its own.
struct Entity: Equatable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case person
        case address = "ip"
        case key = "api-key"
        case server = "mcp-server"
        case model
        case plugin

        var label: String {
            switch self {
            case .person: "Person"
            case .address: "IP address"
            case .key: "API key"
            case .server: "MCP server"
            case .model: "Model"
            case .plugin: "Plugin"
            }
        }

        /// The fields that name one. An event is about it when one of them has its value.
        var fields: [String] {
            switch self {
            case .person: ["user.keys"]
            case .address: ["source.ip"]
            case .key:
                [
                    "anthropic.audit.actor.api_key_id", "anthropic.audit.actor.admin_api_key_id",
                    "anthropic.audit.api_key_id", "anthropic.usage.api_key_id", "anthropic.cost.api_key_id",
                ]
            case .server:
                [
                    "claude_code.events.mcp_server_name", "claude_code.events.server_name",
                    "claude_cowork.events.mcp_server.name", "claude_cowork.events.mcp_server_name",
                    "claude_cowork.events.server_name", "anthropic.audit.mcp_server_name",
                ]
            case .model: ["gen_ai.request.model"]
            case .plugin:
                [
                    "claude_code.events.plugin.name", "claude_cowork.events.plugin.name",
                    "anthropic.audit.plugin_name",
                ]
            }
        }
    }

    let kind: Kind
    let value: String

    init(_ kind: Kind, _ value: String) {
        self.kind = kind
        self.value = value
    }

    /// - Parameter rest: what follows `/entities/`: a kind, a slash, and any text.
    init?(_ rest: String) {
        guard let slash = rest.firstIndex(of: "/"), let kind = Kind(rawValue: String(rest[..<slash])),
            rest.index(after: slash) != rest.endIndex
        else { return nil }
        self.init(kind, String(rest[rest.index(after: slash)...]))
    }

    /// KQL: the events about it.
    var filter: String { kind.fields.map { "\($0): \(QuotedText.of(value))" }.joined(separator: " or ") }

    var address: LocalAddress {
        kind == .person
            ? LocalAddress("/people", segments: [value]) : LocalAddress("/entities", segments: [kind.rawValue, value])
    }
}
