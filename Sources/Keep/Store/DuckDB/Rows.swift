import CDuckDB

/// The name and type of a column of a result.
public struct ResultColumn: Sendable, Hashable {
    public let name: String
    public let type: ColumnType
}

/// What a statement gives, some two thousand rows at a time, while it still runs.
///
/// Letting it go early stops the statement; what it had written is undone.
@safe public struct Rows: ~Copyable {
    public let columns: [ResultColumn]
    private let statement: Statement
    private var result: duckdb_result

    init(_ result: duckdb_result, of statement: Statement) {
        var result = unsafe result
        var columns: [ResultColumn] = []
        for place in unsafe 0..<duckdb_column_count(&result) {
            let name = unsafe Statement.text(duckdb_column_name(&result, place))
            unsafe columns.append(
                ResultColumn(name: name, type: ColumnType(taking: duckdb_column_logical_type(&result, place))))
        }
        unsafe self.result = result
        self.columns = columns
        self.statement = statement
    }

    deinit {
        var result = unsafe result
        unsafe duckdb_destroy_result(&result)
    }

    /// The next rows, at least one; `nil` after the last.
    public mutating func next() throws(DuckDBError) -> Chunk? {
        guard let chunk = unsafe duckdb_fetch_chunk(result) else {
            let said = unsafe Statement.text(duckdb_result_error(&result))
            if !said.isEmpty { throw DuckDBError(said: said, about: statement.sql) }
            return nil
        }
        return unsafe Chunk(chunk, columns)
    }
}

/// Some rows, column by column. They are the chunk's own and outlive all that they came from.
@safe public struct Chunk: ~Copyable {
    public let count: Int
    private let handle: duckdb_data_chunk
    private let columns: [ResultColumn]

    init(_ handle: duckdb_data_chunk, _ columns: [ResultColumn]) {
        unsafe self.handle = handle
        self.columns = columns
        count = unsafe Int(duckdb_data_chunk_get_size(handle))
    }

    deinit {
        var handle: duckdb_data_chunk? = unsafe handle
        unsafe duckdb_destroy_data_chunk(&handle)
    }

    /// - Parameter place: as in ``Rows/columns``.
    @_lifetime(borrow self)
    public func column(_ place: Int) -> Column {
        let vector = unsafe duckdb_data_chunk_get_vector(handle, idx_t(place))!
        return unsafe _overrideLifetime(Column(vector, columns[place].type, count: count), borrowing: self)
    }
}
