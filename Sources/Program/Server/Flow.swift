import Console
public import Events
import Intake
import Integrity
import Journal
import Ledger
import Network
public import Pipeline
public import Platform
public import Query
import Store
import Synchronization

/// The way of an event, from top to bottom. Read this file first.
///
///     Intake ─▶ Redact ─▶ Journal ─▶ Normalize ─▶ Store ─▶ Console
///     (In)      (In)      (Keep)     (In)         (Keep)   (Out)
///
/// Left of the journal nothing keeps state, and nobody is told that a record is accepted before it is durable.
/// Right of it everything can be built again from it: the store says in its manifest how far it has come, and
/// goes on from there after any end.
public final class Flow: Sendable {
    /// The data directory is ours until the process ends.
    private let lock: FolderLock
    private let credentials: CredentialBook
    private let doorkeeper: Doorkeeper
    private let credentialWatch: CredentialWatch
    private let journal: Journal
    /// In front of the journal: nothing gets to it that was not redacted.
    private let redaction: RedactingSink
    private let store: EventStore
    private let indexer: Indexer
    private let recordKeeper: RecordKeeper
    private let eraser: Eraser
    private let ledger: LedgerKeeper
    private let ownSigner: OwnSigner
    private let archivist: Archivist?
    private let witnesses: WitnessKeeper?
    private let pollers: Pollers
    public let metrics: MetricList
    public let search: any SearchEngine
    private let configuration: Configuration
    private let clock: any Clock
    private let log: Log
    private let isStopping = Atomic<Bool>(false)

    /// Opens everything that keeps state, in the order in which an event meets it.
    ///
    /// - Parameter data: the data directory; it is made when it is missing.
    public init(data: String, configuration: Configuration, clock: any Clock, log: Log) throws(StartError) {
        let metrics = MetricList()
        self.metrics = metrics
        self.configuration = configuration
        self.clock = clock
        self.log = log
        lock = try Self.lock(data)
        do {
            credentials = try CredentialBook(folder: data)
            let journalFolder = "\(data)/journal"
            try FolderDisk.makeFolder(journalFolder)
            journal = try Journal(
                disk: FolderDisk(folder: journalFolder), clock: clock, limits: configuration.journal,
                metrics: JournalMetrics(metrics), log: log.named("journal"))
            let keyFolder = "\(data)/redaction"
            try FolderDisk.makeFolder(keyFolder)
            redaction = RedactingSink(
                journal, policy: try configuration.redaction.policy(),
                keys: RedactionKeys(disk: FolderDisk(folder: keyFolder)), metrics: RedactionMetrics(metrics),
                clock: clock, log: log.named("redaction"))
            let ledgerFolder = "\(data)/ledger"
            try FolderDisk.makeFolder(ledgerFolder)
            let own = OwnSigner(SignerFolder("\(data)/signer"))
            ownSigner = own
            let signer: any CheckpointSigner =
                if let socket = configuration.ledgerSigner { RemoteSigner(socket: socket) } else { own }
            ledger = LedgerKeeper(
                journal: journal, folder: ledgerFolder,
                instance: try Ledger.instance(disk: FolderDisk(folder: ledgerFolder), wish: configuration.ledgerName),
                signer: signer, metrics: metrics,
                clock: clock, log: log.named("ledger"))
            archivist = configuration.archive.map { [journal] in
                Archivist(
                    $0, data: data, sink: journal, metrics: metrics, clock: clock, log: log.named("archive"))
            }
            witnesses =
                configuration.witnesses.isEmpty
                ? nil
                : WitnessKeeper(
                    configuration.witnesses, quorum: configuration.witnessQuorum, ledger: ledgerFolder,
                    metrics: metrics, clock: clock, log: log.named("witness"))
            store = try EventStore(
                path: "\(data)/store", limits: configuration.store, clock: clock, metrics: StoreMetrics(metrics),
                log: log.named("store"))
            indexer = Indexer(
                journal: journal, store: store, writer: try store.writer(),
                enrichment: EnrichmentFiles(
                    configuration.enrichment, clock: clock, log: log.named("enrich"), metrics: metrics),
                metrics: metrics, clock: clock, log: log.named("indexer"))
        } catch {
            throw StartError("\(error)")
        }
        recordKeeper = RecordKeeper(journal, heartbeat: configuration.ledgerHeartbeat, clock: clock)
        // The bound is per tenant, over all of its credentials.
        doorkeeper = Doorkeeper(
            book: credentials, requestsPerSecond: configuration.requestsPerSecond, clock: clock, metrics: metrics)
        credentialWatch = CredentialWatch(credentials, log: log.named("credentials"), metrics: metrics)
        let search = StoreSearch(store, clock: clock, limits: configuration.search)
        self.search = search
        eraser = Eraser(
            folder: ErasureFolder(data: data), journal: journal, search: search, indexer: indexer, ledger: ledger,
            archivist: archivist, metrics: metrics, log: log.named("eraser"))
        pollers = Pollers(
            configuration.feeds, configuration.analytics, sink: redaction, clock: clock, log: log.named("feed"),
            metrics: metrics)
    }

