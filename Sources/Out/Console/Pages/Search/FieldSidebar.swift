import Events
import Query

/// The fields that events of this time have, and the values of one of them.
struct FieldSidebar {
    let terms: SearchTerms
    private let selected: [Field]
    private let popular: [Field]
    private let others: [Field]
    private let empty: Int
    private let values: FieldValues?

    /// The ones that people look for first.
    private static let popular = [
        "event.action", "user.email", "event.outcome", "event.category", "source.ip", "organization.id",
        "gen_ai.tool.name", "gen_ai.request.model", "process.command_line", "docket.surface",
        "claude_code.events.session.id", "anthropic.audit.mcp_server_name",
    ]

    init(_ visit: Visit, _ terms: SearchTerms, _ bounds: TimeBounds) throws(SearchError) {
        self.terms = terms
        let schema = visit.engine.schema
        let used = try visit.engine.fieldsInUse(tenant: visit.tenant, from: bounds.from, to: bounds.to)
        selected = terms.columns.map { schema.field(named: $0) ?? Field($0, .keyword) }
        let rest = schema.fields.filter { used.contains($0.name) && !terms.columns.contains($0.name) }
        popular = Self.popular.compactMap { name in rest.first { $0.name == name } }
        others = rest.filter { !Self.popular.contains($0.name) }.sorted { $0.name < $1.name }
        empty = schema.fields.count - used.count
        if let name = terms.field, visit.mayList(name) {
            values = try FieldValues(of: schema.field(named: name) ?? Field(name, .keyword), visit, terms, bounds)
        } else {
            values = nil
        }
    }

    var markup: Markup {
        h(.aside, .id("fields"), .class("fields-bar"), .label("Fields"), .testID("fields-bar")) {
            h(
                .input, .type("search"), .act("filter-fields"), .label("Find a field"), .placeholder("Find a field"),
                .hidden)
            group("Columns", selected)
            group("Popular", popular)
            group("Available", others)
            h(.p, .class("muted")) { "\(Numbers.grouped(max(0, empty))) fields have no value in this time." }
        }
    }

    @MarkupBuilder private func group(_ title: String, _ fields: [Field]) -> Markup {
        if !fields.isEmpty {
            h(.h2) {
                title
                h(.span, .class("muted")) { " \(fields.count)" }
            }
            h(.ul, .class("field-list")) {
                for field in fields { item(field) }
            }
        }
    }

    private func item(_ field: Field) -> Markup {
        let isOpen = terms.field == field.name
        let isColumn = terms.columns.contains(field.name)
        return h(.li, .key(field.name)) {
            h(.span, .class("kind"), .title(field.type.rawValue), .hiddenFromReaders) { field.type.sign }
            h(
                .a, .href(terms.changed { $0.field = isOpen ? nil : field.name }.address), .act("swap"),
                .about("#fields"), .expanded(isOpen)
            ) {
                VisibleText.of(field.name, most: 120)
            }
            h(
                .a, .class("toggle"),
                .href(
                    terms.changed {
                        if isColumn { $0.columns.removeAll { $0 == field.name } } else { $0.columns.append(field.name) }
                    }.address),
                .label(isColumn ? "Remove the column \(field.name)" : "Show \(field.name) as a column")
            ) { isColumn ? "−" : "+" }
            if isOpen {
                values?.markup
                    ?? h(.p, .class("muted")) {
                        "Values of content are covered in lists; a query in ES|QL can count them."
                    }
            }
        }
    }
}

/// The values that most events have in one field, and what else can be said of it.
struct FieldValues {
    private static let size = 10
    /// Types whose values have an order that tells something.
    private static let measured: Set<FieldType> = [.long, .double, .date]
    private static let numbers: Set<FieldType> = [.long, .double]

    private let field: Field
    private let terms: SearchTerms
    private let top: CountedValues
    private let rows: TableRows

    init(of field: Field, _ visit: Visit, _ terms: SearchTerms, _ bounds: TimeBounds) throws(SearchError) {
        self.field = field
        self.terms = terms
        let question = visit.question(field.name, terms.filter, bounds)
        top = CountedValues(try visit.engine.table(question.top(Self.size)))
        let name = QuotedText.name(of: field.name)
        var measures = Self.measured.contains(field.type) ? ", least = MIN(\(name)), most = MAX(\(name))" : ""
        if Self.numbers.contains(field.type) { measures += ", middle = MEDIAN(\(name))" }
        rows = try visit.table(
            "events | STATS events = COUNT(*), filled = COUNT(*) WHERE \(name) IS NOT NULL, "
                + "distinct = COUNT_DISTINCT(\(name))\(measures)",
            filter: terms.filter, in: bounds, rows: 1)
    }

    var markup: Markup {
        let filled = rows.count > 0 ? rows.int(0, "filled") ?? 0 : 0
        return h(.div, .class("field-values"), .testID("field-values")) {
            h(.p, .class("muted")) { facts(filled) }
            h(.table) {
                h(.caption, .class("reader")) { "Values of \(field.name)" }
                h(.tbody) {
                    for value in top.values { row(value.value.text(top.type), value.count, filled) }
                }
            }
            h(.p, .class("links")) {
                h(.a, .href(terms.with(Pill(field.name, nil)).address)) { "has a value" }
                h(.a, .href(terms.with(Pill(field.name, nil, isNegated: true)).address)) { "has none" }
                h(.a, .href(terms.start.changed { $0.split = field.name }.address)) { "over time" }
            }
        }
    }

    private func facts(_ filled: Int) -> String {
        guard rows.count > 0, let events = rows.int(0, "events"), events > 0 else { return "No events." }
        var parts = [
            "In \(Numbers.grouped(filled)) of \(Numbers.grouped(events)) events",
            "\(Numbers.grouped(rows.int(0, "distinct") ?? 0)) distinct, about",
        ]
        if Self.measured.contains(field.type), let least = rows.text(0, "least"), let most = rows.text(0, "most") {
            parts.append("\(least) to \(most)")
        }
        if Self.numbers.contains(field.type), let middle = rows.double(0, "middle") {
            parts.append("median \(Numbers.plain(middle))")
        }
        return parts.joined(separator: "; ") + ". "
            + (rows.isPartial ? "Not all events could be counted in time." : "All events were counted, not a sample.")
    }

    private func row(_ value: String, _ count: Int, _ filled: Int) -> Markup {
        let pill = Pill(field.name, value)
        return h(.tr, .key(value)) {
            h(.td) { value.isEmpty ? "(empty)" : VisibleText.of(value, most: 120) }
            h(.td, .class("number"), .datum(count)) {
                "\(Numbers.grouped(count)) (\(Amounts.share(Double(count), of: Double(filled)) ?? "–"))"
            }
            h(.td, .class("moves")) {
                h(.a, .href(terms.with(pill).address), .label("Only \(field.name) \(value)")) { "+" }
                h(.a, .href(terms.with(pill.opposite).address), .label("Not \(field.name) \(value)")) { "−" }
            }
        }
    }
}

extension FieldType {
    /// One sign for a list.
    var sign: String {
        switch self {
        case .keyword: "k"
        case .text: "t"
        case .long, .double: "#"
        case .boolean: "✓"
        case .date: "◷"
        case .ip: "ip"
        case .geoPoint: "⌖"
        case .flattened: "{}"
        }
    }
}
