import Platform

/// One call of a tool: what was proposed, how it was decided, and what came of it.
struct ToolCall: Sendable, Equatable {
    /// Where it stands in the session.
    let number: Int
    /// The turn that it belongs to.
    let turn: Int
    var tool: String
    var subject: SessionText?
    var server: SessionText?
    /// The event that tells the decision; `nil` when it is missing.
    var decision: SessionEvent?
    /// The event that tells the end. A call that was refused has none.
    var result: SessionEvent?
    var approval: Approval
    /// The subagent that made it, by its time.
    var agent: Int?

    enum Flaw: String, Sendable {
        /// It was allowed, and nothing tells its end.
        case noResult
        /// It ran, and no event tells who allowed it.
        case noDecision
    }

    var flaw: Flaw? {
        if decision == nil { return .noDecision }
        return result == nil && approval.isAllowed != false ? .noResult : nil
    }

    var wasRefused: Bool { approval.isAllowed == false && result == nil }

    /// Whether it may have run without that a person decided about it.
    var nobodyLooked: Bool { !wasRefused && !approval.isByPerson }

    /// When it was proposed, as far as events tell.
    var start: Timestamp { decision?.time ?? result?.start ?? Timestamp(nanoseconds: 0) }
    var end: Timestamp { result?.time ?? decision?.time ?? Timestamp(nanoseconds: 0) }
}

/// Puts decisions and results together.
struct CallList: Sendable {
    private(set) var calls: [ToolCall] = []
    private var byID: [String: Int] = [:]
    /// Calls that wait for their result and have no id: clients before 2.1.119 sent none.
    private var waiting: [String: [Int]] = [:]

    /// - Parameter mode: of the session at that moment.
    mutating func add(_ event: SessionEvent, turn: Int, mode: String?) {
        let isResult = event.action == "tool_result"
        if let place = known(event, isResult) {
            if isResult { calls[place].result = event } else { calls[place].decision = event }
            // Before it runs, a server's tool may go by a name that all of them share.
            if calls[place].tool == "mcp_tool", let tool = event.tool { calls[place].tool = tool }
            calls[place].subject = calls[place].subject ?? event.subject
            calls[place].server = calls[place].server ?? event.server
            guard !isResult else { return }
            calls[place].approval = approval(event, mode)
            return
        }
        let place = calls.count
        if let id = event.callID {
            byID[id] = place
        } else if !isResult, event.decision != "reject" {
            waiting[event.tool ?? "", default: []].append(place)
        }
        calls.append(
            ToolCall(
                number: place, turn: turn, tool: event.tool ?? "a tool", subject: event.subject, server: event.server,
                decision: isResult ? nil : event, result: isResult ? event : nil, approval: approval(event, mode)))
    }

    mutating func nest(_ place: Int, in agent: Int) { calls[place].agent = agent }

    private func approval(_ event: SessionEvent, _ mode: String?) -> Approval {
        Approval(decision: event.decision, decider: event.decider, mode: mode, tool: event.tool)
    }

    private mutating func known(_ event: SessionEvent, _ isResult: Bool) -> Int? {
        if let id = event.callID {
            guard let place = byID[id] else { return nil }
            // An id that comes again with a second event of the same kind is another call.
            return (isResult ? calls[place].result : calls[place].decision) == nil ? place : nil
        }
        guard isResult, let tool = event.tool, waiting[tool]?.isEmpty == false else { return nil }
        return waiting[tool]?.removeFirst()
    }
}