    private static func lock(_ data: String) throws(StartError) -> FolderLock {
        do throws(DiskError) {
            try FolderDisk.makeFolder(data)
        } catch {
            throw StartError("\(error)")
        }
        do throws(FolderLockError) {
            return try FolderLock(folder: data)
        } catch {
            throw StartError(error.isTaken ? "\(error); stop it, or ask it with --url" : "\(error)")
        }
    }

    // MARK: Left of the journal

    /// Where records go in.
    public var records: any RecordSink { redaction }

    /// The first tokens of a new data directory, to be shown once; `nil` when there is a credential already.
    ///
    /// - Parameter chosen: what `DOCKET_BOOTSTRAP_TOKEN` says. It is let in also when there are others.
    public func bootstrap(chosen: String?) throws(StartError) -> FirstTokens? {
        do throws(CredentialBookError) {
            return try credentials.bootstrap(chosen: chosen, now: clock.now())
        } catch {
            throw StartError("\(error)")
        }
    }

    /// Serves until ``Serving/stop()``.
    public func serve() throws(StartError) -> Serving {
        let doorkeeper = doorkeeper
        let limits = IntakeLimits(bodyBytes: configuration.bodyLimit, unpackedBytes: configuration.unpackedLimit)
        let otlp = OTLPIntake(
            sink: redaction, limits: limits, cors: CORS(origins: configuration.corsOrigins), metrics: metrics
        ) {
            doorkeeper.admit($0, for: $1)
        }
        let events = EventsIntake(sink: redaction, limits: limits, metrics: metrics) { doorkeeper.admit($0, for: $1) }
        let console = Console(
            engine: search, admit: { doorkeeper.admit($0, from: $1, for: .search) },
            holds: { doorkeeper.holds($0, for: .search) }, clock: clock, log: log.named("console"), metrics: metrics)
        let operations = OperationsPages(
            readiness: { [self] in readiness() }, metrics: { [metrics] in metrics.exposition() },
            admit: { doorkeeper.admit($0, from: $1, for: .search) })

        var listeners: [Listener] = []
        for address in [configuration.otlpGRPC, configuration.otlpHTTP].compactMap({ $0 }) {
            listeners.append(
                Listener(
                    address.address, port: address.port, tls: configuration.otlpTLS,
                    bodyBytes: configuration.bodyLimit,
                    gate: { events.takes($0) ? events.gate(&$0) : otlp.gate(&$0) },
                    bodyRefusal: { events.takes($1) ? events.refusal($0, $1) : otlp.refusal($0, $1) },
                    handler: { events.takes($0) ? events.handle($0, $1) : otlp.handle($0, $1) }))
        }
        if let address = configuration.console {
            listeners.append(console.listener(address.address, port: address.port, tls: configuration.consoleTLS))
        }
        for (key, address) in configuration.listenersInClear {
            log.warning(
                "others on the network can read along", ("listener", .text(key)), ("address", .text("\(address)")),
                ("remedy", "set \(key.prefix { $0 != "." }).tls.certificate and .key, or let a proxy speak TLS for it"))
        }
        let server: HTTPServer
        do {
            server = try HTTPServer(
                listeners: listeners.map(operations.before), limits: configuration.limits, log: log.named("network"),
                metrics: metrics)
        } catch {
            throw StartError("\(error)")
        }
        try keep()
        server.start()
        pollers.start()
        credentialWatch.start()
        return Serving(flow: self, server: server, console: console)
    }

