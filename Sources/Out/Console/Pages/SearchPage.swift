import Events
import Platform
import Query

/// The box for a query, the events over time, and one page of hits.
struct SearchPage {
    /// Hits on one page.
    static let hits = 50
    /// Bars of the chart, about.
    static let bars = 60

    /// What came of the search.
    enum Outcome {
        case found(SearchAnswer, Histogram?)
        case badTime(SearchTerms.Problem)
        case badQuery(QueryError)
        /// The engine did not answer; one sentence.
        case none(String)
    }

    let terms: SearchTerms
    let tenant: TenantName
    let outcome: Outcome

    var markup: Markup {
        Frame(title: terms.query.isEmpty ? "Search" : "\(terms.query) · Search", tenant: tenant, place: .search).page {
            h(.h1) { "Search" }
            SearchForm(terms: terms, outcome: outcome).markup
            switch outcome {
            case .found(let answer, let histogram): found(answer, histogram)
            case .none(let sentence): h(.p, .class("problem"), .role("alert")) { sentence }
            case .badTime, .badQuery: Markup.none
            }
        }
    }

    @MarkupBuilder private func found(_ answer: SearchAnswer, _ histogram: Histogram?) -> Markup {
        if !answer.warnings.isEmpty {
            h(.ul, .class("warnings"), .label("Warnings")) {
                for warning in answer.warnings { h(.li) { VisibleText.of(warning) } }
            }
        }
        h(.p, .role("status"), .testID("total")) {
            count(answer)
            h(.span, .class("muted")) { " in \(Numbers.grouped(answer.tookMilliseconds)) ms" }
        }
        if let histogram, !histogram.buckets.isEmpty { HistogramChart(histogram: histogram, terms: terms).markup }
        if answer.hits.isEmpty {
            nothing(answer)
        } else {
            ResultTable(hits: answer.hits).markup
            paging(answer)
        }
    }

    private func count(_ answer: SearchAnswer) -> Markup {
        h(.strong, .datum(answer.total)) {
            (answer.isPartial ? "At least " : "") + Numbers.grouped(answer.total)
                + (answer.total == 1 ? " event" : " events")
        }
    }

    /// Nothing was found: says so, and offers more time where there is more.
    @MarkupBuilder private func nothing(_ answer: SearchAnswer) -> Markup {
        h(.p, .class("empty")) {
            if answer.total > 0 {
                "No older events. "
                h(.a, .href(SearchTerms(query: terms.query, from: terms.from, to: terms.to).address)) {
                    "To the newest"
                }
            } else if terms.from.isEmpty, terms.to.isEmpty {
                terms.query.isEmpty
                    ? "No events have arrived yet." : "No event matches this query. Are its field names right?"
            } else {
                "No event matches in this time. "
                h(.a, .href(SearchTerms(query: terms.query, from: "", to: "").address)) { "Look in all time" }
            }
        }
    }

    private func paging(_ answer: SearchAnswer) -> Markup {
        h(.nav, .class("paging"), .label("Result pages")) {
            if terms.behind != nil {
                h(.a, .href(SearchTerms(query: terms.query, from: terms.from, to: terms.to).address)) { "Newest" }
            }
            if let last = answer.hits.last, answer.hits.count == Self.hits {
                h(.a, .href(terms.behind(last.place).address), .testID("older")) { "Older" }
            }
            h(.a, .href(terms.exportAddress), .testID("export")) {
                answer.total > SearchBody.mostDocuments
                    ? "Export the newest \(Numbers.grouped(SearchBody.mostDocuments)) as NDJSON" : "Export as NDJSON"
            }
        }
    }
}

/// The query, and the time it looks at.
struct SearchForm {
    let terms: SearchTerms
    let outcome: SearchPage.Outcome

    var markup: Markup {
        h(.form, .class("search"), .role("search"), .get, .action(LocalAddress("/"))) {
            h(.div, .class("query")) {
                h(.label, .for("q")) { "Query in KQL" }
                h(
                    .input, .type("search"), .id("q"), .name("q"), .value(terms.query), .noSpelling, .noCapitals,
                    .autocomplete("off"), .placeholder("event.action: tool_result and not user.email: *@example.com"),
                    queryProblem == nil ? nil : .invalid,
                    queryProblem == nil ? nil : .describedBy("query-problem"))
                h(.button, .type("submit"), .class("main")) { "Search" }
            }
            if let queryProblem {
                h(.div, .class("problem"), .id("query-problem"), .role("alert"), .testID("query-problem")) {
                    h(.p) { "The query cannot be read." }
                    h(.pre) { VisibleText.of(queryProblem) }
                }
            }
            h(.fieldset) {
                h(.legend) { "Time" }
                h(.div, .class("presets")) {
                    for preset in SearchTerms.presets {
                        // A button and not a link, so that a query that is being typed goes along.
                        h(
                            .button, .type("submit"), .name("last"), .value(preset.key),
                            terms.preset?.key == preset.key ? .current("true") : nil
                        ) { preset.label }
                    }
                }
                bound("from", "From", terms.from, id: "from")
                bound("to", "To", terms.to, id: "to")
                if let timeProblem {
                    h(.p, .class("problem"), .id("time-problem"), .role("alert")) { timeProblem }
                }
                h(.p, .class("muted"), .id("time-help")) {
                    "For example 2026-10-08T08:15:00Z, 2026-10, now-3h; empty for no end. In UTC."
                }
            }
        }
    }

    private func bound(_ name: StaticString, _ label: String, _ value: String, id: StaticString) -> Markup {
        h(.span, .class("bound")) {
            h(.label, .for(id)) { label }
            h(
                .input, .type("text"), .id(id), .name(name), .value(value), .size(24), .maxLength(64),
                .autocomplete("off"), .noSpelling,
                timeProblem == nil ? .describedBy("time-help") : .describedBy("time-problem"),
                timeProblem == nil ? nil : .invalid)
        }
    }

    private var queryProblem: String? {
        guard case .badQuery(let error) = outcome else { return nil }
        return error.rendered(in: SourceText(terms.query))
    }

    private var timeProblem: String? {
        guard case .badTime(let problem) = outcome else { return nil }
        return switch problem {
        case .from: "The start of the time cannot be understood."
        case .to: "The end of the time cannot be understood."
        case .order: "The end of the time is not behind its start."
        }
    }
}
