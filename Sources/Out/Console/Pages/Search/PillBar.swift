/// The filters that were clicked together. Each can be taken off or turned around.
struct PillBar {
    let pills: [Pill]
    /// Whether they have an effect on what is shown.
    var isUsed = true
    /// Where a pill's links lead to: with `true` to its opposite, with `false` to the page without it.
    let address: (Pill, Bool) -> LocalAddress

    @MarkupBuilder var markup: Markup {
        if !pills.isEmpty {
            h(.ul, .class("pills"), .label("Filters"), .testID("pills")) {
                for pill in pills {
                    h(.li, .class(pill.isNegated ? "pill negated" : "pill"), .key(pill.text)) {
                        h(.span) { VisibleText.of(words(pill), most: 120) }
                        h(.a, .href(address(pill, true)), .label("Turn around: \(words(pill.opposite))")) { "≠" }
                        h(.a, .href(address(pill, false)), .label("Remove the filter \(words(pill))")) { "×" }
                    }
                }
            }
            if !isUsed { h(.p, .class("muted")) { "Filters mean nothing to a query in EQL; write them into it." } }
        }
    }

    private func words(_ pill: Pill) -> String {
        let name = pill.shortName
        guard let value = pill.value else { return "\(name) has \(pill.isNegated ? "no value" : "a value")" }
        return "\(name) is \(pill.isNegated ? "not " : "")\(value.isEmpty ? "empty" : value)"
    }
}
