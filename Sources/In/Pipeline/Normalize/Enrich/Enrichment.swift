public import Events
public import Lookup
public import Platform

/// User agents by the patterns that the program carries, and places by databases that somebody else made.
///
/// - Threads: any, but each thread is best off with a value of its own, for they wait for one another.
public final class Enrichment: Enricher {
    private let agents: UserAgents
    private let places: PlaceFinder
    private let agentFields: UserAgentFields

    /// - Parameter mode: compatible documents carry what Elastic's user agent processor makes of the patterns.
    /// - Parameter city: such as GeoLite2-City.
    /// - Parameter network: such as GeoLite2-ASN.
    public init(
        mode: Normalizer.Mode, city: AddressDatabase? = nil, network: AddressDatabase? = nil,
        catalog: FieldCatalog = .standard, metrics: EnrichmentMetrics = EnrichmentMetrics(MetricList())
    ) {
        agents = UserAgents(like: mode == .full ? .specification : .elastic, metrics)
        places = PlaceFinder(city: city, network: network, catalog, metrics)
        agentFields = UserAgentFields(catalog)
    }

    /// The same with other databases. What was learned of user agents stays.
    public init(_ other: Enrichment, city: AddressDatabase?, network: AddressDatabase?) {
        agents = other.agents
        agentFields = other.agentFields
        places = PlaceFinder(other.places, city: city, network: network)
    }

    public func addPlace(of address: RawSpan, to document: inout Document) {
        places.add(address, to: &document)
    }

    public func addAgent(_ userAgent: RawSpan, to document: inout Document) {
        guard let agent = agents.reader.read(userAgent) else { return }
        agentFields.set(agent, in: &document)
    }
}

/// The patterns of user agents, made ready when the first one comes: they take 10 MiB, and telemetry has none.
private final class UserAgents: Sendable {
    private let style: UserAgentStyle
    private let metrics: EnrichmentMetrics
    private let made = Locked<UserAgentReader?>(nil)

    init(like style: UserAgentStyle, _ metrics: EnrichmentMetrics) {
        self.style = style
        self.metrics = metrics
    }

    var reader: UserAgentReader {
        made.withLock { made in
            if let made { return made }
            let reader = UserAgentReader(.standard, like: style, metrics: metrics)
            made = reader
            return reader
        }
    }
}

/// What enrichment counts.
public struct EnrichmentMetrics: Sendable {
    let remembered, read, tooLong, tooCostly: Counter
    let cityFound, cityAbsent, cityBroken: Counter
    let networkFound, networkAbsent, networkBroken: Counter

    public init(_ metrics: MetricList) {
        func agents(_ result: String) -> Counter {
            metrics.counter(
                "docket_user_agents_total", "User agents of records, by how they were read.",
                labels: [("result", result)])
        }
        remembered = agents("remembered")
        read = agents("read")
        tooLong = agents("too_long")
        tooCostly = agents("too_costly")
        func lookups(_ database: String, _ result: String) -> Counter {
            metrics.counter(
                "docket_address_lookups_total", "Addresses of records that were looked up, by what was found.",
                labels: [("database", database), ("result", result)])
        }
        cityFound = lookups("city", "found")
        cityAbsent = lookups("city", "absent")
        cityBroken = lookups("city", "broken")
        networkFound = lookups("asn", "found")
        networkAbsent = lookups("asn", "absent")
        networkBroken = lookups("asn", "broken")
    }
}
