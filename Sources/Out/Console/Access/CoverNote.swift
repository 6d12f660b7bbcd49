import Events

/// Says that content is covered, and lets somebody who may see it ask for it.
struct CoverNote {
    enum Subject {
        case event(id: String, fields: Int)
        /// Of a query in ES|QL.
        case table(query: String)
    }

    let subject: Subject
    let visit: Visit

    /// What is sent to show content.
    static let address = LocalAddress("/content")

    var markup: Markup {
        h(.section, .class("cover"), .testID("cover"), .label("Covered content")) {
            h(.p) { sentence }
            if !visit.viewer.may(.content) {
                h(.p, .class("muted")) { "To see it takes one of the roles \(Permission.content.roles)." }
            } else if visit.reader.session == nil {
                h(.p, .class("muted")) { "It is shown to people who are signed in." }
            } else {
                form
            }
        }
    }

    private var sentence: String {
        switch subject {
        case .event(_, let fields):
            (fields == 1 ? "One field of this event is" : "\(fields) fields of this event are")
                + " what somebody or a model wrote, not shown."
        case .table: "Texts of this table are what somebody or a model wrote, not shown."
        }
    }

    private var form: Markup {
        h(.form, .post, .action(Self.address)) {
            FormToken.field
            h(.input, .type("hidden"), .name("next"), .value(visit.address.whole.text))
            switch subject {
            case .event(let id, _): h(.input, .type("hidden"), .name("event"), .value(id))
            case .table(let query): h(.input, .type("hidden"), .name("query"), .value(query))
            }
            h(.label, .for("reveal-reason")) { "Why (may stay empty)" }
            h(
                .input, .type("text"), .id("reveal-reason"), .name("reason"), .autocomplete("off"),
                .maxLength(InventoryOrder.textLength))
            h(.button, .type("submit"), .testID("reveal")) { "Show content" }
            h(.span, .class("muted")) { " The record will say that you looked." }
        }
    }
}
