import Console
import Events
import Intake
import Journal
import Ledger
import Network
import Pipeline
import Platform
import Query
import Synchronization

/// Listeners, and what stands behind them.
extension Flow {
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
        let consoleFolder = "\(data)/console"
        do throws(DiskError) {
            try FolderDisk.makeFolder(consoleFolder)
        } catch {
            throw StartError("\(error)")
        }
        let console = Console(
            engine: search, admit: { doorkeeper.admit($0, from: $1, for: .search) },
            holds: { doorkeeper.holds($0, for: .search) }, facts: facts, integrity: integrity,
            inventory: inventory, saved: FolderDisk(folder: consoleFolder), people: people,
            provider: configuration.openID, journal: access, dashboards: try ownDashboards(), clock: clock,
            limits: configuration.consoleLimits,
            log: log.named("console"), metrics: metrics)
        let operations = OperationsPages(
            readiness: { [self] in readiness() }, sources: { [pollers] in pollers.statuses },
            metrics: { [metrics] in metrics.exposition() },
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
            let calls = HoldCalls(desk: holds) { doorkeeper.admit($0, from: $1, for: .hold) }
            listeners.append(
                calls.before(console.listener(address.address, port: address.port, tls: configuration.consoleTLS)))
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
        holds?.start()
        credentialWatch.start()
        userWatch.start()
        decisionWatch.start()
        access.start()
        standingCheck.start()
        silence.start()
        return Serving(flow: self, server: server, console: console)
    }

    private func ownDashboards() throws(StartError) -> [Dashboard] {
        if let folder = configuration.dashboards, !folder.isEmpty, !FolderDisk.isFolder(folder) {
            throw StartError("`console.dashboards`: there is no folder `\(folder)`; make it, or leave the key out")
        }
        do throws(DashboardError) {
            return try Dashboard.own(
                in: configuration.dashboards ?? "\(data)/dashboards", schema: search.schema, now: clock.now())
        } catch {
            throw StartError("\(error)")
        }
    }

    /// What the frame of each page says about the server.
    private var facts: @Sendable (TenantName) -> FrameFacts {
        var feeds: [TenantName: [String]] = [:]
        for feed in configuration.feeds { feeds[feed.tenant, default: []].append(feed.name.text) }
        for source in configuration.analytics { feeds[source.tenant, default: []].append(source.name.text) }
        let problems = ServerProblems(metrics, feeds: feeds) { [integrity, silence] tenant in
            [integrity.problem(of: tenant)].compactMap { $0 } + silence.sentences(for: tenant)
        }
        return { [ledger, clock] tenant in
            FrameFacts(
                version: ServerVersion.text,
                checkpoint: ledger.signed(of: tenant).map {
                    .init(size: Int(clamping: $0.size), time: Timestamp(accepted: $0.accepted))
                },
                problems: problems.sentences(for: tenant, now: clock.now()))
        }
    }

    private func readiness() -> Readiness {
        if isStopping.load(ordering: .relaxed) { return .notReady("The server is stopping.") }
        if let failure = journal.failure { return .notReady(failure.detail) }
        return indexer.hasCaughtUp ? .ready : .notReady("The store reads what the journal has that it has not.")
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
