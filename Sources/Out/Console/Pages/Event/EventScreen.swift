import Query

/// One event on a page of its own, whose address stays right for ever.
struct EventScreen: Screen {
    let id: String

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let tab = visit.value("tab").flatMap { EventTab(rawValue: $0) } ?? .overview
        guard let view = try EventView(id: id, visit, tab: tab) else { return nil }
        return Page("Event \(id)", place: .search, styles: [.searchStyle, .integrityStyle], scripts: [.searchScript]) {
            h(.h1) { view.sentence }
            h(.section, .id("flyout"), .class("event-page"), .label("Event"), .key(id)) {
                view.markup { LocalAddress("/events", segments: [id], query: [("tab", $0.rawValue)]) }
            }
        }
    }
}
