import Platform
import Query

/// Telemetry beside the reports that name people.
struct CostComparison: Sendable {
    let questions: CostQuestions

    private static let most = 2_000
    private static let shown = 100

    func markup() throws(SearchError) -> Markup {
        let report = try questions.table(
            """
            \(CostQuestions.billsOfPeople) | STATS cost = SUM(anthropic.cost.amount_usd), last = MAX(@timestamp) \
            BY person = COALESCE(user.key, "not told") | SORT cost DESC NULLS LAST, person ASC | LIMIT \(Self.most)
            """, rows: Self.most)
        let last = report.indices.compactMap { report.time($0, "last") }.max()
        guard let last else {
            return section {
                h(.p, .class("empty"), .testID("reconciliation")) {
                    "No report of this month names people, so there is nothing to compare with. "
                        + "The report user_cost of an Enterprise organization does."
                }
            }
        }
        let telemetry = try questions.table(
            """
            \(CostQuestions.requests) | STATS cost = SUM(cost_of_event) BY person = COALESCE(user.key, "not told") \
            | SORT cost DESC NULLS LAST, person ASC | LIMIT \(Self.most)
            """, until: last + .days(1), rows: Self.most)
        return section { table(Self.compare(telemetry: costs(telemetry), report: costs(report)), until: last) }
    }

    private func costs(_ answer: TableRows) -> [String: Double] {
        var costs: [String: Double] = [:]
        for row in answer.indices {
            if let person = answer.text(row, "person"), let cost = answer.double(row, "cost") { costs[person] = cost }
        }
        return costs
    }

    /// The greatest differences first.
    static func compare(telemetry: [String: Double], report: [String: Double]) -> [Reconciliation] {
        Set(telemetry.keys).union(report.keys).map {
            Reconciliation(person: $0, telemetry: telemetry[$0], report: report[$0])
        }.sorted { (-$0.difference.magnitude, $0.person) < (-$1.difference.magnitude, $1.person) }
    }

    private func section(@MarkupBuilder _ content: () -> Markup) -> Markup {
        h(.section, .key("reconciliation")) {
            h(.h2) { "Telemetry and reports compared" }
            content()
        }
    }

    private func table(_ rows: [Reconciliation], until last: Timestamp) -> Markup {
        var table = DataTable(
            id: "reconciliation",
            caption: "Claude Code and Cowork, until the last day that a report is of, "
                + "\(RFC3339.text(last).prefix(10)). The greatest differences first"
                + (rows.count > Self.shown ? ", \(Self.shown) of \(Numbers.grouped(rows.count))." : "."),
            columns: [
                DataTable.Column("person", "Person"), DataTable.Column("telemetry", "Telemetry", isNumber: true),
                DataTable.Column("report", "Report", isNumber: true),
                DataTable.Column("difference", "Difference", isNumber: true), DataTable.Column("why", "Why"),
            ])
        table.rows = rows.prefix(Self.shown).map { row in
            DataTable.Row(
                key: row.person,
                cells: [
                    .link(row.person, Entity(.person, row.person).address),
                    .money(row.telemetry, isEstimate: true), .money(row.report),
                    .money(row.difference, isEstimate: true), .text(row.finding.words, most: 200),
                ])
        }
        return table.markup
    }
}
