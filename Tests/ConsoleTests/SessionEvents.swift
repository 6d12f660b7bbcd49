import Codecs
import Platform
import Query

@testable import Console

extension SessionText: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self.init(text) }
}

/// Events of a session, as short as a test wants them.
enum SessionEvents {
    static func at(_ seconds: Int64) -> Timestamp { .sample + .seconds(seconds) }

    static func event(
        _ action: String, _ seconds: Int64, _ sequence: Int? = nil, _ change: (inout SessionEvent) -> Void = { _ in }
    ) -> SessionEvent {
        var event = SessionEvent(id: "evt_\(action)_\(seconds)", time: at(seconds), action: action)
        event.sequence = sequence
        change(&event)
        return event
    }

    static func prompt(_ id: String?, _ seconds: Int64) -> SessionEvent {
        event("user_prompt", seconds) {
            $0.promptID = id
            $0.text = "Do \(id ?? "it")"
        }
    }

    static func decision(
        _ id: String?, _ seconds: Int64, _ decision: String = "accept", by decider: String = "config",
        tool: String = "Bash", prompt: String? = nil
    ) -> SessionEvent {
        event("tool_decision", seconds) {
            ($0.callID, $0.decision, $0.decider, $0.tool, $0.promptID) = (id, decision, decider, tool, prompt)
        }
    }

    static func result(
        _ id: String?, _ seconds: Int64, by decider: String? = "config", tool: String = "Bash", prompt: String? = nil
    ) -> SessionEvent {
        event("tool_result", seconds) {
            ($0.callID, $0.decision, $0.decider, $0.tool, $0.promptID) = (id, "accept", decider, tool, prompt)
            ($0.outcome, $0.duration) = ("success", .seconds(1))
        }
    }

    static func mode(from: String, to: String, _ seconds: Int64) -> SessionEvent {
        event("permission_mode_changed", seconds) { ($0.fromMode, $0.toMode) = (from, to) }
    }

    /// A document as the store keeps it.
    static func document(
        _ product: String, _ action: String, _ seconds: Int64, session: String = "s-1", sequence: Int,
        _ sent: [JSONValue.Member] = [], _ more: [JSONValue.Member] = []
    ) -> ListEngine.Event {
        let id = "evt_\(session)_\(sequence)"
        let fields: [JSONValue.Member] = [
            .init("@timestamp", .string(RFC3339.text(at(seconds)))),
            .init(
                "event",
                [
                    "id": .string(id), "action": .string(action), "dataset": .string("\(product).events"),
                    "sequence": .integer(Int64(sequence)),
                ]),
            .init("user", ["key": "ann@example.com", "keys": ["ann@example.com"], "email": "ann@example.com"]),
            .init("docket", ["identity": "client-claimed", "credential": "cred_1", "surface": "cli"]),
            .init(
                product,
                [
                    "events": .object(
                        [.init("session", ["id": .string(session)]), .init("prompt", ["id": "p-1"])] + sent)
                ]),
        ]
        return ListEngine.Event(
            tenant: "default",
            hit: SearchHit(
                id: id, time: at(seconds), stream: "\(product).events",
                document: Array(JSONValue.object(fields + more).text.utf8)))
    }
}
