/// One event in one sentence, made from its fields: who did what to what.
enum EventSentence {
    /// What is shown of it: its parts come from the event and may be long. - Unit: Unicode scalars
    static let length = 400

    static func of(_ fields: EventFields) -> String {
        let who = fields.user ?? "Somebody"
        let tool = fields["gen_ai.tool.name"] ?? "a tool"
        switch fields["event.action"] {
        case "tool_result":
            let what = fields["process.command_line"].map { "\(tool): \(shortened($0))" } ?? tool
            return "\(who) ran \(what)" + (fields["event.outcome"] == "failure" ? ", and it failed" : "")
        case "tool_decision":
            let decision = decisions[telemetry("decision", fields) ?? ""] ?? "decided on"
            return "\(who) \(decision) \(tool)" + (telemetry("source", fields).map { ", by \($0)" } ?? "")
        case "user_prompt":
            return "\(who) sent a prompt" + (telemetry("prompt_length", fields).map { " of \($0) characters" } ?? "")
        case "api_request":
            return "\(who) asked \(fields["gen_ai.request.model"] ?? "a model")" + usage(fields)
        case "api_error":
            return "A request of \(who) failed" + (fields["error.message"].map { ": \(shortened($0))" } ?? "")
        case "mcp_server_connection":
            let server = telemetry("server_name", fields) ?? telemetry("mcp_server_name", fields) ?? "a server"
            return "MCP server \(server): \(telemetry("status", fields) ?? "connection changed"), for \(who)"
        case "permission_mode_changed":
            let modes = [telemetry("from_mode", fields), telemetry("to_mode", fields)].compactMap { $0 }
            return "\(who) changed the permission mode" + (modes.count == 2 ? " from \(modes[0]) to \(modes[1])" : "")
        case let action?:
            let target = fields.first(
                "user.target.email", "anthropic.audit.role_name", "anthropic.audit.mcp_server_name",
                "anthropic.audit.api_key_name", "anthropic.audit.group_name", "anthropic.audit.domain",
                "anthropic.audit.title", "file.name", "url.domain")
            return "\(who): \(action.replacing("_", with: " "))" + (target.map { ", \(shortened($0))" } ?? "")
        case nil:
            return fields["message"].map(shortened) ?? "An event without an action"
        }
    }

    private static let decisions = ["accept": "accepted", "reject": "rejected"]

    /// Claude Code and Cowork send the same attributes under names of their own.
    private static func telemetry(_ name: String, _ fields: EventFields) -> String? {
        fields.first(Telemetry.names(of: name))
    }

    private static func usage(_ fields: EventFields) -> String {
        var parts: [String] = []
        if let count = fields["gen_ai.usage.input_tokens"] { parts.append("\(count) tokens in") }
        if let count = fields["gen_ai.usage.output_tokens"] { parts.append("\(count) tokens out") }
        if let cost = telemetry("cost_usd", fields) { parts.append("\(cost) USD") }
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }

    private static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let line = scalars.prefix(160).prefix { $0 != "\n" && $0 != "\r" }
        return line.endIndex == scalars.endIndex ? text : String(line) + "…"
    }
}
