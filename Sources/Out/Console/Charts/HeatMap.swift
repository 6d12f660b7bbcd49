/// Days of the week by hours of the day, the stronger the more.
struct HeatMap {
    let title: String
    let unit: Unit
    let week: WeekValues

    private static let (cell, gap) = (40, 2.0)

    var markup: Markup {
        let known = week.values.joined().compactMap(\.self)
        let highest = known.max() ?? 0
        return h(.figure, .class("chart heat")) {
            h(.div, .class("plot")) {
                h(.ul, .class("scale muted"), .hiddenFromReaders) {
                    for day in WeekValues.days { h(.li) { String(day.prefix(2)) } }
                }
                h(
                    .svg, .viewBox(width: 24 * Self.cell, height: 7 * Self.cell), .stretched, .role("img"),
                    .label("\(title). \(summary(known))")
                ) {
                    h(.title) { title }
                    h(.desc) { summary(known) }
                    for (day, row) in week.values.enumerated() {
                        for (hour, value) in row.enumerated() { cell(day, hour, value, highest) }
                    }
                }
            }
            h(.p, .class("axis muted"), .hiddenFromReaders) {
                for hour in ["00:00", "06:00", "12:00", "18:00", "24:00"] { h(.span) { hour } }
            }
            TableTwin(
                title: title, headings: ["Hour"] + WeekValues.days,
                rows: (0..<24).map { hour in
                    [.text("\(hour < 10 ? "0" : "")\(hour):00")]
                        + week.values.map { row in row[hour].map { .number($0, unit) } ?? .unknown }
                }
            ).markup
        }
    }

    private func summary(_ known: [Double]) -> String {
        let unknown = 7 * 24 - known.count
        return "Total \(Numbers.exact(known.reduce(0, +), unit)) by day of the week and hour, in UTC."
            + (unknown > 0 ? " \(unknown) hours hatched: no data received." : "")
    }

    @MarkupBuilder private func cell(_ day: Int, _ hour: Int, _ value: Double?, _ highest: Double) -> Markup {
        let (x, y) = (Double(hour * Self.cell) + Self.gap / 2, Double(day * Self.cell) + Self.gap / 2)
        let side = Double(Self.cell) - Self.gap
        let name = "\(WeekValues.days[day]) \(hour < 10 ? "0" : "")\(hour):00"
        if let value {
            h(
                .rect, Self.strength(value, highest), .x(x), .y(y), .width(side), .height(side), .key(name),
                .datum(value)
            ) {
                h(.title) { "\(name): \(Numbers.exact(value, unit))" }
            }
        } else {
            h(.path, .class("hatch"), .key(name), .d(Self.hatch(x, y, side)))
        }
    }

    /// Six steps: nothing, and fifths of the highest.
    private static func strength(_ value: Double, _ highest: Double) -> Attribute {
        guard value > 0, highest > 0 else { return .class("s0") }
        switch (value / highest * 5).rounded(.up) {
        case ...1: return .class("s1")
        case 2: return .class("s2")
        case 3: return .class("s3")
        case 4: return .class("s4")
        default: return .class("s5")
        }
    }

    private static func hatch(_ x: Double, _ y: Double, _ side: Double) -> PathLines {
        var lines = PathLines()
        for part in [0.5, 1] {
            lines.move(x + side * part, y)
            lines.line(x, y + side * part)
        }
        lines.move(x + side, y + side / 2)
        lines.line(x + side / 2, y + side)
        return lines
    }
}
