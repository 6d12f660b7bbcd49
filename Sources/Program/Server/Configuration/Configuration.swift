import Codecs
import Console
import Events
import Intake
public import Integrity
import Journal
public import Network
public import Platform
import Store
import Witness

/// Everything that a server can be told. Every value has a default, so an empty file is a configuration.
public struct Configuration: Sendable {
    public var data: String?
    public var otlpHTTP: ListenAddress? = ListenAddress(address: "127.0.0.1", port: 4318)
    public var otlpGRPC: ListenAddress? = ListenAddress(address: "127.0.0.1", port: 4317)
    public var console: ListenAddress? = ListenAddress(address: "127.0.0.1", port: 8600)
    /// Of both OTLP listeners; `nil` when they are not encrypted.
    public var otlpTLS: TLSConfiguration?
    public var consoleTLS: TLSConfiguration?
    public var bodyLimit = 16 << 20
    public var unpackedLimit = 16 << 20
    /// Requests of one tenant.
    public var requestsPerSecond = 10_000
    public var corsOrigins: [String] = []
    public var limits = ServerLimits()
    /// How long requests that have begun may take at the end.
    public var grace = Timestamp.Span.seconds(10)
    public var logLevel = Log.Level.info
    var journal = JournalLimits()
    var store = StoreLimits()
    var search = SearchLimits()
    /// The folder of lists that queries join events with.
    var queryLists: String?
    var consoleLimits = ConsoleLimits()

    /// A folder of dashboards; `nil` for the one in the data directory.
    var dashboards: String?
    /// Whether also what programs with a token read is recorded.
    var recordsCalls = true
    /// `nil` when nobody signs in with an identity provider.
    var openID: OpenIDConfiguration?
    var retention = RetentionRules()
    var enrichment = EnrichmentConfiguration()
    var ledgerName: KeyName?
    /// The socket of a signer that somebody else runs.
    var ledgerSigner: String?
    /// `nil` when nothing is archived.
    public var archive: ArchiveConfiguration?
    var witnesses: [WitnessEndpoint] = []
    /// The keys of those who cosign the log of all logs.
    public var witnessKeys: [VerifierKey] { witnesses.map(\.key) }
    /// How many of them must have cosigned a checkpoint.
    public var witnessQuorum = 1
    /// How long the log of a tenant rests before a heartbeat is written.
    var ledgerHeartbeat = Timestamp.Span.minutes(1)
    /// How often records are compared without being asked; zero for never.
    var integrityInterval = Timestamp.Span.hours(1)
    var redaction = RedactionConfiguration()
    var feeds: [FeedConfiguration] = []
    var analytics: [AnalyticsConfiguration] = []
    /// `nil` when no content is held.
    var hold: HoldConfiguration?

    public init() {}

    /// Listeners that other machines reach and that do not speak TLS, by their keys.
    var listenersInClear: [(key: String, address: ListenAddress)] {
        let listeners = [
            ("otlp.grpc", otlpGRPC, otlpTLS), ("otlp.http", otlpHTTP, otlpTLS),
            ("console.address", console, consoleTLS),
        ]
        return listeners.compactMap { key, address, tls in
            guard let address, !address.isLoopback, tls == nil else { return nil }
            return (key, address)
        }
    }

    /// Reads a file.
    ///
    /// - Parameter environment: for secrets that are pointed at by name.
    public init(file: String, environment: [String: String]) throws(ConfigurationError) {
        self.init()
        let reader = try Self.reader(file)
        data = try reader.text("data")
        if let address = try reader.address("otlp.http") { otlpHTTP = address }
        if let address = try reader.address("otlp.grpc") { otlpGRPC = address }
        if let address = try reader.address("console.address") { console = address }
        if let bytes = try reader.bytes("otlp.body_limit") { bodyLimit = bytes }
        if let bytes = try reader.bytes("otlp.unpacked_limit") { unpackedLimit = bytes }
        if let count = try reader.number("otlp.requests_per_second") { requestsPerSecond = count }
        if let origins = try reader.texts("otlp.cors_origins") { corsOrigins = origins }
        otlpTLS = try reader.tls("otlp.tls")
        consoleTLS = try reader.tls("console.tls")
        try readLimits(reader)
        if let bytes = try reader.bytes("journal.segment_size") { journal.segmentSize = bytes }
        if let bytes = try reader.bytes("journal.queue_size") { journal.queueSize = bytes }
        try readSpace(reader)
        if let bytes = try reader.bytes("store.hot_memory") { store.hotMemory = bytes }
        if let span = try reader.duration("store.hot_time") { store.hotTime = span }
        if let bytes = try reader.bytes("store.engine_memory") { store.engineMemory = bytes }
        if let threads = try reader.number("store.engine_threads") { store.engineThreads = threads }
        if let span = try reader.duration("store.search_time") {
            search.time = span
            consoleLimits.time = span
        }
        if let count = try reader.number("console.searches") { consoleLimits.searches = count }
        if let count = try reader.number("console.waiting") { consoleLimits.waiting = count }
        dashboards = try reader.text("console.dashboards")
        if let word = try reader.text("console.recorded") { recordsCalls = word == "all" }
        openID = try reader.openID(environment)
        queryLists = try reader.text("store.lists")
        retention = try RetentionRules(reader)
        redaction = try RedactionConfiguration(reader)
        enrichment.cityFile = try reader.text("enrich.geo.city")
        enrichment.networkFile = try reader.text("enrich.geo.asn")
        if let name = try reader.text("ledger.name") {
            guard let name = KeyName(name) else {
                throw reader.error(at: "ledger.name", "a name has no spaces and no `+`, such as `docket.example.com`")
            }
            ledgerName = name
        }
        ledgerSigner = try reader.text("ledger.signer")
        archive = try reader.archive(environment)
        try readWitnesses(reader)
        if let span = try reader.duration("ledger.heartbeat") { ledgerHeartbeat = span }
        if let span = try reader.duration("integrity.interval") { integrityInterval = span }
        if let level = try reader.text("log.level") {
            logLevel = Log.Level.allCases.first { $0.name == level } ?? .info
        }
        for place in 0..<(reader.counts["feeds"] ?? 0) {
            feeds.append(try Self.feed(reader, "feeds.\(place)", environment))
        }
        for (place, feed) in feeds.enumerated()
        where feeds[..<place].contains(where: { $0.name == feed.name && $0.tenant == feed.tenant }) {
            throw reader.error(at: "feeds.\(place).name", "two feeds have the name `\(feed.name)`; give each its own")
        }
        hold = try reader.hold(environment, feeds: feeds)
        analytics = try reader.analytics(environment)
        for (place, source) in analytics.enumerated()
        where feeds.contains(where: { $0.name == source.name && $0.tenant == source.tenant }) {
            throw reader.error(
                at: "analytics.\(place).name", "a feed has the name `\(source.name)` too; give each its own")
        }
    }

