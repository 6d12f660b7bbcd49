import Platform
import Query

/// The parts of a session's page, from who it was to what it touched.
struct SessionPage {
    let id: String
    let reading: SessionReader.Reading
    let activities: [SearchHit]
    let showsOnlyUnseen: Bool
    let visit: Visit

    private var story: SessionStory { reading.story }

    var page: Page {
        Page("Session of \(reading.first.user ?? "somebody")", place: .sessions, styles: [.sessionsStyle]) {
            h(.h1) { "Session of \(VisibleText.of(reading.first.user ?? "somebody", most: 120))" }
            if reading.isCut {
                h(.p, .class("problem"), .role("status"), .testID("cut")) {
                    "Only the first \(Numbers.grouped(SessionReader.mostEvents)) events are shown here. "
                        + "The search and the export have all of them."
                }
            }
            cover
            SessionHeader(id: id, reading: reading).markup
            section("modes-heading", "Permission mode over time") { ModeStrip(story: story).markup }
            section("lanes-heading", "On one clock") { LaneChart(story: story, activities: activities).markup }
            if !story.holes.holes.isEmpty {
                section("holes-heading", "Missing events") { HoleTable(holes: story.holes).markup }
            }
            section("lineage-heading", "Who allowed what") {
                LineageTable(story: story, showsOnlyUnseen: showsOnlyUnseen, address: visit.address).markup
            }
            section("turns-heading", "Prompt by prompt") { TurnList(story: story).markup }
            SessionLists(story: story).markup
            if !activities.isEmpty {
                section("feed-heading", "The same person in the Activity Feed") {
                    ActivityTable(activities: activities).markup
                }
            }
        }
    }

    @MarkupBuilder private var cover: Markup {
        if reading.isRevealed {
            CoverNote.revealed
        } else if !reading.content.isEmpty {
            CoverNote(
                content: .session(id: id), beginning: "Prompts, commands and other texts of this session are",
                visit: visit
            ).markup
        }
    }

    private func section(_ id: StaticString, _ heading: String, @MarkupBuilder _ content: () -> Markup) -> Markup {
        h(.section, .labelledBy(id)) {
            h(.h2, .id(id)) { heading }
            content()
        }
    }
}

/// Who it was and how that is known, with which client, how long, how much.
struct SessionHeader {
    let id: String
    let reading: SessionReader.Reading

    private var story: SessionStory { reading.story }

    @MarkupBuilder var markup: Markup {
        h(.dl, .class("overview"), .testID("session")) {
            pair("Person") { person }
            pair("Identity") { identity }
            pair("Client") { client }
            pair("Session") { VisibleText.of(id, most: 200) }
            pair("Time") { time }
            pair("Widest mode") { ModeMark(story.worstMode).markup }
            pair("Cost") {
                story.cost.map { Money($0, isEstimate: true).markup } ?? .text("– not told")
                if story.cost != nil { " as the client reckons" }
            }
        }
        h(.ul, .class("tiles"), .label("Sums")) {
            tile("events", "events", story.events.count)
            tile("prompts", "prompts", story.promptCount)
            tile("calls", "tool calls", story.calls.count)
            tile("rejects", "refused", story.refusals)
            tile("unseen", "nobody looked", story.unseen.count)
            tile("missing", "missing events", story.holes.missing)
        }
        h(.p, .class("paging")) {
            h(.a, .href(search.address), .testID("as-search")) { "Open as search" }
            h(.a, .href(export.exportAddress(.ndjson)), .testID("bundle")) { "Export the session as JSON lines" }
        }
    }

    private var search: SearchTerms { SearchTerms(PageTerms(query: SessionReader.filter(id), time: .all)) }
    private var export: SearchTerms {
        SearchTerms(PageTerms(query: SessionReader.filter(id, signals: true), time: .all))
    }

    @MarkupBuilder private func pair(_ name: String, @MarkupBuilder _ value: () -> Markup) -> Markup {
        h(.dt) { name }
        h(.dd) { value() }
    }

