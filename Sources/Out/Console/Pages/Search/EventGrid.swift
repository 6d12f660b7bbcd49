import Platform
import Query

/// One row an event: a sentence about it, and some fields or those that were chosen as columns. The sentence stands in front,
/// where a narrow window has it.
struct EventGrid {
    let hits: [SearchHit]
    let terms: SearchTerms

    private static let usual = ["event.action", "user.email", "event.outcome"]

    var markup: Markup {
        h(.div, .class("scroll-x")) {
            h(.table, .class("grid"), .testID("results")) {
                h(.caption, .class("reader")) { "Events" }
                h(.thead) {
                    h(.tr) {
                        h(.th, .scope("col"), .class("choice")) { h(.span, .class("reader")) { "Choose" } }
                        heading("Time", SearchTerms.timeField)
                        h(.th, .scope("col"), .key("event")) { "Event" }
                        if terms.columns.isEmpty {
                            h(.th, .scope("col"), .key("stream")) { "Stream" }
                            for (field, title) in zip(Self.usual, ["Action", "User", "Outcome"]) {
                                heading(title, field)
                            }
                        } else {
                            for (place, column) in terms.columns.enumerated() { chosen(column, place) }
                        }
                    }
                }
                h(.tbody) {
                    for hit in hits { row(hit) }
                }
            }
        }
    }

    // MARK: Head

    private func heading(_ title: String, _ field: String) -> Markup {
        h(.th, .scope("col"), .key(field), order(field)) { sortLink(title, field) }
    }

    private func order(_ field: String) -> Attribute? {
        guard let sort = terms.sort ?? Optional(SearchTerms.Order(SearchTerms.timeField, isDescending: true)),
            sort.field == field
        else { return nil }
        return .sort(isDescending: sort.isDescending)
    }

    private func sortLink(_ title: String, _ field: String) -> Markup {
        let isDescending =
            terms.sort.map { $0.field == field ? !$0.isDescending : true } ?? (field != SearchTerms.timeField)
        return h(.a, .href(terms.sorted(SearchTerms.Order(field, isDescending: isDescending)).address)) {
            VisibleText.of(title, most: 80)
        }
    }

    private func chosen(_ column: String, _ place: Int) -> Markup {
        h(.th, .scope("col"), .key(column), order(column), pinned(column)) {
            sortLink(column, column)
            h(.span, .class("moves")) {
                if place > 0 {
                    h(.a, .href(moved(place, to: place - 1)), .label("Move \(column) to the left")) { "←" }
                }
                if place + 1 < terms.columns.count {
                    h(.a, .href(moved(place, to: place + 1)), .label("Move \(column) to the right")) { "→" }
                }
                h(.a, .href(terms.turningPin(of: column).address), .label(pinLabel(column)), .about("pin")) {
                    terms.pins(column) ? "⇥" : "⇤"
                }
                h(.a, .href(terms.changed { $0.columns.remove(at: place) }.address), .label("Remove \(column)")) { "×" }
            }
        }
    }

    private func pinLabel(_ column: String) -> String {
        terms.pins(column) ? "Let \(column) go with the others" : "Keep \(column) in sight"
    }

    private func pinned(_ column: String) -> Attribute? { terms.pins(column) ? .class("pinned") : nil }

    private func moved(_ place: Int, to other: Int) -> LocalAddress {
        terms.changed { $0.columns.swapAt(place, other) }.address
    }

    // MARK: Rows

    private func row(_ hit: SearchHit) -> Markup {
        let fields = EventFields(hit.document)
        return h(.tr, .key(hit.id), terms.open == hit.id ? .current("true") : nil) {
            h(.td, .heading("Choose"), .class("choice")) {
                h(
                    .input, .type("checkbox"), .name("event"), .value(hit.id), .form(EventChoice.form),
                    .label("Choose the event of \(Numbers.moment(hit.time))"))
            }
            h(.td, .heading("Time")) {
                h(.time, .dateTime(RFC3339.text(hit.time))) { Numbers.moment(hit.time) }
            }
            h(.td, .heading("Event"), .class("sentence")) {
                h(
                    .a, .href(terms.opened(hit.id).address), .act("swap"), .about("#flyout"), .class("open"),
                    .key(hit.id)
                ) {
                    VisibleText.of(EventSentence.of(fields), most: EventSentence.length)
                }
            }
            if terms.columns.isEmpty {
                h(.td, .heading("Stream")) { VisibleText.of(hit.stream, most: 120) }
                h(.td, .heading("Action"), .about("event.action")) { cell(fields["event.action"]) }
                h(.td, .heading("User"), .about("user.email")) { cell(fields.user) }
                h(.td, .heading("Outcome"), .about("event.outcome")) { OutcomeMark(fields["event.outcome"]).markup }
            } else {
                for column in terms.columns {
                    h(.td, .heading(column), .about(column), pinned(column)) { cell(fields.joined(column)) }
                }
            }
        }
    }

    /// The texts of a row behind its time and its sentence. `nil` for what the event does not have.
    static func cells(of hit: SearchHit, _ fields: EventFields, _ terms: SearchTerms) -> [String?] {
        guard terms.columns.isEmpty else { return terms.columns.map { fields.joined($0) } }
        return [hit.stream, fields["event.action"], fields.user, fields["event.outcome"]]
    }

    /// Unknown is a dash and never an empty cell.
    private func cell(_ text: String?) -> Markup {
        guard let text else { return h(.span, .class("muted")) { "–" } }
        return .text(VisibleText.of(text, most: 200))
    }
}

/// How an event ended: always a shape and a word, never a color alone.
struct OutcomeMark {
    let text: String?
    init(_ text: String?) { self.text = text }

    var markup: Markup {
        switch text {
        case "success": h(.span, .class("good")) { "✓ success" }
        case "failure": h(.span, .class("bad")) { "✗ failure" }
        case let other?: h(.span, .class("muted")) { VisibleText.of(other, most: 60) }
        case nil: h(.span, .class("muted")) { "–" }
        }
    }
}
