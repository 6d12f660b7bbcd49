import Platform
import Query

/// Events over time as bars, and the same numbers as a table.
struct HistogramChart {
    let histogram: Histogram
    /// What a click on a bar shows.
    let terms: SearchTerms

    private static let width = 1_000.0
    private static let height = 120.0

    var markup: Markup {
        let total = histogram.buckets.reduce(0) { $0 + $1.count }
        return h(.figure, .class("histogram"), .testID("histogram")) {
            h(.figcaption) {
                "\(Numbers.grouped(total)) events over time, \(Numbers.words(histogram.bucket)) a bar"
            }
            bars
            h(.p, .class("axis muted")) {
                if let first = histogram.buckets.first, let last = histogram.buckets.last {
                    h(.span) { Numbers.moment(first.start) }
                    h(.span) { "highest bar: \(Numbers.grouped(highest))" }
                    h(.span) { Numbers.moment(last.start + histogram.bucket) }
                }
            }
            table
        }
    }

    private var highest: Int { histogram.buckets.map(\.count).max() ?? 0 }

    /// The tab key does not stop at each bar: the table below has the same links.
    private var bars: Markup {
        let step = Self.width / Double(max(histogram.buckets.count, 1))
        let scale = Self.height / Double(max(highest, 1))
        return h(
            .svg, .viewBox(width: Int(Self.width), height: Int(Self.height)), .stretched, .role("group"),
            .label("Events over time. The numbers are in the table below.")
        ) {
            for (place, bucket) in histogram.buckets.enumerated() {
                h(.a, .href(address(of: bucket)), .notInTabOrder) {
                    h(.title) { "\(Numbers.moment(bucket.start)): \(Numbers.grouped(bucket.count)) events" }
                    h(
                        .rect, .class("hit"), .x(Double(place) * step), .y(0), .width(step), .height(Self.height),
                        .hiddenFromReaders)
                    h(
                        .rect, .class("bar"), .x(Double(place) * step + step * 0.08),
                        .y(Self.height - Double(bucket.count) * scale), .width(step * 0.84),
                        .height(Double(bucket.count) * scale), .key(RFC3339.text(bucket.start)), .datum(bucket.count))
                }
            }
        }
    }

    private var table: Markup {
        h(.details) {
            h(.summary) { "Table view" }
            h(.div, .class("scroll"), .inTabOrder, .role("region"), .label("Events over time, as a table")) {
                h(.table) {
                    h(.thead) {
                        h(.tr) {
                            h(.th, .scope("col")) { "From" }
                            h(.th, .scope("col"), .class("number")) { "Events" }
                        }
                    }
                    h(.tbody) {
                        for bucket in histogram.buckets {
                            h(.tr) {
                                h(.td) {
                                    h(.a, .href(address(of: bucket))) { Numbers.moment(bucket.start) }
                                }
                                h(.td, .class("number")) { Numbers.grouped(bucket.count) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func address(of bucket: Histogram.Bucket) -> LocalAddress {
        terms.with(from: bucket.start, to: bucket.start + histogram.bucket).address
    }
}
