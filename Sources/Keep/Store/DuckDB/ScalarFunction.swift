import CDuckDB

/// A function in SQL whose body is Swift's: `name(column, $1)`.
///
/// A row with a null argument is passed to the body too; a row that the body does not set is null.
@safe public struct ScalarFunction: Sendable {
    public typealias Body = @Sendable (_ arguments: borrowing Arguments, _ result: inout ScanVector) -> Void

    /// The arguments of some rows.
    @safe public struct Arguments: ~Copyable, ~Escapable {
        public let count: Int
        private let handle: duckdb_data_chunk
        private let types: [ColumnType]

        @_lifetime(immortal)
        init(_ handle: duckdb_data_chunk, _ types: [ColumnType]) {
            unsafe self.handle = handle
            self.types = types
            count = unsafe Int(duckdb_data_chunk_get_size(handle))
        }

        @_lifetime(borrow self)
        public func column(_ place: Int) -> Column {
            let vector = unsafe duckdb_data_chunk_get_vector(handle, idx_t(place))!
            return unsafe _overrideLifetime(Column(vector, types[place], count: count), borrowing: self)
        }
    }

    private let name: String
    private let parameters: [ColumnType]
    private let result: ColumnType
    private let body: Body

    /// - Parameter body: gives the same result for the same arguments, on any thread.
    public init(_ name: String, _ parameters: [ColumnType], _ result: ColumnType, body: @escaping Body) {
        self.name = name
        self.parameters = parameters
        self.result = result
        self.body = body
    }

    /// Makes it known to all connections of the database.
    public func register(on connection: Connection) throws(DuckDBError) {
        var function = unsafe duckdb_create_scalar_function()
        defer { unsafe duckdb_destroy_scalar_function(&function) }
        unsafe duckdb_scalar_function_set_name(function, name)
        for parameter in parameters {
            unsafe parameter.withLogicalType { unsafe duckdb_scalar_function_add_parameter(function, $0) }
        }
        unsafe result.withLogicalType { unsafe duckdb_scalar_function_set_return_type(function, $0) }
        let kept = unsafe Unmanaged.passRetained(KeptBody(parameters, body)).toOpaque()
        unsafe duckdb_scalar_function_set_extra_info(function, kept) { pointer in
            guard let pointer = unsafe pointer else { return }
            unsafe Unmanaged<KeptBody>.fromOpaque(pointer).release()
        }
        unsafe duckdb_scalar_function_set_function(function) { info, input, output in
            let kept = unsafe Unmanaged<KeptBody>.fromOpaque(duckdb_scalar_function_get_extra_info(info)!)
                .takeUnretainedValue()
            let arguments = unsafe ScalarFunction.Arguments(input!, kept.parameters)
            var result = unsafe ScanVector(output!)
            result.beginWithNulls()
            kept.body(arguments, &result)
        }
        guard unsafe duckdb_register_scalar_function(connection.handle, function) == DuckDBSuccess else {
            throw DuckDBError(.engine, "the function \(name) was refused")
        }
    }
}

/// What the engine keeps for us, as a counted reference.
private final class KeptBody {
    let parameters: [ColumnType]
    let body: ScalarFunction.Body

    init(_ parameters: [ColumnType], _ body: @escaping ScalarFunction.Body) {
        self.parameters = parameters
        self.body = body
    }
}
