import Platform
import Query

/// The parts of the fleet page.
struct FleetView: Sendable {
    let question: ListQuestion

    private static let most = 500
    /// Rows of the silent list.
    private static let mostSilent = 100
    /// How far back before the chosen time the last event of somebody silent is looked for.
    private static let lookBack = Timestamp.Span.days(90)

    // MARK: Who is active and sends nothing

    func coverage() throws(SearchError) -> Markup {
        guard let from = question.bounds.from else {
            return h(.p, .class("muted")) { "Who has fallen silent is told for a time that has a beginning." }
        }
        let visit = question.visit
        let start = QuotedText.of(RFC3339.text(from))
        // Who sends is behind all who do not, so that the sums are in the first row in any case.
        let steps = """
            events | WHERE user.key IS NOT NULL | STATS \
            elsewhere = COUNT(*) WHERE @timestamp >= \(start)::datetime AND (event.dataset == "anthropic.audit" \
            OR event.dataset == "anthropic.analytics" AND docket.report.name == "users" \
            OR event.dataset == "anthropic.claude_code_usage"), \
            sent = COUNT(*) WHERE @timestamp >= \(start)::datetime AND \(Self.isTelemetry), \
            last = MAX(@timestamp) WHERE \(Self.isTelemetry), \
            seen = MAX(@timestamp) WHERE NOT \(Self.isTelemetry) BY person = user.key | WHERE elsewhere > 0 \
            | EVAL sends = sent > 0 | INLINE STATS active = COUNT(*), sending = COUNT(*) WHERE sends \
            | SORT sends ASC, last DESC NULLS LAST, person ASC | LIMIT \(Self.mostSilent)
            """
        let bounds = TimeBounds(from: from - Self.lookBack, to: question.bounds.to)
        let answer = try visit.table(steps, filter: question.terms.filter, in: bounds)
        return .several([PartialNote.markup(answer), share(answer), silentList(answer)])
    }

    private static let isTelemetry =
        "event.dataset IN (\"claude_code.events\", \"claude_cowork.events\", \"claude_code.metrics\", \"claude_code.traces\")"

    @MarkupBuilder private func share(_ sums: TableRows) -> Markup {
        let active = sums.count > 0 ? sums.int(0, "active") ?? 0 : 0
        let sending = sums.count > 0 ? sums.int(0, "sending") ?? 0 : 0
        if active > 0, let text = Amounts.share(Double(sending), of: Double(active)) {
            h(.p, .class("headline"), .testID("coverage")) {
                h(.strong, .key("share"), .datum(Double(sending) / Double(active))) { text }
                " of the people whom the Activity Feed or a report names send telemetry: "
                h(.span, .key("sending"), .datum(sending)) { Numbers.grouped(sending) }
                " of "
                h(.span, .key("active"), .datum(active)) { Numbers.grouped(active) }
                "."
            }
            Bullet(
                title: "People who send telemetry", unit: .count("people"), value: Double(sending),
                target: Double(active), hasCaption: false
            ).markup
        } else {
            h(.p, .class("empty"), .testID("coverage")) {
                "Neither the Activity Feed nor a report names anybody in this time, so who should send is not known."
            }
        }
    }

    private func silentList(_ answer: TableRows) -> Markup {
        var table = DataTable(
            id: "silent",
            caption: "Active in this time and without telemetry, at most \(Self.mostSilent). Not everybody uses Claude "
                + "Code or Cowork; who never sent anything may just be one of them.",
            columns: [
                DataTable.Column("person", "Person"), DataTable.Column("seen", "Last seen elsewhere"),
                DataTable.Column("last", "Last telemetry"), DataTable.Column("silent", "Silent for", isNumber: true),
            ], emptiness: "Everybody who is active sends.")
        table.rows = answer.indices.filter { answer.int($0, "sent") == 0 }.map { row in
            let person = answer.text(row, "person") ?? ""
            let last = answer.time(row, "last")
            return DataTable.Row(
                key: person,
                cells: [
                    .link(person, Entity(.person, person).address), .moment(answer.time(row, "seen")), .moment(last),
                    .length(last.map { question.visit.now - $0 }),
                ])
        }
        return h(.section, .labelledBy("silent-heading")) {
            h(.h2, .id("silent-heading")) { "Silent" }
            table.markup
        }
    }

