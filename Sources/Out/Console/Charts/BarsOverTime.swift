import Platform

/// Counts over time as bars; several series stand on one another.
///
///     BarsOverTime(TimeChart(title: "Events", unit: .count("events"), axis: axis, series: series)).markup
struct BarsOverTime {
    /// Series that are shown by themselves. What is behind them is "other".
    static let mostSeries = ChartColor.palette.count

    let chart: TimeChart

    init(_ chart: TimeChart) { self.chart = chart }

    var markup: Markup {
        let sums = chart.axis.starts.indices.map { place in chart.series.reduce(0) { $0 + ($1.values[place] ?? 0) } }
        let highest = max(sums.max() ?? 0, chart.previous.compactMap(\.self).max() ?? 0)
        let top = TimeChart.top(highest, chart.unit)
        let total = sums.reduce(0, +)
        var summary = "Total \(Numbers.exact(total, chart.unit)). \(chart.extent)"
        if let place = sums.indices.max(by: { sums[$0] < sums[$1] }), sums[place] > 0 {
            let when = chart.axis.text(chart.axis.starts[place])
            summary += " Highest bar: \(Numbers.exact(sums[place], chart.unit)) at \(when)."
        }
        return chart.figure(
            top: top, summary: summary,
            .several([
                .several(chart.axis.starts.indices.map { column($0, sum: sums[$0], top: top) }),
                LinesOverTime.previous(chart, top: top),
            ]))
    }

    private func column(_ place: Int, sum: Double, top: Double) -> Markup {
        let shapes = Markup.several(segments(place, top: top))
        guard let address = chart.address else { return shapes }
        return h(.a, .href(address(place)), .notInTabOrder) {
            h(.title) { "\(chart.axis.text(chart.axis.starts[place])): \(Numbers.exact(sum, chart.unit))" }
            h(
                .rect, .class("hit"), .x(Double(place) * chart.step), .y(0), .width(chart.step),
                .height(TimeChart.height))
            shapes
        }
    }

    private func segments(_ place: Int, top: Double) -> [Markup] {
        let start = RFC3339.text(chart.axis.starts[place])
        var floor = TimeChart.height
        var shapes: [Markup] = []
        for one in chart.series {
            guard let value = one.values[place], value > 0 else { continue }
            let height = value / top * TimeChart.height
            floor -= height
            shapes.append(
                h(
                    .rect, one.color.attribute, .x((Double(place) + 0.08) * chart.step), .y(floor),
                    .width(chart.step * 0.84), .height(height),
                    .key(chart.series.count == 1 && one.key == nil ? start : "\(start) \(one.name)"), .datum(value)))
        }
        return shapes
    }
}
