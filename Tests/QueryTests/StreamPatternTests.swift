import Events
import Query
import Testing

/// Which streams a list of index patterns means.
@Suite struct StreamPatternTests {
    private func streams(_ list: String) -> [String] {
        let patterns = StreamPatterns(list)
        return StreamName.all.filter(patterns.matches).map(\.text).sorted()
    }

    @Test(arguments: [
        ("logs-anthropic.audit-*", "anthropic.audit"),
        ("logs-anthropic.audit-default", "anthropic.audit"),
        ("logs-anthropic.audit-prod", "anthropic.audit"),
        ("logs-anthropic.audit", "anthropic.audit"),
        ("anthropic.audit", "anthropic.audit"),
        (".ds-logs-anthropic.audit-default-2026.11.29-000001", "anthropic.audit"),
        (".ds-logs-anthropic.audit-*", "anthropic.audit"),
        ("logs-claude_code.events.otel-default", "claude_code.events"),
        ("traces-claude_code.otel-prod", "claude_code.traces"),
        ("traces-claude_code.traces-prod", "claude_code.traces"),
        ("metrics-claude_code.metrics-default", "claude_code.metrics"),
        ("<logs-anthropic.audit-{now/d}>", "anthropic.audit"),
        ("<logs-anthropic.audit-{now/d{yyyy.MM.dd|UTC}}>", "anthropic.audit"),
        ("*:logs-anthropic.audit-default", "anthropic.audit"),
        ("logs-anthropic.audit-default::data", "anthropic.audit"),
    ]) func `a name means one stream, whatever its namespace and its dates are`(_ name: String, _ stream: String) {
        let patterns = StreamPatterns(name)
        let found = StreamName.all.filter { patterns.isWhole($0) && patterns.matches($0) }
        #expect(found.map(\.text) == [stream])
        #expect(patterns.unknown().isEmpty)
    }

    @Test func `stars reach over streams and do not reach over types`() {
        #expect(
            streams("logs-claude_*") == ["claude_code.events", "claude_cowork.events", "ecs.events", "ecs.imported"])
        #expect(streams("traces-*").contains("claude_code.traces"))
        #expect(!streams("traces-*").contains("claude_code.events"))
        #expect(
            streams("metrics-anthropic.*").filter { !$0.hasPrefix("ecs.") }
                == ["anthropic.analytics", "anthropic.claude_code_usage", "anthropic.cost", "anthropic.usage"])
        #expect(streams("logs-*-prod") == streams("logs-*"))
    }

    @Test(arguments: ["*", "_all", "events"]) func `some words mean all`(_ word: String) {
        #expect(streams(word) == StreamName.all.map(\.text).sorted())
        #expect(StreamName.all.allSatisfy(StreamPatterns(word).isWhole))
    }

    @Test func `what a minus takes away is what those before it added`() {
        let both = streams("logs-anthropic.*,-logs-anthropic.audit-*")
        #expect(both.contains("anthropic.audit_log") && !both.contains("anthropic.audit"))
        #expect(streams("logs-anthropic.*,-logs-anthropic.audit-*, anthropic.audit").contains("anthropic.audit"))
        #expect(!streams("-anthropic.audit, anthropic.cost").contains("anthropic.audit"))
        #expect(streams("-anthropic.audit").isEmpty)
        #expect(streams("") == [])
    }

    @Test func `events of other systems are meant by their dataset`() {
        let okta = StreamPatterns("logs-okta.system-*")
        #expect(okta.matches(.events) && !okta.isWhole(.events))
        #expect(okta.matches(type: "logs", dataset: "okta.system"))
        #expect(!okta.matches(type: "logs", dataset: "okta.other"))
        #expect(!okta.matches(type: "metrics", dataset: "okta.system"))
        #expect(!okta.matches(.audit))
        let most = StreamPatterns("*,-logs-okta*")
        #expect(most.matches(.events) && !most.isWhole(.events))
        #expect(most.matches(type: "logs", dataset: "aws.cloudtrail"))
        #expect(!most.matches(type: "logs", dataset: "okta.system"))
        #expect(StreamPatterns("ecs.events").isWhole(.events))
        #expect(!StreamPatterns("logs-anthropic.audit-default").matches(.events))
    }

    @Test func `a name that means nothing is told, with the one that was probably meant`() {
        func unknown(_ list: String, _ datasets: Set<String> = []) -> [String] {
            StreamPatterns(list).unknown(datasets: datasets).map { "\($0.name) > \($0.suggestion ?? "-")" }
        }
        #expect(
            unknown("logs-anthropic.audti-default") == ["logs-anthropic.audti-default > logs-anthropic.audit-default"])
        #expect(unknown("anthropic.adit") == ["anthropic.adit > anthropic.audit"])
        #expect(
            unknown("logs-claude_code.event.otel-prod") == [
                "logs-claude_code.event.otel-prod > logs-claude_code.events.otel-prod"
            ])
        #expect(unknown("west:logs-anthropic.audit-default") == ["west:logs-anthropic.audit-default > -"])
        #expect(unknown("logs-okta.system-default") == ["logs-okta.system-default > -"])
        #expect(unknown("logs-okta.system-default", ["okta.system"]).isEmpty)
        #expect(
            unknown("logs-okta.systen-default", ["okta.system"]) == [
                "logs-okta.systen-default > logs-okta.system-default"
            ])
        // A star may fit nothing, and what is taken away need not be there.
        #expect(unknown("nothing*,-logs-nobody-default").isEmpty)
    }

    @Test func `every stream is found by its name and not by that of another`() {
        for stream in StreamName.all {
            let patterns = StreamPatterns(stream.text)
            #expect(StreamName.all.filter { patterns.matches($0) && patterns.isWhole($0) } == [stream])
        }
    }
}
