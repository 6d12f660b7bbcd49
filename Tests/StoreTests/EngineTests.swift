import Foundation
import Platform
import Testing

@testable import Store

/// The engine as the store uses it, with a folder of its own that it may write to.
final class Engine {
    let folder: String
    let database: Database
    let connection: Connection

    init(threads: Int = 2) throws {
        folder = NSTemporaryDirectory() + "docket-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        database = try Database(.init(memory: 256 << 20, threads: threads, allowedDirectories: [folder]))
        connection = try Connection(to: database)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

/// Why a statement fails; `nil` when it does not.
func failure(of body: () throws -> Void) -> DuckDBError? {
    do {
        try body()
        return nil
    } catch {
        return error as? DuckDBError
    }
}

/// `#require` cannot hold what cannot be copied.
func some(_ chunk: consuming Chunk?) throws -> Chunk {
    guard let chunk else { throw DuckDBError(.other, "no rows") }
    return chunk
}

/// How many rows are left.
func remaining(_ rows: inout Rows) throws -> Int {
    var count = 0
    while let chunk = try rows.next() { count += chunk.count }
    return count
}

struct StatementTests {
    @Test func `values come back as they were bound`() throws {
        let engine = try Engine()
        let moment = Timestamp(nanoseconds: 1_795_000_000_123_456_789)
        var rows = try engine.connection.query(
            "SELECT $1 a, $2 b, $3 c, $4 d, $5 e, $6 f, $7::TIMESTAMP_NS g, $8::TIMESTAMP h",
            [
                .null, .bool(true), .integer(.min), .number(-0.1), .text("Grüße, 世界 🦆 \u{0} end"),
                .utf8(Array("bytes".utf8)), .nanoseconds(moment), .microseconds(Timestamp(nanoseconds: -1)),
            ])
        #expect(rows.columns.map(\.name) == ["a", "b", "c", "d", "e", "f", "g", "h"])
        let chunk = try some(rows.next())
        #expect(chunk.count == 1)
        #expect(chunk.column(0).isNull(0) == true)
        #expect(chunk.column(1).bool(0) == true)
        #expect(chunk.column(2).integer(0) == .min)
        #expect(chunk.column(3).number(0) == -0.1)
        #expect(chunk.column(4).text(0) == "Grüße, 世界 🦆 \u{0} end")
        #expect(chunk.column(5).text(0) == "bytes")
        #expect(chunk.column(6).timestamp(0) == moment)
        #expect(chunk.column(7).timestamp(0) == Timestamp(nanoseconds: -1_000))
        #expect(try remaining(&rows) == 0)
    }

    @Test func `every kind of number is read, and what does not fit is nil`() throws {
        let engine = try Engine()
        var rows = try engine.connection.query(
            """
            SELECT (-1)::TINYINT, 2::SMALLINT, 3::INTEGER, 4::UTINYINT, 5::USMALLINT, 6::UINTEGER,
                   7::UBIGINT, 18446744073709551615::UBIGINT, 8::HUGEINT, (-1)::HUGEINT, 1::HUGEINT << 100,
                   0.5::FLOAT, DATE '1970-01-02', TIMESTAMP_S '1970-01-01 00:00:01', NULL::BIGINT
            """)
        let chunk = try some(rows.next())
        let integers = (0..<11).map { chunk.column($0).integer(0) }
        #expect(integers == [-1, 2, 3, 4, 5, 6, 7, nil, 8, -1, nil])
        #expect(chunk.column(10).number(0) == 0x1p100)
        #expect(chunk.column(11).number(0) == 0.5)
        #expect(chunk.column(12).timestamp(0) == Timestamp(nanoseconds: 86_400_000_000_000))
        #expect(chunk.column(13).timestamp(0) == Timestamp(nanoseconds: 1_000_000_000))
        #expect(chunk.column(14).integer(0) == nil)
    }

    @Test func `lists and maps are read where they lie`() throws {
        let engine = try Engine()
        var rows = try engine.connection.query(
            """
            SELECT * FROM (VALUES
                (['a', NULL, 'longer than twelve bytes'], MAP {'k': 1, 'q': NULL}, [[1], [2, 3]], NULL::VARCHAR[]),
                ([], MAP {}, [], ['x']))
            """)
        #expect(rows.columns.map(\.type).prefix(2) == [.list(.text), .map(.text, .int32)])
        let chunk = try some(rows.next())
        let lists = chunk.column(0)
        #expect(lists.range(0).map { lists.elements.text($0) } == ["a", nil, "longer than twelve bytes"])
        #expect(lists.range(1).isEmpty && !lists.isNull(1))
        let maps = chunk.column(1)
        #expect(maps.range(0).map { maps.keys.text($0) } == ["k", "q"])
        #expect(maps.range(0).map { maps.values.integer($0) } == [1, nil])
        let nested = chunk.column(2)
        let inner = nested.elements
        #expect(nested.range(0).map { inner.range($0).map { inner.elements.integer($0) } } == [[1], [2, 3]])
        let absent = chunk.column(3)
        #expect(absent.isNull(0) && absent.range(0).isEmpty)
        #expect(absent.range(1).map { absent.elements.text($0) } == ["x"])
    }

    @Test func `a list of texts is one parameter`() throws {
        let engine = try Engine()
        let names = ["a'); DROP TABLE x; --", "", "ü"]
        var rows = try engine.connection.query(
            "SELECT n FROM (SELECT unnest(['', 'b', 'ü']) n) WHERE list_contains($1, n) ORDER BY n", [.texts(names)])
        let chunk = try some(rows.next())
        #expect((0..<chunk.count).map { chunk.column(0).text($0) } == ["", "ü"])
    }

    @Test(arguments: ["'; DROP TABLE kept; --", "' OR '1'='1", "$2", "\\", "kept\u{0}'"])
    func `a bound text is never read as SQL`(_ text: String) throws {
        let engine = try Engine()
        try engine.connection.execute("CREATE TABLE kept AS SELECT 'a' v")
        var rows = try engine.connection.query("SELECT count(*), $1 FROM kept WHERE v = $1", [.text(text)])
        while let chunk = try rows.next() { #expect(chunk.column(0).integer(0) == 0) }
        var kept = try engine.connection.query("SELECT count(*) FROM kept")
        let chunk = try some(kept.next())
        #expect(chunk.column(0).integer(0) == 1)
    }

    @Test func `bytes that are not UTF-8 are refused`() throws {
        let engine = try Engine()
        let error = failure { _ = try engine.connection.query("SELECT $1", [.utf8([0x61, 0xFF])]) }
        #expect(error?.kind == .value)
    }

    @Test func `too few parameters are an error and not nulls`() throws {
        let engine = try Engine()
        #expect(failure { _ = try engine.connection.query("SELECT $1, $2", [.null]) }?.kind == .binding)
    }

    @Test func `two statements at once are refused`() throws {
        let engine = try Engine()
        #expect(failure { try engine.connection.execute("SELECT 1; SELECT 2") } != nil)
    }

    @Test func `the first rows come before the last are made, and the rest can be left`() throws {
        let engine = try Engine()
        do {
            var rows = try engine.connection.query("SELECT range v, 'some text of some length' FROM range(1000000000)")
            let chunk = try some(rows.next())
            #expect(chunk.column(0).integer(0) == 0)
        }
        try engine.connection.execute("SELECT 1")
    }

    @Test func `a connection with unread rows says that it is busy`() throws {
        let engine = try Engine()
        var rows = try engine.connection.query("SELECT range FROM range(100000000)")
        _ = try some(rows.next())
        #expect(failure { try engine.connection.execute("SELECT 1") }?.kind == .busy)
    }
}

struct CancelTests {
    @Test(.timeLimit(.minutes(1))) func `a query is cancelled from another thread`() throws {
        let engine = try Engine()
        let canceller = engine.connection.canceller
        let isDone = Locked(false)
        let thread = Thread {
            // A cancel before the query runs does nothing, so it is repeated until the query has ended.
            while !isDone.withLock({ $0 }) { canceller.cancel() }
        }
        thread.start()
        let error = failure {
            try engine.connection.execute(
                "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range % 7 = b.range % 5")
        }
        isDone.withLock { $0 = true }
        #expect(error?.kind == .cancelled)
    }

    @Test func `a canceller outlives its connection`() throws {
        var connection: Connection? = try Connection(to: try Database(.init(memory: 64 << 20, threads: 1)))
        let canceller = try #require(connection).canceller
        connection = nil
        canceller.cancel()
    }
}

struct DuckDBErrorTests {
    @Test(arguments: [
        ("SELEC 1", DuckDBError.Kind.syntax, 0), ("SELECT 1,\n  nope FROM range(3)", .binding, 12),
        ("SELECT * FROM nope", .binding, 14), ("SELECT 'hush'::INT", .value, 13),
    ])
    func `an error knows its place in the statement`(_ sql: String, _ kind: DuckDBError.Kind, _ position: Int) throws {
        let engine = try Engine()
        let error = try #require(failure { try engine.connection.execute(sql) })
        #expect(error.kind == kind)
        #expect(error.position == position)
        #expect(!error.description.contains("nope") && !error.description.contains("SELEC"))
        #expect(error.debugDescription.contains(sql))
    }

    @Test func `no message shows a value`() throws {
        let engine = try Engine()
        let error = try #require(failure { try engine.connection.execute("SELECT $1::INT", [.text("hush hush")]) })
        #expect(error.kind == .value)
        #expect(!error.description.contains("hush") && !error.debugDescription.contains("hush"))
    }
}

struct DatabaseTests {
    @Test func `files outside the allowed directories are out of reach`() throws {
        let engine = try Engine()
        let inside = engine.folder + "/a.parquet"
        try engine.connection.execute("COPY (SELECT 1 v) TO '\(inside)' (FORMAT parquet)")
        try engine.connection.execute("SELECT * FROM read_parquet('\(inside)')")
        #expect(
            failure { try engine.connection.execute("SELECT * FROM read_text('/etc/hostname')") }?.kind == .permission)
        let climbing = engine.folder + "/../outside.parquet"
        #expect(failure { try engine.connection.execute("COPY (SELECT 1 v) TO '\(climbing)' (FORMAT parquet)") } != nil)
    }

    @Test(arguments: [
        "SET enable_external_access = true", "SET memory_limit = '1TB'", "SET allowed_directories = ['/']",
        "SET lock_configuration = false", "INSTALL httpfs", "LOAD httpfs",
        "ATTACH '/tmp/docket-must-not-be-there.db' AS other",
    ])
    func `a statement cannot widen what the engine may do`(_ sql: String) throws {
        let engine = try Engine()
        #expect(failure { try engine.connection.execute(sql) } != nil)
    }

    @Test func `times are told in UTC whatever the machine's zone is`() throws {
        let engine = try Engine()
        var rows = try engine.connection.query("SELECT current_setting('TimeZone')")
        let chunk = try some(rows.next())
        #expect(chunk.column(0).text(0) == "UTC")
    }

    @Test func `a query that needs more memory than it may have fails and leaves the engine usable`() throws {
        let database = try Database(.init(memory: 32 << 20, threads: 1))
        let connection = try Connection(to: database)
        let error = failure {
            try connection.execute("SELECT list(range || 'some longer text that takes room') FROM range(10000000)")
        }
        #expect(error?.kind == .memory)
        try connection.execute("SELECT 1")
    }
}

struct DuckDBLibraryTests {
    @Test func `a chosen library that is not there is named, and none is taken instead`() throws {
        let error = unsafe "/nowhere/libduckdb.so".withCString { unsafe DuckDBLibrary.load($0) }
        #expect(error?.kind == .library)
        #expect(error?.description.contains("DOCKET_DUCKDB_LIBRARY") == true)
        #expect(error?.description.contains("/nowhere/libduckdb.so") == true)
    }

    @Test func `a library that is not DuckDB is refused with the remedy, and the good one stays`() throws {
        let engine = try Engine()
        let error = unsafe "libm.so.6".withCString { unsafe DuckDBLibrary.load($0) }
        #expect(error?.description.contains("make deps") == true)
        try engine.connection.execute("SELECT 1")
    }
}
