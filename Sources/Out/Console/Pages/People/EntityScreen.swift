import Platform
import Query

/// One person, address, key, server, model or plugin: facts, when it was active, and who and what went with it.
struct EntityScreen: Screen {
    let entity: Entity

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let visit = visit.reaching(TimeTerms(from: "now-30d", to: "now"))
        let entity = entity
        // What is no address cannot have events.
        guard visit.engine.schema.flaw(inKQL: entity.filter, now: visit.now) == nil else { return nil }
        let frame = FilteredPage(
            visit: visit, title: "\(entity.kind.label) \(VisibleText.of(entity.value, most: 120))",
            place: entity.kind == .person || entity.kind == .address ? .people : .inventory,
            purpose: "What events of the chosen time tell, in all streams.")
        return frame.page { question in
            let view = EntityView(entity: entity, question: question)
            return [view.facts, view.decision, view.heat, view.sessions, view.peers]
        }
    }
}

/// The parts of an entity's page.
struct EntityView: Sendable {
    let entity: Entity
    let question: ListQuestion

    /// Rows of one list.
    private static let most = 20
    /// Hours that are counted: more than a year of them.
    private static let mostHours = 10_000

    // MARK: Facts

    func facts() throws(SearchError) -> Markup {
        let answer = try question.table(
            """
            events | EVAL session = \(Telemetry.session), server = \(Telemetry.server), \
            cost_of_event = \(Telemetry.cost) \
            | STATS first = MIN(@timestamp), last = MAX(@timestamp), events = COUNT(*), \
            activities = COUNT(*) WHERE event.dataset == "anthropic.audit", people = COUNT_DISTINCT(user.key), \
            sessions = COUNT_DISTINCT(session), servers = COUNT_DISTINCT(server), \
            tools = COUNT(*) WHERE event.action == "tool_result", addresses = COUNT_DISTINCT(source.ip), \
            names = VALUES(user.name), roles = VALUES(user.target.roles), organizations = VALUES(organization.name), \
            countries = VALUES(source.geo.country_name), networks = VALUES(source.as.organization.name), \
            surfaces = VALUES(docket.surface), identities = VALUES(docket.identity), cost = SUM(cost_of_event)
            """, entity.filter)
        guard answer.count > 0, answer.int(0, "events") ?? 0 > 0 else {
            return h(.p, .class("empty"), .testID("facts")) { "No event of this time is about it." }
        }
        return .several([
            PartialNote.markup(answer),
            h(.dl, .class("overview"), .testID("facts")) {
                fact("first", "First event", .moment(answer.time(0, "first")))
                fact("last", "Last event", .moment(answer.time(0, "last")))
                for (name, heading) in Self.counts { fact(name, heading, .count(answer.int(0, name))) }
                fact("cost", "Cost, as clients reckon", .money(answer.double(0, "cost"), isEstimate: true))
                for (name, heading) in Self.texts {
                    if !answer.texts(0, name).isEmpty { fact(name, heading, .texts(answer.texts(0, name))) }
                }
            },
            h(.p, .class("paging")) {
                h(.a, .href(search), .testID("as-search")) { "Open as search" }
            },
        ])
    }

    private static let counts = [
        ("events", "Events"), ("activities", "In the Activity Feed"), ("people", "People"), ("sessions", "Sessions"),
        ("tools", "Tool calls"), ("servers", "MCP servers"), ("addresses", "IP addresses"),
    ]
    private static let texts = [
        ("names", "Names"), ("roles", "Roles"), ("organizations", "Organizations"), ("surfaces", "Clients"),
        ("countries", "Countries"), ("networks", "Networks"), ("identities", "Identity"),
    ]

    private var search: LocalAddress {
        var terms = question.terms
        terms.query = KQLText.all([terms.query, entity.filter])
        return SearchTerms(terms).address
    }

    @MarkupBuilder private func fact(_ key: String, _ heading: String, _ cell: Cell) -> Markup {
        h(.dt) { heading }
        h(.dd, .key(key), cell.value.map { .datum($0) }) { cell.markup }
    }

    // MARK: Decision

    /// Of what is in the inventory.
    func decision() throws(SearchError) -> Markup {
        guard let list = InventoryList.all.first(where: { $0.kind == entity.kind }) else { return .none }
        let view = DecisionView(place: DecisionPlace(list.subject, entity.value), visit: question.visit)
        return .several([view.decision, try view.history()])
    }

