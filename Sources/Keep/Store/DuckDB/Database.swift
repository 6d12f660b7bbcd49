import CDuckDB

/// An engine in memory, closed to everything but the directories it is given.
///
/// It holds no event: rows come from ``ScanFunction`` and from Parquet files.
///
/// - Threads: any. It closes when the last connection is gone.
@safe public final class Database: Sendable {
    /// What the engine may use.
    public struct Limits: Sendable {
        /// - Unit: bytes.
        public var memory: Int
        public var threads: Int
        /// Where a query that needs more memory may put its rows. Without one it fails instead.
        public var temporaryDirectory: String?
        /// - Unit: bytes.
        public var temporaryBytes: Int
        /// Files outside these can neither be read nor written by a statement.
        public var allowedDirectories: [String]
        /// Whether what stands at the ends of Parquet files is kept, for whoever asks the same files again: reading it takes
        /// a millisecond, and they never change under their names. It counts as ``memory`` of the engine, which lets go of it
        /// when a statement needs the room.
        public var keepsFileEnds: Bool

        public init(
            memory: Int, threads: Int, temporaryDirectory: String? = nil, temporaryBytes: Int = 10 << 30,
            allowedDirectories: [String] = [], keepsFileEnds: Bool = false
        ) {
            self.memory = memory
            self.threads = threads
            self.temporaryDirectory = temporaryDirectory
            self.temporaryBytes = temporaryBytes
            self.allowedDirectories = allowedDirectories
            self.keepsFileEnds = keepsFileEnds
        }
    }

    // An address, and not a pointer, so that the class is Sendable by itself. The engine locks what it shares.
    private let address: UInt
    public let limits: Limits

    public init(_ limits: Limits) throws(DuckDBError) {
        try DuckDBLibrary.load()
        self.limits = limits
        address = try Self.open(limits)
        // The rest can only be said in SQL; the last statement locks all of it, for every connection.
        let connection = try Connection(to: self)
        let directories = limits.allowedDirectories.map { Self.quoted($0.hasSuffix("/") ? $0 : $0 + "/") }
        try connection.execute("SET allowed_directories = [\(directories.joined(separator: ", "))]")
        try connection.execute("SET GLOBAL TimeZone = 'UTC'")
        if limits.keepsFileEnds { try connection.execute("SET GLOBAL parquet_metadata_cache = true") }
        try connection.execute("SET enable_external_access = false")
        try connection.execute("SET lock_configuration = true")
    }

    deinit {
        var handle = unsafe duckdb_database(bitPattern: address)
        unsafe duckdb_close(&handle)
    }

    /// For example `v2.0.0`.
    public static func version() throws(DuckDBError) -> String { try DuckDBLibrary.version() }

    func connect() throws(DuckDBError) -> UInt {
        var connection: duckdb_connection?
        guard unsafe duckdb_connect(duckdb_database(bitPattern: address), &connection) == DuckDBSuccess else {
            throw DuckDBError(.engine, "no connection")
        }
        return UInt(bitPattern: connection)
    }

    private static func open(_ limits: Limits) throws(DuckDBError) -> UInt {
        var config: duckdb_config?
        unsafe duckdb_create_config(&config)
        defer { unsafe duckdb_destroy_config(&config) }
        let settings = [
            ("threads", "\(limits.threads)"),
            ("memory_limit", "\(limits.memory)B"),
            ("temp_directory", limits.temporaryDirectory ?? ""),
            ("max_temp_directory_size", "\(limits.temporaryBytes)B"),
            ("autoinstall_known_extensions", "false"),
            ("autoload_known_extensions", "false"),
            ("allow_community_extensions", "false"),
            // Gives the place of an error as a number.
            ("errors_as_json", "true"),
            // Another cache, of the bytes of files; the system has them in its own.
            ("enable_external_file_cache", "false"),
        ]
        for (name, value) in settings where unsafe duckdb_set_config(config, name, value) != DuckDBSuccess {
            throw DuckDBError(.permission, "the engine does not take the setting \(name)")
        }
        var database: duckdb_database?
        var said: UnsafeMutablePointer<CChar>?
        guard unsafe duckdb_open_ext(nil, &database, config, &said) == DuckDBSuccess else {
            defer { unsafe duckdb_free(said) }
            throw unsafe DuckDBError(said: said.map { unsafe String(cString: $0) } ?? "", about: "")
        }
        return UInt(bitPattern: database)
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
