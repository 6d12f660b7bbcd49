import Events
import Platform

/// How a report is asked for.
///
/// - Source: *Claude Enterprise Analytics API*, *Usage and Cost Admin API*, *Claude Code Analytics Admin API*,
///   platform.claude.com, 2026-08-21.
struct ReportShape: Sendable {
    /// How much time one question covers.
    enum Stride: Sendable, Equatable {
        /// `date=2026-10-08`
        case date
        /// `starting_at=2026-10-08`, a day.
        case startingDate
        /// `starting_at` and `ending_at` a day apart: figures of people, which come without buckets.
        case dayOfTimes
        /// `starting_date` and `ending_date`, up to 31 days.
        case dates
        /// `starting_at` and `ending_at`, up to 31 days in buckets of a day, an hour or a minute.
        case buckets

        var isDay: Bool { self != .dates && self != .buckets }
    }

    let path: String
    let stride: Stride
    /// The most elements of a page; `nil` where there are no pages.
    let limit: Int?
    /// What the figures can be split by.
    let dimensions: [String]
    /// What they are split by unless somebody says otherwise.
    let standardGroups: [String]
    /// Figures older than this are final.
    let revisedDays: Int
    /// Whether the day that has begun can be asked for. The others come at 10:00 UTC of the next day.
    let hasToday: Bool
    let isEnterprise: Bool

    /// What the API allows in one window, and the groups that it lists for one bucket.
    static let windowDays = 31
    static let groupLimit = 100

    static func of(_ report: Report) -> ReportShape {
        switch report {
        case .users: engagement("users", .date, 1_000, ["rbac_group_id"])
        case .summaries: engagement("summaries", .dates, nil, [])
        case .skills: engagement("skills", .date, 1_000, people + ["product"])
        case .connectors: engagement("connectors", .date, 1_000, people + ["product"])
        case .plugins: engagement("plugins", .date, 1_000, people + ["product"])
        case .artifacts: engagement("artifacts", .date, 1_000, people)
        case .projects: engagement("apps/chat/projects", .date, 1_000, people)
        case .usage: money("usage_report", .buckets, 31, tokens, ["product", "model"])
        case .cost: money("cost_report", .buckets, 31, tokens + cost, ["product", "model"])
        case .userUsage: money("user_usage_report", .dayOfTimes, 1_000, tokens, ["product", "model"])
        case .userCost: money("user_cost_report", .dayOfTimes, 1_000, tokens + cost, ["product", "model"])
        case .messagesUsage:
            console(
                "usage_report/messages", .buckets, 31,
                [
                    "account_id", "api_key_id", "context_window", "inference_geo", "model", "service_account_id",
                    "service_tier", "workspace_id",
                ], ["workspace_id", "api_key_id", "model", "service_tier"])
        case .consoleCost:
            console("cost_report", .buckets, 31, ["workspace_id", "description"], ["workspace_id", "description"])
        case .claudeCode: console("usage_report/claude_code", .startingDate, 1_000, [], [])
        }
    }

    private static let people = ["rbac_group_id", "user_id"]
    private static let tokens = [
        "context_window", "inference_geo", "model", "product", "rbac_group_id", "slack_channel_id", "speed",
    ]
    private static let cost = ["cost_type", "token_type"]

    private static func engagement(
        _ path: String, _ stride: Stride, _ limit: Int?, _ dimensions: [String]
    ) -> ReportShape {
        ReportShape(
            path: "/v1/organizations/analytics/\(path)", stride: stride, limit: limit, dimensions: dimensions,
            standardGroups: [], revisedDays: 7, hasToday: false, isEnterprise: true)
    }

    private static func money(
        _ path: String, _ stride: Stride, _ limit: Int, _ dimensions: [String], _ groups: [String]
    ) -> ReportShape {
        ReportShape(
            path: "/v1/organizations/analytics/\(path)", stride: stride, limit: limit, dimensions: dimensions,
            standardGroups: groups, revisedDays: 30, hasToday: true, isEnterprise: true)
    }

    private static func console(
        _ path: String, _ stride: Stride, _ limit: Int, _ dimensions: [String], _ groups: [String]
    ) -> ReportShape {
        ReportShape(
            path: "/v1/organizations/\(path)", stride: stride, limit: limit, dimensions: dimensions,
            standardGroups: groups, revisedDays: 30, hasToday: true, isEnterprise: false)
    }

    /// What to split by, out of what somebody wishes for all reports.
    func groups(_ wish: [String]?) -> [String] {
        guard let wish else { return standardGroups }
        return dimensions.filter { wish.contains($0) }
    }

    /// How long buckets are, out of what somebody wishes for all reports; `nil` where there are none.
    func width(_ wish: BucketWidth) -> BucketWidth? {
        guard stride == .buckets else { return nil }
        return path == Self.of(.consoleCost).path ? .day : wish
    }

    /// The most buckets, or rows, of a page.
    func limit(_ width: BucketWidth?) -> Int? {
        switch width {
        case .hour: 168
        // A page holds whole hours. The API allows 256 there.
        case .minute: isEnterprise ? 240 : 1_440
        case .day, nil: limit
        }
    }

    /// How long after its beginning a day may be missing before it is missed, if there is a look each `interval`.
    func lag(_ interval: Timestamp.Span) -> Timestamp.Span {
        let looks = Timestamp.Span(nanoseconds: 2 * interval.nanoseconds)
        // The day itself, and ten hours more until it is counted, with twelve for being late.
        return hasToday
            ? looks : Timestamp.Span(nanoseconds: looks.nanoseconds + Timestamp.Span.hours(34 + 12).nanoseconds)
    }

    /// The newest day that can be there.
    func lastDay(at now: Timestamp) -> UTCDay {
        hasToday ? UTCDay(now) : UTCDay(now - .hours(34))
    }
}
