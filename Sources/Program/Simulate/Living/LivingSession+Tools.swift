import Codecs
import Platform

/// What an agent does with its tools.
extension LivingSession {
    /// One call of a tool.
    struct Call {
        var tool: String
        var parameters: JSONValue
        var input: JSONValue
        /// The server and the tool behind `mcp_tool`.
        var server: (name: String, tool: String)?
        var source = "config"

        static func bash(_ command: String) -> Call {
            let first = String(command.prefix { $0 != " " })
            return Call(
                tool: "Bash",
                parameters: ["bash_command": .string(first), "full_command": .string(command)],
                input: ["command": .string(command)])
        }

        static func file(_ tool: String, _ path: String) -> Call {
            Call(tool: tool, parameters: [:], input: ["file_path": .string(path)])
        }

        static func fetch(_ url: String) -> Call {
            Call(tool: "WebFetch", parameters: [:], input: ["url": .string(url), "prompt": "What does it say?"])
        }

        static func server(_ name: String, _ tool: String) -> Call {
            Call(
                tool: "mcp_tool",
                parameters: ["mcp_server_name": .string(name), "mcp_tool_name": .string(tool)],
                input: ["query": "open"], server: (name, tool))
        }
    }

    /// An ordinary turn's work.
    mutating func work(_ interaction: Interaction) {
        for _ in 0..<draws.number(below: 5) {
            let call = ordinaryCall()
            if draws.isTrue(0.04) {
                refuse(call)
            } else {
                use(call, interaction)
            }
            if draws.isTrue(0.5) { request(interaction) }
        }
        if plan.program == .code, draws.isTrue(0.08) { delegate(interaction) }
        if draws.isTrue(0.06) { activateSkill() }
        if draws.isTrue(0.03) { compact() }
    }

    private mutating func ordinaryCall() -> Call {
        switch draws.number(below: 8) {
        case 0, 1, 2: return .bash(draws.one(of: Texts.commands))
        case 3, 4: return .file("Read", "/home/user/\(draws.one(of: Texts.files))")
        case 5: return .file("Edit", "/home/user/\(draws.one(of: Texts.files))")
        case 6: return .fetch("https://\(draws.one(of: Texts.domains))/guide")
        default:
            let server = draws.one(of: Texts.servers)
            return .server(server.name, draws.one(of: server.tools))
        }
    }

    private mutating func toolID() -> String { ActivityID.other("toolu", &draws) }

    private func decision(_ call: Call, _ id: String, _ decision: String, _ source: String) -> [TelemetryAttribute] {
        [
            TelemetryAttribute("tool_name", call.tool), TelemetryAttribute("tool_use_id", id),
            TelemetryAttribute("decision", decision), TelemetryAttribute("source", source),
            TelemetryAttribute("tool_source", call.server == nil ? "builtin" : "mcp"),
            TelemetryAttribute("tool_parameters", call.parameters.text),
        ]
    }

    private mutating func refuse(_ call: Call) {
        pass(2_000 + draws.number(below: 20_000))
        log("tool_decision", decision(call, toolID(), "reject", "user_reject"))
        if call.tool == "Edit" { countDecision("reject", "user_reject") }
    }

    private mutating func countDecision(_ decision: String, _ source: String) {
        count(
            .decisions, 1,
            [
                TelemetryAttribute("tool_name", "Edit"), TelemetryAttribute("decision", decision),
                TelemetryAttribute("source", source), TelemetryAttribute("language", "Swift"),
            ])
    }

    /// A call that is allowed and carried out.
    mutating func use(_ call: Call, _ interaction: Interaction, isPlanted: Bool = false) {
        let begin = now
        let id = toolID()
        let span = bytes(8)
        let hasHook = draws.isTrue(0.1)
        if hasHook { hook("hook_execution_start", []) }
        pass(call.source == "config" ? 5 : 3_000)
        log("tool_decision", decision(call, id, "accept", call.source), isPlanted: isPlanted)
        let decided = now
        let took = 20 + draws.number(below: 6_000)
        pass(took)
        let isGood = isPlanted || !draws.isTrue(0.05)
        var result = [
            TelemetryAttribute("tool_name", call.tool), TelemetryAttribute("tool_use_id", id),
            TelemetryAttribute("success", isGood ? "true" : "false"),
            plan.program == .code
                ? TelemetryAttribute("duration_ms", String(took)) : TelemetryAttribute("duration_ms", took),
            TelemetryAttribute("decision_type", "accept"), TelemetryAttribute("decision_source", call.source),
            TelemetryAttribute("tool_input_size_bytes", String(call.input.text.utf8.count)),
            TelemetryAttribute("tool_result_size_bytes", String(draws.number(below: 9_000))),
            TelemetryAttribute("tool_parameters", call.parameters.text),
            TelemetryAttribute("tool_input", call.input.text),
        ]
        if let server = call.server {
            result.append(TelemetryAttribute("mcp_server_scope", "user"))
            if plan.program == .cowork {
                result.append(TelemetryAttribute("mcp_server.name", server.name))
                result.append(TelemetryAttribute("mcp_tool.name", server.tool))
            }
        }
        if !isGood { result.append(TelemetryAttribute("error_type", "Error:1")) }
        log("tool_result", result, isPlanted: isPlanted)
        if hasHook {
            hook(
                "hook_execution_complete",
                [TelemetryAttribute("num_success", "1"), TelemetryAttribute("num_blocking", "0")])
        }
        if call.tool == "Edit", isGood {
            countDecision("accept", call.source)
            count(.lines, Double(1 + draws.number(below: 60)), [TelemetryAttribute("type", "added")])
            count(.lines, Double(draws.number(below: 20)), [TelemetryAttribute("type", "removed")])
        }
        if call.input["command"]?.string?.hasPrefix("git commit") == true, isGood { count(.commits, 1) }
        trace(call, id, span, interaction, begin, decided, isGood ? nil : "Error:1")
    }

