import CDuckDB
import Platform

/// One line of work: a statement at a time, its result read to the end or let go before the next.
///
/// - Threads: one at a time. Only the ``canceller`` may be used from others.
@safe public final class Connection {
    private let database: Database
    public let canceller: Canceller
    let handle: duckdb_connection

    public init(to database: Database) throws(DuckDBError) {
        self.database = database
        let address = try database.connect()
        unsafe handle = duckdb_connection(bitPattern: address)!
        canceller = Canceller(address)
    }

    deinit {
        canceller.forget()
        var handle: duckdb_connection? = unsafe handle
        unsafe duckdb_disconnect(&handle)
    }

    /// Runs a statement and lends its rows as they come.
    ///
    /// - Parameter parameters: for `$1`, `$2`, …; they never become part of the SQL text.
    public func query(_ sql: String, _ parameters: [BoundValue] = []) throws(DuckDBError) -> Rows {
        let statement = try Statement(sql, on: self)
        try statement.bind(parameters)
        return try statement.run()
    }

    /// Runs a statement to its end. What it returns is not looked at.
    public func execute(_ sql: String, _ parameters: [BoundValue] = []) throws(DuckDBError) {
        var rows = try query(sql, parameters)
        while let _ = try rows.next() {}
    }
}

/// Stops what a connection is doing.
///
/// - Threads: any, also after the connection is gone.
public final class Canceller: Sendable {
    // The lock keeps the connection from closing in the middle of an interrupt.
    private let connection: Locked<UInt>

    init(_ connection: UInt) { self.connection = Locked(connection) }

    /// The running query ends with `cancelled`. When none is running nothing happens, and the next one is not touched.
    public func cancel() {
        connection.withLock { address in
            guard address != 0 else { return }
            unsafe duckdb_interrupt(duckdb_connection(bitPattern: address))
        }
    }

    fileprivate func forget() { connection.withLock { $0 = 0 } }
}
