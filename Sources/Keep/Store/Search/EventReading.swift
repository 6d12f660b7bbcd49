public import Events
public import Platform

/// What a tenant's events are at one moment, for statements of SQL.
///
/// The tables are chosen before there is any SQL, so a statement can only name those of its tenant. Files are held as long
/// as this is.
///
/// - Threads: one at a time.
public struct EventReading {
    /// Rows of one stream that are all in memory, or all in files.
    public struct Table {
        public let stream: StreamName
        /// Columns that some row has; any other is null in all rows.
        public let columns: Set<String>
        /// Fields that some row has a value of in the column `rest`, as it does not suit their own.
        public let misfits: Set<String>
        /// What stands behind `FROM`, as long as the reading lasts.
        let source: SourceTable
        let exclusion: String?
    }

    public let connection: Connection
    public let tables: [Table]
    private let types: [String: String]

    fileprivate init(_ connection: Connection, _ tables: [Table], _ columns: StoreColumns) {
        self.connection = connection
        self.tables = tables
        types = Dictionary(columns.columns.map { ($0.name, $0.type.sql) }) { first, _ in first }
    }

    /// All tables one behind the other, as SQL in parentheses. A column that a table does not have is null there.
    ///
    /// - Parameter columns: of the store.
    /// - Parameter condition: SQL on these columns, for each of the tables.
    public func relation(_ columns: [String], where condition: String? = nil) -> String {
        let parts = tables.map { table in
            let list = columns.map { column in
                table.columns.contains(column)
                    ? quoted(column) : "NULL::\(types[column] ?? "VARCHAR") AS \(quoted(column))"
            }
            let conditions = [table.exclusion, condition.map { "(\($0))" }].compactMap { $0 }
            let names = list.joined(separator: ", ")
            let end = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
            return "SELECT \(names) FROM \(table.source.naming(names, end))\(end)"
        }
        let nothing = columns.map { "NULL::\(types[$0] ?? "VARCHAR") AS \(quoted($0))" }.joined(separator: ", ")
        return "(" + (parts.isEmpty ? "SELECT \(nothing) WHERE false" : parts.joined(separator: " UNION ALL ")) + ")"
    }

    private func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}

extension EventStore {
    /// Lends a tenant's events of one moment.
    ///
    /// - Parameter streams: which of them; `nil` for all.
    /// - Parameter from: tables that end before it are left out; rows are not.
    /// - Parameter to: tables that begin at it or later are left out.
    public func read<Result>(
        tenant: TenantName, streams: ((StreamName) -> Bool)? = nil, from: Timestamp? = nil, to: Timestamp? = nil,
        _ body: (EventReading) throws -> Result
    ) throws -> Result {
        let view = view.withLock { $0 }
        defer { withExtendedLifetime(view.hold) {} }
        let sources = SearchSource.all(
            in: view, store: columns, folder: folder.path, tenant: tenant, from: from, to: to)
        let wanted = sources.filter { streams?($0.shelf.stream) ?? true }
        let connection = try Connection(to: database)
        return try wanted.withTables(snapshots, columns) { found in
            let tables = zip(wanted, found).map { source, table in
                EventReading.Table(
                    stream: source.shelf.stream, columns: source.columns, misfits: source.misfits, source: table,
                    exclusion: source.superseded.exclusion)
            }
            return try body(EventReading(connection, tables, columns))
        }
    }
}

extension ColumnType {
    /// As SQL writes the types that the store has.
    var sql: String {
        switch self {
        case .bool: "BOOLEAN"
        case .int64: "BIGINT"
        case .double: "DOUBLE"
        case .nanoseconds: "TIMESTAMP_NS"
        case .list: "VARCHAR[]"
        case .map: "MAP(VARCHAR, VARCHAR)"
        default: "VARCHAR"
        }
    }
}
