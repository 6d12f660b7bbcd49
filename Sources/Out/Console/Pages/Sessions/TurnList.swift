import Platform

/// Prompt by prompt: what was asked, and a waterfall of what followed.
struct TurnList {
    let story: SessionStory

    /// Turns of a session with fewer steps stand open.
    private static let mostOpen = 300
    /// Steps of one turn that are shown.
    private static let mostSteps = 250
    private static let mostTurns = 500

    @MarkupBuilder var markup: Markup {
        let isOpen = story.events.count <= Self.mostOpen
        for turn in story.turns.prefix(Self.mostTurns) {
            h(.details, .class("turn"), .key(turn.id ?? "start"), isOpen ? .open : nil) {
                summary(turn)
                steps(turn)
            }
        }
        if story.turns.count > Self.mostTurns {
            h(.p, .class("muted")) {
                "\(Numbers.grouped(story.turns.count - Self.mostTurns)) more prompts are not shown."
            }
        }
    }

    private func summary(_ turn: SessionStory.Turn) -> Markup {
        let refused = turn.calls.count { story.calls[$0].approval.isAllowed == false }
        return h(.summary) {
            h(.strong) { TurnName.of(turn) }
            if let first = turn.events.first { " at \(Numbers.minute(story.events[first].time))" }
            ", "
            h(.span, .key("calls"), .datum(turn.calls.count)) { count(turn.calls.count, "call") }
            if refused > 0 {
                ", "
                h(.span, .class("bad"), .key("rejects"), .datum(refused)) { "\(refused) refused" }
            }
            if !turn.agents.isEmpty { ", \(count(turn.agents.count, "subagent"))" }
            if let cost = turn.cost {
                ", "
                Money(cost, isEstimate: true).markup
            }
        }
    }

    private func count(_ number: Int, _ name: String) -> String {
        "\(Numbers.grouped(number)) \(name)\(number == 1 ? "" : "s")"
    }

    @MarkupBuilder private func steps(_ turn: SessionStory.Turn) -> Markup {
        let all = TurnStep.steps(of: turn, in: story)
        let steps = Array(all.prefix(Self.mostSteps))
        if let text = turn.prompt?.text {
            h(.p, .class("value prompt")) { VisibleText.of(text.shown, most: EventOverview.valueLength) }
        }
        if let start = all.map(\.start).min(), let end = all.map(\.end).max() {
            let scale = TimeScale(start: start, end: end, width: 200, least: 1.5)
            table(steps.filter { $0.agent == nil }, scale, "Steps")
            for agent in turn.agents {
                let these = steps.filter { $0.agent == agent }
                h(.details, .class("agent"), .open) {
                    h(.summary) {
                        "Subagent \(VisibleText.of(story.agents[agent].name, most: 60)), \(count(these.count, "step"))"
                    }
                    h(.p, .class("muted")) { "Events do not name the subagent that called a tool; its time tells." }
                    table(these, scale, "Steps of the subagent")
                }
            }
            if all.count > steps.count {
                h(.p, .class("muted")) { "\(Numbers.grouped(all.count - steps.count)) more steps are not shown." }
            }
        }
    }

    private func table(_ steps: [TurnStep], _ scale: TimeScale, _ caption: String) -> Markup {
        var table = DataTable(
            id: "steps", caption: caption,
            columns: [
                DataTable.Column("start", "Start"), DataTable.Column("step", "Step"),
                DataTable.Column("when", "When"), DataTable.Column("length", "Length", isNumber: true),
                DataTable.Column("cost", "Cost", isNumber: true),
            ], emptiness: "No steps of its own.")
        table.rows = steps.enumerated().map { place, step in
            DataTable.Row(
                key: String(place),
                cells: [
                    .moment(step.start), .markup(name(step)), .markup(bar(step, scale)),
                    .length(step.end - step.start), .money(step.cost, isEstimate: true),
                ])
        }
        return table.markup
    }

    @MarkupBuilder private func name(_ step: TurnStep) -> Markup {
        if step.isBad { h(.span, .class("bad")) { "✗ " } }
        h(.strong) { VisibleText.of(step.label, most: 80) }
        if let detail = step.detail { h(.code, .class("value")) { " \(VisibleText.of(detail, most: 200))" } }
    }

    private func bar(_ step: TurnStep, _ scale: TimeScale) -> Markup {
        let (x, width) = scale.stretch(step.start, step.end)
        return h(.svg, .viewBox(width: 200, height: 10), .stretched, .class("wait"), .hiddenFromReaders) {
            h(
                .rect, .class(step.isBad ? "mark failed" : "mark"), .x(x), .y(step.isBad ? 0 : 2), .width(width),
                .height(step.isBad ? 10 : 6))
        }
    }
}
