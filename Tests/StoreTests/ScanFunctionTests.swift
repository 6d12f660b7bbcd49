import Platform
import Testing

@testable import Store

/// Rows of every type that a snapshot can write. Row `n` is derived from `n`, so that any row can be checked.
@safe private final class Sample: ScanSnapshot, @unchecked Sendable {
    // Proof for @unchecked: all but `written` never changes.
    let count: Int
    let columns: [ScanColumn] = [
        ScanColumn("number", .int64), ScanColumn("copied", .text), ScanColumn("lent", .text),
        ScanColumn("even", .bool), ScanColumn("half", .double), ScanColumn("time", .nanoseconds),
        ScanColumn("names", .list(.text)), ScanColumn("rest", .map(.text, .text)), ScanColumn("never", .text),
    ]
    let written = Locked<Set<Int>>([])
    /// What is lent. Spoiled at the end, so that nobody reads it afterwards unnoticed.
    private let text: UnsafeMutableRawBufferPointer

    init(count: Int) {
        self.count = count
        let long = Array("a text of more than twelve bytes".utf8)
        unsafe text = .allocate(byteCount: long.count, alignment: 1)
        unsafe text.copyBytes(from: long)
    }

    deinit {
        for place in unsafe text.indices { unsafe text[place] = UInt8(ascii: "?") }
        unsafe text.deallocate()
    }

    func write(_ rows: Range<Int>, to chunk: borrowing ScanChunk) {
        for (place, column) in chunk.projection.enumerated() {
            guard let column else { continue }
            written.withLock { _ = $0.insert(column) }
            var vector = chunk.vector(place)
            switch column {
            case 0: for row in rows { vector.set(row - rows.lowerBound, Int64(row)) }
            case 1:
                vector.beginWithNulls(rows.count)
                for row in rows where row % 3 == 0 {
                    let text = Array("copied \(row) ü".utf8)
                    unsafe vector.set(row - rows.lowerBound, copying: text.span.bytes)
                }
            case 2:
                vector.beginWithNulls(rows.count)
                for row in rows where row % 3 != 0 {
                    let length = unsafe row % 3 == 1 ? 6 : text.count
                    unsafe vector.set(row - rows.lowerBound, lending: UnsafeRawBufferPointer(rebasing: text[..<length]))
                }
            case 3: for row in rows { vector.set(row - rows.lowerBound, row % 2 == 0) }
            case 4: for row in rows { vector.set(row - rows.lowerBound, Double(row) / 2) }
            case 5: for row in rows { vector.set(row - rows.lowerBound, Timestamp(nanoseconds: Int64(row))) }
            case 6, 7: writeElements(rows, of: column, to: &vector)
            default: vector.beginWithNulls(rows.count)
            }
        }
    }

    /// Row `n` has `n % 4` elements.
    private func writeElements(_ rows: Range<Int>, of column: Int, to vector: inout ScanVector) {
        let total = rows.reduce(0) { $0 + $1 % 4 }
        vector.reserveElements(total)
        var next = 0
        for row in rows {
            vector.set(row - rows.lowerBound, elements: next..<next + row % 4)
            next += row % 4
        }
        if column == 6 {
            var elements = vector.elements()
            for element in 0..<total { unsafe elements.set(element, copying: Array("name \(element)".utf8).span.bytes) }
        } else {
            var keys = vector.keys()
            for element in 0..<total { unsafe keys.set(element, copying: Array("key \(element)".utf8).span.bytes) }
            var values = vector.values()
            values.beginWithNulls(total)
            for element in 0..<total where element % 2 == 0 {
                unsafe values.set(element, copying: Array("{\"n\":\(element)}".utf8).span.bytes)
            }
        }
    }
}

struct ScanFunctionTests {
    private func engine(_ samples: [Sample]) throws -> Engine {
        let engine = try Engine()
        try ScanFunction("hot") { samples.indices.contains(Int($0)) ? samples[Int($0)] : nil }
            .register(on: engine.connection)
        return engine
    }

    private func integers(_ sql: String, on engine: Engine) throws -> [Int64?] {
        var rows = try engine.connection.query(sql)
        var found: [Int64?] = []
        while let chunk = try rows.next() {
            for row in 0..<chunk.count {
                for place in rows.columns.indices { found.append(chunk.column(place).integer(row)) }
            }
        }
        return found
    }

    @Test func `rows of every type arrive, whole and in order`() throws {
        let engine = try engine([Sample(count: 5_000)])
        var rows = try engine.connection.query("SELECT * FROM hot(0) ORDER BY number")
        var number = 0
        while let chunk = try rows.next() {
            let (names, rest) = (chunk.column(6), chunk.column(7))
            for row in 0..<chunk.count {
                #expect(chunk.column(0).integer(row) == Int64(number))
                #expect(chunk.column(1).text(row) == (number % 3 == 0 ? "copied \(number) ü" : nil))
                #expect(chunk.column(2).text(row) == [nil, "a text", "a text of more than twelve bytes"][number % 3])
                #expect(chunk.column(3).bool(row) == (number % 2 == 0))
                #expect(chunk.column(4).number(row) == Double(number) / 2)
                #expect(chunk.column(5).timestamp(row) == Timestamp(nanoseconds: Int64(number)))
                #expect(names.range(row).count == number % 4)
                #expect(rest.range(row).count == number % 4)
                #expect(chunk.column(8).isNull(row) == true)
                number += 1
            }
        }
        #expect(number == 5_000)
    }

