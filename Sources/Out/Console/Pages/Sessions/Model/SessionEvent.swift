import Platform
import Query

/// What a session page needs of one event of Claude Code or Cowork.
struct SessionEvent: Sendable, Equatable {
    let id: String
    let time: Timestamp
    let action: String
    /// Counts per process of the client, not per session.
    var sequence: Int?
    var promptID: String?
    var tool: String?
    var callID: String?
    /// Name of an MCP server.
    var server: SessionText?
    /// What a call does: a command, a path, an address, a tool of a server.
    var subject: SessionText?
    var command: SessionText?
    var file: SessionText?
    var url: SessionText?
    /// `accept` or `reject`.
    var decision: String?
    /// Who or what decided, in the client's word.
    var decider: String?
    var outcome: String?
    var duration: Timestamp.Span?
    var error: SessionText?
    /// Of a prompt; `nil` where the client left it out.
    var text: SessionText?
    var textLength: Int?
    var model: String?
    /// Whether a subagent asked.
    var isOfSubagent = false
    var agent: SessionText?
    /// In US dollars, as the client reckons.
    var cost: Double?
    var inputTokens: Int?
    var outputTokens: Int?
    var fromMode: String?
    var toMode: String?
    var trigger: String?
    var hook: String?
    var status: String?
    var redactions: [String] = []

    init(id: String, time: Timestamp, action: String) {
        self.id = id
        self.time = time
        self.action = action
    }

    /// What stands in the place of a prompt that the client does not send.
    private static let leftOut = "<REDACTED>"

    /// - Parameter fields: those of the hit.
    init(_ hit: SearchHit, _ fields: inout SessionFields) {
        func sent(_ name: String) -> String? { fields.first(Telemetry.names(of: name)) }
        let arguments = "gen_ai.tool.call.arguments"
        self.init(id: hit.id, time: hit.time, action: fields["event.action"] ?? sent("event.name") ?? "")
        sequence = fields["event.sequence"].flatMap { Int($0) }
        promptID = sent("prompt.id")
        tool = fields["gen_ai.tool.name"]
        callID = fields["gen_ai.tool.call.id"]
        let serverNames = [
            "mcp_server_name", "mcp_server.name", "tool_parameters_flattened.mcp_server_name", "server_name",
        ]
        server = fields.text(serverNames.flatMap(Telemetry.names(of:)) + ["\(arguments).mcp_server_name"])
        command = fields.text("process.command_line")
        file = fields.text("file.path")
        url = fields.text("url.full")
        subject = command ?? file ?? url ?? fields.text("\(arguments).subagent_type", "\(arguments).skill_name")
        decision = sent("decision") ?? sent("decision_type")
        decider = sent("source") ?? sent("decision_source")
        outcome = fields["event.outcome"]
        duration = fields["event.duration"].flatMap { Int64($0) }.map { Timestamp.Span(nanoseconds: max(0, $0)) }
        error = fields.text("error.type", "event.reason", "error.message")
        text = fields.text(Telemetry.names(of: "prompt_text"))
        if text?.says(Self.leftOut) == true { text = nil }
        textLength = sent("prompt_length").flatMap { Int($0) }
        model = fields["gen_ai.request.model"]
        agent = fields.text(["agent.name", "agent_type"].flatMap(Telemetry.names(of:)))
        isOfSubagent = fields["gen_ai.operation.name"] == "subagent" || sent("agent.name") != nil
        cost = sent("cost_usd").flatMap { Double($0) }
        inputTokens = fields["gen_ai.usage.input_tokens"].flatMap { Int($0) }
        outputTokens = fields["gen_ai.usage.output_tokens"].flatMap { Int($0) }
        fromMode = sent("from_mode")
        toMode = sent("to_mode")
        trigger = sent("trigger")
        hook = sent("hook_name") ?? sent("hook_event")
        status = sent("status")
        redactions = fields.values("docket.redaction.detectors")
    }

    /// When what it tells of began: events are sent at its end.
    var start: Timestamp { duration.map { time - $0 } ?? time }
    var isFailure: Bool { outcome == "failure" }
}
