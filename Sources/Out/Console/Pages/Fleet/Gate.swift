/// Something that a client shows only when its settings say so.
enum Gate: String, CaseIterable {
    case prompts, tools, content, bodies

    var label: String {
        switch self {
        case .prompts: "Prompts"
        case .tools: "Tool details"
        case .content: "Answers"
        case .bodies: "Raw bodies"
        }
    }

    /// The setting that opens it.
    var setting: String {
        switch self {
        case .prompts: "OTEL_LOG_USER_PROMPTS"
        case .tools: "OTEL_LOG_TOOL_DETAILS"
        case .content: "OTEL_LOG_ASSISTANT_RESPONSES"
        case .bodies: "OTEL_LOG_RAW_API_BODIES"
        }
    }

    /// ES|QL: how many events show it, and how many could have and do not.
    var counts: String {
        switch self {
        case .prompts: Self.known("prompts", "docket.gates.prompts")
        case .tools: Self.known("tools", "docket.gates.tool_details")
        case .content:
            "content_open = COUNT(*) WHERE \(Self.isAnswerShown), content_shut = COUNT(*) WHERE NOT \(Self.isAnswerShown)"
        case .bodies:
            """
            bodies_open = COUNT(*) WHERE event.action IN ("api_request_body", "api_response_body"), \
            bodies_shut = COUNT(*) WHERE event.action == "api_request"
            """
        }
    }

    /// ES|QL: the events that it is counted among, where these are few; `nil` for all. What answers say is no column, and
    /// is not to be looked for in events that are none.
    var condition: String? { self == .content ? "event.action == \"assistant_response\"" : nil }

    /// Asked of each stream's own attribute, and not of either: so SQL can say it of a field that nobody knows.
    private static let isAnswerShown =
        "("
        + Telemetry.names(of: "response").map { "\($0) IS NOT NULL AND NOT MV_CONTAINS(\($0), \"<REDACTED>\")" }
        .joined(separator: " OR ") + ")"

    private static func known(_ name: String, _ field: String) -> String {
        "\(name)_open = COUNT(*) WHERE \(field) == true, \(name)_shut = COUNT(*) WHERE \(field) == false"
    }

    enum State: String {
        case open, shut, partly, unknown

        /// - Parameters:
        ///   - open: events that show it.
        ///   - shut: events that could have shown it.
        init(open: Int, shut: Int, isPartlyUsual: Bool) {
            switch (open > 0, shut > 0) {
            case (false, false): self = .unknown
            case (true, false): self = .open
            case (false, true): self = .shut
            case (true, true): self = isPartlyUsual ? .open : .partly
            }
        }

        var markup: Markup {
            switch self {
            case .open: h(.span, .class("good"), .about(rawValue)) { "● shown" }
            case .shut: h(.span, .about(rawValue)) { "○ hidden" }
            case .partly: h(.span, .class("warn"), .about(rawValue)) { "◐ partly" }
            case .unknown: h(.span, .class("muted hatched"), .about(rawValue)) { "– not known" }
            }
        }
    }

    func state(open: Int, shut: Int) -> State {
        // Every request is one that could have come with its body, so having both is usual there.
        State(open: open, shut: shut, isPartlyUsual: self == .bodies)
    }
}
