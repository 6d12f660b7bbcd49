/// The spans of the agents in Office programs.
enum OfficeTable {
    /// What a span is. Its name is what happened; all others have neither category nor type.
    static let rows: [(name: StaticString, category: StaticString)] = [
        ("agent.query", "session"),
        ("agent.stream", "api"),
        ("agent.tool_execution", "process"),
        ("file.upload", "file"),
    ]

    /// Attributes that are copied to fields which other streams have, too.
    static let copies: [(name: StaticString, field: StaticString)] = [
        ("model", "gen_ai.response.model"),
        ("agent.selected_model", "gen_ai.request.model"),
        ("request_id", "gen_ai.response.id"),
        ("input_tokens", "gen_ai.usage.input_tokens"),
        ("output_tokens", "gen_ai.usage.output_tokens"),
        ("cache_read_tokens", "gen_ai.usage.cache_read.input_tokens"),
        ("cache_creation_tokens", "gen_ai.usage.cache_creation.input_tokens"),
        ("tool_name", "gen_ai.tool.name"),
        ("tool.id", "gen_ai.tool.call.id"),
        ("filename", "file.name"),
        ("document.url", "url.full"),
        ("tool.error_type", "error.type"),
        ("error.name", "error.type"),
    ]

    /// Booleans that say how it ended.
    static let successes: [StaticString] = ["tool.success", "compaction.success", "success"]
}
