import Codecs
import Platform
import Query
import Testing

@testable import Console

struct SessionStoryTests {
    typealias E = SessionEvents

    @Test func `nothing is a story without an end`() {
        let story = SessionStory([])
        #expect(story.length == nil && story.cost == nil && story.worstMode == nil)
        #expect(story.turns.isEmpty && story.modes.isEmpty)
    }

    @Test func `what carries the id of a prompt belongs to its turn, also when it comes late`() {
        let story = SessionStory([
            E.event("plugin_loaded", 0), E.prompt("p", 1), E.decision("a", 2, prompt: "p"), E.prompt("q", 3),
            E.result("a", 4, prompt: "p"), E.decision("b", 5, prompt: "q"),
        ])
        #expect(story.turns.map(\.id) == [nil, "p", "q"])
        #expect(story.turns.map(\.number) == [0, 1, 2])
        #expect(story.turns.map(\.events) == [[0], [1, 2, 4], [3, 5]])
        #expect(story.turns.map(\.calls) == [[], [0], [1]])
        #expect(story.promptCount == 2)
    }

    @Test func `without ids a prompt begins the next turn`() {
        let story = SessionStory([E.prompt(nil, 0), E.result(nil, 1), E.prompt(nil, 2), E.result(nil, 3)])
        #expect(story.turns.map(\.events) == [[0, 1], [2, 3]])
        #expect(story.turns.map(\.number) == [1, 2])
    }

    @Test func `a prompt of which only what followed is there has a turn without its text`() {
        let story = SessionStory([E.result("a", 1, prompt: "p")])
        #expect(story.turns.map(\.number) == [1])
        #expect(TurnName.of(story.turns[0]) == "1. The event of the prompt is missing")
    }

    @Test func `a cost that nobody names is not zero`() {
        var request = E.event("api_request", 1)
        #expect(SessionStory([request]).cost == nil)
        request.cost = 0.25
        #expect(SessionStory([request, request, E.event("api_request", 2)]).cost == 0.5)
    }

    @Test func `calls within the time of a subagent are nested in it, in the one that ends first`() {
        func agent(_ name: String, _ end: Int64, lasting seconds: Int64) -> SessionEvent {
            E.event("subagent_completed", end) {
                ($0.promptID, $0.agent, $0.duration) = ("p", SessionText(name), .seconds(seconds))
            }
        }
        let story = SessionStory([
            E.prompt("p", 0), E.decision("before", 1, prompt: "p"), E.result("before", 2, prompt: "p"),
            E.decision("inner", 12, prompt: "p"), E.result("inner", 14, prompt: "p"),
            agent("short", 15, lasting: 5), E.decision("outer", 16, prompt: "p"), E.result("outer", 18, prompt: "p"),
            agent("long", 20, lasting: 17), E.decision("after", 21, prompt: "p"), E.result("after", 22, prompt: "p"),
        ])
        #expect(story.agents.map(\.name) == ["short", "long"])
        #expect(story.calls.map(\.agent) == [nil, 0, 1, nil])
    }

    @Test func `a session that never tells of its mode has an unknown one`() {
        let story = SessionStory([E.prompt("p", 0), E.prompt("q", 5)])
        #expect(story.modes.map(\.mode) == [nil])
        #expect(story.worstMode == nil)
    }

    @Test(arguments: ["claude_code", "claude_cowork"])
    func `both clients are read under their own names`(product: String) {
        let hit = E.document(
            product, "tool_decision", 0, sequence: 7,
            [
                .init("decision", "reject"), .init("source", "user_reject"),
                .init("tool_parameters_flattened", ["mcp_server_name": "github"]),
            ],
            [.init("gen_ai", ["tool": ["name": "mcp_tool", "call": ["id": "toolu_1"]]])]
        ).hit
        var fields = SessionFields(hit.document, isCovered: false)
        let event = SessionEvent(hit, &fields)
        #expect(event.sequence == 7)
        #expect(event.promptID == "p-1")
        #expect(event.server == "github")
        #expect(event.callID == "toolu_1")
        let story = SessionStory([event])
        #expect(story.calls.map(\.approval.isAllowed) == [false])
        #expect(story.calls.map(\.approval.approver) == [.personOnce])
        #expect(story.refusals == 1)
    }

    @Test func `steps of a turn are in order, with what failed marked and nothing twice`() throws {
        var failed = E.result("a", 5, prompt: "p")
        failed.outcome = "failure"
        let story = SessionStory([
            E.prompt("p", 0),
            E.event("api_request", 4) { ($0.promptID, $0.duration, $0.model, $0.cost) = ("p", .seconds(3), "m", 1) },
            E.decision("a", 4, prompt: "p"), failed,
        ])
        let steps = TurnStep.steps(of: try #require(story.turns.first), in: story)
        #expect(steps.map(\.label) == ["prompt", "model call", "Bash"])
        #expect(steps.map(\.isBad) == [false, false, true])
        #expect(steps.map(\.start) == [E.at(0), E.at(1), E.at(4)])
        #expect(steps.map(\.cost) == [nil, 1, nil])
    }

    @Test func `lanes hold what belongs on them`() {
        let story = SessionStory([
            E.prompt("p", 0), E.event("api_error", 1) { $0.outcome = "failure" }, E.decision("a", 2), E.result("a", 3),
            E.event("hook_execution_complete", 4), E.event("mcp_server_connection", 5),
        ])
        let counts = SessionLane.allCases.map { $0.marks(story, activities: [E.at(1), E.at(2)]).count }
        #expect(counts == [1, 1, 1, 1, 1, 1, 0, 2])
        #expect(SessionLane.models.marks(story, activities: []).map(\.isBad) == [true])
    }

    @Test func `sums count what calls touched, most used first`() {
        func call(_ id: String, _ change: (inout SessionEvent) -> Void) -> SessionEvent {
            var event = E.result(id, 1)
            change(&event)
            return event
        }
        let sums = SessionSums(
            SessionStory([
                call("a") { $0.command = "git status" }, call("b") { $0.command = "curl https://get.example.net/x" },
                call("c") { $0.command = "git status" }, call("d") { $0.file = "/a" },
                call("e") { ($0.url, $0.server) = ("https://Docs.example.com:8443/guide", "github") },
                call("f") { $0.redactions = ["aws_key", "email"] },
            ]))
        #expect(sums.commands.map(\.name) == ["git status", "curl https://get.example.net/x"])
        #expect(sums.commands.map(\.count) == [2, 1])
        #expect(sums.files.map(\.name) == ["/a"])
        #expect(sums.hosts.map(\.name) == ["docs.example.com", "get.example.net"])
        #expect(sums.servers.map(\.name) == ["github"])
        #expect(sums.redactions.map(\.name) == ["aws_key", "email"])
    }

    @Test(arguments: [
        ("https://a.example.com/x", ["a.example.com"]), ("http://u:p@b.example.com:80", ["b.example.com"]),
        ("curl 'https://c.example.com' | sh", ["c.example.com"]), ("https://[2001:db8::1]:8443/", ["2001:db8::1"]),
        ("no address", []), ("://", []), ("https:///path", []),
    ])
    func `hosts are what stands between two slashes and the end of an authority`(text: String, hosts: [String]) {
        #expect(SessionSums.hosts(in: text) == hosts)
    }
}
