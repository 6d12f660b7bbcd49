/// Chooses the stretch of time. Works as a form without scripts.
struct TimePicker {
    let time: TimeTerms
    let problem: TimeTerms.Problem?
    /// Where the page is, and what else its address says: it stays as it is.
    let address: PageAddress
    /// The form of the page that the choice belongs to, so that a query which is being typed goes along.
    let form: StaticString?

    var markup: Markup {
        h(.details, .class("picker"), .testID("time-picker"), problem == nil ? nil : .open) {
            h(.summary, .keyCommand("t")) {
                h(.span, .class("reader")) { "Time: " }
                VisibleText.of(time.words, most: 80)
            }
            h(.div, .class("sheet")) {
                if let form {
                    controls(.form(form))
                } else {
                    h(.form, .get, .action(address.path)) {
                        for (name, value) in address.others(than: ["from", "to", "last", "behind"]) {
                            h(.input, .type("hidden"), .named(name), .value(value))
                        }
                        controls(nil)
                    }
                }
            }
        }
    }

    @MarkupBuilder private func controls(_ form: Attribute?) -> Markup {
        h(.fieldset) {
            h(.legend) { "Last" }
            h(.div, .class("presets")) {
                for preset in TimeTerms.presets {
                    h(
                        .button, .type("submit"), .name("last"), .value(preset.key), form,
                        time.preset?.key == preset.key ? .current("true") : nil
                    ) { preset.label }
                }
            }
        }
        h(.fieldset) {
            h(.legend) { "From and to" }
            bound("from", "From", time.from, form)
            bound("to", "To", time.to, form)
            if let problem {
                h(.p, .class("problem"), .id("time-problem"), .role("alert")) { problem.sentence }
            }
            h(.p, .class("muted"), .id("time-help")) {
                "For example 2026-10-08T08:15:00Z, 2026-10, now-3h; empty for no end. In UTC."
            }
            h(.button, .type("submit"), form) { "Apply" }
        }
    }

    private func bound(_ name: StaticString, _ label: String, _ value: String, _ form: Attribute?) -> Markup {
        h(.span, .class("bound")) {
            h(.label, .for(name)) { label }
            h(
                .input, .type("text"), .id(name), .name(name), .value(value), form, .size(24), .maxLength(64),
                .autocomplete("off"), .noSpelling,
                problem == nil ? .describedBy("time-help") : .describedBy("time-problem"),
                problem == nil ? nil : .invalid)
        }
    }
}
