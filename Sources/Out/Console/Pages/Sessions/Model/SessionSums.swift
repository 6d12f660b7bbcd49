/// What a session touched, each thing with how often.
struct SessionSums: Sendable {
    struct Sum: Sendable, Equatable {
        let name: SessionText
        var count: Int
    }

    struct ModelSum: Sendable, Equatable {
        let model: String
        var requests = 0
        var inputTokens = 0
        var outputTokens = 0
        var cost: Double?
    }

    let commands: [Sum]
    let files: [Sum]
    let hosts: [Sum]
    let servers: [Sum]
    /// Names of what redaction took out, never what it was.
    let redactions: [Sum]
    let models: [ModelSum]

    init(_ story: SessionStory) {
        commands = Self.sums(story.calls.compactMap { ($0.decision ?? $0.result)?.command })
        files = Self.sums(story.calls.compactMap { $0.result?.file ?? $0.decision?.file })
        hosts = Self.sums(story.calls.flatMap { Self.hosts(of: $0) })
        servers = Self.sums(story.calls.compactMap(\.server))
        redactions = Self.sums(story.events.flatMap(\.redactions).map { SessionText($0) })
        var models: [String: ModelSum] = [:]
        for event in story.events where event.action == "api_request" {
            let name = event.model ?? "not told"
            var sum = models[name] ?? ModelSum(model: name)
            sum.requests += 1
            sum.inputTokens = sum.inputTokens.capped(adding: event.inputTokens ?? 0)
            sum.outputTokens = sum.outputTokens.capped(adding: event.outputTokens ?? 0)
            if let cost = event.cost { sum.cost = (sum.cost ?? 0) + cost }
            models[name] = sum
        }
        self.models = models.values.sorted { (-($0.cost ?? 0), $0.model) < (-($1.cost ?? 0), $1.model) }
    }

    private static func sums(_ names: [SessionText]) -> [Sum] {
        Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +).map { Sum(name: $0.key, count: $0.value) }
            .sorted { (-$0.count, $0.name) < (-$1.count, $1.name) }
    }

    /// Of the address that was asked for, and of those that stand in a command.
    static func hosts(of call: ToolCall) -> [SessionText] {
        let event = call.result ?? call.decision
        return [event?.url, event?.command].compactMap(\.self).flatMap { $0.parts(hosts(in:)) }
    }

    /// What stands between `://` and the end of an authority.
    static func hosts(in text: String) -> [String] {
        var hosts: [String] = []
        var rest = text[...]
        while let mark = rest.firstRange(of: "://") {
            rest = rest[mark.upperBound...]
            var host = rest.prefix { !"/?#'\"`<>|;&()\\ \t\r\n".contains($0) }
            if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
            if host.first == "[" {
                host = host.prefix { $0 != "]" }.dropFirst()
            } else {
                host = host.prefix { $0 != ":" }
            }
            if !host.isEmpty { hosts.append(host.lowercased()) }
        }
        return hosts
    }
}
