import Codecs
import Events
import Platform
import Query
import TestKit

/// A list of events in memory that answers searches as a store does, slowly and plainly.
final class ListEngine: QueryEngine {
    struct Event: Sendable {
        let tenant: String
        let hit: SearchHit
    }

    private let events: [Event]
    let now: Timestamp
    /// Thrown instead of the next answers.
    let failure = Locked<SearchError?>(nil)
    /// Fails from this request on, counted from zero.
    let failsFrom = Locked(Int.max)
    /// Says of each answer that something is missing.
    let isPartial = Locked(false)
    /// Holds every search back while it is closed.
    let isOpen = Waitable(true)
    let running = Gauge()
    let requests = Locked<[SearchRequest]>([])
    let tables = Locked<[TableRequest]>([])

    static let schema = FieldSchema([
        Field("@timestamp", .date), Field("event.action", .keyword), Field("event.outcome", .keyword),
        Field("user.email", .keyword), Field("gen_ai.tool.name", .keyword, aliases: ["claude_code.events.tool_name"]),
        Field("process.command_line", .keyword), Field("message", .text), Field("source.ip", .ip),
        Field("related.user", .keyword, isMultiValued: true), Field("event.sequence", .long),
        Field("labels", .flattened, streams: ["claude_code.events"]),
    ])

    let schema: FieldSchema

    init(_ events: [Event], now: Timestamp, schema: FieldSchema = ListEngine.schema) {
        self.events = events
        self.now = now
        self.schema = schema
    }

    func search(_ request: SearchRequest) throws(SearchError) -> SearchAnswer {
        try wait(request)
        let (found, warnings) = try find(request)
        let sorted = found.sorted {
            request.newestFirst ? Self.key($1) < Self.key($0) : Self.key($0) < Self.key($1)
        }
        let rest = sorted.filter { hit in
            guard let place = request.behind else { return true }
            let key = (place.time, place.id)
            return request.newestFirst ? Self.key(hit) < key : Self.key(hit) > key
        }
        return SearchAnswer(
            hits: Array(rest.prefix(request.limit)), total: found.count, isPartial: isPartial.withLock { $0 },
            warnings: warnings,
            tookMilliseconds: 3)
    }

    func histogram(_ request: SearchRequest, buckets: Int) throws(SearchError) -> Histogram {
        try wait(request)
        let times = try find(request).hits.map(\.time)
        guard let first = request.from ?? times.min(),
            let end = request.to ?? times.max().map({ $0 + .milliseconds(1) })
        else { return Histogram(bucket: .seconds(1), buckets: []) }
        let width = Histogram.width(from: first, to: end, buckets: buckets)
        let counts = Dictionary(grouping: times) { Histogram.start(of: $0, width: width) }.mapValues(\.count)
        return Histogram(counts: counts, from: first, to: end, width: width)
    }

    func event(id: String, tenant: String) throws(SearchError) -> SearchHit? {
        if let failure = failure.withLock({ $0 }) { throw failure }
        return events.first { $0.hit.id == id && $0.tenant == tenant }?.hit
    }

    func fieldsInUse(tenant: String, from: Timestamp?, to: Timestamp?) throws(SearchError) -> Set<String> {
        let request = SearchRequest(tenant: tenant, from: from, to: to)
        let documents = try find(request).hits.map { ListDocument($0.document) }
        return Set(
            schema.fields.filter { field in documents.contains { !$0.values(of: .column(field)).isEmpty } }.map(\.name))
    }

    /// As the store does: the same language over the same kind of plan, and rows from the list.
    func table(_ request: TableRequest) throws(SearchError) -> ESQLAnswer {
        tables.withLock { $0.append(request) }
        try wait(SearchRequest(tenant: request.tenant, cancellation: request.cancellation))
        let plan: ESQLPlan
        do throws(QueryError) {
            let filter = try KQL.filter(request.filter, schema: schema, now: now).filter
            plan = try ESQL.parse(request.text, request.parameters).plan(ListTables(schema: schema), now: now).only(
                filter)
        } catch {
            throw .query(error)
        }
        let events = try find(SearchRequest(tenant: request.tenant, from: request.from, to: request.to)).hits
        let answer = try plan.answer(
            from: ListRows(documents: events.map { ListDocument($0.document) }), limits: request.limits,
            cancellation: request.cancellation, clock: SystemClock())
        return request.dropsEmptyColumns ? answer.withoutEmptyColumns : answer
    }

    func read(_ request: EventReadRequest, _ body: (SearchHit) -> Bool) throws(SearchError) {
        try wait(SearchRequest(tenant: request.tenant, cancellation: request.cancellation))
        let found = try find(SearchRequest(tenant: request.tenant, from: request.from, to: request.to)).hits
        for hit in found.sorted(by: { Self.key($0) < Self.key($1) })
        where request.filter.matches(ListDocument(hit.document)) {
            guard body(hit) else { return }
        }
    }

    func events(at places: [SearchPlace], tenant: String, cancellation: Cancellation?) throws(SearchError)
        -> [SearchHit]
    {
        events.filter { $0.tenant == tenant && places.contains($0.hit.place) }.map(\.hit)
    }

    private static func key(_ hit: SearchHit) -> (Timestamp, String) { (hit.time, hit.id) }

    private func wait(_ request: SearchRequest) throws(SearchError) {
        let number = requests.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        running.add(1)
        defer { running.add(-1) }
        request.cancellation?.whenCancelled { [isOpen] in isOpen.update { _ in } }
        _ = isOpen.wait { $0 || request.cancellation?.isCancelled == true ? true : nil }
        if request.cancellation?.isCancelled == true { throw .cancelled }
        if number >= failsFrom.withLock({ $0 }) { throw .failed("The disk is gone.") }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func find(_ request: SearchRequest) throws(SearchError) -> (hits: [SearchHit], warnings: [QueryError]) {
        let filter: ResolvedFilter
        do throws(QueryError) {
            filter = try KQL.filter(request.text, schema: schema, now: now)
        } catch {
            throw .query(error)
        }
        let hits = events.filter { event in
            event.tenant == request.tenant && event.hit.time >= request.from ?? Timestamp(nanoseconds: .min)
                && event.hit.time < request.to ?? Timestamp(nanoseconds: .max)
                && filter.filter.matches(ListDocument(event.hit.document))
        }
        return (hits.map(\.hit), filter.warnings)
    }
}

/// The fields of a document for filters.
struct ListDocument: FilterDocument {
    private var fields: [String: [String]] = [:]

    init(_ document: [UInt8]) {
        if let value = try? JSONValue(parsing: document) { add(value, "") }
    }

    private mutating func add(_ value: JSONValue, _ name: String) {
        switch value {
        case .null: break
        case .object(let members):
            for member in members { add(member.value, name.isEmpty ? member.key : "\(name).\(member.key)") }
        case .array(let elements): for element in elements { add(element, name) }
        case .string(let text): fields[name, default: []].append(text)
        case .bool, .integer, .double: fields[name, default: []].append(value.text)
        }
    }

    func values(of field: FieldReference) -> [FieldValue] {
        switch field {
        case .column(let column): fields[column.name, default: []].map { .text($0) }
        case .attribute(let name), .member(_, let name): fields[name, default: []].map { .text($0) }
        case .attributes(let pattern), .members(_, let pattern):
            fields.filter { pattern.matches($0.key) }.flatMap(\.value).map { .text($0) }
        }
    }

    func texts(_ name: String) -> [String] { fields[name] ?? [] }

    func searchableTexts() -> [String] { fields.values.flatMap { $0 } }
}
