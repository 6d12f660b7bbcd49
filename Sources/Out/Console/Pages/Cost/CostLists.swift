import Platform
import Query

/// Who and what a month's money went to.
struct CostLists: Sendable {
    let questions: CostQuestions

    private static let most = 50

    func people() throws(SearchError) -> Markup {
        try section("people", "By person") { () throws(SearchError) in
            let answer = try questions.table(
                """
                \(CostQuestions.requests) | STATS cost = SUM(cost_of_event), requests = COUNT(*), \
                input = SUM(gen_ai.usage.input_tokens), output = SUM(gen_ai.usage.output_tokens) \
                BY name = COALESCE(user.key, "not told") | SORT cost DESC NULLS LAST, name ASC | LIMIT \(Self.most)
                """)
            return requests("people", "Telemetry, the \(Self.most) dearest", "Person", answer) {
                $0 == "not told" ? nil : Entity(.person, $0).address
            }
        }
    }

    func models() throws(SearchError) -> Markup {
        try section("models", "By model") { () throws(SearchError) in
            let answer = try questions.table(
                """
                \(CostQuestions.requests) | STATS cost = SUM(cost_of_event), requests = COUNT(*), \
                input = SUM(gen_ai.usage.input_tokens), output = SUM(gen_ai.usage.output_tokens) \
                BY name = COALESCE(gen_ai.request.model, "not told") | SORT cost DESC NULLS LAST, name ASC \
                | LIMIT \(Self.most)
                """)
            let bills = try questions.table(
                """
                \(CostQuestions.bills) | STATS cost = SUM(anthropic.cost.amount_usd) \
                BY model = COALESCE(anthropic.cost.model, "no model"), \
                product = COALESCE(anthropic.cost.product, anthropic.cost.cost_type, "not told") \
                | SORT cost DESC, model ASC, product ASC | LIMIT \(Self.most)
                """)
            return .several([
                requests("models", "Telemetry", "Model", answer) { Entity(.model, $0).address }, billed(bills),
            ])
        }
    }

    private func billed(_ answer: TableRows) -> Markup {
        var table = DataTable(
            id: "billed", caption: "Anthropic's reports, the \(Self.most) dearest",
            columns: [
                DataTable.Column("model", "Model"), DataTable.Column("product", "Product"),
                DataTable.Column("cost", "Cost", isNumber: true),
            ], emptiness: "No cost report of this month is here. See analytics in the configuration.")
        table.rows = answer.indices.map { row in
            let (model, product) = (answer.text(row, "model") ?? "", answer.text(row, "product") ?? "")
            return DataTable.Row(
                key: "\(model) \(product)", cells: [.text(model), .text(product), .money(answer.double(row, "cost"))])
        }
        return table.markup
    }

    /// Telemetry names no team, so only reports that are split by group or workspace can tell.
    func teams() throws(SearchError) -> Markup {
        try section("teams", "By team") { () throws(SearchError) in
            let answer = try questions.table(
                """
                anthropic.cost | WHERE anthropic.cost.amount_usd IS NOT NULL \
                AND docket.report.name IN ("cost", "console_cost") \
                | EVAL team = COALESCE(anthropic.cost.rbac_group_id, anthropic.cost.workspace_id) \
                | WHERE team IS NOT NULL | STATS cost = SUM(anthropic.cost.amount_usd) BY team \
                | SORT cost DESC, team ASC | LIMIT \(Self.most)
                """)
            var table = DataTable(
                id: "teams", caption: "Groups and workspaces of Anthropic's reports",
                columns: [DataTable.Column("team", "Team"), DataTable.Column("cost", "Cost", isNumber: true)],
                emptiness: "No report of this month is split by group or workspace. See analytics.*.group_by.")
            table.rows = answer.indices.map { row in
                DataTable.Row(
                    key: answer.text(row, "team") ?? "",
                    cells: [.text(answer.text(row, "team")), .money(answer.double(row, "cost"))])
            }
            return table.markup
        }
    }

    func cache() throws(SearchError) -> Markup {
        try section("cache", "What the prompt cache saved") { () throws(SearchError) in
            let answer = try questions.table(
                """
                \(CostQuestions.requests) | STATS cost = SUM(cost_of_event), input = SUM(gen_ai.usage.input_tokens), \
                output = SUM(gen_ai.usage.output_tokens), reads = SUM(gen_ai.usage.cache_read.input_tokens), \
                writes = SUM(gen_ai.usage.cache_creation.input_tokens) \
                BY model = COALESCE(gen_ai.request.model, "not told") | SORT cost DESC NULLS LAST, model ASC \
                | LIMIT \(Self.most)
                """)
            var table = DataTable(
                id: "cache",
                caption: "Reckoned from what clients say that requests cost, and from the ratios of list prices: "
                    + "output 5, writing to the cache 1.25, reading from it 0.1 times an input token.",
                columns: [
                    DataTable.Column("model", "Model"), DataTable.Column("reads", "Tokens read", isNumber: true),
                    DataTable.Column("writes", "Tokens written", isNumber: true),
                    DataTable.Column("share", "Of all input", isNumber: true),
                    DataTable.Column("saved", "Saved", isNumber: true),
                ])
            table.rows = answer.indices.map { row in
                let savings = CacheSavings(
                    input: answer.int(row, "input") ?? 0, output: answer.int(row, "output") ?? 0,
                    reads: answer.int(row, "reads") ?? 0, writes: answer.int(row, "writes") ?? 0,
                    cost: answer.double(row, "cost") ?? 0)
                return DataTable.Row(
                    key: answer.text(row, "model") ?? "",
                    cells: [
                        .text(answer.text(row, "model")), .count(savings.reads), .count(savings.writes),
                        .share(savings.hitShare, of: 1), .money(savings.saved, isEstimate: true),
                    ])
            }
            return table.markup
        }
    }

