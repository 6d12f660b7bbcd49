/// The spans of Claude Code that have a category. All others have neither category nor type.
enum SpanTable {
    static let rows: [(type: StaticString, category: StaticString)] = [
        ("interaction", "session"),
        ("llm_request", "api"),
        ("tool", "process"),
    ]

    /// Attributes that are asked for often, as fields of Docket's own: a field is a column, and attributes are one map. They
    /// are none of those that events have, for the same request is an event, too, and sums over both would count it twice.
    ///
    /// - Order: where two say the same, the first in the span counts.
    static let copies: [(name: StaticString, field: StaticString)] = [
        ("gen_ai.request.model", "docket.span.model"),
        ("model", "docket.span.model"),
        ("input_tokens", "docket.span.input_tokens"),
        ("output_tokens", "docket.span.output_tokens"),
        ("cache_read_tokens", "docket.span.cache_read_tokens"),
        ("cache_creation_tokens", "docket.span.cache_creation_tokens"),
        ("stop_reason", "docket.span.stop_reason"),
        ("success", "docket.span.success"),
        ("tool_name", "docket.span.tool"),
    ]

    /// Names of the kinds of spans, by their numbers.
    static let kinds: [StaticString] = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"]
    static let statuses: [StaticString] = ["Unset", "Ok", "Error"]
}
