import Events
import Platform
import Query

/// What a search asks, the same for each of its tables.
struct Question {
    let filter: Filter
    let from: Timestamp?
    let to: Timestamp?
    let cancellation: Cancellation?
    let timeLimit: Timestamp.Span
    let sources: [SearchSource]
    let warnings: [QueryError]
    let hold: ViewHold

    /// Asks one table after another, all of them within one time limit.
    ///
    /// A table that cannot hold an answer is not asked.
    func ask(
        _ store: EventStore, _ schema: FieldSchema, _ body: (Asking) throws(DuckDBError) -> Bool
    ) throws(SearchError) {
        try connected(to: store) { (connection, watch) throws(DuckDBError) in
            for source in sources {
                try watch.check()
                guard let condition = condition(for: source, schema) else { continue }
                let goesOn = try source.withTable(store.snapshots, store.columns) {
                    (table: SourceTable) throws(DuckDBError) in
                    try body(asking(source, condition, connection, store, table))
                }
                guard goesOn else { return }
            }
        }
    }

    /// Asks all tables side by side, within one time limit.
    func askTogether(
        _ store: EventStore, _ schema: FieldSchema, _ body: ([Asking], SearchWatch) throws(DuckDBError) -> Void
    ) throws(SearchError) {
        try connected(to: store) { (connection, watch) throws(DuckDBError) in
            var asked: [(source: SearchSource, condition: SQLText)] = []
            for source in sources {
                if let condition = condition(for: source, schema) { asked.append((source, condition)) }
            }
            try asked.map(\.source).withTables(store.snapshots, store.columns) {
                (tables: [SourceTable]) throws(DuckDBError) in
                let askings = zip(asked, tables).map { asked, table in
                    asking(asked.source, asked.condition, connection, store, table)
                }
                try body(askings, watch)
            }
        }
    }

    private func connected(
        to store: EventStore, _ body: (Connection, SearchWatch) throws(DuckDBError) -> Void
    ) throws(SearchError) {
        if cancellation?.isCancelled == true { throw .cancelled }
        if sources.isEmpty { return }
        do throws(DuckDBError) {
            let connection = try Connection(to: store.database)
            let canceller = connection.canceller
            let watch = SearchWatch()
            let stop: @Sendable () -> Void = {
                watch.isOver.withLock { $0 = true }
                canceller.cancel()
            }
            cancellation?.whenCancelled(stop)
            let deadline = Deadline(after: timeLimit, stop)
            defer { deadline.end() }
            try body(connection, watch)
        } catch {
            if error.kind == .cancelled { throw cancellation?.isCancelled == true ? .cancelled : .timeLimit }
            throw .failed("\(error)")
        }
    }

    /// - Returns: `nil` for a table that cannot hold an answer.
    private func condition(for source: SearchSource, _ schema: FieldSchema) -> SQLText? {
        let filter = filter.restricted(to: source.columns.union(source.misfits))
        if filter == .nothing { return nil }
        let present = FieldSchema(schema.fields.filter { source.columns.contains($0.name) })
        return DuckDBDialect(schema: present, misfits: source.misfits).condition(filter)
    }

    private func asking(
        _ source: SearchSource, _ condition: SQLText, _ connection: Connection, _ store: EventStore,
        _ table: SourceTable
    ) -> Asking {
        Asking(
            connection: connection, columns: store.columns, source: source, table: table, condition: condition,
            from: from, to: to)
    }
}

/// Whether a search is to end. To be looked at before each statement: a cancel between two of them stops neither.
struct SearchWatch: Sendable {
    let isOver = Locked(false)

    func check() throws(DuckDBError) { if isOver.withLock({ $0 }) { throw DuckDBError(.cancelled, "") } }
}

/// A question being asked of one table: the statements.
struct Asking {
    let connection: Connection
    let columns: StoreColumns
    let source: SearchSource
    let table: SourceTable
    let condition: SQLText
    let from: Timestamp?
    let to: Timestamp?

    static let time = "\"@timestamp\""
    static let id = "\"event.id\""
    static let sequence = "\"docket.sequence\""

    /// The rows that fit: SQL behind `WHERE`, and what is bound in it.
    func matching() -> (sql: String, values: [BoundValue]) {
        var sql = "(\(condition.text))"
        if let exclusion = source.superseded.exclusion { sql += " AND \(exclusion)" }
        var values = condition.parameters.map { BoundValue($0) }
        for (moment, sign) in [(from, ">="), (to, "<")] {
            guard let moment else { continue }
            values.append(.nanoseconds(moment))
            sql += " AND \(Self.time) \(sign) $\(values.count)"
        }
        return (sql, values)
    }

    func count() throws(DuckDBError) -> Int {
        let (sql, values) = matching()
        return Int(try number("SELECT count(*) FROM \(table.naming(sql)) WHERE \(sql)", values) ?? 0)
    }

    /// The first and the last time.
    func ends() throws(DuckDBError) -> (Timestamp, Timestamp)? {
        let (sql, values) = matching()
        var rows = try connection.query(
            "SELECT min(\(Self.time)), max(\(Self.time)) FROM \(table.naming(Self.time, sql)) WHERE \(sql)", values)
        var ends: (Timestamp, Timestamp)?
        while let chunk = try rows.next() {
            let earliest = chunk.column(0).timestamp(0)
            let latest = chunk.column(1).timestamp(0)
            if let earliest, let latest { ends = (earliest, latest) }
        }
        return ends
    }

