/// A panel: its heading, its menu, and what comes in it.
struct PanelBox {
    let dashboard: Dashboard
    let panel: Dashboard.Panel
    let terms: PageTerms
    let body: Markup

    var markup: Markup {
        h(.article, width, .id(checked: "panel-\(panel.id)"), .key(panel.id), .testID("panel")) {
            h(.div, .class("panel-head")) {
                h(.h3) { panel.title }
                if panel.query != nil { menu }
            }
            if !panel.description.isEmpty, panel.mark != .text { h(.p, .class("muted")) { panel.description } }
            body
        }
    }

    private var width: Attribute {
        switch panel.width {
        case 3: .class("panel w3")
        case 4: .class("panel w4")
        case 6: .class("panel w6")
        default: .class("panel w12")
        }
    }

    /// The events behind the panel, under the same filters.
    private var search: LocalAddress {
        var terms = terms
        terms.query = KQLText.all([panel.search, terms.query])
        return SearchTerms(terms).address
    }

    private var file: LocalAddress {
        LocalAddress(
            "/dashboards", segments: [dashboard.id, "panels", "\(panel.id).csv"], query: terms.parameters)
    }

    /// With cells as they are, for programs.
    private var rawFile: LocalAddress { file.with([("raw", "1")] + terms.parameters) }

    private var menu: Markup {
        h(.details, .class("menu")) {
            h(.summary, .label("Menu of \(panel.title)")) { "⋯" }
            h(.ul) {
                h(.li) { h(.a, .href(search), .act("search")) { "Open as search" } }
                h(.li) { h(.a, .href(file), .act("csv")) { "CSV" } }
                h(.li) { h(.a, .href(rawFile)) { "CSV, raw" } }
                // What needs a script is shown by the script.
                if panel.mark != .table, panel.mark != .tile {
                    h(.li, .hidden) { h(.button, .type("button"), .act("png")) { "PNG" } }
                }
                h(.li, .hidden) { h(.button, .type("button"), .act("copy-link")) { "Copy link" } }
            }
        }
    }
}
