/// The saved searches, and a form that saves the one that is shown.
struct SavedSearchMenu {
    let searches: [SavedSearch]
    let terms: SearchTerms
    let viewer: Viewer

    var markup: Markup {
        h(.details, .class("saved"), .testID("saved")) {
            h(.summary) { "Saved searches" }
            h(.div, .class("sheet")) {
                if searches.isEmpty {
                    h(.p, .class("muted")) { "None is saved yet." }
                } else {
                    h(.ul) {
                        for search in searches { item(search) }
                    }
                }
                h(.form, .post, .action(LocalAddress("/searches"))) {
                    FormToken.field
                    h(.input, .type("hidden"), .name("query"), .value(terms.start.whole.address.text))
                    h(.label, .for("saved-name")) { "Save this search as" }
                    h(
                        .input, .type("text"), .id("saved-name"), .name("name"), .required,
                        .maxLength(SavedSearch.nameLength), .autocomplete("off"))
                    h(.label, .class("check")) {
                        h(.input, .type("checkbox"), .name("shared"), .value("yes"))
                        " for all people of the tenant"
                    }
                    h(.button, .type("submit")) { "Save" }
                }
            }
        }
    }

    private func item(_ search: SavedSearch) -> Markup {
        h(.li, .key(search.id)) {
            h(.a, .href(search.terms.address)) { VisibleText.of(search.name, most: SavedSearch.nameLength) }
            if search.isShared { h(.span, .class("muted")) { " shared by \(VisibleText.of(search.owner, most: 40))" } }
            if search.owner == viewer.name {
                h(.form, .post, .action(LocalAddress("/searches/remove")), .class("inline")) {
                    FormToken.field
                    h(.input, .type("hidden"), .name("id"), .value(search.id))
                    h(.button, .type("submit"), .label("Remove \(search.name)")) { "×" }
                }
            }
        }
    }
}
