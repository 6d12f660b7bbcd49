import Glibc
import Platform
import Store

// Measures what the store's design rests on. `StoreBenchmark FOLDER [ROWS]`; the folder is written to.

guard CommandLine.arguments.count > 1 else {
    print("use: StoreBenchmark FOLDER [ROWS]")
    exit(2)
}
let folder = CommandLine.arguments[1]
let rows = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2])! : 500_000

func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

func cpuSeconds() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

func wallSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func residentMegabytes() -> Int {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
}

@discardableResult
func measure(_ name: String, file: String? = nil, rows: Int = rows, _ body: () throws -> Void) rethrows -> Double {
    let (cpu, wall) = (cpuSeconds(), wallSeconds())
    try body()
    let (usedCPU, usedWall) = (cpuSeconds() - cpu, wallSeconds() - wall)
    let tenths = Int(usedWall * 10_000)
    var line = pad(name, 58) + pad("\(tenths / 10).\(tenths % 10) ms", 12)
    line += pad("cpu \(Int(usedCPU * 1000)) ms", 14)
    line += pad("\(Int(Double(rows) / max(usedCPU, 1e-6))) rows/cpu-s", 24)
    if let file {
        var about = stat()
        unsafe stat(file, &about)
        line += "\(Int(about.st_size) / rows) B/row"
    }
    print(line)
    return usedWall
}

func read(_ connection: Connection, _ sql: String) throws -> Int {
    var rows = try connection.query(sql)
    var bytes = 0
    while let chunk = try rows.next() {
        for place in rows.columns.indices {
            let column = chunk.column(place)
            for row in 0..<chunk.count { bytes += column.type == .text ? column.bytes(row).byteCount : 8 }
        }
    }
    return bytes
}

