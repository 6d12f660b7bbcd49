import Platform

/// Rates, lengths and money over time as lines, or sums as areas that stand on one another.
///
/// Where there is no value there is no line: a gap is not drawn over.
struct LinesOverTime {
    let chart: TimeChart
    /// Whether the series stand on one another, filled.
    let isStacked: Bool

    init(_ chart: TimeChart, isStacked: Bool = false) {
        self.chart = chart
        self.isStacked = isStacked
    }

    var markup: Markup {
        let floors = isStacked ? stackedFloors : chart.series.map { $0.values.map { _ in 0.0 } }
        var highest = chart.previous.compactMap(\.self).max() ?? 0
        for (one, floor) in zip(chart.series, floors) {
            for (value, floor) in zip(one.values, floor) { highest = max(highest, floor + (value ?? 0)) }
        }
        let top = TimeChart.top(highest, chart.unit)
        let words = chart.series.map { one in
            let values = one.values.compactMap(\.self)
            guard let least = values.min(), let most = values.max() else { return "\(one.label): no values." }
            return "\(one.label): \(Numbers.exact(least, chart.unit)) to \(Numbers.exact(most, chart.unit))."
        }
        return chart.figure(
            top: top, summary: (words + [chart.extent]).joined(separator: " "),
            .several([
                .several(zip(chart.series, floors).map { shape($0, floor: $1, top: top) }),
                Self.previous(chart, top: top),
                .several(clicks),
            ]))
    }

    private var stackedFloors: [[Double]] {
        var floor = chart.axis.starts.map { _ in 0.0 }
        return chart.series.map { one in
            defer { for (place, value) in one.values.enumerated() { floor[place] += value ?? 0 } }
            return floor
        }
    }

    private func x(_ place: Int) -> Double { (Double(place) + 0.5) * chart.step }

    private func shape(_ one: TimeSeries, floor: [Double], top: Double) -> Markup {
        func y(_ value: Double) -> Double { TimeChart.height * (1 - value / top) }
        var (lines, area) = (PathLines(), PathLines())
        var dots: [Markup] = []
        for run in Self.runs(one.values) {
            for place in run {
                let height = y(floor[place] + (one.values[place] ?? 0))
                place == run.lowerBound ? lines.move(x(place), height) : lines.line(x(place), height)
                place == run.lowerBound ? area.move(x(place), height) : area.line(x(place), height)
                let start = RFC3339.text(chart.axis.starts[place])
                dots.append(
                    h(
                        .circle, .class("dot"), .cx(x(place)), .cy(height), .r(run.count == 1 ? 4 : 0),
                        .key("\(start) \(one.name)"), .datum(one.values[place] ?? 0)))
            }
            for place in run.reversed() { area.line(x(place), y(floor[place])) }
            area.close()
        }
        return h(.g, one.color.attribute) {
            if isStacked { h(.path, .class("area"), .d(area)) }
            h(.path, .class("line"), .d(lines))
            Markup.several(dots)
        }
    }

    /// Stretches without a gap.
    static func runs(_ values: [Double?]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (place, value) in values.enumerated() where value != nil {
            if let last = runs.last, last.upperBound == place {
                runs[runs.count - 1] = last.lowerBound..<place + 1
            } else {
                runs.append(place..<place + 1)
            }
        }
        return runs
    }

    /// The period before, as a thin line.
    static func previous(_ chart: TimeChart, top: Double) -> Markup {
        guard !chart.previous.isEmpty else { return .none }
        var lines = PathLines()
        for run in runs(chart.previous) {
            for place in run {
                let (x, y) = (
                    (Double(place) + 0.5) * chart.step, TimeChart.height * (1 - (chart.previous[place] ?? 0) / top)
                )
                place == run.lowerBound ? lines.move(x, y) : lines.line(x, y)
            }
        }
        return h(.path, .class("previous"), .d(lines))
    }

    /// Each stretch of the axis leads to its own time.
    private var clicks: [Markup] {
        guard let address = chart.address else { return [] }
        return chart.axis.starts.indices.map { place in
            let said = chart.series.compactMap { one in
                one.values[place].map { "\(one.label) \(Numbers.exact($0, chart.unit))" }
            }
            return h(.a, .href(address(place)), .notInTabOrder) {
                h(.title) { "\(chart.axis.text(chart.axis.starts[place])): \(said.joined(separator: ", "))" }
                h(
                    .rect, .class("hit"), .x(Double(place) * chart.step), .y(0), .width(chart.step),
                    .height(TimeChart.height))
            }
        }
    }
}
