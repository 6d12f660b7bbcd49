import Events

/// Who is signed in, how pages look, and the way out.
struct UserMenu {
    let viewer: Viewer
    let look: Look
    let address: PageAddress?

    var markup: Markup {
        h(.details, .class("user"), .testID("user-menu")) {
            h(.summary) {
                h(.span, .class("reader")) { "Signed in as " }
                VisibleText.of(viewer.name, most: 40)
            }
            h(.div, .class("sheet")) {
                h(.p) {
                    "Tenant "
                    h(.strong) { viewer.tenant.text }
                    ", \(viewer.role.rawValue)"
                }
                h(.p) { h(.a, .href(LocalAddress("/account"))) { "Account and sessions" } }
                h(.form, .post, .action(LocalAddress("/look"))) {
                    FormToken.field
                    h(.input, .type("hidden"), .name("next"), .value(address?.whole.text ?? "/"))
                    h(.fieldset) {
                        h(.legend) { "Theme" }
                        for theme in Look.Theme.allCases {
                            choice(theme.rawValue, theme.label, isChosen: look.theme == theme)
                        }
                    }
                    h(.fieldset) {
                        h(.legend) { "Page list" }
                        choice("wide", "Icons and words", isChosen: !look.isRailNarrow)
                        choice("narrow", "Icons", isChosen: look.isRailNarrow)
                    }
                    h(.fieldset) {
                        h(.legend) { "Single letters as commands" }
                        choice("letters", "On", isChosen: look.hasLetterKeys)
                        choice("noletters", "Off", isChosen: !look.hasLetterKeys)
                    }
                }
                h(.form, .post, .action(LocalAddress("/sign-out"))) {
                    FormToken.field
                    h(.button, .type("submit"), .testID("sign-out")) { "Sign out" }
                }
            }
        }
    }

    private func choice(_ word: String, _ label: String, isChosen: Bool) -> Markup {
        h(.button, .type("submit"), .name("set"), .value(word), isChosen ? .current("true") : nil) { label }
    }
}
