import Platform
import Query

/// What a month costs, by whom and for what, and how it will end.
struct CostScreen: Screen {
    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let current = CostMonth(visit.now)
        let month = visit.value("month").flatMap { CostMonth($0) } ?? current
        let questions = CostQuestions(visit: visit, month: month)
        let (sums, lists) = (CostSums(questions: questions), CostLists(questions: questions))
        let reconciled = CostComparison(questions: questions)
        let parts: [Page.Part] = [
            sums.markup,
            lists.people,
            lists.models,
            lists.teams,
            lists.cache,
            lists.waste,
            lists.sessions,
            reconciled.markup,
        ]
        let places = Markup.several(parts.indices.map { .later($0) })
        var page = Page("Cost of \(month.text)", place: .cost, styles: [.chartStyle, .sessionsStyle]) {
            h(.h1) { "Cost of \(month.text)" }
            h(.nav, .class("choices"), .label("Months")) {
                h(.a, .href(visit.address.with([("month", month.previous.text)]))) { month.previous.text }
                if month != current { h(.a, .href(visit.address.path)) { "This month" } }
                if month.start < current.start {
                    h(.a, .href(visit.address.with([("month", month.next.text)]))) { month.next.text }
                }
                h(
                    .a, .href(LocalAddress("/cost/chargeback.csv", query: [("month", month.text)])),
                    .testID("chargeback")
                ) { "Chargeback as CSV" }
            }
            h(.p, .class("muted")) {
                "Days are those of UTC. Amounts marked with ≈ are what clients reckon from list prices; the others are "
                    + "those of Anthropic's reports. Nothing is added up over both."
            }
            places
        }
        page.parts = parts
        return page
    }
}
