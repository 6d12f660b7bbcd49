import CDuckDB
import Synchronization

/// A column that a ``ScanFunction`` shows.
public struct ScanColumn: Sendable, Hashable {
    public let name: String
    public let type: ColumnType

    public init(_ name: String, _ type: ColumnType) {
        self.name = name
        self.type = type
    }
}

/// Rows that do not change any more, and live as long as a query reads them.
///
/// - Threads: ``write(_:to:)`` is called from several at once.
public protocol ScanSnapshot: AnyObject, Sendable {
    var columns: [ScanColumn] { get }
    var count: Int { get }
    /// Threads that may read it at once; more are quicker and take more memory.
    var threads: Int { get }

    /// Writes some rows: the first of them becomes row 0 of the chunk.
    ///
    /// - Parameter rows: at most 2,048.
    func write(_ rows: Range<Int>, to chunk: borrowing ScanChunk)
}

extension ScanSnapshot {
    /// One more pays off only with enough rows for it.
    public var threads: Int { max(1, count / 32_768) }
}

/// A table in SQL whose rows are Swift's: `SELECT … FROM name(7)`.
///
/// The number says which snapshot is meant, so that all parts of one statement see the same rows whatever is
/// appended meanwhile. The engine looks it up when a statement is prepared and again when it is run: a number
/// must mean the same snapshot until ``Statement/run()`` has returned. From then on the statement keeps it alive.
@safe public struct ScanFunction: Sendable {
    private let name: String
    private let find: @Sendable (Int64) -> (any ScanSnapshot)?

    /// - Parameter find: the snapshot of a number; `nil` makes the statement fail.
    public init(_ name: String, find: @escaping @Sendable (Int64) -> (any ScanSnapshot)?) {
        self.name = name
        self.find = find
    }

    /// Makes it known to all connections of the database.
    public func register(on connection: Connection) throws(DuckDBError) {
        var function = unsafe duckdb_create_table_function()
        defer { unsafe duckdb_destroy_table_function(&function) }
        unsafe duckdb_table_function_set_name(function, name)
        unsafe ColumnType.int64.withLogicalType { unsafe duckdb_table_function_add_parameter(function, $0) }
        unsafe duckdb_table_function_set_extra_info(function, Finder(find).given(), letGo)
        unsafe duckdb_table_function_set_bind(function) { unsafe bind($0!) }
        unsafe duckdb_table_function_set_init(function) { unsafe start($0!) }
        unsafe duckdb_table_function_set_function(function) { unsafe fill($0!, $1!) }
        unsafe duckdb_table_function_supports_projection_pushdown(function, true)
        guard unsafe duckdb_register_table_function(connection.handle, function) == DuckDBSuccess else {
            throw DuckDBError(.engine, "the table function \(name) was refused")
        }
    }
}

// What the engine keeps for us, as counted references.

private class Kept {
    /// A reference that the engine owns until it calls `letGo`.
    final func given() -> UnsafeMutableRawPointer { unsafe Unmanaged.passRetained(self).toOpaque() }
    static func lent<Object: Kept>(_ pointer: UnsafeMutableRawPointer, as type: Object.Type) -> Object {
        unsafe Unmanaged<Object>.fromOpaque(pointer).takeUnretainedValue()
    }
}

private func letGo(_ pointer: UnsafeMutableRawPointer?) {
    guard let pointer = unsafe pointer else { return }
    unsafe Unmanaged<Kept>.fromOpaque(pointer).release()
}

private final class Finder: Kept {
    let find: @Sendable (Int64) -> (any ScanSnapshot)?
    init(_ find: @escaping @Sendable (Int64) -> (any ScanSnapshot)?) { self.find = find }
}

private final class Bound: Kept {
    let snapshot: any ScanSnapshot
    init(_ snapshot: any ScanSnapshot) { self.snapshot = snapshot }
}

/// One reading of a snapshot. Threads take the next rows by moving `next`.
private final class Scan: Kept {
    let snapshot: any ScanSnapshot
    let count: Int
    let projection: [Int?]
    let next = Atomic<Int>(0)

    init(_ snapshot: any ScanSnapshot, projection: [Int?]) {
        self.snapshot = snapshot
        self.projection = projection
        count = snapshot.count
    }
}

private func bind(_ info: duckdb_bind_info) {
    let finder = unsafe Kept.lent(duckdb_bind_get_extra_info(info), as: Finder.self)
    var parameter = unsafe duckdb_bind_get_parameter(info, 0)
    defer { unsafe duckdb_destroy_value(&parameter) }
    guard let snapshot = unsafe finder.find(duckdb_get_int64(parameter)) else {
        return unsafe duckdb_bind_set_error(info, "there is no snapshot of this number")
    }
    for column in snapshot.columns {
        unsafe column.type.withLogicalType { unsafe duckdb_bind_add_result_column(info, column.name, $0) }
    }
    unsafe duckdb_bind_set_cardinality(info, idx_t(snapshot.count), true)
    unsafe duckdb_bind_set_bind_data(info, Bound(snapshot).given(), letGo)
}

private func start(_ info: duckdb_init_info) {
    let snapshot = unsafe Kept.lent(duckdb_init_get_bind_data(info), as: Bound.self).snapshot
    let columns = snapshot.columns.count
    // A number behind the last column means that only the count of rows matters.
    let projection = unsafe (0..<duckdb_init_get_column_count(info)).map { place in
        let column = unsafe duckdb_init_get_column_index(info, place)
        return column < columns ? Int(column) : nil
    }
    unsafe duckdb_init_set_max_threads(info, idx_t(snapshot.threads))
    unsafe duckdb_init_set_init_data(info, Scan(snapshot, projection: projection).given(), letGo)
}

private func fill(_ info: duckdb_function_info, _ output: duckdb_data_chunk) {
    let scan = unsafe Kept.lent(duckdb_function_get_init_data(info), as: Scan.self)
    let first = scan.next.add(ScanChunk.capacity, ordering: .relaxed).oldValue
    let rows = min(first, scan.count)..<min(first + ScanChunk.capacity, scan.count)
    if !rows.isEmpty {
        let chunk = unsafe ScanChunk(output, projection: scan.projection)
        scan.snapshot.write(rows, to: chunk)
    }
    unsafe duckdb_data_chunk_set_size(output, idx_t(rows.count))
}