    private static func reader(_ file: String) throws(ConfigurationError) -> SettingReader {
        let folder = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        let name = String(file[(file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex)...])
        let text: [UInt8]
        do throws(DiskError) {
            text = try FolderDisk(folder: folder).contents(of: name)
        } catch {
            throw ConfigurationError(file: file, line: 1, column: 1, message: "\(error)")
        }
        let root: YAMLNode
        do throws(YAMLError) {
            root = try YAMLParser.parse(text)
        } catch {
            throw ConfigurationError(file: file, line: error.line, column: error.column, message: error.message)
        }
        return try SettingReader(file: file, root: root)
    }

    private static func feed(
        _ reader: SettingReader, _ path: String, _ environment: [String: String]
    ) throws(ConfigurationError) -> FeedConfiguration {
        guard let key = try reader.secret("\(path).key", environment: environment) else {
            throw reader.error(at: "\(path).name", "a feed needs a `key`: `{ file: PATH }` or `{ env: NAME }`")
        }
        var feed = FeedConfiguration(key: FeedKey(key))
        if let name = try reader.text("\(path).name") { feed.name = SourceName(name) }
        if let tenant = try reader.text("\(path).tenant") {
            guard let name = TenantName(tenant) else {
                throw reader.error(at: "\(path).tenant", "`\(tenant)` is not a tenant name: 1 to 63 of a–z 0–9 - _")
            }
            feed.tenant = name
        }
        if let url = try reader.text("\(path).url") { feed.url = url }
        if let span = try reader.duration("\(path).interval") { feed.interval = span }
        if let span = try reader.duration("\(path).initial_interval") { feed.initialInterval = span }
        if let span = try reader.duration("\(path).overlap") { feed.overlap = span }
        if let span = try reader.duration("\(path).overlap_interval") { feed.overlapInterval = span }
        if let span = try reader.duration("\(path).settle") { feed.settle = span }
        if let span = try reader.duration("\(path).look_back") { feed.lookBack = span }
        if let span = try reader.duration("\(path).look_back_interval") { feed.lookBackInterval = span }
        if let name = try reader.text("\(path).parent") { feed.parent = name }
        if let word = try reader.text("\(path).self_noise") { feed.selfNoise = .init(rawValue: word) ?? .keep }
        if let count = try reader.number("\(path).remembered_ids") { feed.rememberedIDs = count }
        if let size = try reader.number("\(path).batch_size") { feed.batchSize = size }
        if let count = try reader.number("\(path).requests_per_minute") { feed.requestsPerMinute = count }
        if let types = try reader.texts("\(path).activity_types") { feed.activityTypes = types }
        if let ids = try reader.texts("\(path).actor_ids") { feed.actorIDs = ids }
        if let ids = try reader.texts("\(path).organization_ids") { feed.organizationIDs = ids }
        if let span = try reader.duration("\(path).directory") { feed.directoryInterval = span }
        if let span = try reader.duration("\(path).chats") { feed.chatsInterval = span }
        if let span = try reader.duration("\(path).sessions") { feed.sessionsInterval = span }
        if let flag = try reader.flag("\(path).titles") { feed.keepsTitles = flag }
        if let span = try reader.duration("\(path).timeout") { feed.timeout = span }
        if let problem = feed.problems.first {
            throw reader.error(at: "\(path).\(problem.key)", problem.message)
        }
        return feed
    }
}