    // MARK: Activity

    func heat() throws(SearchError) -> Markup {
        let hours = "events | STATS events = COUNT(*) BY hour = BUCKET(@timestamp, 1 hour)"
        let most = Self.mostHours
        // An hour is known when anything was received in it, whatever was filtered.
        let every = try question.visit.table(hours, in: question.bounds, rows: most)
        let answer = try question.table(hours, entity.filter, rows: most)
        var week = WeekValues()
        for row in every.indices { if let hour = every.time(row, "hour") { week.know(hour) } }
        for row in answer.indices {
            if let hour = answer.time(row, "hour") { week.add(Double(answer.int(row, "events") ?? 0), at: hour) }
        }
        return h(.section, .labelledBy("heat-heading"), .testID("heat")) {
            h(.h2, .id("heat-heading")) { "When" }
            PartialNote.markup(every, answer)
            HeatMap(title: "Events by weekday and hour", unit: .count("events"), week: week).markup
        }
    }

    // MARK: Sessions

    func sessions() throws(SearchError) -> Markup {
        let answer = try question.table(
            "\(SessionTable.sessions) | SORT first DESC, session ASC | LIMIT \(Self.most)", entity.filter)
        return h(.section, .labelledBy("sessions-heading")) {
            h(.h2, .id("sessions-heading")) { "Sessions" }
            ShortSessionTable.markup(
                "sessions", "The newest, at most \(Self.most); numbers count what is about it", answer,
                emptiness: "No session of this time is about it.")
        }
    }

    // MARK: What goes with it

    private struct Peer {
        let id: StaticString
        let heading: String
        /// In ES|QL.
        let value: String
        /// What a value is, when it has a page.
        var kind: Entity.Kind?
        /// What it is filtered by in a search, when it is one field.
        var field: String?
    }

    private static let peers = [
        Peer(id: "people", heading: "People", value: "user.key", kind: .person),
        Peer(id: "tools", heading: "Tools", value: "gen_ai.tool.name", field: "gen_ai.tool.name"),
        Peer(id: "servers", heading: "MCP servers", value: Telemetry.server, kind: .server),
        Peer(id: "addresses", heading: "IP addresses", value: "TO_STRING(source.ip)", kind: .address),
        Peer(id: "models", heading: "Models", value: "gen_ai.request.model", kind: .model),
        Peer(id: "actions", heading: "Actions", value: "event.action", field: "event.action"),
    ]

    func peers() throws(SearchError) -> Markup {
        var lists: [Markup] = []
        for peer in Self.peers where peer.kind == nil || peer.kind != entity.kind {
            let answer = try question.table(
                """
                events | EVAL peer = \(peer.value) | WHERE peer IS NOT NULL \
                | STATS events = COUNT(*), last = MAX(@timestamp) BY peer | SORT events DESC, peer ASC \
                | LIMIT \(Self.most)
                """, entity.filter)
            lists.append(list(peer, answer))
        }
        return h(.div, .class("side-lists")) {
            for list in lists { list }
        }
    }

    private func list(_ peer: Peer, _ answer: TableRows) -> Markup {
        var table = DataTable(
            id: peer.id, caption: "At most \(Self.most), the most often first",
            columns: [
                DataTable.Column("name", "Name"), DataTable.Column("events", "Events", isNumber: true),
                DataTable.Column("last", "Last"),
            ], emptiness: "None that events tell of.")
        table.rows = answer.indices.map { row in
            let value = answer.text(row, "peer") ?? ""
            return DataTable.Row(
                key: value,
                cells: [
                    .link(value, peer.kind.map { Entity($0, value).address } ?? peer.field.map { narrowed($0, value) }),
                    .count(answer.int(row, "events")), .moment(answer.time(row, "last")),
                ])
        }
        return h(.section) {
            h(.h2) { peer.heading }
            table.markup
        }
    }

    private func narrowed(_ field: String, _ value: String) -> LocalAddress {
        var terms = question.terms.with(Pill(field, value))
        terms.query = KQLText.all([terms.query, entity.filter])
        return SearchTerms(terms).address
    }
}
