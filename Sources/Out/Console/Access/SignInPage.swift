/// Asks who somebody is: by a name and a password, by an identity provider, or by a token.
struct SignInPage {
    enum Way { case password, token, provider }

    /// Where to go afterwards.
    let next: LocalAddress
    let look: Look
    /// The name of the identity provider, where there is one.
    let provider: String?
    /// Whether there are people who have passwords.
    let hasPasswords: Bool
    /// What was typed into the box for the name.
    let name: String
    /// Why the last attempt did not succeed, and which one it was.
    let problem: String?
    let way: Way?

    var markup: Markup {
        Frame("Sign in", look: look) {
            h(.section, .class("card"), .labelledBy("heading")) {
                h(.h1, .id("heading")) { "Sign in" }
                if let problem {
                    h(.p, .class("problem"), .id("problem"), .role("alert")) { problem }
                }
                if let provider { providerLink(provider) }
                if hasPasswords {
                    passwordForm
                    h(.details, way == .token ? .open : nil) {
                        h(.summary) { "With a token" }
                        tokenForm
                    }
                } else {
                    tokenForm
                }
                // A link from another site arrives without the cookie; a click on this page sends it.
                h(.p, .class("muted")) {
                    "Signed in already and came by a link? "
                    h(.a, .href(next)) { "Go on" }
                    "."
                }
            }
        }.markup
    }

    /// A link and no form: a form may lead to this server only, also by a redirect.
    private func providerLink(_ provider: String) -> Markup {
        h(.p) {
            h(.a, .class("button main"), .href(LocalAddress("/sign-in/provider", query: [("next", next.text)]))) {
                "Sign in with \(provider)"
            }
        }
    }

    private var passwordForm: Markup {
        h(.form, .post, .action(LocalAddress("/sign-in"))) {
            h(.input, .type("hidden"), .name("next"), .value(next.text))
            h(.label, .for("name")) { "Name or e-mail" }
            h(
                .input, .type("text"), .id("name"), .name("name"), .value(name), .autocomplete("username"), .required,
                way == .token ? nil : .autofocus, .noSpelling, .noCapitals, .maxLength(254),
                way == .password ? .invalid : nil, way == .password ? .describedBy("problem") : nil)
            h(.label, .for("password")) { "Password" }
            h(
                .input, .type("password"), .id("password"), .name("password"), .autocomplete("current-password"),
                .required, .noSpelling, .maxLength(1_024), way == .password ? .invalid : nil,
                way == .password ? .describedBy("problem") : nil)
            h(.button, .type("submit"), .class("main")) { "Sign in" }
        }
    }

    private var tokenForm: Markup {
        h(.form, .post, .action(LocalAddress("/sign-in"))) {
            h(.input, .type("hidden"), .name("next"), .value(next.text))
            h(.label, .for("token")) { "Token" }
            h(
                .input, .type("password"), .id("token"), .name("token"), .autocomplete("off"), .required,
                hasPasswords ? nil : .autofocus, .noSpelling, .maxLength(512), .describedBy("token-help"),
                way == .token ? .invalid : nil)
            h(.p, .class("muted"), .id("token-help")) {
                "The server printed one when it started for the first time; `docket tokens create --for search` makes others."
            }
            h(.button, .type("submit"), hasPasswords ? nil : .class("main")) { "Sign in" }
        }
    }
}