    @Test func `elements of lists and maps belong to their rows`() throws {
        let engine = try engine([Sample(count: 5)])
        var rows = try engine.connection.query("SELECT names, rest FROM hot(0)")
        let chunk = try some(rows.next())
        let (names, rest) = (chunk.column(0), chunk.column(1))
        #expect(names.range(3).map { names.elements.text($0) } == ["name 3", "name 4", "name 5"])
        #expect(rest.range(3).map { rest.keys.text($0) } == ["key 3", "key 4", "key 5"])
        #expect(rest.range(3).map { rest.values.text($0) } == [nil, "{\"n\":4}", nil])
    }

    @Test func `only the columns that a statement names are written`() throws {
        let sample = Sample(count: 3_000)
        let engine = try engine([sample])
        let found = try integers("SELECT sum(number)::BIGINT FROM hot(0) WHERE even", on: engine)
        #expect(found == [stride(from: 0, to: 3_000, by: 2).reduce(0, +)].map { Int64($0) })
        #expect(sample.written.withLock { $0 } == [0, 3])
    }

    @Test(arguments: [0, 1, 2_048, 2_049, 200_000])
    func `rows are counted without reading a column twice or never`(count: Int) throws {
        let engine = try engine([Sample(count: count)])
        #expect(
            try integers("SELECT count(*), count(number), count(DISTINCT number) FROM hot(0)", on: engine)
                == Array(repeating: Int64(count), count: 3))
        #expect(try integers("SELECT count(*) FROM hot(0)", on: engine) == [Int64(count)])
    }

    @Test func `a running statement keeps the rows it began with`() throws {
        let current = Locked(Sample(count: 100_000))
        let engine = try Engine()
        try ScanFunction("hot") { _ in current.withLock { $0 } }.register(on: engine.connection)
        var rows = try engine.connection.query("SELECT number, lent, copied FROM hot(0)")
        var count = try some(rows.next()).count
        current.withLock { $0 = Sample(count: 200_000) }
        while let chunk = try rows.next() { count += chunk.count }
        #expect(count == 100_000)
        #expect(try integers("SELECT count(*) FROM hot(0)", on: engine) == [200_000])
    }

    @Test(arguments: [
        "SELECT lent FROM hot(0) WHERE number = 2", "SELECT lent FROM hot(0) ORDER BY number % 3 DESC LIMIT 1",
        "SELECT max(lent) FROM hot(0)", "SELECT DISTINCT lent FROM hot(0) WHERE number % 3 = 2",
        "SELECT unnest(l) FROM (SELECT list(lent) l FROM hot(0) WHERE number % 3 = 2)",
        "SELECT coalesce(copied, lent) FROM hot(0) WHERE number % 3 = 2",
        "SELECT lent FROM hot(0) WHERE number % 3 = 2 UNION ALL SELECT lent FROM hot(0) WHERE number % 3 = 2",
    ])
    func `a chunk can be read after everything else is gone`(_ sql: String) throws {
        weak var seen: Sample?
        let engine = try Engine()
        let held = Locked<Sample?>(Sample(count: 10_000))
        seen = held.withLock { $0 }
        try ScanFunction("hot") { _ in held.withLock { $0 } }.register(on: engine.connection)
        let chunk = try firstChunk(of: sql, on: engine.connection)
        held.withLock { $0 = nil }
        #expect(seen == nil)
        #expect(chunk?.column(0).text(0) == "a text of more than twelve bytes")
    }

    private func firstChunk(of sql: String, on connection: Connection) throws -> Chunk? {
        var rows = try connection.query(sql)
        return try rows.next()
    }

    @Test func `an unknown snapshot fails the statement`() throws {
        let engine = try engine([])
        #expect(failure { try engine.connection.execute("SELECT * FROM hot(7)") }?.kind == .binding)
    }

    @Test func `a running statement keeps its snapshot, and lets it go`() throws {
        weak var seen: Sample?
        let engine = try Engine()
        let held = Locked<Sample?>(Sample(count: 300_000))
        seen = held.withLock { $0 }
        try ScanFunction("hot") { _ in held.withLock { $0 } }.register(on: engine.connection)
        do {
            var rows = try engine.connection.query("SELECT * FROM hot(0)")
            held.withLock { $0 = nil }
            let first = try some(rows.next()).count
            #expect(seen != nil)
            #expect(try first + remaining(&rows) == 300_000)
        }
        #expect(seen == nil)
    }

    @Test func `what is lent survives sorting and a Parquet file`() throws {
        let engine = try engine([Sample(count: 50_000)])
        let file = engine.folder + "/hot.parquet"
        try engine.connection.execute(
            "COPY (SELECT * FROM hot(0) ORDER BY number DESC) TO '\(file)' (FORMAT parquet, COMPRESSION zstd)")
        let different = try integers(
            """
            SELECT count(*) FROM (SELECT * FROM hot(0) EXCEPT ALL SELECT * FROM read_parquet('\(file)'))
            """, on: engine)
        #expect(different == [0])
    }
}
