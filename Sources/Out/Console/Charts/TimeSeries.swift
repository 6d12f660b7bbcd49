import Platform
import Query

/// The bars or points of a chart over time: where each begins, and how long each is.
struct TimeAxis: Sendable, Equatable {
    let starts: [Timestamp]
    let width: Timestamp.Span

    /// - Parameters:
    ///   - from: the first moment.
    ///   - to: the moment behind the last one.
    init(from: Timestamp, to: Timestamp, width: Timestamp.Span) {
        var starts: [Timestamp] = []
        var start = Histogram.start(of: from, width: width)
        while start < to {
            starts.append(start)
            start = start + width
        }
        self.starts = starts
        self.width = width
    }

    var end: Timestamp? { starts.last.map { $0 + width } }

    /// The bar that a moment lies in.
    func place(of moment: Timestamp) -> Int? {
        guard let first = starts.first, moment >= first else { return nil }
        let place = (moment - first).nanoseconds / width.nanoseconds
        return place < Int64(starts.count) ? Int(place) : nil
    }

    /// `2026-10-08 08:00`; with seconds where bars are shorter than a minute.
    func text(_ moment: Timestamp) -> String {
        let text = Numbers.moment(moment)
        let length = width >= .days(1) ? 10 : width >= .minutes(1) ? 16 : width >= .seconds(1) ? 19 : text.count
        return String(text.prefix(length))
    }
}

/// One value for each bar of an axis.
struct TimeSeries: Sendable {
    /// As it stands in the data; `nil` for what is not one value: everything else, or no value at all.
    let key: String?
    let label: String
    let color: ChartColor
    /// `nil` where there is nothing to be said.
    let values: [Double?]
    /// Over all bars, where that has a meaning.
    var total: Double?

    /// For tests, scripts and tables.
    var name: String { key ?? label }
}

/// What all charts over time share: their numbers, their words and the words' place beside the picture.
struct TimeChart {
    static let width = 1_000.0
    static let height = 200.0

    let title: String
    let unit: Unit
    let axis: TimeAxis
    let series: [TimeSeries]
    /// Bars of which nobody knows anything, because nothing was received: hatched, and never zero.
    var unknown: Set<Int> = []
    /// The period before, bar by bar.
    var previous: [Double?] = []
    /// Where a click on a bar leads.
    var address: (@Sendable (Int) -> LocalAddress)?
    /// Where a click on a series leads, and the opposite of it.
    var filters: (@Sendable (TimeSeries) -> ValueLinks?)?
    /// Whether its numbers follow as a table. Without it, whoever shows the chart shows them as one.
    var hasTable = true

    /// A bound of the axis that can be halved and read.
    static func top(_ highest: Double, _ unit: Unit) -> Double {
        guard highest > 0 else { return max(unit.leastTop, 1) }
        var step = 1.0
        while step < highest { step *= 10 }
        while step / 10 >= highest { step /= 10 }
        for part in [0.1, 0.2, 0.4, 0.5, 0.6, 0.8, 1] where step * part >= highest {
            return max(step * part, unit.leastTop)
        }
        return step
    }

    var step: Double { Self.width / Double(max(axis.starts.count, 1)) }

    /// The picture between its words.
    func figure(top: Double, summary: String, _ shapes: Markup) -> Markup {
        h(.figure, .class("chart")) {
            h(.div, .class("plot")) {
                h(.p, .class("scale muted"), .hiddenFromReaders) {
                    for part in [1, 0.5, 0] { h(.span) { Numbers.short(top * part, unit) } }
                }
                h(
                    .svg, .viewBox(width: Int(Self.width), height: Int(Self.height)), .stretched,
                    // What can be clicked is not inside of a picture for readers.
                    address == nil ? .role("img") : .role("group"), .label("\(title). \(summary)")
                ) {
                    h(.title) { title }
                    h(.desc) { summary }
                    for part in [0, 0.5] {
                        h(
                            .line, .class("grid"), .x1(0), .x2(Self.width), .y1(Self.height * part),
                            .y2(Self.height * part))
                    }
                    shapes
                    hatching
                }
            }
            times
            legend
            if hasTable { table }
        }
    }

    /// Says in words what the picture shows.
    var extent: String {
        guard let first = axis.starts.first, let end = axis.end else { return "No time to show." }
        let gaps = unknown.isEmpty ? "" : " \(Numbers.grouped(unknown.count)) hatched: no data received."
        return "\(axis.text(first)) to \(axis.text(end)), \(Numbers.words(axis.width)) each.\(gaps)"
    }

    // MARK: Parts

    /// Slanted lines over what is not known; neighbors share them.
    @MarkupBuilder private var hatching: Markup {
        if !unknown.isEmpty {
            h(.path, .class("hatch"), .key("unknown"), .datum(unknown.count), .d(hatch))
        }
    }

    private var hatch: PathLines {
        var lines = PathLines()
        let distance = 12.0
        for place in unknown.sorted() {
            let (start, end) = (Double(place) * step, Double(place + 1) * step)
            var x = (start / distance).rounded(.up) * distance
            while x < end {
                // Down to the left, as far as the bar goes.
                let length = min(x - start, Self.height)
                if length > 0 {
                    lines.move(x, 0)
                    lines.line(x - length, length)
                }
                x += distance
            }
            var y = distance
            while y < Self.height {
                let length = min(end - start, Self.height - y)
                lines.move(end, y)
                lines.line(end - length, y + length)
                y += distance
            }
        }
        return lines
    }

    @MarkupBuilder private var times: Markup {
        if let first = axis.starts.first, let end = axis.end {
            h(.p, .class("axis muted"), .hiddenFromReaders) {
                h(.span) { axis.text(first) }
                if axis.starts.count > 4 { h(.span) { axis.text(axis.starts[axis.starts.count / 2]) } }
                h(.span) { axis.text(end) }
            }
        }
    }

    @MarkupBuilder private var legend: Markup {
        if series.count > 1 || series.first?.key != nil || !previous.isEmpty {
            h(.ul, .class("legend")) {
                for one in series {
                    h(.li, .key(one.name)) {
                        Swatch(color: one.color).markup
                        ValueName(text: one.label, isValue: one.key != nil, links: filters?(one)).markup
                        if let total = one.total {
                            h(.span, .class("number"), .key("\(one.name) total"), .datum(total)) {
                                " \(Numbers.short(total, unit))"
                            }
                        }
                    }
                }
                if !previous.isEmpty { h(.li, .class("muted")) { "Thin line: the period before" } }
            }
        }
    }

    private var table: Markup {
        let places = axis.starts.indices.filter { place in
            unknown.contains(place) || series.contains { $0.values[place].map { $0 != 0 } ?? false }
        }
        return TableTwin(
            title: title, headings: ["From"] + series.map(\.label),
            rows: places.map { place in
                [.text(axis.text(axis.starts[place]))]
                    + series.map { one in
                        if unknown.contains(place) { return .unknown }
                        return one.values[place].map { .number($0, unit) } ?? .none
                    }
            }
        ).markup
    }
}

/// The color of a series beside its name.
struct Swatch {
    let color: ChartColor

    var markup: Markup {
        h(.svg, .viewBox(width: 10, height: 10), .class("swatch"), .hiddenFromReaders) {
            h(.rect, color.attribute, .width(10), .height(10))
        }
    }
}
