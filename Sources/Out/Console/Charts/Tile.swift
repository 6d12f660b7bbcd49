/// One number, how it went, and how it was in the period before.
struct Tile {
    enum Level: String, Sendable, CaseIterable { case good, warn, bad }

    let title: String
    let unit: Unit
    /// `nil` when nothing was received that could tell.
    let value: Double?
    /// What a share is a share of.
    var parts: (part: Double, whole: Double)?
    /// The same in the period before; `nil` when it is not asked for, or not known.
    var previous: Double?
    /// How long the period is, in words.
    var period = ""
    var level: Level?
    /// Over the time of the page.
    var trend: [Double?] = []

    private static let (width, height) = (300.0, 40.0)

    var markup: Markup {
        h(.figure, .class("tile")) {
            if let value {
                h(.p, .class("big"), .key("value"), .datum(value)) {
                    mark
                    Numbers.short(value, unit)
                }
                if let parts {
                    h(.p, .class("muted")) {
                        h(.span, .key("part"), .datum(parts.part)) { Numbers.plain(parts.part) }
                        " of "
                        h(.span, .key("whole"), .datum(parts.whole)) { Numbers.plain(parts.whole) }
                    }
                }
                if let previous { change(value, previous) }
                if trend.contains(where: { $0 != nil }) { sparkline(value) }
            } else {
                h(.p, .class("big unknown")) { "No data received" }
            }
        }
    }

    /// Always a shape and a word, never a color alone.
    @MarkupBuilder private var mark: Markup {
        switch level {
        case .good: h(.span, .class("good")) { "● good " }
        case .warn: h(.span, .class("warn")) { "▲ look " }
        case .bad: h(.span, .class("bad")) { "◆ bad " }
        case nil: Markup.none
        }
    }

    private func change(_ value: Double, _ previous: Double) -> Markup {
        let sign = value > previous ? "▲ +" : value < previous ? "▼ −" : "= "
        let difference = abs(value - previous)
        // What was nothing has no share of itself.
        let share = previous > 0 && unit != .share ? " (\(Numbers.exact(difference / previous, .share)))" : ""
        return h(.p, .class("muted"), .key("previous"), .datum(previous)) {
            "\(sign)\(Numbers.short(difference, unit))\(share) against the \(period.isEmpty ? "period" : period) before"
        }
    }

    private func sparkline(_ value: Double) -> Markup {
        let known = trend.compactMap(\.self)
        let (least, most) = (known.min() ?? 0, known.max() ?? 0)
        let step = Self.width / Double(max(trend.count, 1))
        let top = most > 0 ? most : 1
        var lines = PathLines()
        for run in LinesOverTime.runs(trend) {
            for place in run {
                let (x, y) = ((Double(place) + 0.5) * step, Self.height * (1 - (trend[place] ?? 0) / top))
                place == run.lowerBound ? lines.move(x, y) : lines.line(x, y)
            }
        }
        return h(
            .svg, .class("spark"), .viewBox(width: Int(Self.width), height: Int(Self.height)), .stretched, .role("img"),
            .label("\(title) over time")
        ) {
            h(.title) { "\(title) over time" }
            h(.desc) { "Between \(Numbers.exact(least, unit)) and \(Numbers.exact(most, unit))." }
            h(.path, .class("line"), .d(lines))
        }
    }
}