func run() throws {
    let spread = SparseTable(Telemetry.columns(others: 100), lends: true)
    var telemetry = Telemetry()
    telemetry.fill(spread, rows: rows, spread: true)
    print("rows \(rows), JSON \(telemetry.jsonBytes / rows) B/row, resident \(residentMegabytes()) MB")
    let copied = SparseTable(spread.columns, lends: false)
    (copied.data, copied.count) = (spread.data, spread.count)
    let wide = SparseTable(Telemetry.columns(others: 100), lends: true)
    telemetry.fill(wide, rows: rows, spread: false)
    let narrow = SparseTable(Telemetry.columns(others: 5), lends: true)
    (narrow.data, narrow.count) = (Array(wide.data[0..<25]), wide.count)
    let folded = SparseTable(Telemetry.foldedColumns(), lends: true)
    telemetry.fill(folded, rows: rows, spread: true)
    let tables: [SparseTable] = [spread, copied, wide, narrow, folded]

    let start = wallSeconds()
    let database = try Database(.init(memory: 4 << 30, threads: 2, allowedDirectories: [folder]))
    let connection = try Connection(to: database)
    print("\(try Database.version()), open \(Int((wallSeconds() - start) * 1000)) ms")
    try ScanFunction("hot") { number in tables.indices.contains(Int(number)) ? tables[Int(number)] : nil }
        .register(on: connection)

    print("\n(a) scan of 3 of 120 columns")
    for (name, table) in [("lent", 0), ("copied", 1)] {
        let top = """
            SELECT "user.email", count(*), sum("tokens.input") FROM hot(\(table))
            WHERE "event.action" <> 'x' GROUP BY ALL ORDER BY 3 DESC LIMIT 10
            """
        for _ in 0..<2 { try measure("top 10, text \(name)") { _ = try read(connection, top) } }
        try measure("min, max, sum of three columns, text \(name)") {
            _ = try read(
                connection, "SELECT min(\"message\"), sum(\"tokens.input\"), max(\"cost_usd\") FROM hot(\(table))")
        }
    }
    try measure("substring in message") {
        _ = try read(connection, "SELECT count(*) FROM hot(0) WHERE contains(\"message\", 'error writing')")
    }
    try measure("count(*)") { _ = try read(connection, "SELECT count(*) FROM hot(0)") }
    try measure("whole rows, newest 100 by time") {
        _ = try read(connection, "SELECT * FROM hot(0) ORDER BY time DESC LIMIT 100")
    }
    try measure("SELECT * read by chunk", rows: rows) { _ = try read(connection, "SELECT * FROM hot(0)") }

    print("\n(b) sealing")
    for (name, number) in [
        ("25 of 120 spread", 0), ("same, text copied", 1), ("25 of 120, 95 all null", 2), ("25 of 25", 3),
        ("20 and a map of 5", 4),
    ] {
        for codec in ["snappy", "zstd"] {
            let file = "\(folder)/\(number)-\(codec).parquet"
            try measure("COPY sorted, \(name), \(codec)", file: file) {
                try connection.execute(
                    """
                    COPY (SELECT * FROM hot(\(number)) ORDER BY tenant, time) TO '\(file)'
                    (FORMAT parquet, COMPRESSION \(codec))
                    """)
            }
        }
    }
    let plain = "\(folder)/unsorted.parquet"
    try measure("COPY unsorted, 25 of 120 spread, zstd", file: plain) {
        try connection.execute("COPY (SELECT * FROM hot(0)) TO '\(plain)' (FORMAT parquet, COMPRESSION zstd)")
    }
    for codec in ["snappy", "zstd"] {
        let file = "\(folder)/map-\(codec).parquet"
        try measure("COPY unsorted, 20 and a map of 5, \(codec)", file: file) {
            try connection.execute("COPY (SELECT * FROM hot(4)) TO '\(file)' (FORMAT parquet, COMPRESSION \(codec))")
        }
    }
    try measure("COPY sorted by time, row groups of 32,768, zstd", file: "\(folder)/by-time.parquet") {
        try connection.execute(
            """
            COPY (SELECT * FROM hot(0) ORDER BY time) TO '\(folder)/by-time.parquet'
            (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 32768)
            """)
    }
    try measure("native table first: append 120 columns") {
        try connection.execute("CREATE TEMP TABLE t AS SELECT * FROM hot(1)")
    }
    try measure("native table first: then COPY sorted, zstd", file: "\(folder)/native.parquet") {
        try connection.execute(
            "COPY (SELECT * FROM t ORDER BY tenant, time) TO '\(folder)/native.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )
    }
    try connection.execute("DROP TABLE t")
    print("peak resident \(residentMegabytes()) MB")

    print("\n(c) reading a segment")
    for file in ["0-zstd", "0-snappy", "by-time", "map-zstd", "map-snappy"] {
        let path = "\(folder)/\(file).parquet"
        let newest = "SELECT * FROM read_parquet('\(path)') ORDER BY time DESC LIMIT 100"
        // Cold means that neither the kernel nor the engine has the file.
        let descriptor = unsafe open(path, O_RDONLY)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        close(descriptor)
        let fresh = try Connection(to: Database(.init(memory: 4 << 30, threads: 2, allowedDirectories: [folder])))
        try measure("\(file): newest 100 whole rows, cold") { _ = try read(fresh, newest) }
        for _ in 0..<2 { try measure("\(file): newest 100 whole rows, warm") { _ = try read(fresh, newest) } }
        var oldest: Int64 = 0
        try measure("\(file): same in two steps, 1: time of the 100th") {
            var rows = try fresh.query(
                "SELECT min(time) FROM (SELECT time FROM read_parquet('\(path)') ORDER BY time DESC LIMIT 100)")
            if let chunk = try rows.next() { oldest = chunk.column(0).timestamp(0)?.nanoseconds ?? 0 }
        }
        try measure("\(file): same in two steps, 2: rows from then on") {
            _ = try read(fresh, "SELECT * FROM read_parquet('\(path)') WHERE time >= make_timestamp_ns(\(oldest))")
        }
        try measure("\(file): same, one tenant and a window") {
            _ = try read(
                fresh,
                """
                SELECT * FROM read_parquet('\(path)') WHERE tenant = 'tenant-1'
                AND time > make_timestamp_ns(\(1_795_000_000_000_000_000 + 40_000_000 * (rows - rows / 50))) ORDER BY time DESC LIMIT 100
                """)
        }
        for _ in 0..<2 {
            try measure("\(file): count and histogram by minute") {
                _ = try read(
                    fresh,
                    "SELECT date_trunc('minute', time), count(*) FROM read_parquet('\(path)') GROUP BY 1 ORDER BY 1")
            }
        }
        try measure("\(file): top 10 users") {
            _ = try read(
                fresh,
                "SELECT \"user.email\", count(*) FROM read_parquet('\(path)') GROUP BY 1 ORDER BY 2 DESC LIMIT 10")
        }
        try measure("\(file): one session, whole rows") {
            _ = try read(
                fresh,
                """
                SELECT * FROM read_parquet('\(path)') WHERE "session.id" =
                (SELECT "session.id" FROM read_parquet('\(path)') WHERE sequence = 777)
                """)
        }
    }
}

do {
    try run()
} catch {
    debugPrint(error)
    exit(1)
}
