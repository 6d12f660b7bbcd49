import Events
import Platform
import Query

/// Whether all that a dashboard asks can be answered: every field is known, and every column that is drawn comes.
struct DashboardCheck {
    let schema: FieldSchema
    let now: Timestamp

    /// - Parameter file: its name, for errors.
    func check(_ dashboard: Dashboard, file: String) throws(DashboardError) {
        for control in dashboard.controls {
            let steps = "STATS events = COUNT(*) BY value = \(control.value)"
            let query = Dashboard.Query(streams: dashboard.scope.streams, filter: "", steps: steps)
            _ = try columns(of: query, file, "controls.\(control.field)")
            try known(control.field, file, "controls.\(control.field)")
        }
        for panel in dashboard.panels {
            let key = "panel \(panel.id)"
            try kql(panel.search, file, key)
            guard let query = panel.query else { continue }
            let columns = try columns(of: query, file, key)
            for name in panel.columnNames where !columns.contains(name) {
                let known = columns.sorted().joined(separator: ", ")
                throw DashboardError(
                    file: file, key: key, message: "its query gives no column `\(name)`; it gives: \(known)")
            }
            for column in panel.namedColumns {
                guard let field = column.field, field != column.name || schema.field(named: field) != nil else {
                    continue
                }
                try known(field, file, key)
            }
            guard let trend = panel.options.trend, let value = panel.values.first?.name else { continue }
            guard try self.columns(of: trend, file, key).isSuperset(of: ["time", value]) else {
                throw DashboardError(
                    file: file, key: key, message: "its trend needs the columns `time` and `\(value)`")
            }
        }
    }

    private func known(_ field: String, _ file: String, _ key: String) throws(DashboardError) {
        try kql(Pill(field, nil).kql, file, key)
    }

    private func columns(of query: Dashboard.Query, _ file: String, _ key: String) throws(DashboardError) -> Set<String>
    {
        try kql(query.filter, file, key)
        do throws(QueryError) {
            let plan = try ESQL.parse("FROM \(query.text(bucket: 60_000))").plan(SchemaTables(schema), now: now)
            return Set(plan.output.map(\.name))
        } catch {
            throw DashboardError(file: file, key: key, message: "query: \(error)")
        }
    }

    /// A field that is not known is only doubtful to KQL. In a file it is wrong.
    private func kql(_ text: String, _ file: String, _ key: String) throws(DashboardError) {
        let warnings: [QueryError]
        do throws(QueryError) {
            warnings = try KQL.filter(text, schema: schema, now: now).warnings
        } catch {
            throw DashboardError(file: file, key: key, message: "filter: \(error)")
        }
        if let first = warnings.first { throw DashboardError(file: file, key: key, message: "filter: \(first)") }
    }
}

extension Dashboard.Panel {
    /// Every column that must be in the answer.
    fileprivate var columnNames: [String] {
        let fixed: [String] =
            switch mark {
            case .bars, .lines, .area, .heatmap: ["time"]
            default: []
            }
        return fixed + (values + namedColumns).map(\.name)
            + [options.part, options.whole, options.target].compactMap(\.self)
    }

    /// Columns whose values are shown by name.
    var namedColumns: [Dashboard.Column] { [by, split].compactMap(\.self) + columns }
}

/// The fields that are known as the one table that a query may name.
private struct SchemaTables: ESQLCatalog {
    let schema: FieldSchema
    init(_ schema: FieldSchema) { self.schema = schema }

    func relation(of patterns: [ESQLIndexPattern]) throws(ESQLUnknownIndex) -> ESQLRelation {
        let texts = patterns.map(\.text)
        if let unknown = StreamPatterns(texts).unknown().first {
            throw ESQLUnknownIndex(pattern: unknown.name, suggestion: unknown.suggestion)
        }
        let columns = schema.fields.map { field in
            ESQLRelation.Column(
                field.name, ESQLType(field.type), mayBeMany: field.isMultiValued, aliases: field.aliases)
        }
        return ESQLRelation(
            indices: texts, columns: columns.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
            schema: schema)
    }

    func lookup(named name: String) -> ESQLLookup? { nil }
    var lookupNames: [String] { [] }
    func policy(named name: String) -> ESQLPolicy? { nil }
    var policyNames: [String] { [] }
    func place(of address: IPAddress) -> [String: ESQLValue] { [:] }
}
