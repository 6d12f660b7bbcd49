import Events
import Platform
import Query

/// What is shown about one event, in a flyout beside others or on a page of its own.
struct EventView {
    let hit: SearchHit
    let fields: EventFields
    let tab: EventTab
    private let shown: ShownEvent
    private let visit: Visit
    private let context: EventContext?
    private let related: EventPrevalence?
    private let proof: EventProofTab?

    /// - Returns: `nil` when there is no such event.
    init?(id: String, _ visit: Visit, tab: EventTab) throws(SearchError) {
        guard let shown = try visit.event(id) else { return nil }
        let hit = shown.hit
        self.shown = shown
        self.visit = visit
        self.hit = hit
        self.tab = tab
        fields = EventFields(hit.document, covered: shown.covered)
        context = tab == .context ? try EventContext(around: hit, fields, visit) : nil
        related = tab == .related ? try EventPrevalence(of: hit, fields, visit) : nil
        proof = tab == .proof ? EventProofTab(of: hit, visit) : nil
    }

    /// - Parameter address: where a tab's link leads to.
    func markup(_ address: (EventTab) -> LocalAddress) -> Markup {
        .several([
            h(.nav, .class("tabs"), .label("About this event")) {
                for other in EventTab.allCases {
                    h(
                        .a, .href(address(other)), .act("swap"), .about("#flyout"),
                        other == tab ? .current("true") : nil
                    ) { other.label }
                }
            },
            cover,
            content,
            tab == .proof ? proof?.markup(again: address(.proof)) ?? .none : .none,
        ])
    }

    @MarkupBuilder private var cover: Markup {
        if !shown.covered.isEmpty {
            let count = shown.covered.count
            CoverNote(
                content: .event(id: hit.id),
                beginning: count == 1 ? "One field of this event is" : "\(count) fields of this event are", visit: visit
            ).markup
        } else if shown.isRevealed {
            CoverNote.revealed
        }
    }

    @MarkupBuilder private var content: Markup {
        switch tab {
        case .overview: EventOverview(hit: hit, fields: fields).markup
        case .table: EventTable(fields: fields).markup
        case .json: EventJSON(hit: hit, fields: fields).markup
        case .context: if let context { context.markup }
        case .related: if let related { related.markup }
        // It stands behind the links, for it leads to itself.
        case .proof: Markup.none
        }
    }

    var sentence: String { VisibleText.of(EventSentence.of(fields), most: EventSentence.length) }
}

/// The event beside the list that it was found in.
struct EventFlyout {
    let view: EventView
    let terms: SearchTerms
    /// The events before and behind it in the list.
    let neighbors: (before: String?, after: String?)

    /// Where a flyout can come.
    static let none = h(.aside, .id("flyout"), .class("flyout"), .label("Event"), .hidden)

    var markup: Markup {
        h(.aside, .id("flyout"), .class("flyout"), .label("Event"), .testID("flyout"), .key(view.hit.id)) {
            h(.div, .class("flyout-head")) {
                step(neighbors.before, "←", "Previous event", "[")
                step(neighbors.after, "→", "Next event", "]")
                h(.a, .href(LocalAddress("/events", segments: [view.hit.id])), .testID("event-page")) { "Own page" }
                h(.a, .href(terms.opened(nil).address), .act("close"), .label("Close"), .class("close")) { "×" }
            }
            h(.h2) { view.sentence }
            view.markup { terms.opened(view.hit.id, $0).address }
        }
    }

    @MarkupBuilder private func step(_ id: String?, _ sign: String, _ label: String, _ key: StaticString) -> Markup {
        if let id {
            h(
                .a, .href(terms.opened(id, terms.tab).address), .act("swap"), .about("#flyout"), .label(label),
                .keyCommand(key)
            ) { sign }
        }
    }
}
