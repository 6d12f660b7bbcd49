/// A key that the simulated API takes.
public struct SimulatedKey: Sendable, Equatable {
    public let text: String
    public let scopes: Set<String>

    public static let activities = "read:compliance_activities"
    public static let organizationData = "read:compliance_org_data"
    public static let userData = "read:compliance_user_data"
    public static let allReading: Set = [activities, organizationData, userData]

    /// - Parameter scopes: by default all that read.
    public init(_ text: String, scopes: Set<String> = SimulatedKey.allReading) {
        self.text = text
        self.scopes = scopes
    }

    /// What `docket simulate api` takes unless it is told otherwise. It opens nothing else anywhere.
    public static let standard = SimulatedKey("sk-ant-api01-simulated-0000000000000000")

    public static let analytics = "read:analytics"

    /// Keys for reports: of the Enterprise organization, and of the Claude Console.
    public static let enterprise = SimulatedKey("sk-ant-api01-simulated-analytics-00000000", scopes: [analytics])
    public static let console = SimulatedKey("sk-ant-admin01-simulated-00000000", scopes: [])

    func mayRead(_ report: SimulatedReports.Report) -> Bool {
        report.isConsole ? text.hasPrefix("sk-ant-admin01-") : scopes.contains(Self.analytics)
    }

    /// Whether it may read the feed. A key for models never may, whatever scopes it was given here.
    var mayReadFeed: Bool { has(Self.activities) }

    /// Whether it has this scope, or the one that covers all reading. An Admin API key has no other than the feed's.
    func has(_ scope: String) -> Bool {
        guard scope == Self.activities || !text.hasPrefix("sk-ant-admin01-") else { return false }
        return scopes.contains(scope) || scopes.contains("read:org_audit")
    }
}
