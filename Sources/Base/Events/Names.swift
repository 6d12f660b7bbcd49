/// Whose data it is. A property of the credential, never of the telemetry.
///
/// - Shape: 1 to 63 of `a–z 0–9 - _`, as a folder and a label may be called.
public struct TenantName: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let text: String

    /// - Returns: `nil` when the text is not a tenant name.
    public init?(_ text: String) {
        guard (1...63).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    /// The tenant of a server that was told of no other.
    public static let `default` = TenantName("default")!

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    public var description: String { text }
    public static func < (left: TenantName, right: TenantName) -> Bool { left.text < right.text }
}

/// A configured source, such as `otlp-http` or the name of a poller. The same word in configuration,
/// metrics, journal and documents.
public struct SourceName: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    public let text: String
    public init(_ text: String) { self.text = text }
    public init(stringLiteral value: String) { text = value }
    public var description: String { text }
}

/// A data stream: what kind of thing the documents are.
public struct StreamName: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public var description: String { text }
    public static func < (left: StreamName, right: StreamName) -> Bool { left.text < right.text }

    public static let audit = StreamName("anthropic.audit")
    /// Changes of people, roles, groups and settings.
    public static let directory = StreamName("anthropic.directory")
    /// What the Compliance API lists of chats and of sessions: whose, when, how; never what was said.
    public static let chats = StreamName("anthropic.chats")
    public static let sessions = StreamName("anthropic.sessions")
    /// Rows of the audit log that people export by hand.
    public static let auditLog = StreamName("anthropic.audit_log")
    public static let codeEvents = StreamName("claude_code.events")
    public static let coworkEvents = StreamName("claude_cowork.events")
    public static let codeTraces = StreamName("claude_code.traces")
    public static let codeMetrics = StreamName("claude_code.metrics")
    /// Telemetry of programs that are not Claude's.
    public static let otherLogs = StreamName("otlp.logs")
    public static let otherTraces = StreamName("otlp.traces")
    public static let otherMetrics = StreamName("otlp.metrics")
    /// Spans of the agents in Office programs.
    public static let officeTraces = StreamName("office_agent.traces")
    /// Documents that came in as ECS and stay as they are.
    public static let imported = StreamName("ecs.imported")
    /// Events of other systems, which say themselves which.
    public static let events = StreamName("ecs.events")
    /// Figures of Anthropic's reports: tokens, money, how people work, and Claude Code.
    public static let usage = StreamName("anthropic.usage")
    public static let cost = StreamName("anthropic.cost")
    public static let analytics = StreamName("anthropic.analytics")
    public static let codeUsage = StreamName("anthropic.claude_code_usage")
    /// What Docket says of itself.
    public static let record = StreamName("docket.record")
    /// Who looked at what, and who changed who may.
    public static let access = StreamName("docket.access")

    /// Every stream that there is.
    public static let all: [StreamName] = [
        audit, directory, auditLog, codeEvents, coworkEvents, codeTraces, codeMetrics, otherLogs, otherTraces,
        otherMetrics, officeTraces, imported, events, usage, cost, analytics, codeUsage, record,
        access,
    ]

    /// Whether a document may come again with other figures under its id: then the newest one holds.
    public var isRevised: Bool { Self.revised.contains(self) }
    private static let revised: Set<StreamName> = [usage, cost, analytics, codeUsage]
}
