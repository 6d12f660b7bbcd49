import Platform

/// What happened in a session, from its events alone: turns, calls, modes, holes.
struct SessionStory: Sendable {
    /// One prompt and what followed from it.
    struct Turn: Sendable, Equatable {
        /// `nil` for what came before the first prompt, or when its event is missing.
        var prompt: SessionEvent?
        let id: String?
        /// Counted from one; 0 for what came before the first prompt.
        let number: Int
        /// Places in ``SessionStory/events``.
        var events: [Int] = []
        /// Places in ``SessionStory/calls``.
        var calls: [Int] = []
        /// Places in ``SessionStory/agents``.
        var agents: [Int] = []
        var cost: Double?
    }

    /// A subagent that came to its end.
    ///
    /// Events of calls do not say who made them, so what a subagent did is told by its time.
    struct Agent: Sendable, Equatable {
        /// As far as it may be shown.
        let name: String
        let turn: Int
        let start: Timestamp
        let end: Timestamp
    }

    /// A stretch of time with one permission mode.
    struct ModeSpan: Sendable, Equatable {
        /// `nil` when nothing tells it.
        let mode: String?
        let from: Timestamp
        var to: Timestamp
        /// What led to it.
        var trigger: String?
    }

    /// In the order of their time, and then of their numbers.
    let events: [SessionEvent]
    private(set) var turns: [Turn] = []
    private(set) var agents: [Agent] = []
    private(set) var modes: [ModeSpan] = []
    let holes: SequenceHoles
    private var list = CallList()

    var calls: [ToolCall] { list.calls }

    /// - Parameter events: in the order of their time.
    init(_ events: [SessionEvent]) {
        self.events = events
        holes = SequenceHoles(events)
        modes = Self.modes(of: events)
        var places: [String: Int] = [:]
        var (current, span) = (-1, 0)
        for (place, event) in events.enumerated() {
            while span + 1 < modes.count, modes[span + 1].from <= event.time { span += 1 }
            current = turn(of: event, after: current, &places)
            turns[current].events.append(place)
            if event.action == "user_prompt", turns[current].prompt == nil { turns[current].prompt = event }
            if let cost = event.cost { turns[current].cost = (turns[current].cost ?? 0) + cost }
            switch event.action {
            case "tool_decision", "tool_result":
                let count = calls.count
                list.add(event, turn: current, mode: modes.isEmpty ? nil : modes[span].mode)
                if calls.count > count { turns[current].calls.append(count) }
            case "subagent_completed":
                turns[current].agents.append(agents.count)
                agents.append(
                    Agent(name: event.agent?.shown ?? "subagent", turn: current, start: event.start, end: event.time))
            default: break
            }
        }
        nest()
    }

    private mutating func turn(of event: SessionEvent, after current: Int, _ places: inout [String: Int]) -> Int {
        if let id = event.promptID {
            if let place = places[id] { return place }
            places[id] = turns.count
            return begin(id, isAsked: true)
        }
        // Without ids a prompt begins the next turn.
        let isPrompt = event.action == "user_prompt"
        return current < 0 || isPrompt ? begin(nil, isAsked: isPrompt) : current
    }

    private mutating func begin(_ id: String?, isAsked: Bool) -> Int {
        turns.append(Turn(id: id, number: isAsked ? (turns.last?.number ?? 0) + 1 : 0))
        return turns.count - 1
    }

    /// Each call goes to the subagent that ended first of those that were at work.
    private mutating func nest() {
        guard !agents.isEmpty else { return }
        for call in calls {
            let fitting = turns[call.turn].agents.filter {
                agents[$0].start <= call.start && call.end <= agents[$0].end
            }
            if let agent = fitting.min(by: { agents[$0].end < agents[$1].end }) { list.nest(call.number, in: agent) }
        }
    }

    private static func modes(of events: [SessionEvent]) -> [ModeSpan] {
        guard let first = events.first, let last = events.last else { return [] }
        let changes = events.filter { $0.action == "permission_mode_changed" && $0.toMode != nil }
        // Only changes are told, so what was before the first of them is what it changed from.
        var spans = [ModeSpan(mode: changes.first?.fromMode, from: first.time, to: last.time)]
        for change in changes {
            spans[spans.count - 1].to = change.time
            spans.append(ModeSpan(mode: change.toMode, from: change.time, to: last.time, trigger: change.trigger))
        }
        return spans.filter { $0.from < $0.to || $0.from == last.time }
    }

    // MARK: Sums

    var start: Timestamp? { events.first?.time }
    var end: Timestamp? { events.last?.time }
    var length: Timestamp.Span? { start.flatMap { start in end.map { $0 - start } } }
    var promptCount: Int { events.count { $0.action == "user_prompt" } }
    var refusals: Int { calls.count { $0.approval.isAllowed == false } }
    var unseen: [ToolCall] { calls.filter(\.nobodyLooked) }
    /// `nil` when no event names one.
    var cost: Double? { turns.compactMap(\.cost).reduce(nil) { ($0 ?? 0) + $1 } }

    /// The mode that lets an agent go furthest.
    var worstMode: String? {
        modes.compactMap(\.mode).max { (PermissionMode.rank(of: $0) ?? -1) < (PermissionMode.rank(of: $1) ?? -1) }
    }
}
