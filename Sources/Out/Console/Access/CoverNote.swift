import Events

/// Says that content is covered, and lets somebody who may see it ask for it.
struct CoverNote {
    let content: CoveredContent
    /// The beginning of what is said of it: `Texts of this table are`
    let beginning: String
    let visit: Visit

    /// What is sent to show content.
    static let address = LocalAddress("/content")

    var markup: Markup {
        h(.section, .class("cover"), .testID("cover"), .label("Covered content")) {
            h(.p) { "\(beginning) what somebody or a model wrote, not shown." }
            if !visit.viewer.may(.content) {
                h(.p, .class("muted")) { "To see it takes one of the roles \(Permission.content.roles)." }
            } else if visit.reader.session == nil {
                h(.p, .class("muted")) { "It is shown to people who are signed in." }
            } else {
                form
            }
        }
    }

    /// Stands in its place once somebody asked.
    static var revealed: Markup {
        h(.p, .class("muted"), .testID("revealed")) {
            "Content is shown to you for \(Numbers.words(RevealedContent.time)); the record says that you looked."
        }
    }

    private var form: Markup {
        h(.form, .post, .action(Self.address)) {
            FormToken.field
            h(.input, .type("hidden"), .name("next"), .value(visit.address.whole.text))
            h(.input, .type("hidden"), .name(content.field.name), .value(content.field.value))
            h(.label, .for("reveal-reason")) { "Why (may stay empty)" }
            h(
                .input, .type("text"), .id("reveal-reason"), .name("reason"), .autocomplete("off"),
                .maxLength(WrittenLine.length))
            h(.button, .type("submit"), .testID("reveal")) { "Show content" }
            h(.span, .class("muted")) { " The record will say that you looked." }
        }
    }
}
