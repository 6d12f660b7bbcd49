import Platform
import Query

/// The table of sessions.
struct SessionTable: Sendable {
    let question: ListQuestion

    /// Sessions on one page.
    static let size = 50
    /// As far as a person leafs; behind it a filter is the better way. ES|QL gives no more rows.
    static let mostPages = 200

    static let columns = [
        DataTable.Column("person", "Person", isSortable: true),
        DataTable.Column("first", "Start", isSortable: true),
        DataTable.Column("length", "Length", isNumber: true, isSortable: true),
        DataTable.Column("prompts", "Prompts", isNumber: true, isSortable: true),
        DataTable.Column("tools", "Tool calls", isNumber: true, isSortable: true),
        DataTable.Column("servers", "MCP servers", isNumber: true, isSortable: true),
        DataTable.Column("rejects", "Refused", isNumber: true, isSortable: true),
        DataTable.Column("mode", "Widest mode", isSortable: true),
        DataTable.Column("cost", "Cost", isNumber: true, isSortable: true),
        DataTable.Column("missing", "Missing events", isNumber: true, isSortable: true),
        DataTable.Column("surface", "Client", isSortable: true),
    ]

    /// What only some sessions have.
    enum Kind: String, CaseIterable {
        case refused, gaps, bypass, failed

        var label: String {
            switch self {
            case .refused: "With refused calls"
            case .gaps: "With missing events"
            case .bypass: "That asked for nothing"
            case .failed: "With failed requests"
            }
        }

        var step: String {
            switch self {
            case .refused: "WHERE rejects > 0"
            case .gaps: "WHERE missing > 0"
            case .bypass: "WHERE mode == \(PermissionMode.all.count - 1)"
            case .failed: "WHERE failures > 0"
            }
        }
    }

    /// One row a session.
    static let sessions = """
        \(Telemetry.source) | EVAL session = \(Telemetry.session) | WHERE session IS NOT NULL \
        | EVAL decision = \(Telemetry.either("decision")), server = \(Telemetry.server), \
        cost_of_event = \(Telemetry.cost), to = \(Telemetry.either("to_mode")), from = \(Telemetry.either("from_mode")) \
        | EVAL rank = GREATEST(\(PermissionMode.rank(of: "to")), \(PermissionMode.rank(of: "from"))) \
        | STATS first = MIN(@timestamp), last = MAX(@timestamp), person = MAX(user.key), \
        prompts = COUNT(*) WHERE event.action == "user_prompt", tools = COUNT(*) WHERE event.action == "tool_result", \
        servers = COUNT_DISTINCT(server), \
        rejects = COUNT(*) WHERE event.action == "tool_decision" AND decision == "reject", \
        failures = COUNT(*) WHERE event.action IN ("api_error", "api_retries_exhausted", "api_refusal"), \
        mode = MAX(rank), cost = SUM(cost_of_event), low = MIN(event.sequence), high = MAX(event.sequence), \
        numbers = COUNT_DISTINCT(event.sequence), surface = MAX(docket.surface) BY session \
        | EVAL length = DATE_DIFF("seconds", first, last), \
        missing = CASE(numbers > 0, high - low + 1 - numbers, NULL)
        """

    func markup() throws(SearchError) -> Markup {
        let visit = question.visit
        let order =
            visit.value("sort").flatMap { SortOrder($0, among: Self.columns) }
            ?? SortOrder("first", isDescending: true)
        let number = min(max(visit.value("page").flatMap { Int($0) } ?? 1, 1), Self.mostPages)
        let kind = visit.value("only").flatMap { Kind(rawValue: $0) }.map { " | \($0.step)" } ?? ""
        // One row more tells whether there is a next page.
        let answer = try question.table(
            "\(Self.sessions)\(kind) | \(order.step), session ASC | LIMIT \(number * Self.size + 1)",
            rows: number * Self.size + 1)
        let before = (number - 1) * Self.size
        let rows = answer.indices.dropFirst(before)
        var table = DataTable(
            id: "sessions", caption: "Sessions \(before + 1) to \(before + min(rows.count, Self.size))",
            columns: Self.columns, sorting: DataTable.Sorting(order: order, address: visit.address),
            emptiness: "No session in this time matches.")
        table.rows = rows.prefix(Self.size).map { row(answer, $0) }
        return .several([
            PartialNote.markup(answer), table.markup,
            paging(visit.address, number: number, hasMore: rows.count > Self.size),
        ])
    }

    private func row(_ answer: TableRows, _ row: Int) -> DataTable.Row {
        let session = answer.text(row, "session") ?? ""
        let person = answer.text(row, "person")
        return DataTable.Row(
            key: session,
            cells: [
                .link(person, person.map { Entity(.person, $0).address }, most: 80),
                .markup(
                    h(.a, .href(SessionScreen.address(session)), .title("Session \(VisibleText.of(session, most: 80))"))
                    { answer.time(row, "first").map(Numbers.minute) ?? "–" }),
                .length(answer.int(row, "length").map { .seconds(Int64($0)) }),
                .count(answer.int(row, "prompts")), .count(answer.int(row, "tools")),
                .count(answer.int(row, "servers")), .count(answer.int(row, "rejects")),
                .markup(ModeMark(PermissionMode.name(ofRank: answer.int(row, "mode"))).markup),
                .money(answer.double(row, "cost"), isEstimate: true), missing(answer.int(row, "missing")),
                .text(answer.text(row, "surface")),
            ])
    }

    /// At the least: of a session of several processes, numbers that one of them has do not show in another.
    private func missing(_ count: Int?) -> Cell {
        guard let count, count > 0 else { return .count(count) }
        return Cell(markup: h(.span, .class("bad")) { "▲ \(Numbers.grouped(count))" }, value: Double(count))
    }

    private func paging(_ address: PageAddress, number: Int, hasMore: Bool) -> Markup {
        h(.nav, .class("paging"), .label("Result pages")) {
            if number > 1 {
                h(.a, .href(address.with([("page", String(number - 1))]))) { "Before" }
            }
            if hasMore, number < Self.mostPages {
                h(.a, .href(address.with([("page", String(number + 1))])), .testID("next")) { "Next" }
            }
        }
    }
}
