import Platform
import Testing

@testable import Console

struct LineageTests {
    typealias E = SessionEvents

    @Test func `a decision and a result with one id are one call`() throws {
        let story = SessionStory([E.prompt("p", 0), E.decision("a", 1), E.result("a", 3)])
        let call = try #require(story.calls.first)
        #expect(story.calls.count == 1)
        #expect(call.flaw == nil)
        #expect(call.approval.isAllowed == true)
        #expect(call.approval.approver == .rule)
        #expect(call.start == E.at(1) && call.end == E.at(3))
        #expect(call.nobodyLooked)
    }

    @Test func `a decision without a result is marked, unless it was a refusal`() {
        let story = SessionStory([E.decision("a", 1), E.decision("b", 2, "reject", by: "user_reject")])
        #expect(story.calls.map(\.flaw) == [.noResult, nil])
        #expect(story.calls.map(\.wasRefused) == [false, true])
        #expect(story.refusals == 1)
    }

    @Test func `a result without a decision is marked, and still says what it knows`() throws {
        let story = SessionStory([E.result("a", 3, by: "user_permanent"), E.result("b", 4, by: nil)])
        #expect(story.calls.map(\.flaw) == [.noDecision, .noDecision])
        #expect(story.calls.map(\.approval.approver) == [.personForEver, .unknown])
        #expect(story.unseen.map(\.number) == [1])
    }

    @Test func `clients without ids have decisions and results paired in order, tool by tool`() {
        let story = SessionStory([
            E.decision(nil, 1, tool: "Bash"), E.decision(nil, 2, tool: "Read"),
            E.decision(nil, 3, "reject", by: "user_reject", tool: "Bash"), E.result(nil, 4, tool: "Read"),
            E.result(nil, 5, tool: "Bash"), E.result(nil, 6, tool: "Bash"),
        ])
        #expect(story.calls.map(\.tool) == ["Bash", "Read", "Bash", "Bash"])
        #expect(story.calls.map(\.flaw) == [nil, nil, nil, .noDecision])
        #expect(story.calls[0].end == E.at(5))
    }

    @Test func `an id that comes again is another call`() {
        let story = SessionStory([E.decision("a", 1), E.result("a", 2), E.result("a", 3)])
        #expect(story.calls.map(\.flaw) == [nil, .noDecision])
    }

    @Test(arguments: [
        ("config", Approval.Approver.rule, false), ("hook", .hook, false), ("user_temporary", .personOnce, true),
        ("user_permanent", .personForEver, true), ("user_abort", .personAborted, true),
        ("a_new_word", .other("a_new_word"), false),
    ])
    func `each word of a client is somebody or something`(
        word: String, approver: Approval.Approver, isByPerson: Bool
    ) {
        let approval = Approval(decision: "accept", decider: word, mode: "default", tool: "Bash")
        #expect(approval.approver == approver)
        #expect(approval.isByPerson == isByPerson)
    }

    @Test func `what a mode lets run is not called a rule`() {
        func approver(_ mode: String?, _ tool: String, _ decision: String = "accept") -> Approval.Approver {
            Approval(decision: decision, decider: "config", mode: mode, tool: tool).approver
        }
        #expect(approver("bypassPermissions", "Bash") == .mode("bypassPermissions"))
        #expect(approver("auto", "Bash") == .mode("auto"))
        #expect(approver("acceptEdits", "Edit") == .mode("acceptEdits"))
        #expect(approver("acceptEdits", "Bash") == .rule)
        #expect(approver("plan", "Read") == .rule)
        #expect(approver(nil, "Bash") == .rule)
        #expect(approver("bypassPermissions", "Bash", "reject") == .rule)
    }

    @Test func `the mode counts that was set when it was decided`() {
        let story = SessionStory([
            E.decision("a", 1), E.mode(from: "default", to: "bypassPermissions", 2), E.decision("b", 3),
            E.mode(from: "bypassPermissions", to: "plan", 4), E.decision("c", 5),
        ])
        #expect(story.calls.map(\.approval.approver) == [.rule, .mode("bypassPermissions"), .rule])
        #expect(story.modes.map(\.mode) == ["default", "bypassPermissions", "plan"])
        #expect(story.modes.map(\.from) == [E.at(1), E.at(2), E.at(4)])
        #expect(story.worstMode == "bypassPermissions")
    }

    @Test func `a tool of a server gets its own name from the result`() {
        var result = E.result("a", 2, tool: "list_issues")
        result.server = "github"
        let story = SessionStory([E.decision("a", 1, tool: "mcp_tool"), result])
        #expect(story.calls.map(\.tool) == ["list_issues"])
        #expect(story.calls.map(\.server) == ["github"])
    }
}
