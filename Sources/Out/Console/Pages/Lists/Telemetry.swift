/// Names of telemetry in ES|QL. Claude Code and Cowork send the same attributes under names of their own.
enum Telemetry {
    /// The streams that sessions are made of.
    static let source = streams.joined(separator: ", ")
    static let streams = ["claude_code.events", "claude_cowork.events"]

    /// The same attribute under the names that it has in each of the streams.
    static func names(of attribute: String) -> [String] { streams.map { "\($0).\(attribute)" } }

    /// The value under either name.
    static func either(_ name: String) -> String { "COALESCE(\(names(of: name).joined(separator: ", ")))" }

    static let session = either("session.id")
    static let cost = either("cost_usd")

    /// The MCP server of a call or of a connection, under all the names that it has had.
    static let server = """
        COALESCE(claude_code.events.mcp_server_name, claude_code.events.server_name, \
        claude_cowork.events.mcp_server.name, claude_cowork.events.mcp_server_name, claude_cowork.events.server_name)
        """
}
