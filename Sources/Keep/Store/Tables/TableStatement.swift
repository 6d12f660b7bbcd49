import Events
import Platform
import Query

/// A scan as one statement over all tables that it is of.
struct TableStatement {
    private let scan: ESQLScan
    private let reading: EventReading
    private let store: StoreColumns
    private var builder = SQLBuilder()
    private let terms: DuckDBTerms
    /// Columns that stand in the relation, each under its number.
    private let present: Set<Int>

    init(_ scan: ESQLScan, _ reading: EventReading, _ store: StoreColumns) {
        self.scan = scan
        self.reading = reading
        self.store = store
        var present: Set<Int> = []
        var lists: Set<Int> = []
        for (number, column) in scan.columns {
            present.insert(number)
            switch column {
            case .field(let place):
                let name = scan.table.relation.columns[place].name
                if let field = store.catalog.id(of: name), case .list = StoreColumns.type(of: store.catalog[field]) {
                    lists.insert(number)
                }
            case .member: lists.insert(number)
            default: break
            }
        }
        self.present = present
        terms = DuckDBTerms(scan, lists: lists)
    }

    var parameters: [Parameter] { builder.parameters }

    func has(_ number: Int) -> Bool { present.contains(number) }

    /// The rows of all tables, as SQL in parentheses.
    mutating func relation(
        from: Timestamp?, to: Timestamp?, _ streams: StreamPatterns
    ) throws(SearchError) -> String {
        var parts: [String] = []
        for table in reading.tables {
            var conditions: [String] = table.exclusion.map { [$0] } ?? []
            if let from { conditions.append("\"@timestamp\" >= \(builder.bind(.timestamp(from)))") }
            if let to { conditions.append("\"@timestamp\" < \(builder.bind(.timestamp(to)))") }
            if !streams.isWhole(table.stream) {
                let names = try datasets(of: table, streams)
                conditions.append(
                    names.isEmpty
                        ? "false" : "list_contains(\(builder.bind(.textList(names))), \"data_stream.dataset\")")
            }
            let columns = present.sorted().map { "\(sql($0, table)) AS \(DuckDBTerms.name($0))" }
            let list = columns.isEmpty ? "1 AS one" : columns.joined(separator: ", ")
            let end = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
            parts.append("SELECT \(list) FROM \(table.source.naming(list, end))\(end)")
        }
        if parts.isEmpty {
            let columns = present.sorted().map { "\(nothing($0)) AS \(DuckDBTerms.name($0))" }
            parts.append("SELECT \(columns.isEmpty ? "1 AS one" : columns.joined(separator: ", ")) WHERE false")
        }
        return "(" + parts.joined(separator: " UNION ALL ") + ")"
    }

    /// Which datasets of a stream that has many of them are meant.
    private func datasets(of table: EventReading.Table, _ streams: StreamPatterns) throws(SearchError) -> [String] {
        guard table.columns.contains("data_stream.dataset") else { return [] }
        let type = table.columns.contains("data_stream.type") ? "\"data_stream.type\"" : "'logs'"
        var names: [String] = []
        let list = "\(type), \"data_stream.dataset\""
        do throws(DuckDBError) {
            var rows = try reading.connection.query(
                "SELECT DISTINCT \(list) FROM \(table.source.naming(list)) LIMIT 10000")
            while let chunk = try rows.next() {
                for row in 0..<chunk.count {
                    guard let dataset = chunk.column(1).text(row) else { continue }
                    let type = chunk.column(0).text(row) ?? "logs"
                    if streams.matches(type: type, dataset: dataset, in: table.stream) { names.append(dataset) }
                }
            }
        } catch {
            throw .failed("\(error)")
        }
        return names
    }

    /// A column of the plan in one table.
    private mutating func sql(_ number: Int, _ table: EventReading.Table) -> String {
        switch scan.table.columns[number] {
        case .field(let place)?:
            let name = scan.table.relation.columns[place].name
            return table.columns.contains(name) ? SQLBuilder.identifier(name) : nothing(number)
        case .member(let reference)?:
            return dialect(table).values(of: reference, &builder)
        case .metadata(let field)?:
            switch field {
            case .id: return "\"event.id\""
            case .index: return index(table)
            case .version: return "CAST(1 AS BIGINT)"
            case .score: return "CAST(1 AS DOUBLE)"
            case .ignored, .source: return "CAST(NULL AS VARCHAR)"
            }
        case .holds(let filter)?:
            let restricted = filter.restricted(to: table.columns.union(table.misfits))
            return dialect(table).value(restricted, &builder)
        case nil: return "NULL"
        }
    }

