import Events
import Platform

/// One request for a page of a report.
struct ReportQuestion: Sendable, Equatable {
    let report: Report
    let from: UTCDay
    /// Not part of it.
    let until: UTCDay
    let page: String?
    /// `nil` for a report without pages.
    let limit: Int?
    let groups: [String]
    /// `nil` for a report without buckets.
    let width: BucketWidth?

    /// Path and query.
    var target: String {
        let shape = ReportShape.of(report)
        var pairs: [(name: String, value: String)] =
            switch shape.stride {
            case .date: [("date", from.date)]
            case .startingDate: [("starting_at", from.date)]
            case .dates: [("starting_date", from.date), ("ending_date", until.date)]
            case .dayOfTimes: [("starting_at", from.midnight), ("ending_at", until.midnight)]
            case .buckets:
                [
                    ("starting_at", from.midnight), ("ending_at", until.midnight),
                    ("bucket_width", (width ?? .day).rawValue),
                ]
            }
        pairs += groups.map { ("group_by[]", $0) }
        if let limit { pairs.append(("limit", String(limit))) }
        if let page { pairs.append(("page", page)) }
        return shape.path + "?"
            + pairs.map { "\(FeedQuestion.encoded($0.name))=\(FeedQuestion.encoded($0.value))" }
            .joined(separator: "&")
    }
}
