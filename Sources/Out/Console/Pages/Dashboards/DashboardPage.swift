import Query

/// The page around the panels of a dashboard.
struct DashboardPage {
    static let form: StaticString = "controls"

    let dashboard: Dashboard
    let terms: PageTerms
    /// `nil` when something is wrong with the address.
    var answers: DashboardAnswers?
    /// A query that cannot be read, with its place.
    var problem: String?
    var timeProblem: TimeTerms.Problem?

    var page: Page {
        var parts: [Page.Part] = []
        let form = controls(&parts)
        let panels = answers.map { sections($0, &parts) } ?? Markup.none
        var page = Page(
            "\(dashboard.title)\(terms.query.isEmpty ? "" : " · \(terms.query)")", place: .overview,
            time: Page.Time(terms: terms.time, problem: timeProblem, form: Self.form),
            styles: [Asset.searchStyle, Asset.chartStyle],
            scripts: [Asset.chartsScript]
        ) {
            h(.h1) { dashboard.title }
            if !dashboard.description.isEmpty { h(.p, .class("muted about")) { dashboard.description } }
            form
            PillBar(pills: terms.pills) { pill, isTurned in
                let terms = isTurned ? terms.with(pill.opposite) : terms.without(pill)
                return LocalAddress("/dashboards", segments: [dashboard.id], query: terms.parameters)
            }.markup
            if let problem {
                h(.div, .class("problem"), .id("query-problem"), .role("alert"), .testID("query-problem")) {
                    h(.p) { "The filter cannot be read." }
                    h(.pre) { VisibleText.of(problem) }
                }
            }
            panels
        }
        page.parts = parts
        page.status = answers == nil ? 400 : 200
        return page
    }

    // MARK: Controls

    private func controls(_ parts: inout [Page.Part]) -> Markup {
        var selects: [Markup] = []
        for control in dashboard.controls {
            let maker = ControlMaker(control: control, dashboard: dashboard, terms: terms)
            guard let answers else {
                selects.append(maker.markup([]))
                continue
            }
            selects.append(.later(parts.count))
            // With its type said first: Swift 6.3.1 crashes on such a closure as an argument.
            let part: Page.Part = { () throws(SearchError) in maker.markup(try maker.values(answers)) }
            parts.append(part)
        }
        return h(
            .form, .class("controls"), .id(Self.form), .get, .role("search"),
            .action(LocalAddress("/dashboards", segments: [dashboard.id]))
        ) {
            h(.div, .class("control wide")) {
                h(.label, .for("q")) { "Filter in KQL" }
                h(
                    .input, .type("search"), .id("q"), .name("q"), .value(terms.query), .noSpelling, .noCapitals,
                    .autocomplete("off"), problem == nil ? nil : .invalid,
                    problem == nil ? nil : .describedBy("query-problem"))
            }
            Markup.several(selects)
            for pill in terms.pills where !isChosen(pill) {
                h(.input, .type("hidden"), .name("f"), .value(pill.text))
            }
            h(.button, .type("submit"), .class("main")) { "Apply" }
        }
    }

    /// Whether a control shows the pill already.
    private func isChosen(_ pill: Pill) -> Bool {
        dashboard.controls.contains { ControlMaker(control: $0, dashboard: dashboard, terms: terms).chosen == pill }
    }

    // MARK: Panels

    private func sections(_ answers: DashboardAnswers, _ parts: inout [Page.Part]) -> Markup {
        let colors = ChartColors()
        var sections: [Markup] = []
        for section in dashboard.sections {
            var panels: [Markup] = []
            for panel in section.panels {
                let maker = PanelMaker(panel, of: dashboard, answers, colors)
                panels.append(
                    PanelBox(dashboard: dashboard, panel: panel, terms: terms, body: .later(parts.count)).markup)
                let part: Page.Part = { () throws(SearchError) in try maker.markup() }
                parts.append(part)
            }
            let grid = h(.div, .class("panels")) { Markup.several(panels) }
            sections.append(
                section.title.isEmpty
                    ? grid
                    : h(.details, .class("section"), section.isCollapsed ? nil : .open) {
                        h(.summary) { h(.h2) { section.title } }
                        grid
                    })
        }
        return .several(sections)
    }
}

/// A field whose most frequent values can be chosen.
struct ControlMaker: Sendable {
    private static let most = 20

    let control: Dashboard.Control
    let dashboard: Dashboard
    let terms: PageTerms

    /// The first pill that says what this control could say.
    var chosen: Pill? { terms.pills.first { $0.field == control.field && !$0.isNegated && $0.value != nil } }

    /// Whatever else is filtered: a choice does not take the others away. Of content there are none.
    func values(_ answers: DashboardAnswers) throws(SearchError) -> [(value: String, count: Int)] {
        let steps =
            "STATS events = COUNT(*) BY value = \(control.value) | WHERE value IS NOT NULL "
            + "| SORT events DESC, value | LIMIT \(Self.most)"
        let curtain = TableCurtain(steps, answers.visit.engine.schema)
        guard !(control.field.split(separator: ",").map(String.init) + ["value"]).contains(where: curtain.hides) else {
            return []
        }
        let rows = try answers.rows(
            Dashboard.Query(streams: dashboard.scope.streams, filter: dashboard.scope.filter, steps: steps), .unfiltered
        )
        return rows.indices.compactMap { row in
            rows.text(row, "value").map { ($0, rows.int(row, "events") ?? 0) }
        }
    }

    func markup(_ values: [(value: String, count: Int)]) -> Markup {
        let chosen = chosen?.value
        return h(.div, .class("control")) {
            h(.label) {
                control.title
                h(.select, .name("f"), .key(control.field)) {
                    h(.option, .value("")) { "any" }
                    if let chosen, !values.contains(where: { $0.value == chosen }) { option(chosen, nil, chosen) }
                    for (value, count) in values { option(value, count, chosen) }
                }
            }
        }
    }

    private func option(_ value: String, _ count: Int?, _ chosen: String?) -> Markup {
        h(.option, .value(Pill(control.field, value).text), value == chosen ? .selected : nil) {
            VisibleText.of(value, most: 80) + (count.map { " (\(Numbers.grouped($0)))" } ?? "")
        }
    }
}
