import Events
import Intake
import Platform

extension SettingReader {
    /// The pollers of reports.
    func analytics(_ environment: [String: String]) throws(ConfigurationError) -> [AnalyticsConfiguration] {
        var sources: [AnalyticsConfiguration] = []
        for place in 0..<(counts["analytics"] ?? 0) {
            let source = try analytics("analytics.\(place)", environment)
            if sources.contains(where: { $0.name == source.name && $0.tenant == source.tenant }) {
                throw error(
                    at: "analytics.\(place).name",
                    "two sources of reports have the name `\(source.name)`; give each its own")
            }
            sources.append(source)
        }
        return sources
    }

    private func analytics(
        _ path: String, _ environment: [String: String]
    ) throws(ConfigurationError) -> AnalyticsConfiguration {
        guard let key = try secret("\(path).key", environment: environment) else {
            throw error(at: path, "a source of reports needs a `key`: `{ file: PATH }` or `{ env: NAME }`")
        }
        let api = try text("\(path).api").flatMap(AnalyticsConfiguration.API.init(rawValue:)) ?? .enterprise
        var source = AnalyticsConfiguration(api: api, key: FeedKey(key))
        if let name = try text("\(path).name") { source.name = SourceName(name) }
        if let tenant = try text("\(path).tenant") {
            guard let name = TenantName(tenant) else {
                throw error(at: "\(path).tenant", "`\(tenant)` is not a tenant name: 1 to 63 of a–z 0–9 - _")
            }
            source.tenant = name
        }
        if let url = try text("\(path).url") { source.url = url }
        if let names = try texts("\(path).reports") {
            source.reports = []
            for name in names {
                guard let report = Report(rawValue: name) else {
                    let known = api.reports.map(\.rawValue).joined(separator: ", ")
                    throw error(at: "\(path).reports", "there is no report `\(name)`; there are \(known)")
                }
                if !source.reports.contains(report) { source.reports.append(report) }
            }
        }
        if let span = try duration("\(path).interval") { source.interval = span }
        if let span = try duration("\(path).look_back") {
            let day = Timestamp.Span.days(1).nanoseconds
            source.lookBackDays = span.nanoseconds % day == 0 ? Int(span.nanoseconds / day) : 0
        }
        if let span = try duration("\(path).revision_interval") { source.revisionInterval = span }
        if let groups = try texts("\(path).group_by") { source.groups = groups }
        if let width = try text("\(path).bucket_width").flatMap(BucketWidth.init(rawValue:)) {
            source.bucketWidth = width
        }
        if let count = try number("\(path).requests_per_minute") { source.requestsPerMinute = count }
        if let span = try duration("\(path).timeout") { source.timeout = span }
        if let problem = source.problems.first { throw error(at: "\(path).\(problem.key)", problem.message) }
        return source
    }
}

extension Setting {
    static let analytics = [
        Setting(
            "analytics.*.name", .text, "anthropic-analytics",
            "The name of the source in metrics and documents. A new name begins from the start."),
        Setting("analytics.*.tenant", .text, "default", "Whose data it is."),
        Setting(
            "analytics.*.api", .choice(["enterprise", "console"]), "enterprise",
            "Which reports: those of claude.ai Enterprise, or those of the Claude Console."),
        Setting(
            "analytics.*.key", .secret, "",
            "The Analytics API key (`enterprise`), or the Admin API key (`console`)."),
        Setting("analytics.*.url", .text, "https://api.anthropic.com", "The base address of the API."),
        Setting("analytics.*.reports", .texts, "", "Only these reports; empty for all of the API."),
        Setting("analytics.*.interval", .duration, "1h", "How often the newest days are read."),
        Setting("analytics.*.look_back", .duration, "90d", "How far back the first run reaches, up to `365d`."),
        Setting(
            "analytics.*.revision_interval", .duration, "24h",
            "How often all days are read again whose figures Anthropic may still change: 30, for engagement 7."),
        Setting(
            "analytics.*.group_by", .texts, "",
            "What figures are split by, as far as a report can; empty for what suits each of them."),
        Setting(
            "analytics.*.bucket_width", .choice(BucketWidth.allCases.map(\.rawValue)), "1d",
            "How long the buckets of `usage`, `cost` and `messages_usage` are. Other reports are of days."),
        Setting(
            "analytics.*.requests_per_minute", .number(1...60), "50",
            "Requests at the most. The API allows an organization 60, shared by all of its clients."),
        Setting("analytics.*.timeout", .duration, "120s", "How long one request may take."),
    ]
}
