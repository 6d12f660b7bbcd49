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
    let credentials: CredentialBook
    let doorkeeper: Doorkeeper
    let credentialWatch: BookWatch
    let people: UserDesk
    let userWatch: BookWatch
    let inventory: DecisionDesk
    let decisionWatch: BookWatch
    let access: AccessJournal
    let journal: Journal
    /// In front of the journal: nothing gets to it that was not redacted.
    let redaction: RedactingSink
    let store: EventStore
    let indexer: Indexer
    let retainer: Retainer
    let compactor: Compactor
    let recordKeeper: RecordKeeper
    let eraser: Eraser
    let ledger: LedgerKeeper
    let ownSigner: OwnSigner
    let archivist: Archivist?
    let witnesses: WitnessKeeper?
    let pollers: Pollers
    let holds: HoldKeeper?
    let integrity: IntegrityKeeper
    let standingCheck: StandingCheck
    let silence: SilenceWatch
    public let metrics: MetricList
    public let search: any QueryEngine
    let data: String
    let configuration: Configuration
    let clock: any Clock
    let log: Log
    let isStopping = Atomic<Bool>(false)

    /// Opens everything that keeps state, in the order in which an event meets it.
    ///
    /// - Parameter data: the data directory; it is made when it is missing.
    public init(data: String, configuration: Configuration, clock: any Clock, log: Log) throws(StartError) {
        let metrics = MetricList()
        self.metrics = metrics
        self.data = data
        self.configuration = configuration
        self.clock = clock
        self.log = log
        let places = AddressBook()
        lock = try Self.lock(data)
        let decisions: DecisionBook
        do {
            credentials = try CredentialBook(folder: data)
            people = try UserDesk(UserBook(folder: data), clock: clock)
            decisions = try DecisionBook(folder: data)
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
                    configuration.enrichment, places: places, clock: clock, log: log.named("enrich"), metrics: metrics),
                metrics: metrics, clock: clock, log: log.named("indexer"))
        } catch {
            throw StartError("\(error)")
        }
        integrity = IntegrityKeeper(
            data: data, configuration: configuration, sink: journal, metrics: metrics, clock: clock,
            log: log.named("integrity"))
        let tenants: @Sendable () -> [TenantName] = { [journal] in journal.counts.keys.sorted() }
        standingCheck = StandingCheck(
            integrity, every: configuration.integrityInterval, of: tenants, clock: clock, log: log.named("integrity"))
        let merger = SegmentMerger(store)
        retainer = Retainer(
            configuration.retention, holds: HoldFolder(data: data), indexer: indexer, merger: merger, journal: journal,
            clock: clock, log: log.named("retainer"))
        compactor = Compactor(
            indexer, retainer: retainer, merger: merger, store: store, metrics: metrics, clock: clock,
            log: log.named("compactor"))
        recordKeeper = RecordKeeper(journal, heartbeat: configuration.ledgerHeartbeat, clock: clock)
        // The bound is per tenant, over all of its credentials.
        doorkeeper = Doorkeeper(
            book: credentials, requestsPerSecond: configuration.requestsPerSecond, clock: clock, metrics: metrics)
        credentialWatch = BookWatch(credentials, log: log.named("credentials"), metrics: metrics)
        access = AccessJournal(redaction, recordsCalls: configuration.recordsCalls, clock: clock, metrics: metrics)
        let chronicle = BookChronicle(
            "users", data: data, fileName: KeptUser.toldFile, sink: redaction, log: log.named("users"),
            lines: { [book = people.book] in book.users })
        userWatch = BookWatch(people.book, log: log.named("users"), metrics: metrics) { chronicle.tell() }
        let lists = ApprovalLists(
            try QueryLists(folder: configuration.queryLists, places: places, log: log.named("lists")), decisions)
        let inventory = DecisionDesk(
            decisions, lists, data: data, sink: redaction, clock: clock, log: log.named("inventory"))
        self.inventory = inventory
        decisionWatch = BookWatch(decisions, log: log.named("inventory"), metrics: metrics) {
            inventory.chronicle.tell()
        }
        let search = StoreSearch(store, clock: clock, limits: configuration.search, lists: { lists.lists(of: $0) })
        self.search = search
        silence = SilenceWatch(search, of: tenants, metrics: metrics, clock: clock, log: log.named("silence"))
        eraser = Eraser(
            folder: ErasureFolder(data: data), journal: journal, search: search, indexer: indexer, ledger: ledger,
            archivist: archivist, metrics: metrics, log: log.named("eraser"))
        pollers = Pollers(
            configuration.feeds, configuration.analytics, sink: redaction, clock: clock, log: log.named("feed"),
            metrics: metrics)
        holds = configuration.hold.map { [journal, pollers] in
            HoldKeeper(
                $0, data: data, budget: pollers.budget(of: $0.feed), sink: journal, clock: clock, metrics: metrics,
                log: log.named("hold"))
        }
    }

    static func lock(_ data: String) throws(StartError) -> FolderLock {
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

    /// Whether anybody can sign in with a password.
    public var hasPeople: Bool { people.book.users.contains { $0.state == .active } }

    /// Whoever deletes from the journal stops here: what is behind it is not in the archive yet. `nil` without one.
    public var archived: JournalPosition? { archivist?.position }

    /// Starts what is right of the journal.
    func keep() throws(StartError) {
        if configuration.ledgerSigner == nil {
            guard ownSigner.start() else {
                throw StartError("the signer's process cannot be started; is there memory, and a limit of processes?")
            }
        }
        if configuration.archive != nil, configuration.archive?.keys == nil {
            log.warning("no copies of keys are kept: without this data directory the archive cannot be opened")
        }
        retainer.applyHolds()
        indexer.start()
        compactor.start()
        ledger.start()
        archivist?.start()
        witnesses?.start()
        recordKeeper.start()
        eraser.start()
    }

    /// Ends in the order of the way: nothing comes in any more, what came in is written, what is written is shown.
    public func stop() {
        credentialWatch.stop()
        userWatch.stop()
        decisionWatch.stop()
        access.stop()
        pollers.stop()
        holds?.stop()
        integrity.stop()
        standingCheck.stop()
        silence.stop()
        eraser.stop()
        recordKeeper.stop()
        journal.stop()
        ledger.stop()
        witnesses?.stop()
        ownSigner.stop()
        archivist?.stop()
        compactor.stop()
        indexer.stop()
    }
}

/// Why the program cannot start. One sentence, with the remedy.
public struct StartError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
