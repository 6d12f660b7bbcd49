/// Where a value leads: to the same page with this value alone, or without it.
struct ValueLinks: Sendable {
    let only: LocalAddress
    let without: LocalAddress
}

/// A value by its name, with links that make it a filter.
///
/// The first link filters for it, and against it while Alt is held (`charts.js`); the second does that without scripts.
struct ValueName {
    /// - Unit: Unicode scalars
    private static let length = 120

    let text: String
    /// Otherwise the name is ours.
    var isValue = true
    var links: ValueLinks?

    @MarkupBuilder var markup: Markup {
        let shown = VisibleText.of(text, most: Self.length)
        if let links {
            h(.span, .class("value-name")) {
                h(.a, .href(links.only), .act("filter")) { shown }
                h(.a, .href(links.without), .class("without"), .label("Without \(shown)"), .title("Filter out")) { "−" }
            }
        } else {
            h(isValue ? .span : .em) { shown }
        }
    }
}
