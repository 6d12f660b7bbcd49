import Lookup
import Pipeline
import Platform

/// The databases of addresses, as new as their files.
///
/// A file that is missing or broken is said once and documents go on without it; one that was good before stays in
/// use. A normalizer keeps what it was made with, so whoever maps asks now and then whether there is something new.
///
/// - Threads: one at a time.
struct EnrichmentFiles: ~Copyable {
    /// How often the files are looked at.
    private static let pause = Timestamp.Span.seconds(5)

    private var city: EnrichmentFile?
    private var network: EnrichmentFile?
    private var enrichment: Enrichment
    private var lastLook: Timestamp
    private let clock: any Clock
    private let log: Log
    private let places: AddressBook

    /// - Parameter places: told which database of places is in use.
    init(
        _ configuration: EnrichmentConfiguration, places: AddressBook = AddressBook(), clock: any Clock, log: Log,
        metrics: MetricList
    ) {
        self.places = places
        self.clock = clock
        self.log = log
        city = configuration.cityFile.map { EnrichmentFile($0, .city, metrics) }
        network = configuration.networkFile.map { EnrichmentFile($0, .network, metrics) }
        enrichment = Enrichment(mode: .full, metrics: EnrichmentMetrics(metrics))
        lastLook = clock.steady()
        _ = look()
    }

    /// What to map with.
    var current: Enrichment { enrichment }

    /// Looks at the files, when it is time to.
    ///
    /// - Returns: what to map with from now on; `nil` when nothing has changed.
    mutating func renewed() -> Enrichment? {
        let now = clock.steady()
        guard now - lastLook >= Self.pause else { return nil }
        lastLook = now
        return look() ? enrichment : nil
    }

    private mutating func look() -> Bool {
        let isNew = [city?.look(log) ?? false, network?.look(log) ?? false]
        guard isNew.contains(true) else { return false }
        enrichment = Enrichment(enrichment, city: city?.database, network: network?.database)
        places.use(city?.database)
        return true
    }
}

/// Files with knowledge about addresses; `nil` where there is none.
struct EnrichmentConfiguration: Sendable, Equatable {
    /// `enrich.geo.city`
    var cityFile: String?
    /// `enrich.geo.asn`
    var networkFile: String?
}

/// One database and the file that it comes from.
private struct EnrichmentFile {
    let path: String
    let topic: AddressTopic
    private(set) var database: AddressDatabase?
    /// What the file was when it was looked at last.
    private var stamp: FileStamp?
    private var problem: String?
    private let built: Gauge
    private let failures: Counter

    init(_ path: String, _ topic: AddressTopic, _ metrics: MetricList) {
        self.path = path
        self.topic = topic
        let labels = [("database", topic.rawValue)]
        built = metrics.gauge(
            "docket_address_database_built_seconds",
            "When the database of addresses in use was made, in seconds since 1970; 0 for none.", labels: labels)
        failures = metrics.counter(
            "docket_address_database_failures_total", "Files of addresses that could not be used.", labels: labels)
    }

    /// - Returns: whether there is another database than before.
    mutating func look(_ log: Log) -> Bool {
        let stamp = FileStamp(of: path)
        // A file that could not be used is not read again before it changes.
        if stamp != nil, stamp == self.stamp { return false }
        self.stamp = stamp
        do throws(AddressDatabaseError) {
            let database = try AddressDatabase(path: path, topic)
            self.database = database
            problem = nil
            built.set(database.built)
            log.info(
                "a database of addresses is in use", ("file", .text(path)), ("type", .text(database.type)),
                ("built", .number(database.built)), ("bytes", .number(database.size)))
            return true
        } catch {
            let text = error.description
            if problem == text { return false }
            problem = text
            failures.add()
            log.error(
                database == nil
                    ? "addresses are not looked up"
                    : "a database of addresses was not taken; the one before stays in use",
                ("setting", .text(topic.setting)), ("reason", .text(text)))
            return false
        }
    }
}

extension AddressTopic {
    /// The setting that names its file.
    fileprivate var setting: String { "enrich.geo.\(rawValue)" }
}
