import Events
import Query

/// Every field of an event, what it means, and what can be done with its value.
struct EventTable {
    let fields: EventFields

    /// Longest value that is offered as a filter. - Unit: bytes
    private static let filterLength = 200

    var markup: Markup {
        h(.table, .class("fields"), .testID("fields")) {
            h(.caption, .class("reader")) { "Fields" }
            h(.thead) {
                h(.tr) {
                    h(.th, .scope("col")) { "Field" }
                    h(.th, .scope("col")) { "Value" }
                    h(.th, .scope("col")) { "Search" }
                }
            }
            h(.tbody) {
                for field in fields.fields { row(field) }
            }
        }
    }

    private func row(_ field: EventFields.Field) -> Markup {
        let catalog = FieldCatalog.standard
        let known = catalog.id(of: field.name).map { catalog[$0] }
        return h(.tr, .key(field.name)) {
            h(.th, .scope("row"), known.map { .title("\($0.type.rawValue): \($0.description)") }) {
                VisibleText.of(field.name)
            }
            h(.td) { LongValue(text: field.values.joined(separator: "\n")).markup }
            h(.td, .class("moves")) { filters(field) }
        }
    }

    @MarkupBuilder private func filters(_ field: EventFields.Field) -> Markup {
        if let value = field.values.first, value.utf8.count <= Self.filterLength, !fields.isCovered(field.name) {
            let pill = Pill(field.name, value)
            h(.a, .href(Self.search(pill)), .label("Events with the same \(field.name)")) { "+" }
            h(.a, .href(Self.search(pill.opposite)), .label("Events with another \(field.name)")) { "−" }
            h(.button, .type("button"), .act("copy"), .about(value), .hidden, .label("Copy the value of \(field.name)"))
            {
                "⧉"
            }
        }
    }

    private static func search(_ pill: Pill) -> LocalAddress {
        SearchTerms(PageTerms(time: .all, pills: [pill])).address
    }
}

/// A value as text; the end of a long one is shown when it is asked for.
struct LongValue {
    let text: String

    @MarkupBuilder var markup: Markup {
        h(.span, .class("value")) { VisibleText.of(text, most: EventOverview.valueLength) }
        if text.unicodeScalars.count > EventOverview.valueLength {
            h(.details) {
                h(.summary) { "Show all \(Numbers.grouped(text.utf8.count)) bytes" }
                h(.span, .class("value")) { VisibleText.of(text) }
            }
        }
    }
}
