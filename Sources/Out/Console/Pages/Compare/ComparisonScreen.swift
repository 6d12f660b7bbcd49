import Events
import Query

/// Two events beside each other: `/compare?a=…&b=…`, or `event` twice, as the boxes of a list send them.
struct ComparisonScreen: Screen {
    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let ids = [visit.value("a"), visit.value("b")].compactMap(\.self) + visit.values("event")
        guard ids.count == 2 else {
            var page = Page("Compare", place: .search) {
                MessagePage.markup(
                    "Compare two events",
                    "Choose two rows of a list, and not \(ids.count == 1 ? "one" : ids.isEmpty ? "none" : "\(ids.count)")."
                )
            }
            page.status = 400
            return page
        }
        var events: [EventComparisonPage.Event] = []
        for id in ids {
            guard let event = try visit.event(id) else { return nil }
            events.append(EventComparisonPage.Event(event: event, fields: EventFields(event.hit.document)))
        }
        return EventComparisonPage(first: events[0], second: events[1]).page
    }
}

struct EventComparisonPage {
    struct Event {
        let event: ShownEvent
        let fields: EventFields

        var sentence: String { VisibleText.of(EventSentence.of(fields), most: EventSentence.length) }
        var address: LocalAddress { LocalAddress("/events", segments: [event.hit.id]) }
    }

    let first: Event
    let second: Event

    var page: Page {
        let comparison = EventComparison(
            first.fields, second.fields, covered: Set(first.event.covered + second.event.covered))
        return Page("Two events compared", place: .search, styles: [.searchStyle], scripts: [.searchScript]) {
            h(.h1) { "Two events compared" }
            h(.p, .role("status"), .testID("comparison-counts")) {
                for state in EventComparison.State.allCases {
                    h(.span, .class("tally"), .key(state.rawValue), .datum(comparison.count(state))) {
                        "\(Numbers.grouped(comparison.count(state))) \(state.label)"
                    }
                    " "
                }
            }
            h(.div, .class("scroll-x")) { table(comparison) }
            h(.p) { h(.a, .href(exchanged)) { "The other way around" } }
        }
    }

    private var exchanged: LocalAddress {
        LocalAddress("/compare", query: [("a", second.event.hit.id), ("b", first.event.hit.id)])
    }

    private func table(_ comparison: EventComparison) -> Markup {
        h(.table, .class("grid comparison"), .testID("comparison")) {
            h(.caption, .class("reader")) { "Fields of both events" }
            h(.thead) {
                h(.tr) {
                    h(.th, .scope("col")) { "Field" }
                    h(.th, .scope("col")) { "Same?" }
                    for event in [first, second] {
                        h(.th, .scope("col")) { h(.a, .href(event.address)) { event.sentence } }
                    }
                }
            }
            h(.tbody) { for row in comparison.sorted { self.row(row) } }
        }
    }

    private func row(_ row: EventComparison.Row) -> Markup {
        h(.tr, .key(row.name), row.state == .same ? .class("same") : nil) {
            h(.th, .scope("row")) { VisibleText.of(row.name, most: 200) }
            h(.td, .heading("Same?"), .about(row.state.rawValue)) { row.state.label }
            cell("First", row.first)
            cell("Second", row.second)
        }
    }

    private func cell(_ title: String, _ values: [String]) -> Markup {
        h(.td, .heading(title)) {
            if values.isEmpty {
                h(.span, .class("muted")) { "–" }
            } else {
                LongValue(text: values.joined(separator: "\n")).markup
            }
        }
    }
}
