import Query

/// `/help`: the keys, and the three languages in a few lines each. Stands in the same place on every page.
struct HelpScreen: Screen {
    private static let keys: [(String, String)] = [
        ("/", "to the query"), ("t", "time"), ("r", "load again"), ("j k", "next and previous row"),
        ("o", "open the row"),
        ("[ ]", "previous and next event"), ("Esc", "close"), ("Control-Enter", "run the query"),
        ("Control-K", "go to a page, a saved search, a person or an id"), ("?", "this list, on any page"),
    ]

    private static let examples: [(QueryLanguage, String, String)] = [
        (.kql, "event.action: tool_decision and not event.outcome: success", "Decisions that were not accepted."),
        (.kql, "user.email: *@example.com and source.ip: 192.0.2.0/24", "Wildcards in values, networks of addresses."),
        (
            .esql, "FROM events | STATS events = COUNT(*) BY user.email | SORT events DESC | LIMIT 10",
            "Tables: the ten people with most events."
        ),
        (
            .eql,
            "sequence by user.email with maxspan=10m [any where event.action == \"permission_mode_changed\"] "
                + "[any where event.action == \"tool_result\"]",
            "Order: what ran within ten minutes of a changed permission mode."
        ),
    ]

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        Page("Help") {
            h(.h1) { "Help" }
            h(.section, .labelledBy("keys-heading")) {
                h(.h2, .id("keys-heading")) { "Keys" }
                h(.table, .testID("keys")) {
                    h(.tbody) {
                        for (key, meaning) in Self.keys + Place.allCases.map({ ("g \($0.key)", $0.label) }) {
                            h(.tr) {
                                h(.th, .scope("row")) { key }
                                h(.td) { meaning }
                            }
                        }
                    }
                }
                h(.p, .class("muted")) { "Single letters can be switched off in the menu with your name." }
            }
            h(.section, .labelledBy("queries-heading")) {
                h(.h2, .id("queries-heading")) { "Queries" }
                h(.dl) {
                    for (language, query, meaning) in Self.examples {
                        h(.dt) {
                            h(.a, .href(Self.address(language, query))) { query }
                        }
                        h(.dd) { "\(language.title). \(meaning)" }
                    }
                }
                h(.p) {
                    "The guides that come with Docket say more: docs/guides/console.md, docs/guides/query.md."
                }
            }
        }
    }

    private static func address(_ language: QueryLanguage, _ query: String) -> LocalAddress {
        var terms = SearchTerms(PageTerms(query: query))
        terms.language = language
        return terms.address
    }
}
