/// Asks for a token that may search, such as the one that the server printed at its first start.
enum SignInPage {
    /// - Parameters:
    ///   - next: where to go afterwards.
    ///   - problem: why the last attempt did not succeed.
    static func page(next: LocalAddress, problem: String? = nil) -> Markup {
        Frame(title: "Sign in").page {
            h(.section, .class("card"), .labelledBy("heading")) {
                h(.h1, .id("heading")) { "Sign in" }
                if let problem {
                    h(.p, .class("problem"), .id("problem"), .role("alert")) { problem }
                }
                h(.form, .post, .action(LocalAddress("/sign-in"))) {
                    h(.input, .type("hidden"), .name("next"), .value(next.text))
                    h(.label, .for("token")) { "Token" }
                    h(
                        .input, .type("password"), .id("token"), .name("token"), .autocomplete("current-password"),
                        .required, .autofocus, .noSpelling, .maxLength(512), .describedBy("token-help"),
                        problem == nil ? nil : .invalid)
                    h(.p, .class("muted"), .id("token-help")) {
                        "The server printed it when it started for the first time."
                    }
                    h(.button, .type("submit"), .class("main")) { "Sign in" }
                }
                // A link from another site arrives without the cookie; a click on this page sends it.
                h(.p, .class("muted")) {
                    "Signed in already and came by a link? "
                    h(.a, .href(next)) { "Go on" }
                    "."
                }
            }
        }
    }
}
