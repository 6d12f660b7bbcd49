import Events
import Platform
import Query

extension StoreTables: ESQLEngine {
    func read(_ scan: ESQLScan, _ body: (ESQLBatch) throws(SearchError) -> Bool) throws(SearchError) {
        try reading(scan) { (reading, streams) throws(SearchError) in
            var statement = TableStatement(scan, reading, store.columns)
            let relation = try statement.relation(from: from, to: to, streams)
            let (condition, isExact) = statement.condition()
            let columns = scan.columns.filter { statement.has($0.number) }
            let names = columns.map { DuckDBTerms.name($0.number) }.joined(separator: ", ")
            var sql = "SELECT \(names.isEmpty ? "1" : names) FROM \(relation) AS t WHERE \(condition)"
            if isExact, let limit = scan.limit, let order = statement.order() { sql += "\(order) LIMIT \(limit)" }
            try run(sql, statement.parameters, reading) { (chunk) throws(SearchError) in
                var batch = ESQLBatch(count: chunk.count, columns: Array(repeating: [], count: scan.width))
                for (place, column) in columns.enumerated() {
                    batch.columns[column.number] = chunk.column(place).values(scan.type(of: column.column))
                }
                return try body(batch)
            }
        }
    }

    func aggregate(_ scan: ESQLScan, _ stats: ESQLStats) throws(SearchError) -> ESQLBatch? {
        try reading(scan) { (reading, streams) throws(SearchError) in
            var statement = TableStatement(scan, reading, store.columns)
            let relation = try statement.relation(from: from, to: to, streams)
            let (condition, isExact) = statement.condition()
            guard isExact, let sql = statement.groups(stats, of: "\(relation) AS t WHERE \(condition)") else {
                return nil
            }
            let groups = stats.groups.map { (number: $0.number, type: $0.term.type, isSet: false) }
            let numbers = groups + stats.aggregates.map { ($0.number, $0.type, $0.kind == .values) }
            var batch = ESQLBatch(count: 0, columns: Array(repeating: [], count: scan.width))
            try run(sql, statement.parameters, reading) { (chunk) throws(SearchError) in
                batch.count += chunk.count
                for (place, (number, type, isSet)) in numbers.enumerated() {
                    let values = chunk.column(place).values(type)
                    // The engine gives the values of a set in any order.
                    batch.columns[number] += isSet ? values.map(\.inOrder) : values
                }
                return true
            }
            return batch
        }
    }

    func events(_ events: ESQLEvents) throws(SearchError) -> EQLAnswer {
        let search = StoreSearch(store, clock: clock, limits: SearchLimits(), lists: { _ in lists })
        return try EQLSearch(search, schema: schema, clock: clock).search(
            EQLRequest(
                tenant: tenant.text, text: events.query, streams: StreamPatterns(events.relation.indices), from: from,
                to: to, limit: events.limit, options: events.options, cancellation: cancellation))
    }

    // MARK: Statements

    /// The events that a scan is of, and what of streams of many datasets is meant.
    private func reading<Result>(
        _ scan: ESQLScan, _ body: (EventReading, StreamPatterns) throws(SearchError) -> Result
    ) throws(SearchError) -> Result {
        if cancellation?.isCancelled == true { throw .cancelled }
        let streams = StreamPatterns(scan.table.relation.indices)
        do {
            return try store.read(tenant: tenant, streams: streams.matches, from: from, to: to) { reading in
                try body(reading, streams)
            }
        } catch let error as SearchError {
            throw error
        } catch {
            throw .failed("\(error)")
        }
    }

    private func run(
        _ sql: String, _ parameters: [Parameter], _ reading: EventReading,
        _ body: (borrowing Chunk) throws(SearchError) -> Bool
    ) throws(SearchError) {
        let canceller = reading.connection.canceller
        let stop: @Sendable () -> Void = { canceller.cancel() }
        cancellation?.whenCancelled(stop)
        let deadline = Deadline(after: timeLimit, stop)
        defer { deadline.end() }
        do {
            var rows = try reading.connection.query(sql, parameters.map { BoundValue($0) })
            while let chunk = try rows.next() { guard try body(chunk) else { return } }
        } catch let error as SearchError {
            throw error
        } catch let error as DuckDBError {
            if error.kind == .cancelled { throw cancellation?.isCancelled == true ? .cancelled : .timeLimit }
            throw .failed("\(error)")
        } catch {
            throw .failed("\(error)")
        }
    }

    /// Datasets of events of other systems, which are no streams of their own.
    func datasets() -> Set<String> {
        var found: Set<String> = []
        _ = try? store.read(tenant: tenant, streams: { $0 == .events || $0 == .imported }) { reading in
            guard !reading.tables.isEmpty else { return }
            let relation = reading.relation(["data_stream.dataset"])
            var rows = try reading.connection.query(
                "SELECT DISTINCT \"data_stream.dataset\" FROM \(relation) AS t LIMIT 10000")
            while let chunk = try rows.next() {
                for row in 0..<chunk.count { if let text = chunk.column(0).text(row) { found.insert(text) } }
            }
        }
        return found
    }
}

extension ESQLScan {
    func type(of column: ESQLTableColumn) -> ESQLType {
        switch column {
        case .field(let place): table.relation.columns[place].type
        case .member: .keyword
        case .metadata(let field): field == .version ? .long : field == .score ? .double : .keyword
        case .holds: .boolean
        }
    }
}

extension Column {
    /// The values of all rows.
    func values(_ type: ESQLType) -> [ESQLValue] {
        var values: [ESQLValue] = []
        values.reserveCapacity(count)
        for row in 0..<count { values.append(isNull(row) ? .null : value(row, type)) }
        return values
    }

    private func value(_ row: Int, _ type: ESQLType) -> ESQLValue {
        if case .list = self.type {
            let elements = elements
            let found = range(row).compactMap { element -> ESQLValue? in
                elements.isNull(element) ? nil : elements.value(element, type)
            }
            return found.isEmpty ? .null : found.count == 1 ? found[0] : .many(found)
        }
        switch type {
        case .boolean: return bool(row).map { .boolean($0) } ?? .null
        case .integer, .long: return integer(row).map { .integer($0) } ?? .null
        case .double: return number(row).map { .double($0) } ?? .null
        case .date:
            // Computed dates are milliseconds already.
            if self.type == .int64 { return integer(row).map { .integer($0) } ?? .null }
            guard let moment = timestamp(row) else { return .null }
            let rest = moment.nanoseconds % 1_000_000
            return .integer((moment.nanoseconds - (rest < 0 ? rest + 1_000_000 : rest)) / 1_000_000)
        default:
            guard let text = text(row) else { return .null }
            return type == .keyword || type == .text ? .text(text) : ESQLValue(text: text, type) ?? .null
        }
    }
}