    private func dialect(_ table: EventReading.Table) -> DuckDBDialect {
        let fields = scan.table.relation.schema.fields.filter { table.columns.contains($0.name) }
        return DuckDBDialect(schema: FieldSchema(fields), misfits: table.misfits)
    }

    /// `TYPE-DATASET-NAMESPACE`, as Elasticsearch calls it.
    private mutating func index(_ table: EventReading.Table) -> String {
        let stream = builder.bind(.text(table.stream.text))
        guard table.columns.isSuperset(of: ["data_stream.type", "data_stream.dataset"]) else { return stream }
        let namespace =
            table.columns.contains("data_stream.namespace")
            ? "coalesce(\"data_stream.namespace\", 'default')" : "'default'"
        return "coalesce(\"data_stream.type\" || '-' || \"data_stream.dataset\" || '-' || \(namespace), \(stream))"
    }

    private func nothing(_ number: Int) -> String {
        guard case .field(let place)? = scan.table.columns[number],
            let field = store.catalog.id(of: scan.table.relation.columns[place].name)
        else { return "CAST(NULL AS VARCHAR)" }
        return "CAST(NULL AS \(StoreColumns.type(of: store.catalog[field]).sql))"
    }

    /// What rows have to fulfil, and whether that is all there is to it.
    mutating func condition() -> (sql: String, isExact: Bool) {
        var conditions: [String] = []
        var isExact = true
        for filter in scan.filters {
            guard let (sql, exact) = terms.condition(filter, &builder) else {
                isExact = false
                continue
            }
            conditions.append(sql)
            if !exact { isExact = false }
        }
        return (conditions.isEmpty ? "true" : conditions.joined(separator: " AND "), isExact)
    }

    /// The order of rows; `nil` if SQL cannot say it.
    mutating func order() -> String? {
        guard !scan.order.isEmpty else { return "" }
        let before = builder
        var keys: [String] = []
        for key in scan.order {
            guard key.term.type != .ip, let sql = terms.exact(key.term, &builder) else {
                builder = before
                return nil
            }
            keys.append("\(sql) \(key.isDescending ? "DESC" : "ASC") NULLS \(key.putsNullsFirst ? "FIRST" : "LAST")")
        }
        return " ORDER BY " + keys.joined(separator: ", ")
    }

    /// The name of the values of a list that groups are made of.
    private static let unfolded = "u"

    /// The groups of some rows: keys, then aggregates.
    ///
    /// - Parameter rows: what stands behind `FROM`.
    /// - Returns: `nil` if SQL cannot say one of them.
    mutating func groups(_ stats: ESQLStats, of rows: String) -> String? {
        var keys: [String] = []
        var unfolding: String?
        for group in stats.groups {
            guard let (sql, isList) = terms.key(group.term, &builder) else { return nil }
            keys.append(isList ? Self.unfolded : sql)
            guard isList else { continue }
            // Two lists would be unfolded side by side, and not each with each.
            guard unfolding == nil else { return nil }
            unfolding = "\(sql) AS \(Self.unfolded)"
        }
        let source = unfolding.map { "(SELECT *, \($0) FROM \(rows)) AS t" } ?? rows
        let names = keys.indices.map { "k\($0)" }
        if let words = terms.words(stats.aggregates, &builder) {
            let named = zip(keys, names).map { "\($0) AS \($1)" } + ["\(words.word) AS w"]
            let parts = Self.groups(named, words.first, of: source)
            return Self.groups(names, words.second, of: "(\(parts))")
        }
        var aggregates: [String] = []
        for aggregation in stats.aggregates {
            guard let sql = terms.aggregate(aggregation, &builder) else { return nil }
            aggregates.append(sql)
        }
        return keys.isEmpty && aggregates.isEmpty ? nil : Self.groups(keys, aggregates, of: source)
    }

    private static func groups(_ keys: [String], _ aggregates: [String], of source: String) -> String {
        let columns = (keys + aggregates).joined(separator: ", ")
        let places = keys.indices.map { String($0 + 1) }.joined(separator: ", ")
        return "SELECT \(columns) FROM \(source)" + (keys.isEmpty ? "" : " GROUP BY \(places)")
    }
}
