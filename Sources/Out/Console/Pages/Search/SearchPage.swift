import Platform
import Query

/// The box for a query, the events over time, the fields, and one page of what was found.
struct SearchPage {
    /// Events on one page.
    static let hits = 100
    /// Rows of a table.
    static let tableRows = 1_000
    /// Bars of the chart, about.
    static let bars = 60
    /// The parts that a bar is split into, besides the rest.
    static let parts = BarsOverTime.mostSeries

    /// What came of the search.
    enum Outcome {
        /// Its parts come as they are made, or are there already.
        case later
        case badTime(TimeTerms.Problem)
        case badQuery(QueryError)
        /// A filter beside the query, or the field of an order, and not the query itself.
        case badFilter(QueryError)
        /// The engine did not answer; one sentence.
        case none(String)
    }

    let terms: SearchTerms
    let outcome: Outcome
    /// The fields and the results, where they were made before anything is sent.
    var whole: (fields: Markup, results: Markup)?
    /// The same search with the moments in place of relative times.
    var absolute: LocalAddress?
    /// The same question in ES|QL, where there is one.
    var translated: SearchTerms?
    var saved: SavedSearchMenu?

    init(terms: SearchTerms, outcome: Outcome) {
        self.terms = terms
        self.outcome = outcome
    }

    var page: Page {
        var time = Page.Time(terms: terms.page.time, form: SearchForm.id)
        if case .badTime(let problem) = outcome { time.problem = problem }
        let query = terms.page.query
        return Page(
            query.isEmpty ? "Search" : "\(query) · Search", place: .search, time: time,
            styles: [.chartStyle, .searchStyle, .integrityStyle],
            scripts: [.searchScript]
        ) {
            h(.h1, .class("reader")) { "Search" }
            SearchForm(terms: terms, outcome: outcome).markup
            LongQueryForm(terms: terms).markup
            h(.div, .class("query-tools")) {
                if let saved { saved.markup }
                if let translated { TranslatedQuery.markup(translated) }
                if case .later = outcome, !terms.explains {
                    h(.a, .href(terms.changed { $0.explains = true }.address), .testID("explain")) { "Explain" }
                }
            }
            PillBar(pills: terms.page.pills, isUsed: terms.language != .eql) { pill, isOn in
                isOn ? terms.without(pill).with(pill.opposite).address : terms.without(pill).address
            }.markup
            switch outcome {
            case .later:
                h(.div, .class("columns")) {
                    whole?.fields ?? .later(0)
                    whole?.results ?? .later(1)
                }
            case .none(let sentence): h(.p, .class("problem"), .role("alert")) { sentence }
            case .badFilter(let flaw):
                h(.p, .class("problem"), .role("alert"), .testID("filter-problem")) {
                    "A filter or the order cannot be used: "
                    VisibleText.of(flaw.message)
                }
            case .badTime, .badQuery: Markup.none
            }
        }
    }

    @MarkupBuilder func found(_ finding: SearchFinding) -> Markup {
        switch finding {
        case .events(let finding): events(finding)
        case .table(let table):
            table.note
            self.table(table.answer)
        case .sequences(let answer): SequenceList(answer: answer, terms: terms).markup
        }
    }

    // MARK: Events

