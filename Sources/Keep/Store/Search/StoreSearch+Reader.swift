import Events
public import Platform
public import Query

extension StoreSearch: EventReader {
    /// Lends events from all tables in one order. Of each table a page is in memory, and the next one is asked for when
    /// it is used up, so that a reading costs the same memory however long it is.
    public func read(_ request: EventReadRequest, _ body: (SearchHit) -> Bool) throws(SearchError) {
        let range = SearchRequest(
            tenant: request.tenant, from: request.from, to: request.to, cancellation: request.cancellation)
        let question = question(range, filter: request.filter, warnings: [], streams: request.streams)
        try question.askTogether(store, schema) { (tables, watch) throws(DuckDBError) in
            var pages = tables.map { EventPages(table: $0, fields: request.fields) }
            while true {
                var first: (place: Int, row: EventRow)?
                for place in pages.indices {
                    guard let row = try pages[place].first(watch) else { continue }
                    if let known = first, known.row.order < row.order { continue }
                    first = (place, row)
                }
                guard let first else { return }
                pages[first.place].removeFirst()
                guard body(first.row.hit) else { return }
            }
        }
    }
}

extension StoreSearch {
    /// Ids that are asked for with one statement.
    private static let idsOfStatement = 1_000

    public func events(
        at places: [SearchPlace], tenant: String, cancellation: Cancellation?
    ) throws(SearchError) -> [SearchHit] {
        guard let field = schema.field(named: "event.id") else { return [] }
        let ordered = places.sorted { $0.time < $1.time }
        var hits: [SearchHit] = []
        for start in stride(from: 0, to: ordered.count, by: Self.idsOfStatement) {
            let some = ordered[start..<min(start + Self.idsOfStatement, ordered.count)]
            let ids = some.map { FieldValue.text($0.id) }
            // The time lets files be passed over.
            let request = EventReadRequest(
                tenant: tenant, filter: .field(.column(field), .equals(ids, .exact)), from: some.first?.time,
                to: some.last.map { $0.time + Timestamp.Span(nanoseconds: 1) }, cancellation: cancellation)
            try read(request) { hit in
                hits.append(hit)
                return true
            }
        }
        return hits
    }
}

/// An event, and where it stands among all events.
struct EventRow {
    /// By time; at the same time as the source counted, then as they came.
    struct Order: Comparable {
        let time: Timestamp
        /// - Shape: the smallest number where the source does not count.
        let sequence: Int64
        let arrival: Int64
        let id: String

        static func < (left: Order, right: Order) -> Bool {
            let (one, other) = (
                (left.time, left.sequence, left.arrival), (right.time, right.sequence, right.arrival)
            )
            // By bytes, as the engine compares texts.
            return one == other ? left.id.utf8.lexicographicallyPrecedes(right.id.utf8) : one < other
        }
    }

    let hit: SearchHit
    let order: Order
}

/// The events of one table, page by page.
///
/// A page is asked for within a stretch of time that is likely to hold it, as the page before it shows: so a long reading
/// looks at each part of the table about once, and not for each page at all that is left.
struct EventPages {
    /// Of the first page, as many readers want few events.
    private static let firstSize = 512
    private static let size = 4_096
    /// Behind it nobody knows better than to look at all that is left.
    private static let farthest = Timestamp.Span.days(1_000)

    private let table: Asking
    private let columns: String
    private var rows: ArraySlice<EventRow> = []
    private var start = Start.beginning
    private var limit = firstSize
    /// How far a page looks ahead; `nil` for to the end.
    private var reach: Timestamp.Span?
    private var isAtEnd = false

    /// Where a page begins.
    enum Start {
        case beginning
        case at(Timestamp)
        case behind(EventRow.Order)

        var time: Timestamp? {
            switch self {
            case .beginning: nil
            case .at(let time): time
            case .behind(let order): order.time
            }
        }
    }

    init(table: Asking, fields: Set<FieldReference>?) {
        self.table = table
        columns = table.columns(of: fields)
    }

    mutating func first(_ watch: SearchWatch) throws(DuckDBError) -> EventRow? {
        while rows.isEmpty, !isAtEnd {
            try watch.check()
            try turn()
        }
        return rows.first
    }

    mutating func removeFirst() { rows.removeFirst() }

