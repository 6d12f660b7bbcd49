import CDuckDB

/// What a column holds.
public indirect enum ColumnType: Sendable, Hashable {
    case bool
    case int8, int16, int32, int64, int128
    case uint8, uint16, uint32, uint64
    case float, double
    case text, blob
    case date, seconds, milliseconds, microseconds, nanoseconds
    case list(ColumnType)
    case map(ColumnType, ColumnType)
    /// One that Docket does not use; the number is DuckDB's.
    case other(UInt32)

    private static let plain: [(ColumnType, DUCKDB_TYPE)] = [
        (.bool, DUCKDB_TYPE_BOOLEAN), (.int8, DUCKDB_TYPE_TINYINT), (.int16, DUCKDB_TYPE_SMALLINT),
        (.int32, DUCKDB_TYPE_INTEGER), (.int64, DUCKDB_TYPE_BIGINT), (.int128, DUCKDB_TYPE_HUGEINT),
        (.uint8, DUCKDB_TYPE_UTINYINT), (.uint16, DUCKDB_TYPE_USMALLINT), (.uint32, DUCKDB_TYPE_UINTEGER),
        (.uint64, DUCKDB_TYPE_UBIGINT), (.float, DUCKDB_TYPE_FLOAT), (.double, DUCKDB_TYPE_DOUBLE),
        (.text, DUCKDB_TYPE_VARCHAR), (.blob, DUCKDB_TYPE_BLOB), (.date, DUCKDB_TYPE_DATE),
        (.seconds, DUCKDB_TYPE_TIMESTAMP_S), (.milliseconds, DUCKDB_TYPE_TIMESTAMP_MS),
        (.microseconds, DUCKDB_TYPE_TIMESTAMP), (.nanoseconds, DUCKDB_TYPE_TIMESTAMP_NS),
        // The same bits; the engine only prints them differently.
        (.microseconds, DUCKDB_TYPE_TIMESTAMP_TZ),
    ]

    /// - Parameter type: is given back to the engine here.
    init(taking type: duckdb_logical_type?) {
        var type = unsafe type
        defer { unsafe duckdb_destroy_logical_type(&type) }
        let id = unsafe duckdb_get_type_id(type)
        switch id {
        case DUCKDB_TYPE_LIST:
            self = unsafe .list(ColumnType(taking: duckdb_list_type_child_type(type)))
        case DUCKDB_TYPE_MAP:
            let key = unsafe ColumnType(taking: duckdb_map_type_key_type(type))
            self = unsafe .map(key, ColumnType(taking: duckdb_map_type_value_type(type)))
        default:
            self = Self.plain.first { $0.1 == id }?.0 ?? .other(id.rawValue)
        }
    }

    /// Lends the engine's form of the type.
    func withLogicalType<Result>(_ body: (duckdb_logical_type) -> Result) -> Result {
        var type = unsafe logicalType
        defer { unsafe duckdb_destroy_logical_type(&type) }
        return unsafe body(type!)
    }

    private var logicalType: duckdb_logical_type? {
        switch self {
        case .list(let element):
            return unsafe element.withLogicalType { unsafe duckdb_create_list_type($0) }
        case .map(let key, let value):
            return unsafe key.withLogicalType { key in
                unsafe value.withLogicalType { unsafe duckdb_create_map_type(key, $0) }
            }
        default:
            let id = Self.plain.first { $0.0 == self }?.1 ?? DUCKDB_TYPE_VARCHAR
            return unsafe duckdb_create_logical_type(id)
        }
    }
}
