/// Values and how much of something each has, the most first: bars that lie, with their numbers. Takes the place of pies.
struct Ranking {
    struct Row: Sendable {
        /// `nil` for what is not one value.
        let key: String?
        let label: String
        let total: Double
        /// What the total is made of, in the order of the legend; one part where it is not split.
        let parts: [Part]
        var links: ValueLinks?
    }

    struct Part: Sendable {
        let name: String
        let color: ChartColor
        let value: Double
    }

    let title: String
    let unit: Unit
    let rows: [Row]
    /// Whether totals can be added up, so that a share of them has a meaning.
    var adds = true
    /// Names of the parts, where there are several.
    var legend: [(name: String, color: ChartColor, links: ValueLinks?)] = []

    private static let width = 1_000.0

    var markup: Markup {
        let highest = rows.map(\.total).max() ?? 0
        let sum = rows.reduce(0) { $0 + $1.total }
        return h(.figure, .class("chart ranking")) {
            h(.table) {
                h(.caption, .class("reader")) { summary(sum) }
                h(.thead, .class("reader")) {
                    h(.tr) {
                        for heading in ["Value", "Bar", "Number"] { h(.th, .scope("col")) { heading } }
                    }
                }
                h(.tbody) { for row in rows { line(row, highest, sum) } }
            }
            if !legend.isEmpty {
                h(.ul, .class("legend")) {
                    for (name, color, links) in legend {
                        h(.li, .key(name)) {
                            Swatch(color: color).markup
                            ValueName(text: name, links: links).markup
                        }
                    }
                }
            }
            if !legend.isEmpty { twin }
        }
    }

    private func summary(_ sum: Double) -> String {
        adds
            ? "\(title): \(Numbers.exact(sum, unit)) in \(rows.count) row\(rows.count == 1 ? "" : "s")"
            : "\(title): \(rows.count) row\(rows.count == 1 ? "" : "s")"
    }

    private func line(_ row: Row, _ highest: Double, _ sum: Double) -> Markup {
        let number = Numbers.exact(row.total, unit)
        return h(.tr) {
            h(.th, .scope("row")) { ValueName(text: row.label, isValue: row.key != nil, links: row.links).markup }
            h(.td, .class("bar-cell")) {
                h(
                    .svg, .viewBox(width: Int(Self.width), height: 20), .stretched, .role("img"),
                    .label("\(row.label): \(number)")
                ) {
                    h(.title) { "\(VisibleText.of(row.label, most: 120)): \(number)" }
                    h(.desc) { description(row) }
                    Markup.several(bars(row, highest))
                }
            }
            h(.td, .class("number"), .key(row.key ?? row.label), .datum(row.total)) {
                number
                if adds, sum > 0, rows.count > 1 {
                    h(.span, .class("muted")) { " \(Numbers.exact(row.total / sum, .share))" }
                }
            }
        }
    }

    private func description(_ row: Row) -> String {
        row.parts.count > 1
            ? row.parts.map { "\(VisibleText.of($0.name, most: 60)) \(Numbers.exact($0.value, unit))" }
                .joined(separator: ", ") : Numbers.exact(row.total, unit)
    }

    private func bars(_ row: Row, _ highest: Double) -> [Markup] {
        guard highest > 0 else { return [] }
        var start = 0.0
        return row.parts.map { part in
            let length = part.value / highest * Self.width
            defer { start += length }
            return h(
                .rect, part.color.attribute, .x(start), .y(0), .width(length), .height(20),
                legend.isEmpty ? nil : .key("\(row.key ?? row.label) \(part.name)"),
                legend.isEmpty ? nil : .datum(part.value))
        }
    }

    private var twin: Markup {
        TableTwin(
            title: title, headings: ["Value"] + legend.map(\.name) + ["All"],
            rows: rows.map { row in
                [.text(row.label)]
                    + legend.map { part in
                        row.parts.first { $0.name == part.name }.map { .number($0.value, unit) } ?? .none
                    } + [.number(row.total, unit)]
            }
        ).markup
    }
}
