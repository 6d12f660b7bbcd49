import Query

/// The document as it is stored, and beside it the record that it was made of, as redaction left it.
struct EventJSON {
    let hit: SearchHit
    let fields: EventFields

    @MarkupBuilder var markup: Markup {
        h(.p) {
            h(.a, .href(LocalAddress("/api/v1/events", segments: [hit.id]))) { "As stored" }
        }
        h(.div, .class("beside")) {
            pane("Normalized", PrettyJSON.of(hit.document), .testID("json"))
            if fields.isCovered("event.original"), let size = fields["event.original"] {
                h(.section) {
                    h(.h3) { "Original, after redaction" }
                    h(.p, .class("muted"), .testID("original")) { size }
                }
            } else if let original = fields["event.original"] {
                pane("Original, after redaction", PrettyJSON.of(Array(original.utf8)), .testID("original"))
            } else {
                h(.section) {
                    h(.h3) { "Original, after redaction" }
                    h(.p, .class("muted")) {
                        "The mapping keeps no text of its own for this stream; the record is in the journal and in its proof."
                    }
                }
            }
        }
    }

    private func pane(_ title: String, _ text: String, _ testID: Attribute) -> Markup {
        h(.section) {
            h(.h3) { title }
            h(.pre, .class("json"), .inTabOrder, .role("region"), .label(title), testID) { VisibleText.of(text) }
        }
    }
}
