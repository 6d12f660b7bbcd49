import Platform
import Query

/// A search in KQL, asked in ES|QL.
///
/// - Rule: the condition goes into `KQL("…")`, word for word. Operators of ES|QL are no translation: `==` is null for a field
///   with several values, where KQL asks for any of them.
/// - Rule: the time stays beside the query, where it is for all languages.
enum TranslatedQuery {
    /// - Returns: `nil` where `KQL()` would read the condition otherwise than the search bar does, or could not read it.
    static func terms(_ terms: SearchTerms, _ schema: FieldSchema, now: Timestamp) -> SearchTerms? {
        guard terms.language == .kql, let text = text(terms, schema, now: now) else { return nil }
        var translated = SearchTerms(PageTerms(query: text, time: terms.page.time))
        translated.language = .esql
        return translated
    }

    /// What leads there: a link, or a form where an address has no room.
    static func markup(_ translated: SearchTerms) -> Markup {
        guard KeptQuery.isLong(translated.page.query) else {
            return h(.a, .href(translated.address), .testID("as-esql")) { "As ES|QL" }
        }
        return h(.form, .post, .action(LocalAddress("/s")), .class("inline")) {
            FormToken.field
            h(.input, .type("hidden"), .name("address"), .value(translated.changed { $0.page.query = "" }.address.text))
            h(.input, .type("hidden"), .name("q"), .value(translated.page.query))
            h(.button, .type("submit"), .testID("as-esql")) { "As ES|QL" }
        }
    }

    static func text(_ terms: SearchTerms, _ schema: FieldSchema, now: Timestamp) -> String? {
        guard meansTheSame(terms.filter, schema, now) else { return nil }
        var steps = ["FROM events"]
        if !terms.filter.isEmpty { steps.append("WHERE KQL(\(QuotedText.of(terms.filter)))") }
        let order = terms.sort ?? SearchTerms.Order(SearchTerms.timeField, isDescending: true)
        if let field = schema.field(named: order.field)?.name {
            steps.append("SORT \(QuotedText.name(of: field)) \(order.isDescending ? "DESC" : "ASC")")
        }
        // Names that only some documents have are no columns.
        let columns = terms.columns.isEmpty ? FieldSelection.usual : [SearchTerms.timeField] + terms.columns
        let known = columns.compactMap { schema.field(named: $0)?.name }
        if !known.isEmpty { steps.append("KEEP " + known.map(QuotedText.name).joined(separator: ", ")) }
        steps.append("LIMIT \(SearchPage.hits)")
        return steps.joined(separator: "\n| ")
    }

    private static func meansTheSame(_ text: String, _ schema: FieldSchema, _ now: Timestamp) -> Bool {
        do throws(QueryError) {
            return try KQL.filter(text, schema: schema, now: now).filter
                == KQL.filter(text, schema: schema, now: now, KQLOptions(dialect: .elasticsearch)).filter
        } catch {
            return false
        }
    }
}
