import Events
import Platform
import Query

/// Searches for events, and asks for tables and sequences.
struct SearchScreen: Screen {
    /// Of a query that is kept here: `/s/{id}`.
    var queryID: String?

    private func terms(_ visit: Visit) -> SearchTerms? {
        var terms = SearchTerms(visit.address.pairs)
        if let queryID { terms.queryID = queryID }
        return terms.found(in: visit.saved, visit.viewer.tenant)
    }

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        guard let terms = terms(visit) else { return Self.forgotten }
        let bounds: TimeBounds
        do throws(TimeTerms.Problem) {
            bounds = try terms.page.time.bounds(now: visit.now)
        } catch {
            var page = SearchPage(terms: terms, outcome: .badTime(error)).page
            page.status = 400
            return page
        }
        if terms.language == .esql, !visit.viewer.may(.content) {
            let sentence = APIError(Access.Refusal.role(.content)).message
            var page = SearchPage(terms: terms, outcome: .none(sentence)).page
            page.status = 403
            return page
        }
        visit.record(.search, terms.page.query, terms.language)
        var shown = SearchPage(terms: terms, outcome: .later)
        if let from = bounds.from, let to = bounds.to {
            shown.absolute = terms.with(TimeTerms(from: from, to: to)).address
        }
        shown.saved = SavedSearchMenu(
            searches: (try? visit.saved.searches(of: visit.viewer.tenant, seenBy: visit.viewer.name)) ?? [],
            terms: terms, viewer: visit.viewer)
        if visit.viewer.may(.content) {
            shown.translated = TranslatedQuery.terms(terms, visit.engine.schema, now: visit.now)
        }
        let parts = SearchParts(visit: visit, terms: terms, bounds: bounds, page: shown)
        guard terms.language == .kql else {
            // Only the engine can tell whether the query can be read, so nothing is sent before it has.
            shown.whole = (try parts.fields(), try parts.results())
            return shown.page
        }
        if let flaw = visit.engine.schema.flaw(inKQL: terms.filter, now: visit.now) { throw .query(flaw) }
        var page = shown.page
        page.parts = [parts.fields, parts.results]
        return page
    }

    private static var forgotten: Page {
        var page = Page("Not kept", place: .search) {
            MessagePage.markup(
                "Not kept any more",
                "The query of this address is not kept here, or not any more: of long queries the newest are. Whoever has its "
                    + "text can ask it again; a saved search keeps it for good.")
        }
        page.status = 404
        return page
    }

    /// The page with what went wrong, the query still in its box.
    func page(_ visit: Visit, failed error: SearchError, _ failure: APIError) -> Page {
        guard let terms = terms(visit) else { return Self.forgotten }
        guard case .query(let flaw) = error else {
            return SearchPage(terms: terms, outcome: .none(failure.message)).page
        }
        return SearchPage(terms: terms, outcome: outcome(of: flaw, terms, visit)).page
    }

    /// Whose flaw it is: places in a query in KQL are those of the condition that it was made part of.
    private func outcome(of flaw: QueryError, _ terms: SearchTerms, _ visit: Visit) -> SearchPage.Outcome {
        guard terms.language == .kql else { return .badQuery(flaw) }
        let own = visit.engine.schema.flaw(inKQL: terms.page.query, now: visit.now)
        return own.map { .badQuery($0) } ?? .badFilter(flaw)
    }
}

/// What of a search takes time.
struct SearchParts: Sendable {
    let visit: Visit
    let terms: SearchTerms
    let bounds: TimeBounds
    let page: SearchPage

    func fields() throws(SearchError) -> Markup { try FieldSidebar(visit, terms, bounds).markup }

    /// The events, and beside them the one that is opened.
    func results() throws(SearchError) -> Markup {
        let finding = try found()
        let flyout: Markup
        if let id = terms.open, let view = try EventView(id: id, visit, tab: terms.tab) {
            flyout = EventFlyout(view: view, terms: terms, neighbors: page.neighbors(finding)).markup
        } else {
            flyout = EventFlyout.none
        }
        let explanation = terms.explains ? try explanation() : Markup.none
        return .several([
            h(.div, .id("results"), .class("results")) {
                page.found(finding)
                explanation
            }, flyout,
        ])
    }

