import Platform

/// What should have come of each source on a day, and what did.
struct HourTables {
    let answer: CoverageAnswer
    let now: Timestamp

    var markup: Markup {
        switch answer {
        case .counting:
            h(.p, .testID("hours-counting")) {
                "The hours are being counted; load the page again in a moment."
            }
        case .failed(let why):
            h(.p, .class("problem"), .role("alert")) {
                "The hours cannot be counted: \(VisibleText.of(why, most: 300))."
            }
        case .known([], _):
            h(.p, .testID("no-hours")) { "No source was there on this day, or within a day before it." }
        case .known(let hours, let time): known(hours, time)
        }
    }

    @MarkupBuilder private func known(_ hours: [CoverageHour], _ time: Timestamp) -> Markup {
        let totals = CoverageTotal.of(hours)
        let gaps = hours.filter(\.isGap)
        let unexplained = gaps.count { $0.cause == nil }
        h(.p, .testID("gaps"), .role("status")) {
            gaps.isEmpty
                ? "✓ No gap. Counted \(Numbers.ago(now - time))."
                : "\(unexplained > 0 ? "✕" : "○") Hours with a gap: \(gaps.count - unexplained) explained, "
                    + "\(unexplained) unexplained. Counted \(Numbers.ago(now - time))."
        }
        table("Sources", ["Source", "Part", "Hours", "Expected", "Received", "Late", "Duplicate", "Missing", "Gaps"]) {
            for total in totals {
                h(.tr, .key("\(total.source) \(total.part)")) {
                    h(.th, .scope("row")) { VisibleText.of(total.source, most: 100) }
                    h(.td) { total.part.isEmpty ? "–" : VisibleText.of(total.part, most: 100) }
                    number(total.hours)
                    number(total.expected)
                    number(total.received)
                    number(total.late)
                    number(total.duplicate)
                    number(total.missing)
                    number(total.gaps)
                }
            }
        }
        h(.p, .class("muted")) {
            "Expected is what a source has listed; – where nobody can tell, as with telemetry, of which only silence shows. "
                + "Holes in the numbers of a session are on the session's page."
        }
        if !gaps.isEmpty { hourTable("Hours with a gap", gaps) }
        h(.details) {
            h(.summary) { "All hours (\(hours.count))" }
            hourTable("All hours", hours)
        }
    }

    private func hourTable(_ caption: String, _ hours: [CoverageHour]) -> Markup {
        table(
            caption,
            ["Hour", "Source", "Part", "State", "Expected", "Received", "Late", "Duplicate", "Missing", "Cause"]
        ) {
            for hour in hours {
                h(.tr) {
                    h(.td) { String(Numbers.moment(hour.hour).prefix(16)) }
                    h(.td) { VisibleText.of(hour.source, most: 100) }
                    h(.td) { hour.part.isEmpty ? "–" : VisibleText.of(hour.part, most: 100) }
                    h(.td) { "\(Self.sign(hour)) \(hour.state)" }
                    number(hour.expected)
                    number(hour.received)
                    number(hour.late)
                    number(hour.duplicate)
                    number(hour.missing)
                    h(.td) { hour.cause.map { VisibleText.of($0, most: 200) } ?? (hour.isGap ? "unexplained" : "–") }
                }
            }
        }
    }

    private static func sign(_ hour: CoverageHour) -> String {
        switch hour.state {
        case "whole", "received": "✓"
        case "gap": "✕"
        case "silent": "–"
        default: "…"
        }
    }

    private func table(_ caption: String, _ names: [String], @MarkupBuilder rows: () -> Markup) -> Markup {
        h(.div, .class("wide"), .inTabOrder, .role("region"), .label(caption)) {
            h(.table) {
                h(.caption) { caption }
                h(.thead) { h(.tr) { for name in names { h(.th, .scope("col")) { name } } } }
                h(.tbody) { rows() }
            }
        }
    }

    private func number(_ number: Int?) -> Markup {
        h(.td, .class("number"), number.map { .datum($0) }) { number.map(Numbers.grouped) ?? "–" }
    }
}
