import Events
import Platform
import Query

/// How usual what an event tells of is: the same action with the same subject, in the thirty days before it.
struct EventPrevalence {
    static let reach = Timestamp.Span.days(30)

    /// What makes two events alike, besides their action: the first of these that the event has.
    private static let subjects = [
        "process.command_line", "claude_code.events.mcp_server_name", "claude_cowork.events.mcp_server_name",
        "anthropic.audit.mcp_server_name", "gen_ai.tool.name", "user.target.email", "file.path", "url.domain",
        "gen_ai.request.model",
    ]

    private struct Row {
        let title: String
        let condition: String
        let count: Int
        let people: Int
        let first: Timestamp?
    }

    private let rows: [Row]
    private let bounds: TimeBounds

    init(of hit: SearchHit, _ fields: EventFields, _ visit: Visit) throws(SearchError) {
        bounds = TimeBounds(from: hit.time - Self.reach, to: hit.time + Timestamp.Span(nanoseconds: 1))
        var alike: [(String, String)] = []
        if let action = fields["event.action"] {
            let condition = "event.action: \(QuotedText.of(action))"
            alike.append(("The same action", condition))
            let name = Self.subjects.first { fields[$0] != nil && !fields.isCovered($0) }
            if let name, let value = fields[name] {
                let subject = "\(condition) and \(name): \(QuotedText.of(value))"
                alike.append(("The same action with the same \(name)", subject))
                if let user = fields["user.email"] {
                    alike.append(("…by the same person", "\(subject) and user.email: \(QuotedText.of(user))"))
                }
            }
        }
        if let address = fields["source.ip"] {
            alike.append(("From the same address", "source.ip: \(QuotedText.of(address))"))
        }
        var rows: [Row] = []
        for (title, condition) in alike {
            let counted = try visit.table(
                "events | STATS events = COUNT(*), people = COUNT_DISTINCT(user.email), first = MIN(@timestamp)",
                filter: condition, in: bounds, rows: 1)
            rows.append(
                Row(
                    title: title, condition: condition, count: counted.int(0, "events") ?? 0,
                    people: counted.int(0, "people") ?? 0, first: counted.time(0, "first")))
        }
        self.rows = rows
    }

    var markup: Markup {
        h(.table, .class("grid"), .testID("related")) {
            h(.caption) { "In the thirty days before, the event itself among them" }
            h(.thead) {
                h(.tr) {
                    h(.th, .scope("col")) { "What" }
                    h(.th, .scope("col"), .class("number")) { "Events" }
                    h(.th, .scope("col"), .class("number")) { "People" }
                    h(.th, .scope("col")) { "First" }
                }
            }
            h(.tbody) {
                for row in rows {
                    h(.tr) {
                        h(.td, .heading("What")) {
                            h(.a, .href(search(row.condition))) { row.title }
                        }
                        h(.td, .heading("Events"), .class("number"), .datum(row.count)) { Numbers.grouped(row.count) }
                        h(.td, .heading("People"), .class("number"), .datum(row.people)) { Numbers.grouped(row.people) }
                        h(.td, .heading("First")) { row.first.map(Numbers.moment) ?? "–" }
                    }
                }
            }
        }
    }

    private func search(_ condition: String) -> LocalAddress {
        var time = TimeTerms.all
        if let from = bounds.from, let to = bounds.to { time = TimeTerms(from: from, to: to) }
        return SearchTerms(PageTerms(query: condition, time: time)).address
    }
}
