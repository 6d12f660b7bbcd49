import Events
import Platform
public import Query

/// What a query in ES|QL may name in the store: the streams of one tenant, as one table each.
///
/// The tenant and the time are chosen here, before there is any plan, so no plan can reach beyond them.
struct StoreTables: ESQLCatalog {
    let store: EventStore
    let schema: FieldSchema
    let tenant: TenantName
    let from: Timestamp?
    let to: Timestamp?
    let timeLimit: Timestamp.Span
    let cancellation: Cancellation?
    let lists: ESQLLists
    let clock: any Clock

    func relation(of patterns: [ESQLIndexPattern]) throws(ESQLUnknownIndex) -> ESQLRelation {
        let texts = patterns.map { $0.isExcluded ? "-\($0.text)" : $0.text }
        let streams = StreamPatterns(texts)
        // Datasets of others are asked for only where a name is none of Docket's.
        if !streams.unknown().isEmpty, let unknown = streams.unknown(datasets: datasets()).first {
            throw ESQLUnknownIndex(pattern: unknown.name, suggestion: unknown.suggestion)
        }
        return ESQLRelation(indices: texts, columns: store.columns.relation, schema: schema)
    }

    func lookup(named name: String) -> ESQLLookup? { lists.lookup(name) }
    var lookupNames: [String] { lists.names }
    func policy(named name: String) -> ESQLPolicy? { lists.policy(name) }
    var policyNames: [String] { lists.names }
    func place(of address: IPAddress) -> [String: ESQLValue] { lists.place(address) }
}

/// Tables and places that queries may join events with; they come from the server's configuration.
public struct ESQLLists: Sendable {
    public var lookup: @Sendable (String) -> ESQLLookup?
    public var policy: @Sendable (String) -> ESQLPolicy?
    public var names: [String]
    public var place: @Sendable (IPAddress) -> [String: ESQLValue]

    public init(
        names: [String] = [], lookup: @escaping @Sendable (String) -> ESQLLookup? = { _ in nil },
        policy: @escaping @Sendable (String) -> ESQLPolicy? = { _ in nil },
        place: @escaping @Sendable (IPAddress) -> [String: ESQLValue] = { _ in [:] }
    ) {
        self.names = names
        self.lookup = lookup
        self.policy = policy
        self.place = place
    }
}
