import Platform
import Query

/// Each call of a tool as a row: prompt, proposed call, decision and who or what made it, result.
struct LineageTable {
    let story: SessionStory
    let showsOnlyUnseen: Bool
    let address: PageAddress

    /// With more calls than this, they are folded prompt by prompt.
    static let mostUnfolded = 1_000

    private static let columns = [
        DataTable.Column("time", "Time"), DataTable.Column("prompt", "Prompt"),
        DataTable.Column("call", "Proposed call"), DataTable.Column("decision", "Decision"),
        DataTable.Column("approver", "By"), DataTable.Column("result", "Result"),
    ]

    @MarkupBuilder var markup: Markup {
        let calls = showsOnlyUnseen ? story.unseen : story.calls
        h(.nav, .class("choices"), .label("Which calls")) {
            link("All calls", story.calls.count, nil, isCurrent: !showsOnlyUnseen)
            link("Nobody looked", story.unseen.count, "unseen", isCurrent: showsOnlyUnseen)
        }
        if calls.count > Self.mostUnfolded {
            for (place, turn) in story.turns.enumerated() {
                let these = calls.filter { $0.turn == place }
                if !these.isEmpty {
                    h(.details) {
                        h(.summary) { "\(TurnName.of(turn)): \(Numbers.grouped(these.count)) calls" }
                        table(these)
                    }
                }
            }
        } else {
            table(calls)
        }
    }

    private func link(_ label: String, _ count: Int, _ only: String?, isCurrent: Bool) -> Markup {
        h(
            .a, .href(address.with(only.map { [("only", $0)] } ?? [], without: ["only"])), .key(only ?? "all"),
            .datum(count), isCurrent ? .current("page") : nil
        ) { "\(label) (\(Numbers.grouped(count)))" }
    }

    private func table(_ calls: [ToolCall]) -> Markup {
        var table = DataTable(
            id: "lineage", caption: "From what was asked to what ran", columns: Self.columns,
            emptiness: showsOnlyUnseen ? "A person decided about every call." : "No tool was called.")
        table.rows = calls.map(row)
        return table.markup
    }

    private func row(_ call: ToolCall) -> DataTable.Row {
        let turn = story.turns[call.turn]
        return DataTable.Row(
            key: call.decision?.callID ?? call.result?.callID ?? String(call.number),
            cells: [
                .moment(call.start), .text(TurnName.of(turn), most: 80), .markup(proposed(call)),
                .markup(decision(call)), .text(call.approval.words), .markup(result(call)),
            ])
    }

    @MarkupBuilder private func proposed(_ call: ToolCall) -> Markup {
        h(.strong) { VisibleText.of(call.tool, most: 80) }
        if let server = call.server { " of MCP server \(VisibleText.of(server.shown, most: 80))" }
        if let subject = call.subject { h(.code, .class("value")) { " \(VisibleText.of(subject.shown, most: 400))" } }
        if let agent = call.agent { " in subagent \(VisibleText.of(story.agents[agent].name, most: 40))" }
    }

    @MarkupBuilder private func decision(_ call: ToolCall) -> Markup {
        if let event = call.decision {
            let isAllowed = call.approval.isAllowed == true
            h(.a, .href(LocalAddress("/events", segments: [event.id])), .class(isAllowed ? "good" : "bad")) {
                isAllowed ? "✓ allowed" : "✗ refused"
            }
        } else {
            h(.span, .class("warn"), .about("no-decision")) { "▲ no event tells a decision" }
        }
    }

    @MarkupBuilder private func result(_ call: ToolCall) -> Markup {
        if let event = call.result {
            h(.a, .href(LocalAddress("/events", segments: [event.id]))) { OutcomeMark(event.outcome).markup }
            if let duration = event.duration { " after \(Amounts.length(duration))" }
            if event.isFailure, let error = event.error { ": \(VisibleText.of(error.shown, most: 120))" }
        } else if call.wasRefused {
            h(.span, .class("muted")) { "did not run" }
        } else {
            h(.span, .class("warn"), .about("no-result")) { "▲ no event tells a result" }
        }
    }
}

/// What a turn is called: its number, and the beginning of its prompt as far as it is there.
enum TurnName {
    static func of(_ turn: SessionStory.Turn) -> String {
        guard turn.number > 0 else { return "Before the first prompt" }
        guard let prompt = turn.prompt else { return "\(turn.number). The event of the prompt is missing" }
        if let text = prompt.text {
            return "\(turn.number). \(VisibleText.of(String(text.shown.prefix { !$0.isNewline }), most: 60))"
        }
        return "\(turn.number). A prompt\(prompt.textLength.map { " of \(Numbers.grouped($0)) characters" } ?? "")"
    }
}
