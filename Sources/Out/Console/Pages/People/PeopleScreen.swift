import Platform
import Query

/// Everybody whom events of a time tell of.
struct PeopleScreen: Screen {
    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let visit = visit.reaching(TimeTerms(from: "now-7d", to: "now"))
        let frame = FilteredPage(
            visit: visit, title: "People", place: .people,
            purpose: "Everybody whom an event of the chosen time names. A person is told by their e-mail address, "
                + "else by the id that an event has.")
        return frame.page { [PeopleList(question: $0).markup] }
    }
}

/// The table of people.
struct PeopleList: Sendable {
    let question: ListQuestion

    static let most = 500

    private static let columns = [
        DataTable.Column("person", "Person", isSortable: true),
        DataTable.Column("last", "Last event", isSortable: true),
        DataTable.Column("events", "Events", isNumber: true, isSortable: true),
        DataTable.Column("activities", "In the Activity Feed", isNumber: true, isSortable: true),
        DataTable.Column("sessions", "Sessions", isNumber: true, isSortable: true),
        DataTable.Column("tools", "Tool calls", isNumber: true, isSortable: true),
        DataTable.Column("rejects", "Refused", isNumber: true, isSortable: true),
        DataTable.Column("servers", "MCP servers", isNumber: true, isSortable: true),
        DataTable.Column("addresses", "IP addresses", isNumber: true, isSortable: true),
        DataTable.Column("cost", "Cost", isNumber: true, isSortable: true),
    ]

    static let people = """
        events | WHERE user.key IS NOT NULL | EVAL person = user.key, session = \(Telemetry.session), \
        server = \(Telemetry.server), cost_of_event = \(Telemetry.cost), decision = \(Telemetry.either("decision")) \
        | STATS last = MAX(@timestamp), events = COUNT(*), \
        activities = COUNT(*) WHERE event.dataset == "anthropic.audit", sessions = COUNT_DISTINCT(session), \
        tools = COUNT(*) WHERE event.action == "tool_result", \
        rejects = COUNT(*) WHERE event.action == "tool_decision" AND decision == "reject", \
        servers = COUNT_DISTINCT(server), addresses = COUNT_DISTINCT(source.ip), cost = SUM(cost_of_event) BY person
        """

    func markup() throws(SearchError) -> Markup {
        let order =
            question.visit.value("sort").flatMap { SortOrder($0, among: Self.columns) }
            ?? SortOrder("events", isDescending: true)
        let answer = try question.table(
            "\(Self.people) | \(order.step), person ASC | LIMIT \(Self.most + 1)", rows: Self.most + 1)
        var table = DataTable(
            id: "people",
            caption: answer.count > Self.most
                ? "The first \(Self.most) people. Filter to see others." : "\(Numbers.grouped(answer.count)) people",
            columns: Self.columns, sorting: DataTable.Sorting(order: order, address: question.visit.address),
            emptiness: "No event of this time names a person.")
        table.rows = answer.indices.prefix(Self.most).map { row in
            let person = answer.text(row, "person") ?? ""
            return DataTable.Row(
                key: person,
                cells: [
                    .link(person, Entity(.person, person).address, most: 100), .moment(answer.time(row, "last")),
                    .count(answer.int(row, "events")), .count(answer.int(row, "activities")),
                    .count(answer.int(row, "sessions")), .count(answer.int(row, "tools")),
                    .count(answer.int(row, "rejects")), .count(answer.int(row, "servers")),
                    .count(answer.int(row, "addresses")), .money(answer.double(row, "cost"), isEstimate: true),
                ])
        }
        return .several([PartialNote.markup(answer), table.markup])
    }
}
