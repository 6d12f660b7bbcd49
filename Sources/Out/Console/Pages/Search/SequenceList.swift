import Query

/// What a query in EQL found: events, or sequences of them.
struct SequenceList {
    let answer: EQLAnswer
    let terms: SearchTerms

    @MarkupBuilder var markup: Markup {
        WarningList(answer.warnings).markup
        EventChoice().markup
        switch answer.found {
        case .events(let hits):
            status(hits.count, "event")
            if hits.isEmpty { nothing } else { EventGrid(hits: hits, terms: terms).markup }
        case .sequences(let sequences):
            status(sequences.count, "sequence")
            if sequences.isEmpty { nothing }
            for (number, sequence) in sequences.enumerated() {
                h(.section, .class("sequence"), .testID("sequence")) {
                    h(.h2) { "Sequence \(number + 1)" }
                    EventGrid(hits: sequence.events.compactMap(\.self), terms: terms).markup
                    if sequence.events.contains(where: { $0 == nil }) {
                        h(.p, .class("muted")) { "An event stayed away, as the query asks." }
                    }
                }
            }
        }
    }

    private func status(_ count: Int, _ word: String) -> Markup {
        h(.p, .role("status"), .class("status"), .testID("total")) {
            h(.strong, .datum(count)) {
                "\(answer.isPartial ? "At least " : "")\(Numbers.grouped(count)) \(word)\(count == 1 ? "" : "s")"
            }
            h(.span, .class("muted")) {
                " among \(Numbers.grouped(answer.examined)) events in \(Numbers.grouped(answer.tookMilliseconds)) ms"
            }
        }
    }

    private var nothing: Markup { h(.p, .class("empty")) { "The query finds nothing in this time." } }
}
