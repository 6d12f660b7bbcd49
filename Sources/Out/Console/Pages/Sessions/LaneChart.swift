import Platform
import Query

/// What happened in a session as lines on one clock, with a torn edge where numbers are missing.
struct LaneChart {
    let story: SessionStory
    let activities: [SearchHit]

    private static let height = 20.0

    @MarkupBuilder var markup: Markup {
        if let start = story.start, let end = story.end {
            let scale = TimeScale(start: start, end: end, width: 1_000, least: 2)
            // The feed also tells of the time around; that is in its table.
            let times = activities.map(\.time).filter { start <= $0 && $0 <= end }
            let lanes = SessionLane.allCases.map { ($0, $0.marks(story, activities: times)) }
            h(.figure, .class("lanes"), .testID("lanes")) {
                for (lane, marks) in lanes { row(lane, marks, scale) }
                h(.p, .class("axis muted")) {
                    h(.span) { Numbers.minute(start) }
                    if !story.holes.holes.isEmpty { h(.span) { "⌇ torn edge: missing events" } }
                    h(.span) { Numbers.minute(end) }
                }
            }
            table(lanes)
        }
    }

    private func row(_ lane: SessionLane, _ marks: [SessionLane.Mark], _ scale: TimeScale) -> Markup {
        h(.div, .class("lane")) {
            h(.span) { lane.label }
            h(
                .svg, .viewBox(width: 1_000, height: Int(Self.height)), .stretched, .role("img"),
                .label("\(lane.label): \(marks.count)")
            ) {
                h(
                    .path, .class("mark"), .d(path(marks.filter { !$0.isBad }, scale)), .key(lane.rawValue),
                    .datum(marks.count))
                h(.path, .class("mark failed"), .d(path(marks.filter(\.isBad), scale)))
                h(.path, .class("torn"), .d(tears(scale)))
            }
        }
    }

    /// One path for all of a kind, so that a long session is no heavier than a short one.
    private func path(_ marks: [SessionLane.Mark], _ scale: TimeScale) -> PathLines {
        var lines = PathLines()
        for mark in marks {
            let (x, width) = scale.stretch(mark.start, mark.end)
            // Failures reach down, so that they differ without color.
            lines.rectangle(
                x: x, y: mark.isBad ? 2 : 4, width: width, height: mark.isBad ? Self.height - 2 : Self.height - 8)
        }
        return lines
    }

    private func tears(_ scale: TimeScale) -> PathLines {
        var lines = PathLines()
        for hole in story.holes.holes.prefix(200) {
            let moment = hole.after.map { $0 + Timestamp.Span(nanoseconds: (hole.before - $0).nanoseconds / 2) }
            lines.tear(x: scale.stretch(moment ?? hole.before, moment ?? hole.before).x, height: Self.height)
        }
        return lines
    }

    private func table(_ lanes: [(SessionLane, [SessionLane.Mark])]) -> Markup {
        var table = DataTable(
            id: "lane-table", caption: "How much is on each line",
            columns: [
                DataTable.Column("lane", "Line"), DataTable.Column("marks", "Marks", isNumber: true),
                DataTable.Column("failed", "Failed or refused", isNumber: true), DataTable.Column("first", "First"),
                DataTable.Column("last", "Last"),
            ])
        table.rows = lanes.map { lane, marks in
            DataTable.Row(
                key: lane.rawValue,
                cells: [
                    .text(lane.label), .count(marks.count), .count(marks.count(where: \.isBad)),
                    .moment(marks.map(\.start).min()), .moment(marks.map(\.end).max()),
                ])
        }
        return h(.details) {
            h(.summary) { "Table view" }
            table.markup
        }
    }
}
