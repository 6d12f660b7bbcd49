import Platform

/// What is drawn on one line of a session's clock.
enum SessionLane: String, CaseIterable {
    case prompts, models, tools, decisions, hooks, servers, reach, feed

    /// Something that took time, or happened.
    struct Mark: Equatable {
        let start: Timestamp
        let end: Timestamp
        let isBad: Bool
    }

    var label: String {
        switch self {
        case .prompts: "Prompts"
        case .models: "Model calls"
        case .tools: "Tools"
        case .decisions: "Decisions"
        case .hooks: "Hooks"
        case .servers: "MCP"
        case .reach: "Network and files"
        case .feed: "Activity Feed"
        }
    }

    /// - Parameter activities: the moments of what the feed tells.
    func marks(_ story: SessionStory, activities: [Timestamp]) -> [Mark] {
        switch self {
        case .prompts: events(story) { $0.action == "user_prompt" }
        case .models: events(story) { Self.modelActions.contains($0.action) }
        case .tools: events(story) { $0.action == "tool_result" }
        case .decisions: events(story) { $0.action == "tool_decision" }
        case .hooks: events(story) { $0.action == "hook_execution_complete" || $0.action == "hook_registered" }
        case .servers:
            events(story) {
                $0.action == "mcp_server_connection" || $0.action == "tool_result" && $0.server != nil
            }
        case .reach:
            story.calls.filter { $0.result?.file != nil || !SessionSums.hosts(of: $0).isEmpty }
                .map { Mark(start: $0.result?.start ?? $0.start, end: $0.end, isBad: $0.result?.isFailure ?? false) }
        case .feed: activities.map { Mark(start: $0, end: $0, isBad: false) }
        }
    }

    static let modelActions: Set<String> = ["api_request", "api_error", "api_refusal", "api_retries_exhausted"]

    private func events(_ story: SessionStory, _ fits: (SessionEvent) -> Bool) -> [Mark] {
        story.events.filter(fits).map {
            Mark(start: $0.start, end: $0.time, isBad: $0.isFailure || $0.action == "api_refusal")
        }
    }
}
