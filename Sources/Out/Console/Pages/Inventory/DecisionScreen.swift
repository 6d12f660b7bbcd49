import Events
import Query

/// Which item of the inventory a page or a form is about.
///
/// - Shape: both stand in the query of an address, where a name may be any text; as a segment of the path `..` would lead
///   elsewhere.
struct DecisionPlace: Sendable, Equatable {
    let kind: InventoryKind
    let item: String

    init(_ kind: InventoryKind, _ item: String) {
        self.kind = kind
        self.item = item
    }

    init?(_ query: [(name: String, value: String)]) {
        func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
        guard let kind = value("kind").flatMap({ InventoryKind(rawValue: $0) }), let item = value("item"),
            InventoryOrder.isItem(kind.name(of: item))
        else { return nil }
        self.init(kind, item)
    }

    /// Of the page, and of what its form is sent to.
    var address: LocalAddress { LocalAddress("/inventory/decision", query: [("kind", kind.rawValue), ("item", item)]) }

    /// What the list calls it.
    var name: String { kind.name(of: item) }
}

/// What is decided about one item, by whom and why, and a form to decide otherwise.
struct DecisionScreen: Screen {
    /// What was sent and could not be kept.
    var draft: DecisionDraft?

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        guard let place = DecisionPlace(visit.address.pairs) else { return nil }
        let list = InventoryList.of(place.kind)
        let view = DecisionView(place: place, visit: visit, draft: draft)
        var page = Page(
            "\(VisibleText.of(place.item, most: 80)) · \(list.label)", place: .inventory,
            styles: [.searchStyle, .sessionsStyle]
        ) {
            h(.h1) { VisibleText.of(place.item, most: 200) }
            h(.p, .class("links")) {
                h(.a, .href(LocalAddress("/inventory", query: [("tab", list.name)]))) { list.label }
                if let kind = list.kind {
                    " "
                    h(.a, .href(Entity(kind, place.item).address)) { "What events tell of it" }
                }
            }
            view.decision
            Markup.later(0)
        }
        page.parts = [view.history]
        return page
    }
}

/// A form as somebody filled it in, and why it was not taken.
struct DecisionDraft: Sendable {
    let order: InventoryOrder
    let problem: String
}
