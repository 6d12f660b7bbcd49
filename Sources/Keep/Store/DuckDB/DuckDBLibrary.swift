import CDuckDB
import Glibc

/// The engine's code, loaded when the first database is opened. The program starts without it.
enum DuckDBLibrary {
    private static let failure: DuckDBError? = unsafe load(getenv("DOCKET_DUCKDB_LIBRARY"))

    static func load() throws(DuckDBError) {
        if let failure { throw failure }
    }

    /// - Parameter chosen: the path that the operator gave; `nil` to look in the usual places.
    static func load(_ chosen: UnsafePointer<CChar>?) -> DuckDBError? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { message in
            unsafe message.initialize(repeating: 0)
            let start = message.baseAddress!
            let isLoaded = unsafe docket_duckdb_load(chosen, start, message.count) == 0
            return isLoaded ? nil : unsafe DuckDBError(.library, String(cString: start))
        }
    }

    /// For example `v2.0.0`.
    static func version() throws(DuckDBError) -> String {
        try load()
        return unsafe String(cString: duckdb_library_version())
    }
}