    /// EQL is run by the server over the events that the tables lend it.
    private func explanation() throws(SearchError) -> Markup {
        let explanation: QueryExplanation?
        switch terms.language {
        case .kql:
            explanation = try visit.engine.explain(
                SearchRequest(
                    tenant: visit.tenant, text: terms.filter, from: bounds.from, to: bounds.to,
                    cancellation: visit.cancellation))
        case .esql:
            explanation = try visit.engine.explain(
                visit.request(terms.page.query, filter: terms.filter, in: bounds, rows: SearchPage.tableRows))
        case .eql:
            explanation = QueryExplanation(steps: [
                .init(.tables, "lend the events that some step of the query may match, in the order of time"),
                .init(.server, "matches each of them, and keeps the sequences that have begun"),
            ])
        }
        return ExplanationView(explanation: explanation, closed: terms.changed { $0.explains = false }.address).markup
    }

    private func found() throws(SearchError) -> SearchFinding {
        switch terms.language {
        case .kql: .events(try EventFinding(visit, terms, bounds))
        case .esql:
            .table(
                try CoveredTable(
                    terms.page.query,
                    visit.answer(to: terms.page.query, filter: terms.filter, in: bounds, rows: SearchPage.tableRows),
                    visit))
        case .eql:
            .sequences(
                try visit.covered(
                    EQLSearch(visit.engine, schema: visit.engine.schema, clock: visit.clock).search(
                        EQLRequest(
                            tenant: visit.tenant, text: terms.page.query, from: bounds.from, to: bounds.to,
                            limit: SearchPage.hits, wantsLast: true, cancellation: visit.cancellation))))
        }
    }
}

/// What a query found.
enum SearchFinding {
    case events(EventFinding)
    case table(CoveredTable)
    case sequences(EQLAnswer)
}

/// Events that a query in KQL found, and how many of them there are over time.
struct EventFinding {
    let answer: SearchAnswer
    /// `nil` where nothing was found.
    let histogram: Histogram?
    let series: ValueSeries?
    /// The same of all events of that time, to tell where nothing was received.
    let received: Histogram?

    init(_ visit: Visit, _ terms: SearchTerms, _ bounds: TimeBounds) throws(SearchError) {
        var request = SearchRequest(
            tenant: visit.tenant, text: terms.filter, from: bounds.from, to: bounds.to,
            limit: SearchPage.hits, newestFirst: terms.isNewestFirst, behind: terms.behind,
            cancellation: visit.cancellation)
        if !terms.isByTime { request.limit = 0 }
        var answer = try visit.covered.search(request)
        if !terms.isByTime, let order = terms.sort { answer.hits = try Self.hits(visit, terms, bounds, order) }
        self.answer = answer
        let histogram = answer.total > 0 ? try visit.engine.histogram(request, buckets: SearchPage.bars) : nil
        self.histogram = histogram
        // Bars of two counts are the same bars only where both ends are given.
        if histogram == nil || bounds.from == nil || bounds.to == nil {
            received = nil
        } else if terms.filter.isEmpty {
            received = histogram
        } else {
            request.text = ""
            received = try visit.engine.histogram(request, buckets: SearchPage.bars)
        }
        series =
            if let field = terms.split, visit.mayList(field), let histogram {
                try ValueSeries(
                    of: field, size: SearchPage.parts, visit.question(field, terms.filter, bounds), histogram,
                    visit.engine)
            } else { nil }
    }

    /// The first events in the order of a field. Those without a value come last.
    private static func hits(
        _ visit: Visit, _ terms: SearchTerms, _ bounds: TimeBounds, _ order: SearchTerms.Order
    ) throws(SearchError) -> [SearchHit] {
        let name = QuotedText.name(of: visit.engine.schema.field(named: order.field)?.name ?? order.field)
        let rows = try visit.table(
            "events | SORT \(name) \(order.isDescending ? "DESC" : "ASC") NULLS LAST, @timestamp DESC "
                + "| KEEP @timestamp, event.id | LIMIT \(SearchPage.hits)",
            filter: terms.filter, in: bounds, rows: SearchPage.hits)
        var places: [SearchPlace] = []
        for row in rows.indices {
            guard let time = rows.time(row, "@timestamp"), let id = rows.text(row, "event.id") else { continue }
            places.append(SearchPlace(time: time, id: id))
        }
        let found = try visit.covered.events(
            at: places, tenant: visit.tenant, cancellation: visit.cancellation)
        let byID = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        return places.compactMap { byID[$0.id] }
    }
}
