import Codecs
import Pipeline
import Testing

@Suite struct `Events of Claude Code` {
    /// One record with the attributes of a tool call.
    private func toolResult(_ more: String = "", service: String = "claude-code") -> String {
        """
        {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},\
        "scopeLogs":[{"scope":{"name":"com.anthropic.claude_code.events","version":"2.1.294"},"logRecords":[\
        {"timeUnixNano":"1791447318137000000","body":{"stringValue":"claude_code.tool_result"},"attributes":[\
        {"key":"event.name","value":{"stringValue":"tool_result"}},\
        {"key":"tool_name","value":{"stringValue":"Bash"}},\
        {"key":"success","value":{"stringValue":"true"}},\
        {"key":"duration_ms","value":{"stringValue":"214"}}\(more)]}]}]}]}
        """
    }

    @Test func `A tool's result is found by its action and its tool`() throws {
        let mapped = try Mapped(toolResult(), stream: "claude_code.events", .full)
        #expect(mapped.streams == ["claude_code.events"])
        let document = mapped.document
        #expect(document.at("event.action") == "tool_result")
        #expect(document.at("gen_ai.tool.name") == "Bash")
        #expect(document.at("event.duration") == 214_000_000)
        #expect(document.at("event.outcome") == "success")
        #expect(document.at("event.category") == ["process"])
        #expect(document.at("docket.sequence") == 1_000)
        #expect(document.at("event.id")?.string?.hasPrefix("evt_") == true)
    }

    @Test func `Cowork is told apart by its service`() throws {
        let mapped = try Mapped(toolResult(service: "cowork"), stream: "claude_code.events", .full)
        #expect(mapped.streams == ["claude_cowork.events"])
        #expect(mapped.document.at("event.provider") == "claude-cowork")
    }
}
