import Events
import Platform
public import Query

extension StoreSearch: ExplainingEngine {
    public func explain(_ request: SearchRequest) throws(SearchError) -> QueryExplanation? {
        guard let tenant = TenantName(request.tenant) else { return nil }
        let resolved: ResolvedFilter
        do throws(QueryError) {
            resolved = try KQL.filter(request.text, schema: schema, now: clock.now())
        } catch {
            throw .query(error)
        }
        let view = store.view.withLock { $0 }
        var sources = explained(view, tenant, from: request.from, to: request.to) { _ in true }
        try question(request, filter: resolved.filter, warnings: [], in: view).ask(store, schema) {
            (asking) throws(DuckDBError) in
            let began = clock.steady()
            let found = try asking.count()
            let isHot = if case .hot = asking.source.table { true } else { false }
            let stream = asking.source.shelf.stream.text
            for place in sources.indices where sources[place].stream == stream && sources[place].isInMemory == isHot {
                sources[place].sql = asking.condition.text
                sources[place].found = found
                sources[place].milliseconds = Int((clock.steady() - began).nanoseconds / 1_000_000)
            }
            return true
        }
        return QueryExplanation(
            steps: [
                .init(.tables, "test every condition of the query", detail: "\(resolved.filter)"),
                .init(.tables, "look for the time of the last row of a page, then read the rows up to it"),
                .init(.server, "puts the rows of all tables in one order"),
            ], sources: sources)
    }

    public func explain(_ request: TableRequest) throws(SearchError) -> QueryExplanation? {
        guard let tenant = TenantName(request.tenant) else { return nil }
        let tables = StoreTables(
            store: store, schema: schema, tenant: tenant, from: request.from, to: request.to,
            timeLimit: request.limits.time, cancellation: request.cancellation, lists: lists(tenant), clock: clock)
        let plan: ESQLPlan
        let query: ESQLQuery
        let filter: Filter
        do throws(QueryError) {
            filter = try KQL.filter(request.filter, schema: schema, now: clock.now()).filter
            query = try ESQL.parse(request.text, request.parameters)
            plan = try query.plan(tables, now: clock.now()).only(filter)
        } catch {
            throw .query(error)
        }
        guard let (scan, stats) = plan.request else {
            return QueryExplanation(steps: [
                .init(.server, "does all of it, in the order of the commands", detail: "\(query)")
            ])
        }
        let streams = StreamPatterns(scan.table.relation.indices)
        let (steps, sources) = try steps(of: scan, stats, streams, tenant, request)
        let beside: [QueryExplanation.Step] =
            filter == .everything
            ? [] : [.init(.tables, "look at the events of the filter beside the query", detail: "\(filter)")]
        return QueryExplanation(
            steps: beside + steps + [.init(.server, "does what is left of the commands", detail: "\(query)")],
            sources: sources)
    }

    private func steps(
        of scan: ESQLScan, _ stats: ESQLStats?, _ streams: StreamPatterns, _ tenant: TenantName,
        _ request: TableRequest
    ) throws(SearchError) -> ([QueryExplanation.Step], [QueryExplanation.Source]) {
        do {
            return try store.read(tenant: tenant, streams: streams.matches, from: request.from, to: request.to) {
                reading in
                var statement = TableStatement(scan, reading, store.columns)
                _ = try statement.relation(from: request.from, to: request.to, streams)
                let (condition, isExact) = statement.condition()
                var steps: [QueryExplanation.Step] = []
                if condition != "true" {
                    steps.append(
                        .init(
                            .tables, isExact ? "test every condition" : "test what SQL can say of the conditions",
                            detail: condition))
                }
                if !isExact { steps.append(.init(.server, "tests the conditions again for each row that is left")) }
                if let stats {
                    steps.append(
                        isExact && statement.groups(stats, of: "t") != nil
                            ? .init(.tables, "compute `STATS`")
                            : .init(.server, "computes `STATS` from all rows that are left"))
                } else if isExact, let limit = scan.limit, statement.order() != nil {
                    steps.append(.init(.tables, "give the first \(limit) rows in the order of the query"))
                }
                let view = store.view.withLock { $0 }
                return (steps, explained(view, tenant, from: request.from, to: request.to, streams.matches))
            }
        } catch let error as SearchError {
            throw error
        } catch {
            throw .failed("\(error)")
        }
    }

    /// What of the store is read for a stretch of time.
    private func explained(
        _ view: EventStore.View, _ tenant: TenantName, from: Timestamp?, to: Timestamp?,
        _ isWanted: (StreamName) -> Bool
    ) -> [QueryExplanation.Source] {
        var sources: [QueryExplanation.Source] = []
        for (shelf, pages) in view.pages where shelf.tenant == tenant && isWanted(shelf.stream) {
            var source = QueryExplanation.Source(stream: shelf.stream.text, isInMemory: true)
            source.rows = pages.reduce(0) { $0 + $1.rows.count }
            if source.rows > 0 { sources.append(source) }
        }
        let segments = view.segments.filter { $0.shelf.tenant == tenant && isWanted($0.shelf.stream) }
        for (shelf, segments) in Dictionary(grouping: segments, by: \.shelf) {
            var source = QueryExplanation.Source(stream: shelf.stream.text, isInMemory: false)
            for segment in segments {
                guard from.map({ segment.latest >= $0 }) ?? true, to.map({ segment.earliest < $0 }) ?? true else {
                    source.filesPassedOver += 1
                    continue
                }
                source.files += 1
                source.rows += segment.rows
                source.bytes += segment.bytes
            }
            sources.append(source)
        }
        return sources.sorted { ($0.stream, $0.isInMemory ? 0 : 1) < ($1.stream, $1.isInMemory ? 0 : 1) }
    }
}
