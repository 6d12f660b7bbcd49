/// Takes a query that is too long for an address. A script sends it in place of the other form; without scripts a person does.
struct LongQueryForm {
    static let id: StaticString = "long-query"

    let terms: SearchTerms

    var markup: Markup {
        h(.details, .class("no-script saved"), .testID("long-query")) {
            h(.summary) { "A query of more than \(Numbers.grouped(KeptQuery.longText)) bytes" }
            h(.form, .post, .action(LocalAddress("/s")), .id(Self.id), .class("sheet")) {
                FormToken.field
                h(
                    .input, .type("hidden"), .name("address"),
                    .value(terms.start.whole.changed { $0.page.query = "" }.address.text))
                h(.label, .for("long-text")) { "Query in \(terms.language.title)" }
                h(.textarea, .id("long-text"), .name("q"), .rows(8), .noSpelling, .noCapitals, .autocomplete("off"))
                h(.p, .class("muted")) { "It is kept here, and gets a short address that can be passed on." }
                h(.button, .type("submit")) { "Keep and search" }
            }
        }
    }
}
