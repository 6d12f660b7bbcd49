import Codecs
import Platform
import Query

/// What each person cost in a month, by model and product, as CSV.
///
/// - Shape: each amount stands in one row, with its source. Telemetry and reports tell partly the same money, so rows of
///   one source add up, and rows of both do not.
struct ChargebackFile: Download {
    static let columns = [
        "month", "source", "basis", "person", "product", "model", "requests", "input_tokens", "output_tokens", "amount",
        "currency",
    ]
    static let most = 10_000

    var query: String { CostQuestions.requests }
    var format: AnswerFormat { .csv }

    func scope(_ visit: Visit) -> (filter: String, bounds: TimeBounds) {
        let month = visit.value("month").map { CostMonth($0) } ?? CostMonth(visit.now)
        return ("", month.map { CostQuestions(visit: visit, month: $0).bounds } ?? TimeBounds())
    }

    func file(_ visit: Visit) throws(SearchError) -> DownloadFile? {
        guard let month = CostMonth(visit.value("month") ?? CostMonth(visit.now).text) else { return nil }
        let questions = CostQuestions(visit: visit, month: month)
        let telemetry = try questions.table(
            """
            \(CostQuestions.requests) | STATS amount = SUM(cost_of_event), requests = COUNT(*), \
            input = SUM(gen_ai.usage.input_tokens), output = SUM(gen_ai.usage.output_tokens) \
            BY person = COALESCE(user.key, ""), product = COALESCE(docket.surface, ""), \
            model = COALESCE(gen_ai.request.model, "") | SORT person ASC, product ASC, model ASC | LIMIT \(Self.most)
            """, rows: Self.most)
        let report = try questions.table(
            """
            anthropic.cost | WHERE docket.report.name IN ("user_cost", "console_cost") \
            AND anthropic.cost.amount_usd IS NOT NULL | STATS amount = SUM(anthropic.cost.amount_usd) \
            BY person = COALESCE(user.key, anthropic.cost.workspace_id, ""), \
            product = COALESCE(anthropic.cost.product, ""), model = COALESCE(anthropic.cost.model, "") \
            | SORT person ASC, product ASC, model ASC | LIMIT \(Self.most)
            """, rows: Self.most)
        // A file that is not whole would be charged as if it were.
        guard !telemetry.answer.isPartial, !report.answer.isPartial, !telemetry.answer.isCut, !report.answer.isCut
        else { throw .timeLimit }
        var lines = [CSVText.line(Self.columns)]
        for row in telemetry.indices {
            lines.append(
                line(
                    month, "telemetry", "estimate", telemetry, row, telemetry.text(row, "requests"),
                    telemetry.text(row, "input"), telemetry.text(row, "output")))
        }
        for row in report.indices { lines.append(line(month, "report", "bill", report, row, nil, nil, nil)) }
        let text = lines.joined(separator: CSVText.lineEnd) + CSVText.lineEnd
        return DownloadFile(
            name: "docket-chargeback-\(month.text)", type: "text/csv; charset=utf-8", rows: lines.count - 1,
            bytes: Array(text.utf8))
    }

    private func line(
        _ month: CostMonth, _ source: String, _ basis: String, _ rows: TableRows, _ row: Int, _ requests: String?,
        _ input: String?, _ output: String?
    ) -> String {
        CSVText.line([
            month.text, source, basis, rows.text(row, "person") ?? "", rows.text(row, "product") ?? "",
            rows.text(row, "model") ?? "", requests ?? "", input ?? "", output ?? "",
            rows.double(row, "amount").map { String($0) } ?? "", "USD",
        ])
    }
}
