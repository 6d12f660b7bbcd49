import CDuckDB
public import Platform

/// A value that takes a place in a statement without ever being text of it.
public enum BoundValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    /// UTF-8. Bytes that are not are refused.
    case utf8([UInt8])
    /// Exact in nanoseconds.
    case nanoseconds(Timestamp)
    /// Cut to microseconds, for comparison with columns of that unit.
    case microseconds(Timestamp)
    case texts([String])
}

/// A statement that was read and checked.
@safe public final class Statement {
    let sql: String
    // Kept so that the connection outlives its statement.
    private let connection: Connection
    private var handle: duckdb_prepared_statement?

    public init(_ sql: String, on connection: Connection) throws(DuckDBError) {
        self.sql = sql
        self.connection = connection
        unsafe handle = nil
        guard unsafe duckdb_prepare(connection.handle, sql, &handle) == DuckDBSuccess else {
            throw unsafe DuckDBError(said: Self.text(duckdb_prepare_error(handle)), about: sql)
        }
    }

    deinit { unsafe duckdb_destroy_prepare(&handle) }

    public var parameterCount: Int { unsafe Int(duckdb_nparams(handle)) }

    public func bind(_ parameters: [BoundValue]) throws(DuckDBError) {
        guard parameters.count == parameterCount else {
            throw DuckDBError(.binding, "\(parameterCount) parameters wanted, \(parameters.count) given", sql: sql)
        }
        for (place, parameter) in parameters.enumerated() {
            guard bind(parameter, at: idx_t(place + 1)) == DuckDBSuccess else {
                throw DuckDBError(.value, "", sql: sql)
            }
        }
    }

    /// Starts it. Rows that nobody has read yet hold the connection.
    public func run() throws(DuckDBError) -> Rows {
        var pending: duckdb_pending_result?
        // The only call that gives rows before all of them are there. DuckDB marks it as one it will replace.
        let started = unsafe duckdb_pending_prepared_streaming(handle, &pending)
        defer { unsafe duckdb_destroy_pending(&pending) }
        guard started == DuckDBSuccess else {
            throw unsafe DuckDBError(said: Self.text(duckdb_pending_error(pending)), about: sql)
        }
        var result = unsafe duckdb_result()
        guard unsafe duckdb_execute_pending(pending, &result) == DuckDBSuccess else {
            defer { unsafe duckdb_destroy_result(&result) }
            throw unsafe DuckDBError(said: Self.text(duckdb_result_error(&result)), about: sql)
        }
        return unsafe Rows(result, of: self)
    }

    static func text(_ characters: UnsafePointer<CChar>?) -> String {
        unsafe characters.map { unsafe String(cString: $0) } ?? ""
    }

    private func bind(_ parameter: BoundValue, at place: idx_t) -> duckdb_state {
        switch parameter {
        case .null: unsafe duckdb_bind_null(handle, place)
        case .bool(let value): unsafe duckdb_bind_boolean(handle, place, value)
        case .integer(let value): unsafe duckdb_bind_int64(handle, place, value)
        case .number(let value): unsafe duckdb_bind_double(handle, place, value)
        case .text(let value): bind(Array(value.utf8), at: place)
        case .utf8(let bytes): bind(bytes, at: place)
        case .microseconds(let moment):
            unsafe duckdb_bind_timestamp(
                handle, place, duckdb_timestamp(micros: Self.floor(moment.nanoseconds, by: 1_000)))
        case .nanoseconds(let moment):
            unsafe bind(duckdb_create_timestamp_ns(duckdb_timestamp_ns(nanos: moment.nanoseconds)), at: place)
        case .texts(let texts): unsafe bind(list(of: texts), at: place)
        }
    }

    private func bind(_ bytes: [UInt8], at place: idx_t) -> duckdb_state {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
                return unsafe duckdb_bind_varchar_length(handle, place, "", 0)
            }
            var wrong = unsafe duckdb_valid_utf8_check(start, idx_t(bytes.count))
            defer { unsafe duckdb_destroy_error_data(&wrong) }
            if unsafe duckdb_error_data_has_error(wrong) { return Self.refused }
            return unsafe duckdb_bind_varchar_length(handle, place, start, idx_t(bytes.count))
        }
    }

    private func bind(_ value: duckdb_value?, at place: idx_t) -> duckdb_state {
        var value = unsafe value
        defer { unsafe duckdb_destroy_value(&value) }
        return unsafe duckdb_bind_value(handle, place, value)
    }

    private func list(of texts: [String]) -> duckdb_value? {
        var type = unsafe duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)
        defer { unsafe duckdb_destroy_logical_type(&type) }
        var values = unsafe texts.map { text in
            unsafe text.withCString { unsafe duckdb_create_varchar_length($0, idx_t(text.utf8.count)) }
        }
        defer { for place in unsafe values.indices { unsafe duckdb_destroy_value(&values[place]) } }
        return unsafe values.withUnsafeMutableBufferPointer { values in
            unsafe duckdb_create_list_value(type, values.baseAddress, idx_t(values.count))
        }
    }

    /// C calls it `DuckDBError`, which is a type of ours.
    private static let refused = duckdb_state(rawValue: 1)

    private static func floor(_ number: Int64, by unit: Int64) -> Int64 {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: unit)
        return rest < 0 ? quotient - 1 : quotient
    }
}