    private mutating func turn() throws(DuckDBError) {
        var end: Timestamp?
        if let reach, let time = start.time, reach < Self.farthest { end = time + reach }
        if let wanted = table.to, let near = end, near >= wanted { end = nil }
        rows = try table.events(columns, from: start, to: end, limit: limit)[...]
        if rows.count < limit {
            // These were all, up to the end.
            guard let end else { return isAtEnd = true }
            start = .at(end)
            reach = reach.map { Timestamp.Span(nanoseconds: $0.nanoseconds * 8) }
        } else if let first = rows.first, let last = rows.last {
            start = .behind(last.order)
            let pages = Int64(2 * Self.size / rows.count)
            let span = max((last.hit.time - first.hit.time).nanoseconds, 1_000_000)
            reach = Timestamp.Span(nanoseconds: min(span, Self.farthest.nanoseconds) * pages)
        }
        limit = Self.size
    }
}

extension Asking {
    /// The columns, as SQL, that an event's place and some of its fields are read from; all of them for `nil`.
    func columns(of fields: Set<FieldReference>?) -> String {
        guard let fields else { return "*" }
        var names: Set = ["@timestamp", "event.id", "docket.sequence", "event.sequence"]
        for field in fields {
            switch field {
            case .column(let field):
                names.insert(field.name)
                if source.misfits.contains(field.name) { names.insert(StoreColumns.rest) }
            case .member(let field, _), .members(let field, _): names.formUnion([field.name, StoreColumns.rest])
            case .attribute, .attributes: names.insert(StoreColumns.rest)
            }
        }
        // The rest is behind all others.
        let present = names.intersection(source.columns).sorted {
            ($0 == StoreColumns.rest ? 1 : 0, $0) < ($1 == StoreColumns.rest ? 1 : 0, $1)
        }
        return present.map(SQLBuilder.identifier).joined(separator: ", ")
    }

    /// Events in the order of time.
    ///
    /// - Parameter columns: as ``columns(of:)`` gives them.
    /// - Parameter end: only those before it.
    func events(
        _ columns: String, from start: EventPages.Start, to end: Timestamp?, limit: Int
    ) throws(DuckDBError) -> [EventRow] {
        var (sql, values) = matching()
        var keys = [Self.sequence, Self.id]
        let isCounted = source.columns.contains("event.sequence")
        if isCounted { keys.insert("coalesce(\"event.sequence\", \(Int64.min))", at: 0) }
        // These two let parts of files be passed over.
        for (moment, sign) in [(start.time, ">="), (end, "<")] {
            guard let moment else { continue }
            values.append(.nanoseconds(moment))
            sql += " AND \(Self.time) \(sign) $\(values.count)"
        }
        if case .behind(let order) = start {
            values.append(.nanoseconds(order.time))
            let time = "$\(values.count)"
            if isCounted { values.append(.integer(order.sequence)) }
            values += [.integer(order.arrival), .text(order.id)]
            let names = (0..<keys.count).map { "$\(values.count - keys.count + 1 + $0)" }.joined(separator: ", ")
            sql += " AND (\(Self.time) > \(time) OR (\(keys.joined(separator: ", "))) > (\(names)))"
        }
        // The time of the last row of the page, then the rows up to it.
        let edge = try time(
            "SELECT \(Self.time) FROM \(table.naming(Self.time, sql)) WHERE \(sql) "
                + "ORDER BY \(Self.time) LIMIT 1 OFFSET \(limit - 1)", values)
        if let edge {
            values.append(.nanoseconds(edge))
            sql += " AND \(Self.time) <= $\(values.count)"
        }
        let order = ([Self.time] + keys).joined(separator: ", ")
        let source = columns == "*" ? table.whole : table.naming(columns, sql, order)
        var rows = try connection.query(
            "SELECT \(columns) FROM \(source) WHERE \(sql) ORDER BY \(order) LIMIT \(limit)", values)
        var found: [EventRow] = []
        try read(&rows) { hit, sequence, arrival in
            let order = EventRow.Order(
                time: hit.time, sequence: sequence ?? .min, arrival: arrival ?? .min, id: hit.id)
            found.append(EventRow(hit: hit, order: order))
        }
        return found
    }
}
