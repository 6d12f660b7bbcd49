public import Codecs

/// A report of the Analytics, Usage and Cost APIs. The same word in configuration, metrics and documents.
public enum Report: String, Sendable, CaseIterable {
    // Enterprise Analytics.
    case users, summaries, skills, connectors, plugins, artifacts, projects
    case usage
    case cost
    case userUsage = "user_usage"
    case userCost = "user_cost"

    // Claude Console.
    case messagesUsage = "messages_usage"
    case consoleCost = "console_cost"
    case claudeCode = "claude_code"

    /// Where its documents are.
    public var stream: StreamName {
        switch self {
        case .users, .summaries, .skills, .connectors, .plugins, .artifacts, .projects: .analytics
        case .usage, .userUsage, .messagesUsage: .usage
        case .cost, .userCost, .consoleCost: .cost
        case .claudeCode: .codeUsage
        }
    }
}

/// What rows of a report share: the context of their records.
///
///     {"report":"usage","starting_at":"2026-10-01T00:00:00Z","ending_at":"2026-10-02T00:00:00Z",
///      "group_by":["product","model"],"is_cut":true}
public struct ReportFacts: Sendable, Equatable {
    public var report: Report
    /// The time that the figures are of, as the API or the question has it.
    public var start: String
    /// Not part of it.
    public var end: String
    /// Dimensions by which the figures are split.
    public var groups: [String]
    /// There are as many groups as the API lists at the most, so others may be missing: sums are too small.
    public var isCut: Bool
    /// Figures behind this moment are not complete.
    public var refreshed: String?
    public var organization: String?
    /// How long its buckets are, where that is not a day: `1h`.
    public var width: String?
    /// Which page of the day it was, for a report without buckets.
    public var page = 0
    /// Start of the first bucket that was compared together with this one, if that is another.
    public var unitStart: String?
    /// The report had rows here and has none any more. The record is there to say so; its row is `{}`.
    public var isEmpty = false

    public init(
        report: Report, start: String, end: String, groups: [String] = [], isCut: Bool = false,
        refreshed: String? = nil, organization: String? = nil, width: String? = nil
    ) {
        self.report = report
        self.start = start
        self.end = end
        self.groups = groups
        self.isCut = isCut
        self.refreshed = refreshed
        self.organization = organization
        self.width = width
    }

    /// What is read, compared and kept as a whole: when it is read again and differs, all that it had before holds no more.
    public func unit(of source: SourceName) -> String {
        var parts = [source.text, report.rawValue, unitStart ?? start]
        if !groups.isEmpty { parts.append(groups.sorted().joined(separator: ",")) }
        if let width { parts.append(width) }
        if page > 0 { parts.append("page \(page)") }
        return parts.joined(separator: " ")
    }

    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("report", .string(report.rawValue)), .init("starting_at", .string(start)),
            .init("ending_at", .string(end)), .init("group_by", .array(groups.map { .string($0) })),
            .init("is_cut", .bool(isCut)),
        ]
        if let refreshed { members.append(.init("data_refreshed_at", .string(refreshed))) }
        if let organization { members.append(.init("organization_id", .string(organization))) }
        if let width { members.append(.init("bucket_width", .string(width))) }
        if page > 0 { members.append(.init("page", .integer(Int64(page)))) }
        if let unitStart { members.append(.init("unit_starting_at", .string(unitStart))) }
        if isEmpty { members.append(.init("is_empty", .bool(true))) }
        return .object(members)
    }

    /// - Returns: `nil` for anything that ``json`` does not write.
    public init?(_ value: JSONValue) {
        guard let report = value["report"]?.string.flatMap(Report.init(rawValue:)),
            let start = value["starting_at"]?.string, let end = value["ending_at"]?.string,
            let groups = value["group_by"]?.array, let isCut = value["is_cut"]?.bool
        else { return nil }
        self.init(
            report: report, start: start, end: end, groups: groups.compactMap(\.string), isCut: isCut,
            refreshed: value["data_refreshed_at"]?.string, organization: value["organization_id"]?.string,
            width: value["bucket_width"]?.string)
        page = value["page"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        unitStart = value["unit_starting_at"]?.string
        isEmpty = value["is_empty"]?.bool ?? false
    }
}
