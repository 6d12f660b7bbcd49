import Platform
import Query

/// All sessions of a time, each with its sums.
struct SessionListScreen: Screen {
    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let visit = visit.reaching(TimeTerms(from: "now-7d", to: "now"))
        let frame = FilteredPage(
            visit: visit, title: "Sessions", place: .sessions,
            purpose: "What Claude Code and Cowork sent, one row for each session. Numbers count the events of the "
                + "chosen time that match the filter. Cost is what the client reckons.")
        return frame.page(under: Self.kinds(visit.address)) { [SessionTable(question: $0).markup] }
    }

    private static func kinds(_ address: PageAddress) -> Markup {
        let chosen = address.pairs.first { $0.name == "only" }?.value
        return h(.nav, .class("choices"), .label("Which sessions")) {
            h(.a, .href(address.with([], without: ["only", "page"])), chosen == nil ? .current("page") : nil) { "All" }
            for kind in SessionTable.Kind.allCases {
                h(
                    .a, .href(address.with([("only", kind.rawValue)], without: ["page"])), .about(kind.rawValue),
                    chosen == kind.rawValue ? .current("page") : nil
                ) { kind.label }
            }
        }
    }
}
