import Platform

/// An attribute of anything in OTLP.
struct TelemetryAttribute: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case text(String)
        case whole(Int64)
        case number(Double)
        case flag(Bool)
        case texts([String])
    }

    let name: String
    let value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    init(_ name: String, _ text: String) { self.init(name, .text(text)) }
    init(_ name: String, _ whole: Int) { self.init(name, .whole(Int64(whole))) }
    init(_ name: String, _ number: Double) { self.init(name, .number(number)) }
    init(_ name: String, _ flag: Bool) { self.init(name, .flag(flag)) }
}

/// One event of Claude Code or Cowork.
struct TelemetryLog: Sendable {
    let name: String
    let time: Timestamp
    /// Counts per process.
    let sequence: Int
    let attributes: [TelemetryAttribute]
    /// The attack that it is part of.
    let attack: Attack.Mark?
}

/// One data point. The same metric may have several in a request.
struct TelemetryPoint: Sendable {
    let metric: TelemetryMetric
    let start: Timestamp
    let time: Timestamp
    let value: Double
    let attributes: [TelemetryAttribute]
}

enum TelemetryMetric: String, Sendable, CaseIterable {
    case sessions = "claude_code.session.count"
    case lines = "claude_code.lines_of_code.count"
    case pullRequests = "claude_code.pull_request.count"
    case commits = "claude_code.commit.count"
    case cost = "claude_code.cost.usage"
    case tokens = "claude_code.token.usage"
    case decisions = "claude_code.code_edit_tool.decision"
    case activeTime = "claude_code.active_time.total"

    var unit: String {
        switch self {
        case .cost: "USD"
        case .tokens: "tokens"
        case .activeTime: "s"
        default: ""
        }
    }

    var description: String {
        switch self {
        case .sessions: "Count of CLI sessions started"
        case .lines: "Count of lines of code modified"
        case .pullRequests: "Number of pull requests created"
        case .commits: "Number of git commits created"
        case .cost: "Cost of the Claude Code session"
        case .tokens: "Number of tokens used"
        case .decisions: "Count of code editing tool permission decisions"
        case .activeTime: "Total active time in seconds"
        }
    }
}

struct TelemetrySpan: Sendable {
    let name: String
    let trace: [UInt8]
    let id: [UInt8]
    let parent: [UInt8]?
    let start: Timestamp
    let end: Timestamp
    let attributes: [TelemetryAttribute]
    /// The message of a span that failed.
    var failure: String?
}

/// The three kinds of requests, and what each holds.
enum TelemetrySignal: Sendable {
    case logs([TelemetryLog])
    case metrics([TelemetryPoint])
    case traces([TelemetrySpan])

    var path: String {
        switch self {
        case .logs: "/v1/logs"
        case .metrics: "/v1/metrics"
        case .traces: "/v1/traces"
        }
    }

    var count: Int {
        switch self {
        case .logs(let logs): logs.count
        case .metrics(let points): points.count
        case .traces(let spans): spans.count
        }
    }
}
