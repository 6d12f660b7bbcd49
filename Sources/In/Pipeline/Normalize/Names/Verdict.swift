import Events

/// What an event means in the words of the Elastic Common Schema.
struct Verdict: Sendable {
    var categories: [Labels.Label] = []
    var types: [Labels.Label] = []
    /// `nil` where the record itself decides.
    var outcome: Labels.Label?

    /// - Parameter categories: words joined by `;`, as in the tables under Content/.
    init(categories: Substring, types: Substring, outcome: Substring, _ labels: inout Labels) {
        self.categories = categories.split(separator: ";").map { labels.label(String($0)) }
        self.types = types.split(separator: ";").map { labels.label(String($0)) }
        self.outcome = outcome.isEmpty ? nil : labels.label(String(outcome))
    }

    func apply(_ labels: borrowing Labels, _ fields: borrowing MappedFields, to document: inout Document) {
        for category in categories { document.set(fields.eventCategory, text: labels[category]) }
        for type in types { document.set(fields.eventType, text: labels[type]) }
    }
}