    /// An event of a request that failed or was refused names no cost. What can be told is what the prompts cost in which
    /// that happened.
    func waste() throws(SearchError) -> Markup {
        try section("waste", "Spent on prompts in which something failed or was refused") { () throws(SearchError) in
            let answer = try questions.table(
                """
                \(Telemetry.source) | EVAL prompt = \(Telemetry.either("prompt.id")), cost_of_event = \(Telemetry.cost), \
                decision = \(Telemetry.either("decision")) | WHERE prompt IS NOT NULL \
                | STATS cost = SUM(cost_of_event), \
                errors = COUNT(*) WHERE event.action IN ("api_error", "api_retries_exhausted"), \
                refusals = COUNT(*) WHERE event.action == "api_refusal", \
                rejects = COUNT(*) WHERE event.action == "tool_decision" AND decision == "reject", \
                failures = COUNT(*) WHERE event.action == "tool_result" AND event.outcome == "failure" BY prompt \
                | STATS prompts = COUNT(*), all = SUM(cost), error_count = SUM(errors), \
                error_prompts = COUNT(*) WHERE errors > 0, error_cost = SUM(cost) WHERE errors > 0, \
                refusal_count = SUM(refusals), refusal_prompts = COUNT(*) WHERE refusals > 0, \
                refusal_cost = SUM(cost) WHERE refusals > 0, reject_count = SUM(rejects), \
                reject_prompts = COUNT(*) WHERE rejects > 0, reject_cost = SUM(cost) WHERE rejects > 0, \
                failure_count = SUM(failures), failure_prompts = COUNT(*) WHERE failures > 0, \
                failure_cost = SUM(cost) WHERE failures > 0
                """)
            var table = DataTable(
                id: "waste", caption: "A prompt in which several things happened is in each of the rows.",
                columns: [
                    DataTable.Column("what", "What"), DataTable.Column("count", "Times", isNumber: true),
                    DataTable.Column("prompts", "Prompts", isNumber: true),
                    DataTable.Column("cost", "Cost of these prompts", isNumber: true),
                    DataTable.Column("share", "Of all prompts' cost", isNumber: true),
                ])
            guard answer.count > 0, answer.int(0, "prompts") ?? 0 > 0 else { return table.markup }
            table.rows = Self.wastes.map { name, label in
                DataTable.Row(
                    key: name,
                    cells: [
                        .text(label), .count(answer.int(0, "\(name)_count")), .count(answer.int(0, "\(name)_prompts")),
                        .money(answer.double(0, "\(name)_cost"), isEstimate: true),
                        .share(answer.double(0, "\(name)_cost"), of: answer.double(0, "all")),
                    ])
            }
            return table.markup
        }
    }

    private static let wastes = [
        ("error", "requests that failed"), ("refusal", "requests that the model refused"),
        ("reject", "calls that were refused"), ("failure", "calls that failed"),
    ]

    func sessions() throws(SearchError) -> Markup {
        try section("top", "Dearest sessions") { () throws(SearchError) in
            let answer = try questions.table(
                "\(SessionTable.sessions) | WHERE cost > 0 | SORT cost DESC, session ASC | LIMIT 20")
            return ShortSessionTable.markup(
                "top", "What they cost within the month", answer,
                emptiness: "No client has told of a cost in this month.")
        }
    }

    // MARK: Pieces

    private func section(
        _ key: String, _ heading: String, _ content: () throws(SearchError) -> Markup
    ) throws(SearchError) -> Markup {
        let content = try content()
        return h(.section, .key(key)) {
            h(.h2) { heading }
            content
        }
    }

    private func requests(
        _ id: StaticString, _ caption: String, _ heading: String, _ answer: TableRows,
        _ address: (String) -> LocalAddress?
    ) -> Markup {
        var table = DataTable(
            id: id, caption: caption,
            columns: [
                DataTable.Column("name", heading), DataTable.Column("requests", "Requests", isNumber: true),
                DataTable.Column("input", "Tokens in", isNumber: true),
                DataTable.Column("output", "Tokens out", isNumber: true),
                DataTable.Column("cost", "Cost", isNumber: true),
            ], emptiness: "No client has told of a request in this month.")
        table.rows = answer.indices.map { row in
            let name = answer.text(row, "name") ?? ""
            return DataTable.Row(
                key: name,
                cells: [
                    .link(name, address(name)), .count(answer.int(row, "requests")), .count(answer.int(row, "input")),
                    .count(answer.int(row, "output")), .money(answer.double(row, "cost"), isEstimate: true),
                ])
        }
        return .several([PartialNote.markup(answer), table.markup])
    }
}
