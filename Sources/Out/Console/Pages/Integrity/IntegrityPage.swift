import Events
import Platform

/// The integrity page. Its parts are made one by one, for some of them ask the engine or count.
struct IntegrityPage {
    let log: LogFacts?
    /// Whose hours are shown.
    let day: Timestamp
    /// What is known of them without waiting.
    let known: CoverageAnswer
    let mayVerify: Bool
    /// What is wrong with the server at the moment.
    let problems: [String]
    let now: Timestamp

    func page(parts: [Page.Part]) -> Page {
        let hours: [CoverageHour]? = if case .known(let hours, _) = known { hours } else { nil }
        let sentence = IntegritySentence(log, hours: hours, now: now)
        var page = Page("Integrity", place: .integrity, styles: [.integrityStyle]) {
            h(.h1) { "Integrity" }
            sentence.markup
            problemList
            if let log {
                h(.section, .labelledBy("days-heading")) {
                    h(.h2, .id("days-heading")) { "Days" }
                    Markup.later(0)
                }
                CheckDesk(log: log, mayVerify: mayVerify).markup
                h(.section, .labelledBy("hours-heading")) {
                    h(.h2, .id("hours-heading")) { "Completeness on \(Numbers.day(day))" }
                    dayForm
                    Markup.later(1)
                }
                LogTables(log: log).markup
                h(.section, .labelledBy("kept-heading")) {
                    h(.h2, .id("kept-heading")) { "Retention, holds and deletions" }
                    LogTables(log: log).retention
                    Markup.later(2)
                }
                limits
            } else {
                h(.p) { "A log begins with the first record. Half a second later its first checkpoint is signed." }
            }
        }
        if log != nil { page.parts = parts }
        return page
    }

    @MarkupBuilder private var problemList: Markup {
        if !problems.isEmpty {
            h(.section, .labelledBy("problems-heading"), .testID("problems")) {
                h(.h2, .id("problems-heading")) { "Problems" }
                h(.ul) {
                    for problem in problems { h(.li) { "▲ \(VisibleText.of(problem, most: 500))" } }
                }
            }
        }
    }

    private var dayForm: Markup {
        h(.form, .get, .action(Place.integrity.address)) {
            h(.span, .class("bound")) {
                h(.label, .for("day")) { "Day" }
                h(.input, .type("date"), .id("day"), .name("day"), .value(Numbers.day(day)))
                h(.button, .type("submit")) { "Show" }
            }
        }
    }

    /// What is not said by all of it.
    private var limits: Markup {
        h(.section, .labelledBy("limits-heading")) {
            h(.h2, .id("limits-heading")) { "What this does and does not say" }
            h(.ul) {
                h(.li) {
                    "A check here compares the records of this organization with the last checkpoint: its signature, the "
                        + "way from each leaf to its root, and each record with its leaf. "
                    h(.code) { "docket verify" }
                    " also compares earlier checkpoints, the log of all logs and every byte of the journal."
                }
                h(.li) {
                    "It uses the keys that are beside the logs, and this server. Whoever could change both could change "
                        + "what it says. "
                    h(.a, .href(LocalAddress("/integrity/verifier.txt"))) { "Check it without this server" }
                    ": proofs are files, and "
                    h(.code) { "docket-verify" }
                    " needs nothing but the key."
                }
                h(.li) {
                    "It proves that nothing was changed since it was taken in. It does not prove that a source told the "
                        + "truth."
                }
            }
        }
    }

    // MARK: Parts

    func calendar(deletedBefore: Timestamp?) -> Markup {
        guard let log else { return .none }
        return DayCalendar(
            days: CalendarDay.all(of: log, deletedBefore: deletedBefore),
            uncounted: log.size - min(log.counted, log.size)
        ).markup
    }

    func completeness(_ answer: CoverageAnswer) -> Markup { HourTables(answer: answer, now: now).markup }

    func deletions(_ lines: [DeletionLine]) -> Markup {
        guard !lines.isEmpty else {
            return h(.p, .testID("no-deletions")) { "The record tells of no deletion, no hold and no erasure." }
        }
        return h(.div, .class("wide"), .inTabOrder, .role("region"), .label("Deletions and holds, newest first")) {
            h(.table, .testID("deletions")) {
                h(.caption) { "What the record says, the newest first; at most 50" }
                h(.thead) {
                    h(.tr) {
                        for name in ["Time", "What", "Words", "Reason"] { h(.th, .scope("col")) { name } }
                    }
                }
                h(.tbody) {
                    for line in lines {
                        h(.tr) {
                            h(.td) {
                                let time = line.time.map(Numbers.moment) ?? "–"
                                if let event = line.event {
                                    h(.a, .href(LocalAddress("/events", segments: [event]))) { time }
                                } else {
                                    time
                                }
                            }
                            h(.td) { VisibleText.of(line.action, most: 80) }
                            h(.td) { VisibleText.of(line.message, most: 300) }
                            h(.td) { line.reason.map { VisibleText.of($0, most: 300) } ?? "–" }
                        }
                    }
                }
            }
        }
    }
}

extension IntegritySentence {
    var markup: Markup {
        let look: Attribute =
            switch mood {
            case .good: .class("verdict good")
            case .open: .class("verdict")
            case .bad: .class("verdict bad")
            }
        let state: Attribute =
            switch mood {
            case .good: .state("good")
            case .open: .state("open")
            case .bad: .state("bad")
            }
        let sign =
            switch mood {
            case .good: "✓ "
            case .open: "○ "
            case .bad: "✕ "
            }
        return h(.p, look, state, .role("status"), .testID("integrity-sentence")) {
            h(.span, .hiddenFromReaders) { sign }
            text
        }
    }
}