    @MarkupBuilder private func events(_ finding: EventFinding) -> Markup {
        let answer = finding.answer
        WarningList(answer.warnings.map(\.description) + answer.remarks).markup
        h(.p, .role("status"), .class("status"), .testID("total")) {
            count(answer)
            h(.span, .class("muted")) { " in \(Numbers.grouped(answer.tookMilliseconds)) ms" }
            if terms.behind == nil, terms.isByTime, let newest = answer.hits.first, terms.isNewestFirst {
                h(.span, .class("muted")) { ", newest at \(Numbers.moment(newest.time))" }
            }
        }
        if let histogram = finding.histogram, !histogram.buckets.isEmpty {
            HistogramChart(
                histogram: histogram, series: finding.series, received: finding.received, terms: terms
            ).markup
        }
        if answer.hits.isEmpty {
            nothing(answer)
        } else {
            EventChoice().markup
            EventGrid(hits: answer.hits, terms: terms).markup
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
        h(.div, .class("empty")) {
            if answer.total > 0 {
                "No older events. "
                h(.a, .href(terms.start.address)) { "To the first" }
            } else if terms.page.time == .all {
                terms.filter.isEmpty
                    ? "No events have arrived yet." : "No event matches this query. Are its field names right?"
            } else {
                "No event matches in this time. "
                h(.a, .href(terms.with(.all).address)) { "Look in all time" }
            }
            if answer.total == 0, !terms.page.pills.isEmpty {
                h(.p) {
                    "Without one of the filters: "
                    for pill in terms.page.pills {
                        h(.a, .href(terms.without(pill).address)) { VisibleText.of(pill.kql, most: 80) }
                        " "
                    }
                }
            }
        }
    }

    private func paging(_ answer: SearchAnswer) -> Markup {
        h(.nav, .class("paging"), .label("Result pages")) {
            if terms.behind != nil { h(.a, .href(terms.start.address)) { "To the first" } }
            if terms.isByTime, let last = answer.hits.last, answer.hits.count == Self.hits {
                h(.a, .href(terms.behind(last.place).address), .testID("older")) {
                    terms.isNewestFirst ? "Older" : "Newer"
                }
            }
            exports(isCut: answer.total > SearchBody.mostDocuments)
            if let absolute {
                h(.button, .type("button"), .act("copy-address"), .about(absolute.text), .hidden) {
                    "Copy an absolute link"
                }
            }
            h(.button, .type("button"), .act("tail"), .hidden, .testID("tail")) { "Live tail" }
        }
    }

    @MarkupBuilder private func exports(isCut: Bool) -> Markup {
        for (format, name) in [(AnswerFormat.ndjson, "NDJSON"), (.csv, "CSV")] {
            h(.a, .href(terms.exportAddress(format)), .act("export"), .about(format.rawValue)) {
                isCut ? "Export the first \(Numbers.grouped(SearchBody.mostDocuments)) as \(name)" : "Export as \(name)"
            }
        }
        h(
            .a, .href(terms.exportAddress(.csv, isRaw: true)), .act("export"), .about("raw"),
            .title("Cells as they are, for programs: a spreadsheet may take some for formulas")
        ) { "CSV, raw" }
        h(.a, .href(LocalAddress("/exports")), .testID("receipts")) { "Receipts" }
    }

    // MARK: Tables

    @MarkupBuilder private func table(_ answer: ESQLAnswer) -> Markup {
        WarningList(answer.warnings.map(\.description) + answer.remarks).markup
        h(.p, .role("status"), .class("status"), .testID("total")) {
            h(.strong, .datum(answer.rows.count)) {
                (answer.isPartial ? "At least " : "") + Numbers.grouped(answer.rows.count)
                    + (answer.rows.count == 1 ? " row" : " rows")
            }
            if answer.isCut { " shown; there are more" }
            h(.span, .class("muted")) { " in \(Numbers.grouped(answer.tookMilliseconds)) ms" }
        }
        if answer.rows.isEmpty {
            h(.p, .class("empty")) { "The query gives no row in this time." }
        } else {
            AnswerTable(answer: answer).markup
            h(.nav, .class("paging"), .label("Export")) { exports(isCut: false) }
        }
    }

    /// The events beside the one in the flyout, in the order of the page.
    func neighbors(_ finding: SearchFinding) -> (before: String?, after: String?) {
        guard case .events(let finding) = finding, let open = terms.open,
            let place = finding.answer.hits.firstIndex(where: { $0.id == open })
        else { return (nil, nil) }
        let hits = finding.answer.hits
        return (place > 0 ? hits[place - 1].id : nil, place + 1 < hits.count ? hits[place + 1].id : nil)
    }
}

/// What is doubtful about a query or its answer.
struct WarningList {
    let warnings: [String]
    init(_ warnings: [String]) { self.warnings = warnings }

    @MarkupBuilder var markup: Markup {
        if !warnings.isEmpty {
            h(.ul, .class("warnings"), .label("Warnings")) {
                for warning in warnings { h(.li) { VisibleText.of(warning) } }
            }
        }
    }
}
