import Query

/// The query and what it is written in.
struct SearchForm {
    static let id: StaticString = "search"

    let terms: SearchTerms
    let outcome: SearchPage.Outcome

    var markup: Markup {
        h(
            .form, .class("search"), .id(Self.id), .role("search"), .get, .action(Place.search.address),
            .testID("search-form")
        ) {
            h(.div, .class("query")) {
                h(.span, .class("language")) {
                    h(.label, .for("l")) { "Language" }
                    h(.select, .id("l"), .name("l")) {
                        for language in [QueryLanguage.kql, .esql, .eql] {
                            h(.option, .value(language.rawValue), terms.language == language ? .selected : nil) {
                                language.title
                            }
                        }
                    }
                }
                h(.label, .for("q"), .class("reader")) { "Query" }
                h(
                    .textarea, .id("q"), .name("q"), .rows(rows), .noSpelling, .noCapitals, .autocomplete("off"),
                    .placeholder(terms.language.example), .keyCommand("/"), .maxLength(SearchForm.length),
                    queryProblem == nil ? nil : .invalid,
                    queryProblem == nil ? nil : .describedBy("query-problem")
                ) { terms.page.query }
                h(.button, .type("submit"), .class("main"), .testID("run")) { "Search" }
            }
            h(.pre, .id("parse-problem"), .class("muted"), .role("status"), .hidden)
            for (name, value) in terms.keptParameters { h(.input, .type("hidden"), .named(name), .value(value)) }
            if let split = terms.split { h(.input, .type("hidden"), .name("by"), .value(split)) }
            if let queryProblem {
                h(.div, .class("problem"), .id("query-problem"), .role("alert"), .testID("query-problem")) {
                    h(.p) { "The query cannot be read." }
                    h(.pre) { VisibleText.of(queryProblem) }
                }
            }
        }
    }

    /// - Unit: UTF-16 units, as browsers count
    static let length = 65_536

    private var rows: Int { min(8, max(1, terms.page.query.split(separator: "\n").count)) }

    private var queryProblem: String? {
        guard case .badQuery(let error) = outcome else { return nil }
        return error.rendered(in: SourceText(terms.page.query))
    }
}

extension QueryLanguage {
    var title: String {
        switch self {
        case .kql: "KQL"
        case .esql: "ES|QL"
        case .eql: "EQL"
        }
    }

    var example: String {
        switch self {
        case .kql: "event.action: tool_result and not user.email: *@example.com"
        case .esql: "FROM events | STATS events = COUNT(*) BY user.email | SORT events DESC"
        case .eql: "sequence by user.email with maxspan=10m [any where event.action == \"tool_decision\"] …"
        }
    }
}
