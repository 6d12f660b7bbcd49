import Events
import Platform
import Query

/// What a page of lists is asked about: a stretch of time, a filter in KQL, and pills.
struct ListQuestion: Sendable {
    let visit: Visit
    let terms: PageTerms
    let bounds: TimeBounds

    enum Problem: Error {
        case time(TimeTerms.Problem)
        case query(QueryError)
    }

    init(_ visit: Visit) throws(Problem) {
        self.visit = visit
        terms = visit.terms
        do throws(TimeTerms.Problem) {
            bounds = try terms.time.bounds(now: visit.now)
        } catch {
            throw .time(error)
        }
        if let flaw = visit.engine.schema.flaw(inKQL: terms.filter, now: visit.now) { throw .query(flaw) }
    }

    /// Asks with the page's filter and time.
    ///
    /// - Parameter more: KQL that holds besides.
    func table(
        _ steps: String, _ more: String = "", rows: Int = 1_000, of engine: (any TableEngine)? = nil
    ) throws(SearchError) -> TableRows {
        try visit.table(steps, filter: KQLText.all([terms.filter, more]), in: bounds, rows: rows, of: engine)
    }

    /// The search page with the same time and filter, and these pills.
    func search(_ pills: Pill...) -> LocalAddress {
        var terms = terms
        for pill in pills { terms = terms.with(pill) }
        return SearchTerms(terms).address
    }
}

/// The frame of pages with a filter: its form, the pills, and what is wrong with either.
struct FilteredPage {
    let visit: Visit
    let title: String
    let place: Place
    /// Said to who has not seen the page before.
    let purpose: String

    private static let form: StaticString = "filter"

    /// The page, part under part, or what is wrong with what it is asked.
    ///
    /// - Parameters:
    ///   - head: stands above the parts.
    ///   - parts: of the page, for what it is asked.
    func page(under head: Markup = .none, _ parts: (ListQuestion) -> [Page.Part]) -> Page {
        let time = Page.Time(terms: visit.terms.time)
        do throws(ListQuestion.Problem) {
            let question = try ListQuestion(visit)
            visit.record(.search, question.terms.filter, .kql)
            let made = parts(question)
            var page = framed(time, .several([bar(nil), head] + made.indices.map { .later($0) }))
            page.parts = made
            return page
        } catch {
            var time = time
            var problem: QueryError?
            switch error {
            case .time(let flaw): time.problem = flaw
            case .query(let flaw): problem = flaw
            }
            var page = framed(time, bar(problem))
            page.status = 400
            return page
        }
    }

    private func framed(_ time: Page.Time, _ content: Markup) -> Page {
        Page(title, place: place, time: time, styles: [.chartStyle, .searchStyle, .sessionsStyle]) {
            h(.h1) { title }
            h(.p, .class("muted")) { purpose }
            content
        }
    }

    @MarkupBuilder private func bar(_ problem: QueryError?) -> Markup {
        h(.form, .class("search filter"), .get, .action(visit.address.path)) {
            for (name, value) in visit.address.others(than: ["q", "page"]) {
                h(.input, .type("hidden"), .named(name), .value(value))
            }
            h(.div, .class("query")) {
                h(.label, .for(Self.form)) { "Only events that match, in KQL" }
                h(
                    .input, .type("search"), .id(Self.form), .name("q"), .value(visit.terms.query), .noSpelling,
                    .noCapitals, .autocomplete("off"), .placeholder("user.email: *@example.com"),
                    problem == nil ? nil : .invalid, problem == nil ? nil : .describedBy("filter-problem"))
                h(.button, .type("submit")) { "Apply" }
            }
            if let problem {
                h(.div, .class("problem"), .id("filter-problem"), .role("alert")) {
                    h(.p) { "The query cannot be read." }
                    h(.pre) { VisibleText.of(problem.rendered(in: SourceText(visit.terms.filter))) }
                }
            }
        }
        PillBar(pills: visit.terms.pills) { pill, isTurned in
            let terms = visit.terms.without(pill)
            return with(isTurned ? terms.with(pill.opposite) : terms)
        }.markup
    }

    private func with(_ terms: PageTerms) -> LocalAddress {
        visit.address.path.with(visit.address.others(than: ["f", "page"]) + terms.pills.map { ("f", $0.text) })
    }
}

/// Which of several lists of one page is shown, as links.
struct TabLinks {
    struct Tab {
        let name: String
        let label: String
    }

    let label: String
    let tabs: [Tab]
    let current: String
    let address: PageAddress

    var markup: Markup {
        h(.nav, .class("choices"), .label(label)) {
            for tab in tabs {
                h(
                    .a, .href(address.with([("tab", tab.name)], without: ["page", "sort"])), .about(tab.name),
                    tab.name == current ? .current("page") : nil
                ) { tab.label }
            }
        }
    }
}
