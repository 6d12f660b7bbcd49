import Events
import Platform

/// What all pages have around their content.
struct Frame {
    let title: String
    var look = Look()
    /// `nil` before somebody has signed in.
    var viewer: Viewer?
    var facts = FrameFacts()
    var place: Place?
    var address: PageAddress?
    var time: Page.Time?
    var styles: [Asset] = []
    var scripts: [Asset] = []
    let content: Markup

    init(_ title: String, look: Look, @MarkupBuilder content: () -> Markup) {
        self.title = title
        self.look = look
        self.content = content()
    }

    init(_ page: Page, _ visit: Visit) {
        title = page.title
        look = visit.look
        viewer = visit.viewer
        facts = visit.facts
        place = page.place
        address = visit.address
        time = page.time
        styles = page.styles
        scripts = page.scripts
        content = page.content
    }

    var markup: Markup {
        h(
            .html, .lang("en"), .theme(look.theme), .rail(isNarrow: look.isRailNarrow),
            .letterKeys(look.hasLetterKeys)
        ) {
            h(.head) {
                h(.meta, .charset("utf-8"))
                h(.meta, .name("viewport"), .content("width=device-width, initial-scale=1"))
                h(.meta, .name("color-scheme"), .content("light dark"))
                h(.title) { VisibleText.of(title, most: 200) + " · Docket" }
                for style in [Asset.style] + styles { h(.link, .rel("stylesheet"), .href(style.address)) }
                h(.link, .rel("icon"), .type("image/svg+xml"), .href(Asset.icon.address))
                if viewer != nil {
                    for script in [Asset.frameScript] + scripts { Markup.module(script) }
                }
            }
            h(.body) {
                h(.a, .class("skip"), .href(fragment: "main")) { "Skip to content" }
                bar
                if viewer != nil { rail }
                h(.main, .id("main"), .state("ready")) { content }
                footer
            }
        }
    }

    // MARK: Parts

    private var bar: Markup {
        h(.header) {
            h(.a, .class("brand"), .href(LocalAddress("/"))) { "Docket" }
            if let viewer {
                if place != .search {
                    h(.form, .class("find"), .get, .role("search"), .action(Place.search.address)) {
                        h(
                            .input, .type("search"), .name("q"), .label("Search events in KQL"),
                            .placeholder("Search in KQL"), .noSpelling, .noCapitals, .autocomplete("off"),
                            .keyCommand("/"))
                        if let time {
                            for (name, value) in time.terms.parameters {
                                h(.input, .type("hidden"), .named(name), .value(value))
                            }
                        }
                    }
                }
                h(.div, .class("tools")) {
                    if let time, let address {
                        TimePicker(time: time.terms, problem: time.problem, address: address, form: time.form).markup
                    }
                    health
                    h(.a, .href(LocalAddress("/help")), .class("help")) { "Help" }
                    UserMenu(viewer: viewer, look: look, address: address).markup
                }
            }
        }
    }

    /// Always a shape and a word, never a color alone.
    private var health: Markup {
        h(.a, .class("health"), .href(Place.integrity.address), .testID("health")) {
            if facts.problems.isEmpty {
                h(.span, .class("good")) { "● Healthy" }
            } else {
                h(.span, .class("bad")) {
                    "▲ \(facts.problems.count) problem\(facts.problems.count == 1 ? "" : "s")"
                }
            }
        }
    }

    private var rail: Markup {
        h(.nav, .class("rail"), .label("Pages")) {
            h(.ul) {
                for place in Place.allCases {
                    h(.li) {
                        h(
                            .a, .href(place.entry), .title(place.label), .about(place.key),
                            self.place == place ? .current("page") : nil
                        ) {
                            h(.svg, .viewBox(width: 24, height: 24), .class("icon"), .hiddenFromReaders) {
                                h(.path, .d(place.icon))
                            }
                            h(.span) { place.label }
                        }
                    }
                }
            }
        }
    }

    private var footer: Markup {
        h(.footer) {
            h(.p) {
                "Docket\(facts.version.isEmpty ? "" : " \(facts.version)"). All times are in UTC. "
                if let checkpoint = facts.checkpoint {
                    "Last checkpoint: "
                    h(.a, .href(Place.integrity.address), .datum(checkpoint.size)) {
                        "\(Numbers.grouped(checkpoint.size)) records"
                    }
                    " at \(Numbers.moment(checkpoint.time))."
                }
            }
        }
    }
}

/// A page that says one thing.
enum MessagePage {
    static func markup(_ title: String, _ text: String) -> Markup {
        .several([
            h(.h1) { title },
            h(.p, .role("status")) { text },
            h(.p) {
                h(.a, .href(Place.search.address)) { "Go to search" }
            },
        ])
    }
}