    // MARK: Versions

    func versions() throws(SearchError) -> Markup {
        let answer = try question.table(
            """
            \(Telemetry.source) | STATS people = COUNT_DISTINCT(user.key), events = COUNT(*), last = MAX(@timestamp) \
            BY surface = COALESCE(docket.surface, "not told"), version = COALESCE(service.version, "not told") \
            | SORT surface ASC, people DESC, version DESC | LIMIT 200
            """)
        var table = DataTable(
            id: "versions", caption: "Which versions are in use",
            columns: [
                DataTable.Column("surface", "Client"), DataTable.Column("version", "Version"),
                DataTable.Column("people", "People", isNumber: true),
                DataTable.Column("events", "Events", isNumber: true), DataTable.Column("last", "Last event"),
            ], emptiness: "No client has sent anything in this time.")
        table.rows = answer.indices.map { row in
            let (surface, version) = (answer.text(row, "surface") ?? "", answer.text(row, "version") ?? "")
            return DataTable.Row(
                key: "\(surface) \(version)",
                cells: [
                    .text(surface), .text(version), .count(answer.int(row, "people")),
                    .count(answer.int(row, "events")), .moment(answer.time(row, "last")),
                ])
        }
        return h(.section, .labelledBy("versions-heading")) {
            h(.h2, .id("versions-heading")) { "Versions" }
            table.markup
        }
    }

    // MARK: Clients

    private static let columns =
        [
            DataTable.Column("person", "Person", isSortable: true),
            DataTable.Column("surface", "Client", isSortable: true),
            DataTable.Column("last", "Last event", isSortable: true),
            DataTable.Column("silent", "Silent for", isNumber: true),
            DataTable.Column("version", "Version", isSortable: true),
        ] + Gate.allCases.map { DataTable.Column($0.rawValue, $0.label) } + [
            DataTable.Column("hooks", "Hooks", isNumber: true, isSortable: true),
            DataTable.Column("servers", "MCP servers", isNumber: true, isSortable: true),
            DataTable.Column("missing", "Missing events", isNumber: true, isSortable: true),
            DataTable.Column("identity", "Identity"),
        ]

    /// Who it is, in ES|QL.
    private static let client =
        "person = COALESCE(user.key, \"not told\"), surface = COALESCE(docket.surface, \"not told\")"
    private static let gates = Gate.allCases.filter { $0.condition == nil }

    /// Numbers of events count per process, so what is missing is found session by session.
    private static let clients = """
        \(Telemetry.source) | EVAL \(client), session = COALESCE(\(Telemetry.session), ""), \
        server = \(Telemetry.server), \
        hook = CASE(event.action == "hook_registered", CONCAT(COALESCE(\(Telemetry.either("hook_event")), ""), " ", \
        COALESCE(\(Telemetry.either("hook_source")), ""), " ", COALESCE(\(Telemetry.either("hook_matcher")), "")), NULL) \
        | STATS last = MAX(@timestamp), version = LAST(service.version, @timestamp) WHERE service.version IS NOT NULL, \
        \(gates.map(\.counts).joined(separator: ", ")), hook_names = VALUES(hook), \
        server_names = VALUES(server), low = MIN(event.sequence), high = MAX(event.sequence), \
        numbers = COUNT_DISTINCT(event.sequence), identity = LAST(docket.identity, @timestamp) WHERE docket.identity IS NOT NULL \
        BY person, surface, session | EVAL gap = CASE(numbers > 0, high - low + 1 - numbers, NULL) \
        | STATS version = LAST(version, last) WHERE version IS NOT NULL, \
        identity = LAST(identity, last) WHERE identity IS NOT NULL, last = MAX(last), \
        \(gates.flatMap { gate in ["open", "shut"].map { "\(gate.rawValue)_\($0) = SUM(\(gate.rawValue)_\($0))" } }
        .joined(separator: ", ")), \
        hooks = COUNT_DISTINCT(hook_names), servers = COUNT_DISTINCT(server_names), missing = SUM(gap) \
        BY person, surface
        """

