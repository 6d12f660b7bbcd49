import Platform
import Query

/// What the cost page asks.
struct CostQuestions: Sendable {
    let visit: Visit
    let month: CostMonth

    /// Clients name what each request cost.
    static let requests =
        "\(Telemetry.source) | WHERE event.action == \"api_request\" | EVAL cost_of_event = \(Telemetry.cost)"

    /// Reports of the whole organization. Those of people tell the same money again.
    static let bills = """
        anthropic.cost | WHERE docket.report.name IN ("cost", "console_cost") \
        AND anthropic.cost.amount_usd IS NOT NULL
        """

    /// Reports of people, of what telemetry can know of.
    static let billsOfPeople = """
        anthropic.cost | WHERE docket.report.name == "user_cost" \
        AND anthropic.cost.product IN ("claude_code", "cowork")
        """

    enum Source: String, CaseIterable {
        case telemetry, report

        var label: String {
            switch self {
            case .telemetry: "Telemetry of Claude Code and Cowork"
            case .report: "Cost reports of Anthropic, all products"
            }
        }

        var steps: String {
            switch self {
            case .telemetry: "\(CostQuestions.requests) | EVAL amount = cost_of_event"
            case .report: "\(CostQuestions.bills) | EVAL amount = anthropic.cost.amount_usd"
            }
        }
    }

    var bounds: TimeBounds { TimeBounds(from: month.start, to: month.end) }

    func table(_ steps: String, filter: String = "", until: Timestamp? = nil, rows: Int = 1_000)
        throws(SearchError) -> TableRows
    {
        var bounds = bounds
        if let until { bounds.to = min(until, month.end) }
        return try visit.table(steps, filter: filter, in: bounds, rows: rows)
    }

    /// What days cost, the weeks before the month too.
    struct Days: Sendable {
        var costs: [Int: Double] = [:]
        var isPartial = false

        /// The first day that anything is known of.
        var first: Int? { costs.keys.min() }

        /// `nil` when nothing of the month is known.
        func sum(of month: CostMonth) -> Double? {
            let known = month.days.compactMap { costs[$0] }
            return known.isEmpty ? nil : known.reduce(0, +)
        }
    }

    func days(of source: Source) throws(SearchError) -> Days {
        let answer = try visit.table(
            "\(source.steps) | STATS amount = SUM(amount) BY day = DATE_TRUNC(1 day, @timestamp)",
            in: TimeBounds(from: month.start - .days(Int64(7 * CostForecast.weeks)), to: month.end))
        var days = Days(isPartial: answer.isPartial)
        for row in answer.indices {
            if let day = answer.time(row, "day"), let amount = answer.double(row, "amount") {
                days.costs[CostMonth.day(of: day)] = amount
            }
        }
        return days
    }
}