    private func tile(_ key: String, _ label: String, _ number: Int) -> Markup {
        h(.li, .key(key), .datum(number)) {
            h(.strong) { Numbers.grouped(number) }
            " \(label)"
        }
    }

    @MarkupBuilder private var person: Markup {
        if let key = reading.first["user.key"] {
            h(.a, .href(Entity(.person, key).address)) { VisibleText.of(reading.first.user ?? key, most: 160) }
        } else {
            "– not told"
        }
    }

    /// What telemetry says of a person is only as good as the credential that it came with.
    @MarkupBuilder private var identity: Markup {
        let credentials = reading.credentials.map { VisibleText.of($0, most: 60) }.joined(separator: ", ")
        if reading.first["docket.identity"] == "credential-bound" {
            h(.span, .class("good")) { "● bound to the credential" }
        } else {
            h(.span, .class("warn")) { "▲ only claimed by the client" }
        }
        " that sent with \(credentials.isEmpty ? "no credential" : credentials)"
    }

    @MarkupBuilder private var client: Markup {
        let name = reading.stream == "claude_cowork.events" ? "Cowork" : "Claude Code"
        "\(name) \(reading.versions.map { VisibleText.of($0, most: 40) }.joined(separator: ", then "))"
        if let surface = reading.first["docket.surface"] { ", \(VisibleText.of(surface, most: 40))" }
        if let system = reading.first["host.os.type"] { ", on \(VisibleText.of(system, most: 40))" }
        if story.holes.processCount > 1 { ", \(story.holes.processCount) processes" }
    }

    @MarkupBuilder private var time: Markup {
        if let start = story.start, let end = story.end {
            h(.time, .dateTime(RFC3339.text(start))) { Numbers.minute(start) }
            " to "
            h(.time, .dateTime(RFC3339.text(end))) { Numbers.minute(end) }
            ", \(Amounts.length(end - start))"
        }
    }
}

/// Numbers of events that a client gave and that are not here.
struct HoleTable {
    let holes: SequenceHoles
    private static let most = 200

    var markup: Markup {
        var table = DataTable(
            id: "holes",
            caption: "A client counts its events. These numbers never arrived, or were deleted."
                + (holes.holes.count > Self.most ? " Only the first \(Self.most) stretches are shown." : ""),
            columns: [
                DataTable.Column("numbers", "Numbers"), DataTable.Column("count", "Events", isNumber: true),
                DataTable.Column("process", "Process", isNumber: true), DataTable.Column("after", "After"),
                DataTable.Column("before", "Before"),
            ])
        table.rows = holes.holes.prefix(Self.most).map { hole in
            DataTable.Row(
                key: hole.text,
                cells: [
                    .text(hole.text), .count(hole.count), .count(hole.process + 1), .moment(hole.after),
                    .moment(hole.before),
                ])
        }
        return table.markup
    }
}

/// What the Activity Feed tells of the same person around a session.
struct ActivityTable {
    let activities: [SearchHit]

    var markup: Markup {
        let margin = Amounts.length(SessionReader.margin)
        var table = DataTable(
            id: "feed",
            caption: "From \(margin) before to \(margin) after"
                + (activities.count == SessionReader.mostActivities ? ", the first \(activities.count)" : ""),
            columns: [
                DataTable.Column("time", "Time"), DataTable.Column("action", "Action"),
                DataTable.Column("address", "Address"), DataTable.Column("event", "Event"),
            ])
        table.rows = activities.map { hit in
            let fields = EventFields(hit.document)
            let address = fields["source.ip"]
            return DataTable.Row(
                key: hit.id,
                cells: [
                    .moment(hit.time), .text(fields["event.action"]),
                    .link(address, address.map { Entity(.address, $0).address }),
                    .link(EventSentence.of(fields), LocalAddress("/events", segments: [hit.id])),
                ])
        }
        return table.markup
    }
}
