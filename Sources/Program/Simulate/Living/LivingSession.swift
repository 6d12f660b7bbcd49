import Codecs
import Platform

/// A process of Claude Code or Cowork. What it says is made turn by turn, so it is small however long it lives.
struct LivingSession: Sendable {
    /// One prompt and all that follows from it.
    struct Turn: Sendable {
        var logs: [TelemetryLog] = []
        var points: [TelemetryPoint] = []
        var spans: [TelemetrySpan] = []
        var secrets: [PlantedSecret] = []
        /// When it is over, and sent.
        var end: Timestamp
    }

    let plan: SessionPlan
    let origin: TelemetryOrigin
    let id: String
    var draws: Draws
    /// The moment that it has come to.
    var now: Timestamp
    var turn: Turn
    var prompt = ""
    private var number = 0
    private var sequence = 0
    /// When metrics were sent last: a delta is what came since then.
    private var exported: Timestamp
    private var mode = "default"

    init(_ plan: SessionPlan, of colleague: Colleague) {
        self.plan = plan
        draws = Draws(seed: plan.seed)
        id = SimulatedOrganization.uuid(&draws)
        let origin = plan.program == .code ? colleague.code : colleague.cowork
        self.origin = TelemetryOrigin(
            resource: origin.resource, standard: origin.standard + [TelemetryAttribute("session.id", id)],
            version: origin.version, encoding: origin.encoding)
        now = plan.start
        exported = plan.start
        turn = Turn(end: plan.start)
    }

    /// - Returns: `nil` when the session is over.
    mutating func next() -> Turn? {
        guard number < plan.turns else { return nil }
        turn = Turn(end: now)
        if number == 0 { open() }
        ask()
        number += 1
        if number == plan.turns { close() }
        exported = now
        turn.end = now
        let made = turn
        pass(20_000 + draws.number(below: 300_000))
        return made
    }

    /// Whether the turn that was made last is the one that something is planted in.
    var isInPlantedTurn: Bool { number == SessionPlan.plantedTurn + 1 }

    // MARK: What all parts use

    mutating func pass(_ milliseconds: Int) { now = now + .milliseconds(Int64(milliseconds)) }

    mutating func log(_ name: String, _ attributes: [TelemetryAttribute], isPlanted: Bool = false) {
        let known = prompt.isEmpty ? [] : [TelemetryAttribute("prompt.id", prompt)]
        turn.logs.append(
            TelemetryLog(
                name: name, time: now, sequence: sequence, attributes: known + attributes,
                attack: isPlanted ? plan.attack : nil))
        sequence += 1
    }

