import Events

/// What all pages have around their content.
struct Frame {
    enum Place { case search, none }

    let title: String
    /// Who is signed in; `nil` before.
    var tenant: TenantName?
    var place = Place.none

    func page(@MarkupBuilder _ content: () -> Markup) -> Markup {
        h(.html, .lang("en")) {
            h(.head) {
                h(.meta, .charset("utf-8"))
                h(.meta, .name("viewport"), .content("width=device-width, initial-scale=1"))
                h(.meta, .name("color-scheme"), .content("light dark"))
                h(.title) { VisibleText.of(title, most: 200) + " · Docket" }
                h(.link, .rel("stylesheet"), .href(Asset.style.address))
                h(.link, .rel("icon"), .type("image/svg+xml"), .href(Asset.icon.address))
            }
            h(.body) {
                h(.a, .class("skip"), .href(fragment: "main")) { "Skip to content" }
                bar
                h(.main, .id("main"), .state("ready")) { content() }
                h(.footer) {
                    h(.p) { "Docket. All times are in UTC." }
                }
            }
        }
    }

    private var bar: Markup {
        h(.header) {
            h(.a, .class("brand"), .href(LocalAddress("/"))) { "Docket" }
            if let tenant {
                h(.nav, .label("Pages")) {
                    h(.ul) {
                        h(.li) {
                            h(.a, .href(LocalAddress("/")), place == .search ? .current("page") : nil) { "Search" }
                        }
                    }
                }
                h(.form, .class("who"), .post, .action(LocalAddress("/sign-out"))) {
                    h(.span) {
                        "Tenant "
                        h(.strong) { tenant.text }
                    }
                    h(.button, .type("submit")) { "Sign out" }
                }
            }
        }
    }
}

/// A page that says one thing.
enum MessagePage {
    static func page(_ title: String, _ text: String, tenant: TenantName? = nil) -> Markup {
        Frame(title: title, tenant: tenant).page {
            h(.h1) { title }
            h(.p, .role("status")) { text }
            h(.p) {
                h(.a, .href(LocalAddress("/"))) { "Go to search" }
            }
        }
    }
}
