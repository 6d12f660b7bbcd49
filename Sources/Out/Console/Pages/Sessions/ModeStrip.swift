import Platform

/// The permission mode over the time of a session.
struct ModeStrip {
    let story: SessionStory

    @MarkupBuilder var markup: Markup {
        if let start = story.start, let end = story.end {
            let scale = TimeScale(start: start, end: end, width: 1_000, least: 2)
            h(
                .svg, .viewBox(width: 1_000, height: 24), .stretched, .class("strip"), .role("img"),
                .label("Permission mode over time. The table below says the same.")
            ) {
                for span in story.modes { piece(span, scale) }
            }
        }
        table
    }

    @MarkupBuilder private func piece(_ span: SessionStory.ModeSpan, _ scale: TimeScale) -> Markup {
        let (x, width) = scale.stretch(span.from, span.to)
        let name = span.mode.map { VisibleText.of($0, most: 40) } ?? "not told"
        h(.rect, .class(Self.style(span.mode)), .x(x), .y(0), .width(width), .height(24), .key(name)) {
            h(.title) { "\(name), \(Numbers.minute(span.from))" }
        }
        if span.mode == nil { h(.path, .class("hatch"), .d(Self.hatch(x, width))) }
    }

    private static func hatch(_ x: Double, _ width: Double) -> PathLines {
        var lines = PathLines()
        lines.hatch(x: x, width: width, height: 24)
        return lines
    }

    private static func style(_ mode: String?) -> StaticString {
        switch mode {
        case "plan"?: "mode-plan"
        case "default"?: "mode-default"
        case "acceptEdits"?: "mode-edits"
        case "auto"?: "mode-auto"
        case "bypassPermissions"?: "mode-bypass"
        case _?: "mode-other"
        case nil: "mode-unknown"
        }
    }

    private var table: Markup {
        var table = DataTable(
            id: "modes",
            caption: "Only changes of the mode are told; what was before the first is what it changed from.",
            columns: [
                DataTable.Column("from", "From"), DataTable.Column("mode", "Mode"),
                DataTable.Column("length", "Length", isNumber: true), DataTable.Column("trigger", "By"),
            ])
        table.rows = story.modes.enumerated().map { place, span in
            DataTable.Row(
                key: String(place),
                cells: [
                    .moment(span.from), .markup(ModeMark(span.mode).markup), .length(span.to - span.from),
                    .text(span.trigger),
                ])
        }
        return h(.details) {
            h(.summary) { "Table view" }
            table.markup
        }
    }
}
