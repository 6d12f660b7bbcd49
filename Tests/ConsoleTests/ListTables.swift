import Events
import Query

/// The events of a list as the one table that queries in ES|QL may name.
struct ListTables: ESQLCatalog {
    var schema = ListEngine.schema

    func relation(of patterns: [ESQLIndexPattern]) throws(ESQLUnknownIndex) -> ESQLRelation {
        let names = patterns.map(\.text)
        let known = Set(["events"] + schema.fields.flatMap(\.streams))
        if let unknown = names.first(where: { !known.contains($0) }) { throw ESQLUnknownIndex(pattern: unknown) }
        let columns = schema.fields.sorted { $0.name < $1.name }.map { field in
            ESQLRelation.Column(field.name, Self.type(field), mayBeMany: field.isMultiValued, aliases: field.aliases)
        }
        return ESQLRelation(indices: names, columns: columns, schema: schema)
    }

    private static func type(_ field: Field) -> ESQLType {
        switch field.type {
        case .long: .long
        case .date: .date
        case .ip: .ip
        case .text: .text
        case .double: .double
        case .boolean: .boolean
        default: .keyword
        }
    }

    func lookup(named name: String) -> ESQLLookup? { nil }
    var lookupNames: [String] { [] }
    func policy(named name: String) -> ESQLPolicy? { nil }
    var policyNames: [String] { [] }
    func place(of address: IPAddress) -> [String: ESQLValue] { [:] }
}

/// Documents as rows.
struct ListRows: ESQLEngine {
    let documents: [ListDocument]

    func read(_ scan: ESQLScan, _ body: (ESQLBatch) throws(SearchError) -> Bool) throws(SearchError) {
        let streams = Set(scan.table.relation.indices)
        let documents = documents.filter { document in
            streams.contains("events") || document.texts("event.dataset").contains { streams.contains($0) }
        }
        var batch = ESQLBatch(count: documents.count, columns: Array(repeating: [], count: scan.width))
        for (number, column) in scan.columns {
            batch.columns[number] = documents.map { value(of: column, in: $0, scan.table.relation) }
        }
        _ = try body(batch)
    }

    func events(_ events: ESQLEvents) throws(SearchError) -> EQLAnswer {
        throw .failed("The list knows no EQL in tables.")
    }

    private func value(of column: ESQLTableColumn, in document: ListDocument, _ relation: ESQLRelation) -> ESQLValue {
        switch column {
        case .field(let place):
            let column = relation.columns[place]
            guard let field = relation.schema.field(named: column.name) else { return .null }
            return value(document.values(of: .column(field)), column.type)
        case .member(let reference): return value(document.values(of: reference), .keyword)
        case .holds(let filter): return .boolean(filter.matches(document))
        case .metadata: return .null
        }
    }

    private func value(_ values: [FieldValue], _ type: ESQLType) -> ESQLValue {
        let values = values.compactMap { value -> ESQLValue? in
            guard case .text(let text) = value else { return nil }
            return ESQLValue(text: text, type)
        }
        return values.isEmpty ? .null : values.count == 1 ? values[0] : .many(values)
    }
}