    private mutating func trace(
        _ call: Call, _ id: String, _ span: [UInt8], _ interaction: Interaction, _ begin: Timestamp,
        _ decided: Timestamp, _ failure: String?
    ) {
        guard plan.program == .code else { return }
        let ids = [TelemetryAttribute("tool_use_id", id), TelemetryAttribute("gen_ai.tool.call.id", id)]
        // Children are sent before their parents.
        turn.spans.append(
            TelemetrySpan(
                name: "claude_code.tool.blocked_on_user", trace: interaction.trace, id: bytes(8), parent: span,
                start: begin, end: decided,
                attributes: [
                    TelemetryAttribute("span.type", "tool.blocked_on_user"), TelemetryAttribute("decision", "accept"),
                    TelemetryAttribute("source", call.source),
                ]))
        turn.spans.append(
            TelemetrySpan(
                name: "claude_code.tool.execution", trace: interaction.trace, id: bytes(8), parent: span,
                start: decided, end: now,
                attributes: ids + [
                    TelemetryAttribute("span.type", "tool.execution"), TelemetryAttribute("success", failure == nil),
                ], failure: failure))
        turn.spans.append(
            TelemetrySpan(
                name: "claude_code.tool", trace: interaction.trace, id: span, parent: interaction.span,
                start: begin, end: now,
                attributes: ids + [
                    TelemetryAttribute("span.type", "tool"), TelemetryAttribute("tool_name", call.tool),
                    TelemetryAttribute("tool_name_safe", call.tool),
                    TelemetryAttribute("duration_ms", milliseconds(since: begin)),
                ]))
    }

    private mutating func hook(_ name: String, _ more: [TelemetryAttribute]) {
        log(
            name,
            [
                TelemetryAttribute("hook_event", "PreToolUse"), TelemetryAttribute("hook_name", "PreToolUse:Bash"),
                TelemetryAttribute("num_hooks", "1"), TelemetryAttribute("managed_only", "true"),
                TelemetryAttribute("hook_source", "policySettings"), TelemetryAttribute("safe_mode", "false"),
            ] + more)
    }

    /// A subagent, and what it costs.
    private mutating func delegate(_ interaction: Interaction) {
        let begin = now
        let uses = 1 + draws.number(below: 3)
        for _ in 0..<uses {
            use(ordinaryCall(), interaction)
            request(interaction, by: "Explore")
        }
        log(
            "subagent_completed",
            [
                TelemetryAttribute("agent_type", "Explore"), TelemetryAttribute("agent.source", "built-in"),
                TelemetryAttribute("is_built_in", true), TelemetryAttribute("is_async", false),
                TelemetryAttribute("total_tokens", 1_000 + draws.number(below: 40_000)),
                TelemetryAttribute("total_tool_uses", uses),
                TelemetryAttribute("duration_ms", milliseconds(since: begin)),
                TelemetryAttribute("model", Texts.models[0].name),
            ])
    }

    private mutating func activateSkill() {
        log(
            "skill_activated",
            [
                TelemetryAttribute("skill.name", draws.one(of: Texts.skills)),
                TelemetryAttribute("invocation_trigger", "claude-proactive"),
                TelemetryAttribute("skill.source", "plugin"), TelemetryAttribute("plugin.name", Texts.plugins[0].name),
                TelemetryAttribute("marketplace.name", Texts.plugins[0].marketplace),
            ])
    }

    private mutating func compact() {
        let took = 4_000 + draws.number(below: 20_000)
        pass(took)
        log(
            "compaction",
            [
                TelemetryAttribute("trigger", "auto"), TelemetryAttribute("success", "true"),
                TelemetryAttribute("duration_ms", took), TelemetryAttribute("pre_tokens", 160_000),
                TelemetryAttribute("post_tokens", 12_000 + draws.number(below: 20_000)),
            ])
    }
}
