import Platform

/// What a session touched: commands, files, hosts, servers, what was redacted, and models with their cost.
struct SessionLists {
    let story: SessionStory
    /// Rows of one list.
    private static let most = 100

    @MarkupBuilder var markup: Markup {
        let sums = SessionSums(story)
        h(.div, .class("side-lists")) {
            list("commands", "Commands", sums.commands)
            list("files", "Files", sums.files)
            list("hosts", "Hosts", sums.hosts)
            list("servers", "MCP servers", sums.servers)
            list("redactions", "Redacted, by what was found", sums.redactions)
            models(sums.models)
        }
    }

    private func list(_ id: StaticString, _ heading: String, _ sums: [SessionSums.Sum]) -> Markup {
        var table = DataTable(
            id: id, caption: sums.count > Self.most ? "The \(Self.most) most used of \(sums.count)" : "Most used first",
            columns: [DataTable.Column("name", "Name"), DataTable.Column("count", "Times", isNumber: true)],
            emptiness: "None that events tell of.")
        table.rows = sums.prefix(Self.most).map { sum in
            DataTable.Row(key: sum.name.shown, cells: [.text(sum.name.shown, most: 400), .count(sum.count)])
        }
        return h(.section) {
            h(.h2) { heading }
            table.markup
        }
    }

    private func models(_ models: [SessionSums.ModelSum]) -> Markup {
        var table = DataTable(
            id: "models", caption: "Cost as the client reckons",
            columns: [
                DataTable.Column("name", "Model"), DataTable.Column("requests", "Requests", isNumber: true),
                DataTable.Column("input", "Tokens in", isNumber: true),
                DataTable.Column("output", "Tokens out", isNumber: true),
                DataTable.Column("cost", "Cost", isNumber: true),
            ], emptiness: "No model was asked.")
        table.rows = models.map { model in
            DataTable.Row(
                key: model.model,
                cells: [
                    .text(model.model), .count(model.requests), .count(model.inputTokens), .count(model.outputTokens),
                    .money(model.cost, isEstimate: true),
                ])
        }
        return h(.section) {
            h(.h2) { "Cost by model" }
            table.markup
        }
    }
}
