/// A key that the simulated API takes.
public struct SimulatedKey: Sendable, Equatable {
    public let text: String
    public let scopes: Set<String>

    public static let activities = "read:compliance_activities"

    /// - Parameter scopes: by default the one that the feed needs.
    public init(_ text: String, scopes: Set<String> = [SimulatedKey.activities]) {
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
    var mayReadFeed: Bool { scopes.contains(Self.activities) || scopes.contains("read:org_audit") }
}
