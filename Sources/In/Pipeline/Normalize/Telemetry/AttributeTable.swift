/// What happens to the attributes of Claude Code's and Cowork's events. An attribute that is not named here
/// stays below the vendor's name as it was sent.
enum AttributeTable {
    struct Row: Sendable {
        let name: StaticString
        let step: Step
        var form = Form.asSent
        var client: Client?

        init(_ name: StaticString, _ step: Step, _ form: Form = .asSent, only client: Client? = nil) {
            self.name = name
            self.step = step
            self.form = form
            self.client = client
        }
    }

    /// Where the attribute goes.
    enum Step: Sendable {
        /// Stays below the vendor's name.
        case keep
        /// Becomes this field of the Elastic Common Schema.
        case move(StaticString)
        /// As `move`, and a copy of it.
        case moveTwice(StaticString, StaticString)
        /// Milliseconds that become event.duration.
        case duration
        /// Is looked at by the rules that name it in ``Slot``, and goes where they say.
        case hold
    }

    /// The type that it is converted to.
    enum Form: UInt8, Sendable { case asSent, long, double, boolean, date }

    /// Which of the two programs. They share scope, body and attribute names.
    enum Client: UInt8, Sendable { case code, cowork }

    /// Attributes that rules ask for.
    enum Slot: Int, Sendable, CaseIterable {
        case eventName, success, decision, error, errorType, status, prompt, promptText, toolName, toolOfServer
        case serverName, parameters, input, preserve, sequence, timestamp, email, user, accountID
        case accountUUID, terminal

        func names(_ client: Client) -> [StaticString] {
            switch self {
            case .eventName: ["event.name"]
            case .success: ["success"]
            case .decision: ["decision"]
            case .error: ["error"]
            case .errorType: ["error.type"]
            case .status: ["status"]
            case .prompt: ["prompt"]
            case .promptText: ["prompt_text"]
            case .toolName: ["tool_name"]
            case .toolOfServer: client == .code ? ["mcp_tool_name"] : ["mcp_tool.name"]
            case .serverName: ["mcp_server_name"]
            case .parameters: ["tool_parameters"]
            case .input: ["tool_input"]
            case .preserve: ["elastic.preserve_original_event"]
            case .sequence: ["event.sequence"]
            case .timestamp: ["event.timestamp"]
            case .email: ["user.email"]
            case .user: ["user.id"]
            case .accountID: ["user.account_id"]
            case .accountUUID: ["user.account_uuid"]
            case .terminal: ["terminal.type"]
            }
        }
    }

    static let rows: [Row] = [
        Row("elastic.preserve_original_event", .hold),
        Row("prompt", .hold),
        Row("prompt_text", .hold),
        Row("error.type", .hold),
        Row("tool_name", .hold),
        Row("mcp_tool_name", .hold, only: .code),
        Row("mcp_tool.name", .hold, only: .cowork),
        Row("mcp_server_name", .hold, only: .code),
        Row("duration_ms", .duration, .long),
        Row("model", .moveTwice("gen_ai.response.model", "gen_ai.request.model")),
        Row("request_id", .move("gen_ai.response.id")),
        Row("query_source", .move("gen_ai.operation.name")),
        Row("tool_use_id", .move("gen_ai.tool.call.id")),
        Row("error_code", .move("error.code")),
        Row("error_type", .move("error.type")),
        Row("organization.id", .move("organization.id")),
        Row("user.email", .move("user.email")),
        Row("user.id", .move("user.id")),
        Row("input_tokens", .move("gen_ai.usage.input_tokens"), .long),
        Row("output_tokens", .move("gen_ai.usage.output_tokens"), .long),
        Row("cache_read_tokens", .move("gen_ai.usage.cache_read.input_tokens"), .long),
        Row("cache_creation_tokens", .move("gen_ai.usage.cache_creation.input_tokens"), .long),
        Row("event.sequence", .keep, .long),
        Row("event.timestamp", .keep, .date),
        Row("tool_input_size_bytes", .keep, .long),
        Row("tool_result_size_bytes", .keep, .long),
        Row("cost_usd_micros", .keep, .long),
        Row("prompt_length", .keep, .long),
        Row("num_hooks", .keep, .long),
        Row("num_success", .keep, .long),
        Row("num_blocking", .keep, .long),
        Row("num_non_blocking_error", .keep, .long),
        Row("num_cancelled", .keep, .long),
        Row("total_duration_ms", .keep, .long),
        Row("agent_path_count", .keep, .long),
        Row("command_path_count", .keep, .long),
        Row("skill_path_count", .keep, .long),
        Row("cost_usd", .keep, .double),
        Row("is_plugin", .keep, .boolean),
        Row("has_hooks", .keep, .boolean),
        Row("has_mcp", .keep, .boolean),
        Row("host_owned_mcp", .keep, .boolean, only: .cowork),
    ]
}
