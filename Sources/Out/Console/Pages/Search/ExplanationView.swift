import Query

/// How a search is answered: what the tables do, what the server does, and what is read.
struct ExplanationView {
    /// `nil` where the engine does not tell.
    let explanation: QueryExplanation?
    /// The search without it.
    let closed: LocalAddress

    /// Longest condition that is shown. - Unit: Unicode scalars
    private static let detailLength = 4_000

    var markup: Markup {
        h(.section, .class("explanation"), .labelledBy("explanation-title"), .testID("explanation")) {
            h(.h2, .id("explanation-title")) { "How this is answered" }
            if let explanation {
                h(.ol) { for step in explanation.steps { self.step(step) } }
                if !explanation.sources.isEmpty { sources(explanation.sources) }
                h(.p, .class("muted")) {
                    "Of a file only the parts are read whose smallest and largest values allow for an answer; how many rows "
                        + "that are, the tables do not tell."
                }
            } else {
                h(.p, .class("muted")) { "Nothing is known of how this is answered." }
            }
            h(.p) { h(.a, .href(closed)) { "Close the explanation" } }
        }
    }

    @MarkupBuilder private func step(_ step: QueryExplanation.Step) -> Markup {
        h(.li, .key(step.place.rawValue)) {
            h(.strong) { step.place == .tables ? "Tables" : "Server" }
            " \(step.what)"
            if let detail = step.detail {
                h(.pre, .class("json"), .inTabOrder, .role("region"), .label(step.what)) {
                    VisibleText.of(detail, most: Self.detailLength)
                }
            }
        }
    }

    private func sources(_ sources: [QueryExplanation.Source]) -> Markup {
        h(.div, .class("scroll-x"), .inTabOrder, .role("region"), .label("What is read")) {
            h(.table, .class("grid"), .testID("explanation-sources")) {
                h(.caption) { "What is read for the time of the page" }
                h(.thead) {
                    h(.tr) {
                        h(.th, .scope("col")) { "Stream" }
                        h(.th, .scope("col")) { "Where" }
                        for title in Self.numbers { h(.th, .scope("col"), .class("number")) { title } }
                    }
                }
                h(.tbody) { for source in sources { row(source) } }
            }
        }
    }

    private static let numbers = ["Rows", "Bytes", "Files", "Files passed over", "Found", "ms"]

    private func row(_ source: QueryExplanation.Source) -> Markup {
        let isAsked = source.sql != nil || source.found != nil
        let counts: [Int?] = [
            source.rows, source.isInMemory ? nil : source.bytes, source.isInMemory ? nil : source.files,
            source.isInMemory ? nil : source.filesPassedOver, source.found, source.milliseconds,
        ]
        return h(.tr, .key(source.stream), source.sql.map { .title(VisibleText.of($0, most: 2_000)) }) {
            h(.td, .heading("Stream")) { VisibleText.of(source.stream, most: 120) }
            h(.td, .heading("Where")) {
                source.isInMemory ? "memory" : "files"
                if !isAsked, source.files > 0 || source.isInMemory {
                    h(.span, .class("muted")) { isCounted ? ", cannot hold an answer" : "" }
                }
            }
            for (title, count) in zip(Self.numbers, counts) {
                h(.td, .heading(title), .class("number"), count.map { .datum($0) }) {
                    count.map(Numbers.grouped) ?? "–"
                }
            }
        }
    }

    /// Whether tables were asked one by one.
    private var isCounted: Bool { explanation?.sources.contains { $0.found != nil } ?? false }
}