    mutating func count(_ metric: TelemetryMetric, _ value: Double, _ attributes: [TelemetryAttribute] = []) {
        // What was sent first was counted from the start; nothing is counted backwards.
        guard plan.program == .code, value > 0 else { return }
        turn.points.append(
            TelemetryPoint(metric: metric, start: exported, time: now, value: value, attributes: attributes))
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(draws.number(below: 256)) } }

    // MARK: Begin and end

    private mutating func open() {
        count(.sessions, 1, [TelemetryAttribute("start_type", "fresh")])
        for plugin in Texts.plugins where draws.isTrue(0.5) {
            log(
                "plugin_loaded",
                [
                    TelemetryAttribute("plugin.name", plugin.name),
                    TelemetryAttribute("marketplace.name", plugin.marketplace),
                    TelemetryAttribute("plugin.version", "1.2.0"), TelemetryAttribute("plugin.scope", "org"),
                    TelemetryAttribute("enabled_via", "org-policy"), TelemetryAttribute("has_hooks", false),
                    TelemetryAttribute("has_mcp", false), TelemetryAttribute("skill_path_count", 1),
                    TelemetryAttribute("safe_mode", "false"),
                ])
        }
        if draws.isTrue(0.3) {
            log(
                "hook_registered",
                [
                    TelemetryAttribute("hook_event", "PreToolUse"), TelemetryAttribute("hook_type", "command"),
                    TelemetryAttribute("hook_source", "policySettings"), TelemetryAttribute("safe_mode", "false"),
                ])
        }
        for server in Texts.servers where draws.isTrue(0.6) { connect(server.name, isPlanted: false) }
    }

    mutating func connect(_ server: String, isPlanted: Bool) {
        let took = 80 + draws.number(below: 1_500)
        pass(took)
        log(
            "mcp_server_connection",
            [
                TelemetryAttribute("status", "connected"),
                TelemetryAttribute("transport_type", isPlanted ? "http" : "stdio"),
                TelemetryAttribute("server_scope", isPlanted ? "local" : "user"),
                TelemetryAttribute("duration_ms", String(took)), TelemetryAttribute("is_plugin", false),
                TelemetryAttribute("server_name", server),
            ], isPlanted: isPlanted)
    }

    private mutating func close() {
        pass(500)
        log(
            "mcp_server_connection",
            [
                TelemetryAttribute("status", "disconnected"), TelemetryAttribute("transport_type", "stdio"),
                TelemetryAttribute("server_scope", "user"), TelemetryAttribute("duration_ms", "12"),
                TelemetryAttribute("is_plugin", false),
            ])
    }

    // MARK: A turn

    private mutating func ask() {
        let begin = now
        let interaction = Interaction(trace: bytes(16), span: bytes(8))
        prompt = SimulatedOrganization.uuid(&draws)
        let isPlanted = number == SessionPlan.plantedTurn && plan.attack != nil
        var text = draws.one(of: Texts.prompts)
        if isPlanted && plan.attack?.attack == .secretInPrompt || draws.isTrue(0.01) {
            let secret = PlantedSecret(&draws)
            turn.secrets.append(secret)
            text += ". Use \(secret.text) for it"
        }
        say(text, isPlanted: isPlanted && plan.attack?.attack == .secretInPrompt)
        request(interaction)
        if isPlanted { attack(interaction) } else { work(interaction) }
        if draws.isTrue(0.3) { changeMode() }
        pass(200)
        if plan.program == .code {
            count(.activeTime, Double((now - begin).nanoseconds) / 1e9, [TelemetryAttribute("type", "cli")])
            count(.activeTime, Double(5 + draws.number(below: 60)), [TelemetryAttribute("type", "user")])
            turn.spans.append(
                TelemetrySpan(
                    name: "claude_code.interaction", trace: interaction.trace, id: interaction.span, parent: nil,
                    start: begin, end: now,
                    attributes: [
                        TelemetryAttribute("span.type", "interaction"), TelemetryAttribute("user_prompt", text),
                        TelemetryAttribute("user_prompt_length", text.utf16.count),
                        TelemetryAttribute("interaction.sequence", number + 1),
                        TelemetryAttribute("interaction.duration_ms", milliseconds(since: begin)),
                    ]))
        }
    }

    /// The trace of one prompt.
    struct Interaction: Sendable {
        let trace: [UInt8]
        let span: [UInt8]
    }

    func milliseconds(since begin: Timestamp) -> Int { Int((now - begin).nanoseconds / 1_000_000) }

    private mutating func say(_ text: String, isPlanted: Bool) {
        log(
            "user_prompt",
            [
                TelemetryAttribute("prompt_length", String(text.utf16.count)), TelemetryAttribute("prompt", text),
                TelemetryAttribute("message.uuid", SimulatedOrganization.uuid(&draws)),
            ], isPlanted: isPlanted)
    }

    private mutating func changeMode() {
        let next = draws.one(of: ["default", "acceptEdits", "plan"].filter { $0 != mode })
        log(
            "permission_mode_changed",
            [
                TelemetryAttribute("from_mode", mode), TelemetryAttribute("to_mode", next),
                TelemetryAttribute("trigger", "shift_tab"),
            ])
        mode = next
    }

    mutating func bypass() {
        log(
            "permission_mode_changed",
            [TelemetryAttribute("from_mode", mode), TelemetryAttribute("to_mode", "bypassPermissions")], isPlanted: true
        )
        mode = "bypassPermissions"
    }

    /// One request to a model, with its answer, its cost and its span.
    ///
    /// - Parameter factor: how much larger than others.
    mutating func request(_ interaction: Interaction, by agent: String? = nil, factor: Int = 1, isPlanted: Bool = false)
    {
        let begin = now
        let model = draws.one(of: Texts.models)
        let input = 200 + draws.number(below: 4_000) * factor
        let output = 40 + draws.number(below: 1_500) * factor
        let read = draws.number(below: 60_000) * factor
        let creation = draws.isTrue(0.4) ? draws.number(below: 20_000) * factor : 0
        let micros =
            Double(input) * model.input + Double(output) * model.output + Double(read) * model.input / 10
            + Double(creation) * model.input * 1.25
        let took = 800 + draws.number(below: 14_000)
        let id = ActivityID.other("req", &draws)
        pass(took)
        if draws.isTrue(0.02) {
            log(
                "api_error",
                [
                    TelemetryAttribute("model", model.name), TelemetryAttribute("error", "Overloaded"),
                    TelemetryAttribute("status_code", 529), TelemetryAttribute("duration_ms", took),
                    TelemetryAttribute("attempt", 11), TelemetryAttribute("speed", "normal"),
                    TelemetryAttribute("query_source", source(agent)),
                ])
        }
        let cost = [
            TelemetryAttribute("model", model.name), TelemetryAttribute("query_source", source(agent)),
            TelemetryAttribute("effort", "medium"),
        ]
        let tokens = [
            TelemetryAttribute("input_tokens", input), TelemetryAttribute("output_tokens", output),
            TelemetryAttribute("cache_read_tokens", read), TelemetryAttribute("cache_creation_tokens", creation),
        ]
        log(
            "api_request",
            cost + tokens + [
                TelemetryAttribute("cost_usd", micros / 1_000_000), TelemetryAttribute("cost_usd_micros", Int(micros)),
                TelemetryAttribute("duration_ms", took), TelemetryAttribute("request_id", id),
                TelemetryAttribute("client_request_id", SimulatedOrganization.uuid(&draws)),
                TelemetryAttribute("speed", "normal"),
            ] + (agent.map { [TelemetryAttribute("agent.name", $0)] } ?? []), isPlanted: isPlanted)
        let answer = draws.one(of: Texts.responses)
        log(
            "assistant_response",
            [
                TelemetryAttribute("response_length", answer.utf16.count), TelemetryAttribute("response", answer),
                TelemetryAttribute("request_id", id), TelemetryAttribute("model", model.name),
                TelemetryAttribute("message.uuid", SimulatedOrganization.uuid(&draws)),
                TelemetryAttribute("query_source", source(agent)),
            ])
        guard plan.program == .code else { return }
        count(.cost, micros / 1_000_000, cost)
        for (type, number) in [("input", input), ("output", output), ("cacheRead", read), ("cacheCreation", creation)] {
            count(.tokens, Double(number), cost + [TelemetryAttribute("type", type)])
        }
        turn.spans.append(
            TelemetrySpan(
                name: "claude_code.llm_request", trace: interaction.trace, id: bytes(8), parent: interaction.span,
                start: begin, end: now,
                attributes: tokens + [
                    TelemetryAttribute("span.type", "llm_request"), TelemetryAttribute("model", model.name),
                    TelemetryAttribute("gen_ai.system", "anthropic"),
                    TelemetryAttribute("gen_ai.request.model", model.name),
                    TelemetryAttribute("llm_request.context", "interaction"),
                    TelemetryAttribute("duration_ms", took), TelemetryAttribute("request_id", id),
                    TelemetryAttribute("gen_ai.response.id", id), TelemetryAttribute("success", true),
                    TelemetryAttribute("attempt", 1), TelemetryAttribute("stop_reason", "end_turn"),
                    TelemetryAttribute("gen_ai.response.finish_reasons", .texts(["end_turn"])),
                ]))
    }

    private func source(_ agent: String?) -> String {
        plan.program == .cowork ? "sdk" : agent == nil ? "main" : "subagent"
    }
}