    func clients() throws(SearchError) -> Markup {
        let visit = question.visit
        let order =
            visit.value("sort").flatMap { SortOrder($0, among: Self.columns) }
            ?? SortOrder("last", isDescending: true)
        let most = Self.most
        let answer = try question.table(
            "\(Self.clients) | \(order.step), person ASC, surface ASC | LIMIT \(most + 1)", rows: most + 1)
        let counts = try gateCounts()
        var table = DataTable(
            id: "clients",
            caption: answer.count > most ? "The first \(most). Filter to see others." : "\(answer.count) in this time",
            columns: Self.columns, sorting: DataTable.Sorting(order: order, address: visit.address),
            emptiness: "No client has sent anything in this time.")
        table.rows = answer.indices.prefix(most).map { row(answer, $0, counts) }
        return h(.section, .labelledBy("clients-heading")) {
            h(.h2, .id("clients-heading")) { "Clients" }
            PartialNote.markup(answer)
            table.markup
            h(.p, .class("muted")) {
                "What is hidden is opened by a setting of the client: "
                    + Gate.allCases.map { "\($0.label) by \($0.setting)" }.joined(separator: ", ") + "."
            }
        }
    }

    private struct Client: Hashable {
        let person: String
        let surface: String
    }

    private typealias GateCounts = [Gate: [Client: (open: Int, shut: Int)]]

    /// Of the gates that are counted among few events.
    private func gateCounts() throws(SearchError) -> GateCounts {
        var counts: GateCounts = [:]
        for gate in Gate.allCases {
            guard let condition = gate.condition else { continue }
            // It names content only to count it, and a list would cover whom it is of.
            let answer = try question.table(
                "\(Telemetry.source) | WHERE \(condition) | EVAL \(Self.client) "
                    + "| STATS \(gate.counts) BY person, surface | LIMIT 10000", rows: 10_000,
                of: question.visit.engine)
            for row in answer.indices {
                let client = Client(
                    person: answer.text(row, "person") ?? "", surface: answer.text(row, "surface") ?? "")
                counts[gate, default: [:]][client] = Self.counts(of: gate, answer, row)
            }
        }
        return counts
    }

    private static func counts(of gate: Gate, _ answer: TableRows, _ row: Int) -> (open: Int, shut: Int) {
        (answer.int(row, "\(gate.rawValue)_open") ?? 0, answer.int(row, "\(gate.rawValue)_shut") ?? 0)
    }

    private func row(_ answer: TableRows, _ row: Int, _ few: GateCounts) -> DataTable.Row {
        let (person, surface) = (answer.text(row, "person") ?? "", answer.text(row, "surface") ?? "")
        let last = answer.time(row, "last")
        let gates = Gate.allCases.map { gate in
            let counts =
                gate.condition == nil
                ? Self.counts(of: gate, answer, row)
                : few[gate]?[Client(person: person, surface: surface)] ?? (0, 0)
            return Cell.markup(gate.state(open: counts.open, shut: counts.shut).markup)
        }
        return DataTable.Row(
            key: "\(person) \(surface)",
            cells: [
                .link(person, person == "not told" ? nil : Entity(.person, person).address), .text(surface),
                .moment(last), .length(last.map { question.visit.now - $0 }), .text(answer.text(row, "version")),
            ] + gates + [
                .count(answer.int(row, "hooks")), .count(answer.int(row, "servers")),
                .count(answer.int(row, "missing")), identity(answer.text(row, "identity")),
            ])
    }

    private func identity(_ kind: String?) -> Cell {
        switch kind {
        case "credential-bound": .markup(h(.span, .class("good")) { "● bound to the credential" })
        case "client-claimed": .markup(h(.span, .class("warn")) { "▲ only claimed" })
        default: .text(kind)
        }
    }
}
