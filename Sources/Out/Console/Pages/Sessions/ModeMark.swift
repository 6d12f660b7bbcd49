/// A permission mode: always a shape and its name.
struct ModeMark {
    let mode: String?
    init(_ mode: String?) { self.mode = mode }

    var markup: Markup {
        switch mode {
        case nil: h(.span, .class("muted"), .title("Only changes of the mode are told")) { "– not told" }
        case "bypassPermissions"?: h(.span, .class("bad")) { "◆ bypassPermissions" }
        case "auto"?, "acceptEdits"?: h(.span, .class("warn")) { "▲ \(mode ?? "")" }
        case let mode?: h(.span) { "○ \(VisibleText.of(mode, most: 40))" }
        }
    }
}
