import Platform
import Query

/// One row an event: when, where from, who did what, and how it ended.
struct ResultTable {
    let hits: [SearchHit]

    private static let headings = ["Time", "Stream", "Action", "User", "Outcome", "Event"]

    var markup: Markup {
        h(.table, .class("results"), .testID("results")) {
            h(.caption) { "Events, newest first" }
            h(.thead) {
                h(.tr) {
                    for heading in Self.headings { h(.th, .scope("col")) { heading } }
                }
            }
            h(.tbody) {
                for hit in hits { row(hit) }
            }
        }
    }

    private func row(_ hit: SearchHit) -> Markup {
        let fields = EventFields(hit.document)
        return h(.tr, .key(hit.id)) {
            h(.td, .heading("Time")) {
                h(.time, .dateTime(RFC3339.text(hit.time))) { Numbers.moment(hit.time) }
            }
            h(.td, .heading("Stream")) { VisibleText.of(hit.stream, most: 120) }
            h(.td, .heading("Action")) { cell(fields["event.action"]) }
            h(.td, .heading("User")) { cell(fields.user) }
            h(.td, .heading("Outcome")) { OutcomeMark(fields["event.outcome"]).markup }
            h(.td, .heading("Event")) {
                h(.a, .href(LocalAddress("/events", segments: [hit.id]))) {
                    VisibleText.of(EventSentence.of(fields), most: EventSentence.length)
                }
            }
        }
    }

    /// Unknown is a dash and never an empty cell.
    private func cell(_ text: String?) -> Markup {
        guard let text else { return h(.span, .class("muted")) { "–" } }
        return .text(VisibleText.of(text, most: 120))
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
