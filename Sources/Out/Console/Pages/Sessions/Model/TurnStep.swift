import Platform

/// One bar of a turn's waterfall.
struct TurnStep: Equatable {
    let label: String
    /// As far as it may be shown.
    var detail: String?
    let start: Timestamp
    let end: Timestamp
    var isBad = false
    var cost: Double?
    /// Place in ``SessionStory/agents`` of the subagent that did it.
    var agent: Int?

    /// All steps of a turn by their start.
    static func steps(of turn: SessionStory.Turn, in story: SessionStory) -> [TurnStep] {
        var steps = turn.calls.map { place in
            let call = story.calls[place]
            return TurnStep(
                label: call.tool, detail: call.subject?.shown ?? call.server.map { "of \($0.shown)" },
                start: call.start,
                end: call.end,
                isBad: call.result?.isFailure ?? (call.approval.isAllowed == false), agent: call.agent)
        }
        for place in turn.events {
            if let step = TurnStep(story.events[place], turn, story) { steps.append(step) }
        }
        return steps.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    private init(
        label: String, detail: String?, start: Timestamp, end: Timestamp, isBad: Bool, agent: Int?
    ) {
        self.label = label
        self.detail = detail
        self.start = start
        self.end = end
        self.isBad = isBad
        self.agent = agent
    }

    /// - Returns: `nil` for what other steps tell already.
    private init?(_ event: SessionEvent, _ turn: SessionStory.Turn, _ story: SessionStory) {
        let (name, detail): (String, String?)
        switch event.action {
        case "tool_decision", "tool_result", "hook_execution_start", "assistant_response", "api_request_body",
            "api_response_body":
            return nil
        case "user_prompt": (name, detail) = ("prompt", nil)
        case "api_request": (name, detail) = ("model call", event.model)
        case "api_error", "api_retries_exhausted":
            (name, detail) = ("model call failed", event.error?.shown ?? event.model)
        case "api_refusal": (name, detail) = ("model refused", event.model)
        case "hook_execution_complete": (name, detail) = ("hook", event.hook)
        case "mcp_server_connection":
            (name, detail) = ("MCP \(event.status ?? "connection")", event.server?.shown)
        case "permission_mode_changed": (name, detail) = ("mode", event.toMode)
        case "subagent_completed": (name, detail) = ("subagent", event.agent?.shown)
        default: (name, detail) = (event.action.replacing("_", with: " "), event.hook ?? event.agent?.shown)
        }
        self.init(
            label: name, detail: detail, start: event.start, end: event.time,
            isBad: event.isFailure || event.action == "api_refusal", agent: nil)
        cost = event.cost
        if event.isOfSubagent, event.action != "subagent_completed" {
            agent = turn.agents.first {
                story.agents[$0].start <= event.start && event.time <= story.agents[$0].end
            }
        }
    }
}
