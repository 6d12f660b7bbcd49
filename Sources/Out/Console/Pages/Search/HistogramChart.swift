import Platform
import Query

/// Events over time as bars, split by the values of a field if one is chosen, and the ways to other times.
struct HistogramChart {
    /// What no event need have for being offered to split by.
    private static let splits = [
        "event.action", "user.email", "event.outcome", "event.category", "gen_ai.tool.name", "docket.surface",
        "event.dataset",
    ]

    let histogram: Histogram
    var series: ValueSeries?
    /// Bars of all events of the time, whatever the query; where they are none nothing was received. `nil` where that
    /// is not known.
    var received: Histogram?
    /// What a click on a bar shows.
    let terms: SearchTerms

    var markup: Markup {
        let total = histogram.buckets.reduce(0) { $0 + $1.count }
        // The script that lets people drag over the bars reads the two ends here.
        return h(
            .div, .id("histogram"), .class("histogram"), .testID("histogram"), .about(RFC3339.text(start)),
            .key(RFC3339.text(end))
        ) {
            h(.div, .class("histogram-head")) {
                h(.span) { "\(Numbers.grouped(total)) events over time, \(Numbers.words(histogram.bucket)) a bar" }
                zoom
                splitChoice
            }
            BarsOverTime(chart).markup
        }
    }

    private var start: Timestamp { histogram.buckets.first?.start ?? Timestamp(nanoseconds: 0) }
    private var end: Timestamp { (histogram.buckets.last?.start ?? start) + histogram.bucket }

    // MARK: Chart

    private var chart: TimeChart {
        let (terms, histogram) = (terms, histogram)
        var chart = TimeChart(
            title: "Events over time", unit: .count("events"),
            axis: TimeAxis(from: start, to: end, width: histogram.bucket), series: timeSeries)
        chart.unknown = unknown
        chart.address = { place in
            let bucket = histogram.buckets[place]
            return terms.with(TimeTerms(from: bucket.start, to: bucket.start + histogram.bucket)).address
        }
        if let field = series?.field {
            chart.filters = { one in
                guard let key = one.key else { return nil }
                let pill = Pill(field, key)
                return ValueLinks(only: terms.with(pill).address, without: terms.with(pill.opposite).address)
            }
        }
        return chart
    }

    private var timeSeries: [TimeSeries] {
        let counts = histogram.buckets.map(\.count)
        guard let series else {
            return [TimeSeries(key: nil, label: "events", color: .c1, values: counts.map(Double.init))]
        }
        let keys = series.values.map { $0.value.text(series.type) }
        let colors = ChartColors().colors(of: keys, in: series.field)
        var rest = counts
        var all: [TimeSeries] = []
        for (place, value) in series.values.enumerated() {
            // An event with several of the values counts in each, so a bar may be cut at its height.
            let values = histogram.buckets.indices.map { bucket in
                let count = min(value.counts[histogram.buckets[bucket].start] ?? 0, rest[bucket])
                rest[bucket] -= count
                return Optional(Double(count))
            }
            all.append(
                TimeSeries(
                    key: keys[place], label: keys[place], color: colors[place], values: values,
                    total: Double(value.total)))
        }
        let others = rest.reduce(0, +)
        if others > 0 {
            all.append(
                TimeSeries(
                    key: nil, label: "all others", color: .other, values: rest.map(Double.init), total: Double(others)))
        }
        return all
    }

    /// Bars of a time in which nothing was received at all.
    private var unknown: Set<Int> {
        guard let received, received.bucket == histogram.bucket, received.buckets.count == histogram.buckets.count
        else {
            return []
        }
        return Set(received.buckets.indices.filter { received.buckets[$0].count == 0 })
    }

    // MARK: Other times

    /// The ways that need no drag.
    private var zoom: Markup {
        let span = (end - start).nanoseconds
        func link(_ label: String, _ from: Int64, _ to: Int64) -> Markup {
            let time = TimeTerms(
                from: start + Timestamp.Span(nanoseconds: from), to: end + Timestamp.Span(nanoseconds: to))
            return h(.a, .href(terms.with(time).address)) { label }
        }
        return h(.span, .class("links")) {
            link("Earlier", -span, -span)
            link("Zoom in", span / 4, -span / 4)
            link("Zoom out", -span / 2, span / 2)
            link("Later", span, span)
        }
    }

    private var splitChoice: Markup {
        let fields = Self.splits + (terms.split.map { Self.splits.contains($0) ? [] : [$0] } ?? [])
        return h(.span, .class("split")) {
            h(.label, .for("by")) { "Split by" }
            h(.select, .id("by"), .name("by"), .form(SearchForm.id), .act("submit")) {
                h(.option, .value(""), terms.split == nil ? .selected : nil) { "nothing" }
                for field in fields {
                    h(.option, .value(field), terms.split == field ? .selected : nil) {
                        VisibleText.of(field, most: 80)
                    }
                }
            }
            h(.button, .type("submit"), .form(SearchForm.id), .class("no-script")) { "Split" }
        }
    }
}