    func counts(width: Timestamp.Span) throws(DuckDBError) -> [Timestamp: Int] {
        var (sql, values) = matching()
        values.append(.integer(width.nanoseconds))
        let bucket =
            "epoch_ns(\(Self.time)) - ((epoch_ns(\(Self.time)) % $\(values.count)) + $\(values.count)) % $\(values.count)"
        var rows = try connection.query(
            "SELECT \(bucket) AS start, count(*) FROM \(table.naming(bucket, sql)) WHERE \(sql) GROUP BY start", values)
        var counts: [Timestamp: Int] = [:]
        while let chunk = try rows.next() {
            let starts = chunk.column(0)
            let totals = chunk.column(1)
            for row in 0..<chunk.count {
                guard let start = starts.integer(row), let total = totals.integer(row) else { continue }
                counts[Timestamp(nanoseconds: start)] = Int(total)
            }
        }
        return counts
    }

    func places() throws(DuckDBError) -> [(sequence: UInt64, id: String)] {
        let (sql, values) = matching()
        var rows = try connection.query(
            "SELECT \(Self.sequence), \(Self.id) FROM \(table.naming(Self.sequence, Self.id, sql)) WHERE \(sql)", values
        )
        var places: [(sequence: UInt64, id: String)] = []
        while let chunk = try rows.next() {
            for row in 0..<chunk.count {
                guard let sequence = chunk.column(0).integer(row) else { continue }
                places.append((UInt64(sequence), chunk.column(1).text(row) ?? ""))
            }
        }
        return places
    }

    func hits(limit: Int, newestFirst: Bool, behind: SearchPlace?) throws(DuckDBError) -> [SearchHit] {
        var (sql, values) = matching()
        let direction = newestFirst ? "DESC" : "ASC"
        let id = Self.id
        if let behind {
            values += [.nanoseconds(behind.time), .text(behind.id)]
            let sign = newestFirst ? "<" : ">"
            let (time, name) = ("$\(values.count - 1)", "$\(values.count)")
            sql += " AND (\(Self.time) \(sign) \(time) OR (\(Self.time) = \(time) AND \(id) \(sign) \(name)))"
        }
        // The time of the last row of the page, then the rows up to it.
        let edge = try time(
            "SELECT \(Self.time) FROM \(table.naming(Self.time, sql)) WHERE \(sql) "
                + "ORDER BY \(Self.time) \(direction) LIMIT 1 OFFSET \(limit - 1)",
            values)
        if let edge {
            values.append(.nanoseconds(edge))
            sql += " AND \(Self.time) \(newestFirst ? ">=" : "<=") $\(values.count)"
        }
        var rows = try connection.query(
            "SELECT * FROM \(table.whole) WHERE \(sql) ORDER BY \(Self.time) \(direction), \(id) \(direction) LIMIT \(limit)",
            values)
        return try read(&rows)
    }

    /// A row of a condition that one row fulfils at the most.
    func one() throws(DuckDBError) -> SearchHit? {
        // Of rows in memory all columns are made, whether they fit or not; a file knows better.
        if case .hot = source.table, try count() == 0 { return nil }
        let (sql, values) = matching()
        var rows = try connection.query("SELECT * FROM \(table.whole) WHERE \(sql)", values)
        return try read(&rows).first
    }

    private func read(_ rows: inout Rows) throws(DuckDBError) -> [SearchHit] {
        var hits: [SearchHit] = []
        try read(&rows) { hit, _, _ in hits.append(hit) }
        return hits
    }

    /// - Parameter body: is given each row, its `event.sequence` and its `docket.sequence`.
    func read(_ rows: inout Rows, _ body: (SearchHit, Int64?, Int64?) -> Void) throws(DuckDBError) {
        let names = rows.columns.map(\.name)
        let fields = names.map { $0 == StoreColumns.rest ? nil : columns.catalog.id(of: $0) }
        let time = names.firstIndex(of: "@timestamp")
        let id = names.firstIndex(of: "event.id")
        let order = names.firstIndex(of: "event.sequence")
        let arrival = names.firstIndex(of: "docket.sequence")
        var reader = RowReader(columns: columns)
        while let chunk = try rows.next() {
            for row in 0..<chunk.count {
                var moment = Timestamp(nanoseconds: 0)
                if let time { moment = chunk.column(time).timestamp(row) ?? moment }
                var name = ""
                if let id { name = chunk.column(id).text(row) ?? "" }
                let hit = SearchHit(
                    id: name, time: moment, stream: source.shelf.stream.text,
                    document: reader.json(row, of: chunk, fields: fields))
                body(
                    hit, order.flatMap { chunk.column($0).integer(row) },
                    arrival.flatMap { chunk.column($0).integer(row) })
            }
        }
    }

    private func number(_ sql: String, _ values: [BoundValue]) throws(DuckDBError) -> Int64? {
        var rows = try connection.query(sql, values)
        var number: Int64?
        while let chunk = try rows.next() { number = chunk.column(0).integer(0) }
        return number
    }

    func time(_ sql: String, _ values: [BoundValue]) throws(DuckDBError) -> Timestamp? {
        var rows = try connection.query(sql, values)
        var time: Timestamp?
        while let chunk = try rows.next() { time = chunk.column(0).timestamp(0) }
        return time
    }
}

extension BoundValue {
    init(_ parameter: Parameter) {
        self =
            switch parameter {
            case .text(let text): .text(text)
            case .integer(let number): .integer(number)
            case .double(let number): .number(number)
            case .boolean(let flag): .bool(flag)
            case .timestamp(let moment): .nanoseconds(moment)
            case .textList(let texts): .texts(texts)
            }
    }
}