    private func readiness() -> Readiness {
        if isStopping.load(ordering: .relaxed) { return .notReady("The server is stopping.") }
        if let failure = journal.failure { return .notReady(failure.detail) }
        return indexer.hasCaughtUp ? .ready : .notReady("The store reads what the journal has that it has not.")
    }

    /// Whoever deletes from the journal stops here: what is behind it is not in the archive yet. `nil` without one.
    public var archived: JournalPosition? { archivist?.position }

    /// Starts what is right of the journal.
    private func keep() throws(StartError) {
        if configuration.ledgerSigner == nil {
            guard ownSigner.start() else {
                throw StartError("the signer's process cannot be started; is there memory, and a limit of processes?")
            }
        }
        if configuration.archive != nil, configuration.archive?.keys == nil {
            log.warning("no copies of keys are kept: without this data directory the archive cannot be opened")
        }
        indexer.start()
        ledger.start()
        archivist?.start()
        witnesses?.start()
        recordKeeper.start()
        eraser.start()
    }

    // MARK: Without a server

    /// Whether another process has the data directory.
    public static func isRunning(data: String) -> Bool {
        guard FolderDisk.isFolder(data) else { return false }
        do throws(FolderLockError) {
            _ = try FolderLock(folder: data)
            return false
        } catch {
            return error.isTaken
        }
    }

    /// Starts all but what takes in and answers, for orders that wait to be carried out.
    public func work() throws(StartError) { try keep() }

    /// Makes everything that is in the journal visible, on this thread.
    public func catchUp() throws(StartError) {
        do throws(Fault) {
            try indexer.catchUp()
        } catch {
            throw StartError("\(error)")
        }
    }

    /// Exchanges documents for those of today's mapping, on this thread.
    ///
    /// - Returns: how many there are now, and how many there were.
    public func replay(_ replay: Replay, of source: Replay.Source) throws(StartError) -> (added: Int, removed: Int) {
        try catchUp()
        // The journal is open for writing; what it has is in the logs as far as a server had time for it.
        let result = try indexer.exchange(replay, source, log: log)
        stop()
        return result
    }

    /// Ends in the order of the way: nothing comes in any more, what came in is written, what is written is shown.
    public func stop() {
        credentialWatch.stop()
        pollers.stop()
        eraser.stop()
        recordKeeper.stop()
        journal.stop()
        ledger.stop()
        witnesses?.stop()
        ownSigner.stop()
        archivist?.stop()
        indexer.stop()
    }

    /// A flow that serves.
    public struct Serving: Sendable {
        let flow: Flow
        let server: HTTPServer
        let console: Console

        /// Where the listeners really are: OTLP over gRPC, OTLP over HTTP, console, as far as they are on.
        public var addresses: [String] { server.addresses.map(\.description) }

        /// Reads the certificates again.
        ///
        /// - Parameter always: also where no file has changed. Without it, this costs next to nothing.
        public func renewCertificates(always: Bool) { server.renewCertificates(always: always) }

        /// Requests that have begun are finished, as far as the grace lasts.
        public func stop() {
            flow.isStopping.store(true, ordering: .relaxed)
            server.stop(grace: flow.configuration.grace)
            console.stop()
            flow.stop()
        }
    }
}

/// Why the program cannot start. One sentence, with the remedy.
public struct StartError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
