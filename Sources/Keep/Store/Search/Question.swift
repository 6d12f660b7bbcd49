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
    let warnings: [String]
    let hold: ViewHold

    /// Asks one table after another, all of them within one time limit.
    ///
    /// A table that cannot hold an answer is not asked.
    func ask(
        _ store: EventStore, _ schema: FieldSchema, _ body: (Asking) throws(DuckDBError) -> Bool
    ) throws(SearchError) {
        if cancellation?.isCancelled == true { throw .cancelled }
        do throws(DuckDBError) {
            let connection = try Connection(to: store.database)
            for function in DuckDBDialect.functions { try connection.execute(function) }
            let canceller = connection.canceller
            let isOver = Locked(false)
            let stop: @Sendable () -> Void = {
                isOver.withLock { $0 = true }
                canceller.cancel()
            }
            cancellation?.whenCancelled(stop)
            let deadline = Deadline(after: timeLimit, stop)
            defer { deadline.end() }
            for source in sources {
                // A cancel between two statements stops neither of them.
                if isOver.withLock({ $0 }) { throw DuckDBError(.cancelled, "") }
                guard try ask(source, connection, store, schema, body) else { return }
            }
        } catch {
            if error.kind == .cancelled { throw cancellation?.isCancelled == true ? .cancelled : .timeLimit }
            throw .failed("\(error)")
        }
    }

    /// - Returns: whether the next table is to be asked too.
    private func ask(
        _ source: SearchSource, _ connection: Connection, _ store: EventStore, _ schema: FieldSchema,
        _ body: (Asking) throws(DuckDBError) -> Bool
    ) throws(DuckDBError) -> Bool {
        let filter = filter.restricted(to: source.columns.union(source.misfits))
        if filter == .nothing { return true }
        let present = FieldSchema(schema.fields.filter { source.columns.contains($0.name) })
        let condition = DuckDBDialect(schema: present, misfits: source.misfits).condition(filter)
        return try source.withTable(store.snapshots) { (table: String) throws(DuckDBError) in
            try body(
                Asking(
                    connection: connection, columns: store.columns, source: source, table: table,
                    condition: condition, from: from, to: to))
        }
    }
}

/// A question being asked of one table: the statements.
struct Asking {
    let connection: Connection
    let columns: StoreColumns
    let source: SearchSource
    let table: String
    let condition: SQLText
    let from: Timestamp?
    let to: Timestamp?

    private static let time = "\"@timestamp\""
    private static let id = "\"event.id\""
    private static let sequence = "\"docket.sequence\""

    /// The rows that fit: SQL behind `WHERE`, and what is bound in it.
    private func matching() -> (sql: String, values: [BoundValue]) {
        var sql = "(\(condition.text))"
        if let exclusion = source.superseded.exclusion { sql += " AND \(exclusion)" }
        var values = condition.parameters.map(Self.bound)
        for (moment, sign) in [(from, ">="), (to, "<")] {
            guard let moment else { continue }
            values.append(.nanoseconds(moment))
            sql += " AND \(Self.time) \(sign) $\(values.count)"
        }
        return (sql, values)
    }

    func count() throws(DuckDBError) -> Int {
        let (sql, values) = matching()
        return Int(try number("SELECT count(*) FROM \(table) WHERE \(sql)", values) ?? 0)
    }

    /// The first and the last time.
    func ends() throws(DuckDBError) -> (Timestamp, Timestamp)? {
        let (sql, values) = matching()
        var rows = try connection.query(
            "SELECT min(\(Self.time)), max(\(Self.time)) FROM \(table) WHERE \(sql)", values)
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
            "SELECT \(bucket) AS start, count(*) FROM \(table) WHERE \(sql) GROUP BY start", values)
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
            "SELECT \(Self.sequence), \(Self.id) FROM \(table) WHERE \(sql)", values)
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
            "SELECT \(Self.time) FROM \(table) WHERE \(sql) ORDER BY \(Self.time) \(direction) LIMIT 1 OFFSET \(limit - 1)",
            values)
        if let edge {
            values.append(.nanoseconds(edge))
            sql += " AND \(Self.time) \(newestFirst ? ">=" : "<=") $\(values.count)"
        }
        var rows = try connection.query(
            "SELECT * FROM \(table) WHERE \(sql) ORDER BY \(Self.time) \(direction), \(id) \(direction) LIMIT \(limit)",
            values)
        return try read(&rows)
    }

    private func read(_ rows: inout Rows) throws(DuckDBError) -> [SearchHit] {
        let names = rows.columns.map(\.name)
        let fields = names.map { $0 == StoreColumns.rest ? nil : columns.catalog.id(of: $0) }
        let time = names.firstIndex(of: "@timestamp")
        let id = names.firstIndex(of: "event.id")
        var reader = RowReader(columns: columns)
        var hits: [SearchHit] = []
        while let chunk = try rows.next() {
            for row in 0..<chunk.count {
                var moment = Timestamp(nanoseconds: 0)
                if let time { moment = chunk.column(time).timestamp(row) ?? moment }
                var name = ""
                if let id { name = chunk.column(id).text(row) ?? "" }
                hits.append(
                    SearchHit(
                        id: name, time: moment, stream: source.shelf.stream.text,
                        document: reader.json(row, of: chunk, fields: fields)))
            }
        }
        return hits
    }

    private func number(_ sql: String, _ values: [BoundValue]) throws(DuckDBError) -> Int64? {
        var rows = try connection.query(sql, values)
        var number: Int64?
        while let chunk = try rows.next() { number = chunk.column(0).integer(0) }
        return number
    }

    private func time(_ sql: String, _ values: [BoundValue]) throws(DuckDBError) -> Timestamp? {
        var rows = try connection.query(sql, values)
        var time: Timestamp?
        while let chunk = try rows.next() { time = chunk.column(0).timestamp(0) }
        return time
    }

    private static func bound(_ parameter: Parameter) -> BoundValue {
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
