/// The numbers of a chart as a table, for whoever cannot see it or wants to read them.
struct TableTwin {
    enum Cell: Sendable {
        case text(String)
        case number(Double, Unit)
        /// Nothing was received.
        case unknown
        case none
    }

    let title: String
    let headings: [String]
    let rows: [[Cell]]

    var markup: Markup {
        h(.details, .class("twin")) {
            h(.summary) { "Table view" }
            h(.div, .class("scroll"), .inTabOrder, .role("region"), .label("\(title), as a table")) {
                h(.table) {
                    h(.thead) {
                        h(.tr) {
                            for (place, heading) in headings.enumerated() {
                                h(.th, .scope("col"), place > 0 ? .class("number") : nil) {
                                    VisibleText.of(heading, most: 120)
                                }
                            }
                        }
                    }
                    h(.tbody) {
                        for row in rows { h(.tr) { for cell in row { Self.cell(cell) } } }
                    }
                }
            }
        }
    }

    private static func cell(_ cell: Cell) -> Markup {
        switch cell {
        case .text(let text): h(.td) { VisibleText.of(text, most: 200) }
        case .number(let number, let unit): h(.td, .class("number")) { Numbers.exact(number, unit) }
        case .unknown: h(.td, .class("number muted")) { "no data received" }
        case .none: h(.td, .class("number muted")) { "–" }
        }
    }
}
