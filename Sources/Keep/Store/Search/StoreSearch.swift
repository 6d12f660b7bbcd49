public import Events
public import Platform
public import Query

/// Answers searches over a store.
///
/// A search asks each of its tables in two steps: first for the times of the newest rows that fit, then for
/// those rows whole. Asking for whole rows in order at once reads every column of every row that fits.
///
/// - Threads: any, several at a time; each call uses a connection of its own.
public struct StoreSearch: SearchEngine {
    let store: EventStore
    public let schema: FieldSchema
    let clock: any Clock
    let lists: @Sendable (TenantName) -> ESQLLists
    private let limits: SearchLimits

    public init(
        _ store: EventStore, clock: any Clock, limits: SearchLimits = SearchLimits(),
        lists: @escaping @Sendable (TenantName) -> ESQLLists = { _ in ESQLLists() }
    ) {
        self.store = store
        self.lists = lists
        self.clock = clock
        self.limits = limits
        schema = store.columns.schema
    }

    public func search(_ request: SearchRequest) throws(SearchError) -> SearchAnswer {
        let began = clock.steady()
        let question = try question(request)
        var total = 0
        var hits: [SearchHit] = []
        try question.ask(store, schema) { (asking) throws(DuckDBError) in
            let count = try asking.count()
            total += count
            if count > 0, request.limit > 0 {
                hits += try asking.hits(
                    limit: request.limit, newestFirst: request.newestFirst, behind: request.behind)
            }
            return true
        }
        hits.sort { request.newestFirst ? $1.precedes($0) : $0.precedes($1) }
        return SearchAnswer(
            hits: Array(hits.prefix(request.limit)), total: total, warnings: question.warnings,
            tookMilliseconds: Int((clock.steady() - began).nanoseconds / 1_000_000))
    }

    public func histogram(_ request: SearchRequest, buckets: Int) throws(SearchError) -> Histogram {
        let question = try question(request)
        var earliest = request.from
        var latest = request.to
        if request.from == nil || request.to == nil {
            var found: [(Timestamp, Timestamp)] = []
            try question.ask(store, schema) { (asking) throws(DuckDBError) in
                if let ends = try asking.ends() { found.append(ends) }
                return true
            }
            guard !found.isEmpty else { return Histogram(bucket: .hours(1), buckets: []) }
            earliest = request.from ?? found.map(\.0).min()
            latest = request.to ?? found.map(\.1).max().map { $0 + Timestamp.Span(nanoseconds: 1) }
        }
        guard let earliest, let latest, earliest < latest else { return Histogram(bucket: .hours(1), buckets: []) }
        let width = Histogram.width(from: earliest, to: latest, buckets: min(max(buckets, 1), limits.buckets))
        var counts: [Timestamp: Int] = [:]
        try question.ask(store, schema) { (asking) throws(DuckDBError) in
            for (start, count) in try asking.counts(width: width) { counts[start, default: 0] += count }
            return true
        }
        return Histogram(counts: counts, from: earliest, to: latest, width: width)
    }

    public func event(id: String, tenant: String) throws(SearchError) -> SearchHit? {
        guard let field = schema.field(named: "event.id"), let owner = TenantName(tenant) else { return nil }
        let view = store.view.withLock { $0 }
        let filter = Filter.field(.column(field), .equals([.text(id)], .exact))
        // What is in memory, and then the few row groups that may have it.
        var some = view
        some.segments = []
        if let hit = try event(filter, tenant, in: some, during: nil) { return hit }
        some.pages = [:]
        for segment in view.segments where segment.shelf.tenant == owner {
            some.segments = [segment]
            for times in store.folder.stretches(of: segment, holding: id) {
                if let hit = try event(filter, tenant, in: some, during: times) { return hit }
            }
        }
        return nil
    }

    private func event(
        _ filter: Filter, _ tenant: String, in view: EventStore.View, during times: ClosedRange<Timestamp>?
    ) throws(SearchError) -> SearchHit? {
        let request = SearchRequest(
            tenant: tenant, from: times?.lowerBound, to: times.map { $0.upperBound + Timestamp.Span(nanoseconds: 1) })
        var hit: SearchHit?
        try question(request, filter: filter, warnings: [], in: view).ask(store, schema) {
            (asking) throws(DuckDBError) in
            hit = try asking.one()
            return hit == nil
        }
        return hit
    }

    private func question(_ request: SearchRequest) throws(SearchError) -> Question {
        do throws(QueryError) {
            let resolved = try KQL.filter(request.text, schema: schema, now: clock.now())
            return question(request, filter: resolved.filter, warnings: resolved.warnings)
        } catch {
            throw .query(error)
        }
    }

    func question(
        _ request: SearchRequest, filter: Filter, warnings: [QueryError], in given: EventStore.View? = nil,
        streams: StreamPatterns? = nil
    ) -> Question {
        let view = given ?? store.view.withLock { $0 }
        let sources = TenantName(request.tenant).map { tenant in
            SearchSource.all(
                in: view, store: store.columns, folder: store.folder.path, tenant: tenant, from: request.from,
                to: request.to
            )
            .filter { streams?.matches($0.shelf.stream) ?? true }
        }
        return Question(
            filter: filter, from: request.from, to: request.to, cancellation: request.cancellation,
            timeLimit: limits.time, sources: sources ?? [], warnings: warnings, hold: view.hold)
    }

    /// Which records the events are from, all of them: the place of each in the log of its tenant, and the id of the
    /// event, where it has one.
    ///
    /// - Parameter request: its limit, order and time do not count.
    public func places(_ request: SearchRequest) throws(SearchError) -> [(sequence: UInt64, id: String)] {
        var places: [(sequence: UInt64, id: String)] = []
        try question(request).ask(store, schema) { (asking) throws(DuckDBError) in
            places += try asking.places()
            return true
        }
        return places
    }
}

/// The numbers that bound a search.
public struct SearchLimits: Sendable {
    /// How long one search may take.
    ///
    /// - Default: 30 s
    public var time = Timestamp.Span.seconds(30)

    /// - Unit: buckets   - Default: 400
    public var buckets = 400

    public init() {}
}

extension SearchHit {
    /// By time, then by the bytes of the id, as the engine compares texts.
    fileprivate func precedes(_ other: SearchHit) -> Bool {
        time == other.time ? id.utf8.lexicographicallyPrecedes(other.id.utf8) : time < other.time
    }
}
