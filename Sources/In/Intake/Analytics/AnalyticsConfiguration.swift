public import Events
public import Network
public import Platform

/// One poller of Anthropic's reports: whose key, which reports, how far back.
///
/// - Source: *Claude Enterprise Analytics API*, *Usage and Cost Admin API*, *Claude Code Analytics Admin API*,
///   platform.claude.com, 2026-08-21.
public struct AnalyticsConfiguration: Sendable {
    /// Which of the two families of reports: their keys and their organizations are different ones.
    public enum API: String, Sendable, CaseIterable {
        /// Of an Enterprise organization of claude.ai, with an Analytics API key.
        case enterprise
        /// Of an organization of the Claude Console, with an Admin API key.
        case console

        public var reports: [Report] {
            Report.allCases.filter { ReportShape.of($0).isEnterprise == (self == .enterprise) }
        }
    }

    /// The word for this poller in metrics, journal and documents. The bookmark and the ids of the documents are made
    /// with it, so a new name starts from the beginning, beside what was there.
    public var name: SourceName = "anthropic-analytics"
    public var tenant = TenantName.default
    public var api = API.enterprise
    /// Without a slash at the end.
    public var url = "https://api.anthropic.com"
    public var key: FeedKey
    public var reports: [Report]
    /// From the start of one look to the start of the next.
    public var interval = Timestamp.Span.hours(1)
    /// How far back the first look goes.
    public var lookBackDays = 90
    /// How often all days that may have changed are read again.
    public var revisionInterval = Timestamp.Span.days(1)
    /// What figures are split by, as far as a report can; `nil` for what suits each of them.
    public var groups: [String]?
    /// How long buckets are, in reports that have some and let one choose.
    public var bucketWidth = BucketWidth.day
    /// All clients of an organization share 60.
    public var requestsPerMinute = 50
    public var timeout = Timestamp.Span.seconds(120)
    public var anthropicVersion = "2023-06-01"
    public var tls = TLSClientOptions()

    public init(api: API = .enterprise, key: FeedKey) {
        self.api = api
        self.key = key
        reports = api.reports
    }

    /// Everything that cannot be used. The program starts only when there is nothing.
    public var problems: [FeedConfiguration.Problem] {
        var found: [FeedConfiguration.Problem] = []
        func check(_ isGood: Bool, _ key: String, _ message: String) {
            if !isGood { found.append(FeedConfiguration.Problem(key: key, message: message)) }
        }
        let isWeb = url.hasPrefix("https://") || url.hasPrefix("http://")
        check(isWeb && !url.hasSuffix("/"), "url", "must be an address such as https://api.anthropic.com")
        check(!key.isEmpty, "key", "must hold a key")
        if let wrong = api.refusal(of: key.kind) { check(false, "key", wrong) }
        for report in reports where !api.reports.contains(report) {
            let other: API = api == .enterprise ? .console : .enterprise
            check(
                false, "reports",
                "`\(report.rawValue)` is a report of `api: \(other.rawValue)`, which has a key of its own; `api: "
                    + "\(api.rawValue)` has \(api.reports.map(\.rawValue).joined(separator: ", "))")
        }
        check(!reports.isEmpty, "reports", "must name a report; leave it out for all")
        let dimensions = Set(api.reports.flatMap { ReportShape.of($0).dimensions })
        for group in groups ?? [] where !dimensions.contains(group) {
            check(
                false, "group_by",
                "no report of `api: \(api.rawValue)` can be split by `\(group)`; there are "
                    + dimensions.sorted().joined(separator: ", "))
        }
        check((.seconds(60) ... .days(1)).contains(interval), "interval", "must be 60s to 1d")
        check((1...365).contains(lookBackDays), "look_back", "must be 1d to 365d, in whole days")
        check((.hours(1) ... .days(7)).contains(revisionInterval), "revision_interval", "must be 1h to 7d")
        check((1...60).contains(requestsPerMinute), "requests_per_minute", "must be 1 to 60")
        check((.seconds(1) ... .minutes(10)).contains(timeout), "timeout", "must be 1s to 10m")
        return found
    }

    var rules: ReportMachine.Rules {
        ReportMachine.Rules(
            lookBackDays: lookBackDays, revisionInterval: revisionInterval, groups: groups, width: bucketWidth)
    }
}

extension AnalyticsConfiguration.API {
    /// Which key it is, and where that is made.
    var keyHelp: String {
        switch self {
        case .enterprise:
            "Use an Analytics API key with the scope read:analytics; the primary owner makes it in claude.ai under "
                + "Organization settings > API."
        case .console:
            "Use an Admin API key (sk-ant-admin01-…), made in the Claude Console under Settings > Admin keys."
        }
    }

    /// Why a key cannot be the right one; `nil` when it can.
    func refusal(of kind: FeedKey.Kind) -> String? {
        switch (self, kind) {
        case (_, .claude):
            "holds a Claude API key (sk-ant-api03-…), which is for models and reads no reports. \(keyHelp)"
        case (.enterprise, .admin):
            "holds an Admin API key (sk-ant-admin…), which is for the Claude Console: say `api: console`, or use "
                + "another key. \(keyHelp)"
        case (.console, .complianceAccess):
            "holds a key of claude.ai (sk-ant-api01-…), which is not for the Claude Console: say `api: enterprise`, or "
                + "use another key. \(keyHelp)"
        default: nil
        }
    }
}
