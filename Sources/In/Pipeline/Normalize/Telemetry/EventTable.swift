/// The events of Claude Code and Cowork and what they mean.
enum EventTable {
    struct Row: Sendable {
        let name: StaticString
        let category: StaticString
        let type: StaticString

        init(_ name: StaticString, _ category: StaticString, _ type: StaticString) {
            self.name = name
            self.category = category
            self.type = type
        }
    }

    static let rows: [Row] = [
        Row("tool_result", "process", "info"),
        Row("tool_decision", "iam", "info"),
        Row("api_request", "api", "info"),
        Row("api_error", "api", "info"),
        Row("api_retries_exhausted", "api", "info"),
        Row("api_refusal", "api", "denied"),
        Row("auth", "authentication", "info"),
        Row("permission_mode_changed", "configuration", "change"),
        Row("mcp_server_connection", "network", "connection"),
        Row("hook_registered", "configuration", "info"),
        Row("hook_execution_start", "process", "start"),
        Row("hook_execution_complete", "process", "end"),
        Row("plugin_loaded", "library", "start"),
        Row("plugin_installed", "package", "info"),
        Row("user_prompt", "", ""),
        Row("skill_activated", "", ""),
        // Documented, and of no category of their own.
        Row("assistant_response", "host", "info"),
        Row("api_request_body", "host", "info"),
        Row("api_response_body", "host", "info"),
        Row("at_mention", "host", "info"),
        Row("hook_plugin_metrics", "host", "info"),
        Row("compaction", "host", "info"),
        Row("subagent_completed", "host", "info"),
        Row("internal_error", "host", "info"),
        Row("feedback_survey", "host", "info"),
        Row("retention_sweep", "host", "info"),
        Row("managed_settings_resolved", "host", "info"),
        Row("system_prompt", "host", "info"),
    ]

    /// Every other name.
    static let other = Row("*", "host", "info")
}
