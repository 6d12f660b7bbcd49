/// The spans of Claude Code that have a category. All others have neither category nor type.
enum SpanTable {
    static let rows: [(type: StaticString, category: StaticString)] = [
        ("interaction", "session"),
        ("llm_request", "api"),
        ("tool", "process"),
    ]

    /// Names of the kinds of spans, by their numbers.
    static let kinds: [StaticString] = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"]
    static let statuses: [StaticString] = ["Unset", "Ok", "Error"]
}
