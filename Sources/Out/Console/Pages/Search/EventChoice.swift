/// What can be done with rows that were chosen. The boxes stand in the rows and belong to this form.
struct EventChoice {
    static let form: StaticString = "choice"

    var markup: Markup {
        h(.form, .class("choices"), .id(Self.form), .get, .action(LocalAddress("/compare")), .testID("choices")) {
            h(.button, .type("submit")) { "Compare two" }
            h(.button, .type("button"), .act("copy-ids"), .hidden) { "Copy ids" }
            h(.span, .class("muted"), .id("chosen"), .role("status"))
        }
    }
}
